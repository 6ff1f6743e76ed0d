"""Endpoints around messages: send, validate, quota, content."""

from simulator.http import Answer, Request, Routes, answer_json, get_checked, refuse_retry_key
from simulator.messagecheck import find_problems
from simulator.sending import Call, Sending
from simulator.world import World

SEND_KINDS = ("reply", "push", "multicast", "broadcast")


class SendApi:
    """`/v2/bot/message/…`."""

    def __init__(self, world: World, sending: Sending) -> None:
        self._world = world
        self._sending = sending

    def add_to(self, routes: Routes) -> None:
        for kind in SEND_KINDS:
            routes.add("POST", f"/v2/bot/message/{kind}", self._send)
            routes.add("POST", f"/v2/bot/message/validate/{kind}", self._validate)
        routes.add("GET", "/v2/bot/message/quota", self._get_quota)
        routes.add("GET", "/v2/bot/message/quota/consumption", self._get_consumption)
        routes.add("GET", "/v2/bot/message/<>/content", self._get_content)
        routes.add("GET", "/v2/bot/message/<>/content/preview", self._get_preview)
        routes.add("GET", "/v2/bot/message/<>/content/transcoding", self._get_transcoding)

    def _send(self, request: Request) -> Answer:
        kind = request.path.rsplit("/", 1)[-1]
        key = request.headers.get("x-line-retry-key")
        call = Call(kind, request.path, request.get_json(), key, request.request_id)
        outcome = self._sending.carry_out(call)
        answer = answer_json(outcome.body, outcome.status, outcome.headers)
        answer.sent = outcome.sent
        return answer

    def _validate(self, request: Request) -> Answer:
        refuse_retry_key(request)
        get_checked(request, lambda body: find_problems("validate", body))
        return answer_json({})

    def _get_quota(self, request: Request) -> Answer:
        limit = self._world.quota.limit
        if limit is None:
            return answer_json({"type": "none"})
        return answer_json({"type": "limited", "value": limit})

    def _get_consumption(self, request: Request) -> Answer:
        return answer_json({"totalUsage": self._world.quota.used})

    def _get_content(self, request: Request, message_id: str) -> Answer:
        with self._world.lock:
            content = self._world.content.get_body(message_id)
        return Answer(200, content.data, content.mime) if content else Answer(202)

    def _get_preview(self, request: Request, message_id: str) -> Answer:
        with self._world.lock:
            preview = self._world.content.get_preview(message_id).preview
        return Answer(200, preview, "image/jpeg")

    def _get_transcoding(self, request: Request, message_id: str) -> Answer:
        with self._world.lock:
            return answer_json({"status": self._world.content.get_state(message_id)})
