"""Endpoints around people, groups and open chats."""

from typing import TYPE_CHECKING

from simulator.errors import Refused
from simulator.http import Answer, Request, Routes, answer_json, get_checked, refuse_retry_key
from simulator.messagecheck import find_problems
from simulator.world import Account, Room

if TYPE_CHECKING:
    from simulator.line import Line

NOT_ENTITLED = "Access to this API is not available for your account"


class ChatApi:
    """`/v2/bot/profile`, `/v2/bot/group`, `/v2/bot/room`, `/v2/bot/chat`."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._world = line.world

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", "/v2/bot/profile/<>", self._get_profile)
        routes.add("GET", "/v2/bot/followers/ids", self._not_entitled)
        routes.add("GET", "/v2/bot/group/<>/summary", self._get_summary)
        for kind in ("group", "room"):
            routes.add("GET", f"/v2/bot/{kind}/<>/members/count", self._get_member_count)
            routes.add("GET", f"/v2/bot/{kind}/<>/members/ids", self._not_entitled)
            routes.add("GET", f"/v2/bot/{kind}/<>/member/<>", self._get_member)
            routes.add("POST", f"/v2/bot/{kind}/<>/leave", self._leave)
        routes.add("POST", "/v2/bot/chat/loading/start", self._start_loading)
        routes.add("POST", "/v2/bot/chat/markAsRead", self._mark_as_read)

    def _get_profile(self, request: Request, user_id: str) -> Answer:
        found = self._world.accounts.get(user_id)
        if found is None or found.blocked or not (found.friend or found.wrote_at is not None):
            raise Refused(404, "Not found", broke_contract=False)
        return answer_json({"userId": found.id, "displayName": found.name, "language": "th"})

    def _get_summary(self, request: Request, group_id: str) -> Answer:
        room = self._get_room(request, group_id)
        return answer_json({"groupId": room.id, "groupName": room.name})

    def _get_member_count(self, request: Request, group_id: str) -> Answer:
        return answer_json({"count": self._get_room(request, group_id).member_count})

    def _get_member(self, request: Request, group_id: str, user_id: str) -> Answer:
        room = self._get_room(request, group_id)
        found: Account | None = self._world.accounts.get(user_id)
        if found is None or user_id not in room.member_ids:
            raise Refused(404, "Not found", broke_contract=False)
        return answer_json({"userId": found.id, "displayName": found.name})

    def _leave(self, request: Request, group_id: str) -> Answer:
        self._line.groups[self._get_room(request, group_id).id].remove_bot(wait=False)
        return answer_json({})

    def _not_entitled(self, request: Request, *parts: str) -> Answer:
        raise Refused(403, NOT_ENTITLED)

    def _start_loading(self, request: Request) -> Answer:
        refuse_retry_key(request)
        body = get_checked(request, lambda given: find_problems("loading", given))
        with self._world.lock:
            until = self._world.now() + body.get("loadingSeconds", 20)
            self._world.loading[body["chatId"]] = until
            self._world.touch()
        return answer_json({}, 202)

    def _mark_as_read(self, request: Request) -> Answer:
        refuse_retry_key(request)
        body = get_checked(request, lambda given: find_problems("markAsRead", given))
        with self._world.lock:
            if body["markAsReadToken"] not in self._world.tokens.read:
                raise Refused(400, "Invalid markAsReadToken")
        return answer_json({})

    def _get_room(self, request: Request, group_id: str) -> Room:
        """Raises Refused (404) for a group that is unknown, a room, or without the bot."""
        room = self._world.rooms.get(group_id)
        if room is None or not room.bot_inside or "/room/" in request.path:
            raise Refused(404, "Not found", broke_contract=False)
        return room
