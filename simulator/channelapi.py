"""Endpoints around the bot itself: who it is, and its webhook."""

from datetime import UTC, datetime
from typing import Any

from simulator.delivery import Courier
from simulator.errors import Refused
from simulator.http import Answer, Request, Routes, answer_json, get_checked
from simulator.messagecheck import find_problems
from simulator.shapes import Problems
from simulator.world import World


class ChannelApi:
    """`/v2/bot/info`, `/v2/bot/channel/webhook/…`."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", "/v2/bot/info", self._get_bot_info)
        routes.add("GET", "/v2/bot/channel/webhook/endpoint", self._get_endpoint)
        routes.add("PUT", "/v2/bot/channel/webhook/endpoint", self._set_endpoint)
        routes.add("POST", "/v2/bot/channel/webhook/test", self._test_endpoint)

    def _get_bot_info(self, request: Request) -> Answer:
        info = {
            "userId": self._world.bot_id,
            "basicId": "@000yaam",
            "displayName": self._world.bot_name,
            "chatMode": "bot",
            "markAsReadMode": "auto",
        }
        return answer_json(info)

    def _get_endpoint(self, request: Request) -> Answer:
        webhook = self._courier.webhook
        if not isinstance(webhook, str):
            raise Refused(404, "Webhook URL not found", broke_contract=False)
        return answer_json({"endpoint": webhook, "active": True})

    def _set_endpoint(self, request: Request) -> Answer:
        self._courier.webhook = get_checked(request, _find_endpoint_problems)["endpoint"]
        return answer_json({})

    def _test_endpoint(self, request: Request) -> Answer:
        given = get_checked(request, _find_test_problems) if request.body else {}
        status, reason = self._courier.test(given.get("endpoint"))
        result = {
            "success": reason == "OK",
            "timestamp": datetime.fromtimestamp(self._world.now(), UTC).isoformat(),
            "statusCode": status,
            "reason": reason,
            "detail": str(status or reason),
        }
        return answer_json(result)


def _find_endpoint_problems(body: Any) -> Problems:
    """LINE wants https; a stand-in on loopback takes http too."""
    problems = find_problems("endpoint", body)
    if not problems and not body["endpoint"].startswith(("https://", "http://")):
        problems.append(("endpoint", "Invalid webhook endpoint URL"))
    return problems


def _find_test_problems(body: Any) -> Problems:
    return find_problems("test", body)
