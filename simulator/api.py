"""The door to LINE's endpoints (api.line.me and api-data.line.me on one host): checks the token,
finds the endpoint, words its refusals and notes every call."""

from typing import TYPE_CHECKING, Any

from simulator.channelapi import ChannelApi
from simulator.chatapi import ChatApi
from simulator.errors import UNAUTHORIZED_WORDS, Refused
from simulator.http import Answer, Request, Routes, answer_json
from simulator.menuapi import MenuApi
from simulator.records import Rejected
from simulator.sendapi import SendApi

if TYPE_CHECKING:
    from simulator.line import Line


class Api:
    """Everything under `/v2/`."""

    def __init__(self, line: "Line") -> None:
        self._world = line.world
        self._token = line.access_token
        self._routes = Routes()
        SendApi(line.world, line.sending).add_to(self._routes)
        ChatApi(line).add_to(self._routes)
        MenuApi(line.world).add_to(self._routes)
        ChannelApi(line.world, line.courier).add_to(self._routes)

    def answer(self, request: Request) -> Answer:
        """LINE's answer, errors included; a refusal is kept with its reason."""
        note = ""
        try:
            answer = self._find_answer(request)
        except Refused as refused:
            answer, note = answer_json(refused.body, refused.status), refused.why
            self._note_refusal(request, refused)
        self.note_call(request, answer.status, note, answer)
        return answer

    def note_call(self, request: Request, status: int, note: str, answer: Answer | None) -> None:
        """One line in the page's table of calls."""
        sent = answer.sent if answer else None
        self._world.log_call(request.method, request.path, status, note, sent)

    def refuse(self, request: Request, refused: Refused) -> Answer:
        """Answer without looking further: the request is too large, or a fault was ordered."""
        self._note_refusal(request, refused)
        self.note_call(request, refused.status, refused.why, None)
        return answer_json(refused.body, refused.status)

    def _find_answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            raise Refused(401, UNAUTHORIZED_WORDS)
        answer = self._routes.answer(request)
        if answer is None:
            raise Refused(404, "Not found")
        return answer

    def _note_refusal(self, request: Request, refused: Refused) -> None:
        try:
            body: Any = request.get_json()
        except Refused:
            body = None
        seen = Rejected(request.path, refused.status, refused.why, body)
        with self._world.lock:
            kept = self._world.rejected if refused.broke_contract else self._world.refused
            kept.append(seen)
