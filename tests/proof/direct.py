"""LINE without a socket: the simulator called directly, with the faults ordered from it."""

import json

from bot.answers import Answer, LineFault, Outcome, read_answer
from simulator.errors import UNAUTHORIZED_WORDS, Refused
from simulator.faults import ANSWERS
from simulator.records import Rejected
from simulator.sending import new_call


class DirectApi:
    """What the sender knows as LINE, with the channel access token that it was started with."""

    def __init__(self, line):
        self._line = line
        self._token = line.access_token

    async def reply(self, body, timeout_s):
        return self._call("reply", body, None)

    async def push(self, body, retry_key, timeout_s):
        return self._call("push", body, str(retry_key))

    async def get_quota(self):
        self._check_token()
        return self._line.quota_limit

    async def get_consumption(self):
        self._check_token()
        return self._line.quota_used

    async def bot_info(self):
        self._check_token()
        return {"userId": self._line.bot_id}

    def _check_token(self):
        if self._token != self._line.access_token:
            raise LineFault(_say(401, UNAUTHORIZED_WORDS))

    def _call(self, kind, body, retry_key):
        if self._token != self._line.access_token:
            return _say(401, UNAUTHORIZED_WORDS)
        call = new_call(kind, json.loads(body), retry_key)
        fault = self._line.faults.take(call.path)
        if fault is None:
            return self._carry_out(call)
        if fault.kind in ("drop", "500-accepted", "slow"):
            self._carry_out(call)
        if fault.kind in ("drop", "hang", "slow"):
            return Answer(0, Outcome.SILENT, detail_code="timeout")
        return _say(*ANSWERS[fault.kind])

    def _carry_out(self, call):
        try:
            outcome = self._line.sending.carry_out(call)
        except Refused as refused:
            if refused.broke_contract:
                said = Rejected(call.path, refused.status, refused.why, call.body)
                self._line.world.rejected.append(said)
            return read_answer(refused.status, {}, json.dumps(refused.body).encode())
        return read_answer(outcome.status, outcome.headers, json.dumps(outcome.body).encode())


def _say(status, words):
    return read_answer(status, {}, json.dumps({"message": words}).encode())
