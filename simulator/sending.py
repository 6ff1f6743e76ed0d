"""The rules of reply, push, multicast and broadcast, beyond what a body alone can tell.

Source: LINE, "Send reply message" and its siblings, "Conditions for sending push message",
"Retrying an API request", "Messaging API pricing".
"""

from dataclasses import dataclass
from typing import Any

from simulator.errors import KEY_WORDS, MONTH_WORDS, REPLY_WORDS, TARGET_WORDS, Refused, bad_body
from simulator.ids import new_request_id
from simulator.messagecheck import find_problems
from simulator.records import Body, Rejected, Sent
from simulator.retrykeys import Accepted, RetryKeys, canonical, is_retry_key
from simulator.shapes import Problems
from simulator.tokens import ReplyToken
from simulator.world import Account, World


@dataclass(frozen=True)
class Call:
    """One send request as it arrived. `kind` is reply, push, multicast or broadcast."""

    kind: str
    path: str
    body: Any
    retry_key: str | None
    request_id: str


@dataclass(frozen=True)
class Plan:
    """Where the messages of a call go: `chats` see them, `cost` is what the quota loses."""

    to: str | list[str]
    chats: list[str]
    cost: int
    token: ReplyToken | None = None


@dataclass(frozen=True)
class Outcome:
    """What a call is answered with, and what was sent by it (None for a repeated retry key)."""

    status: int
    body: Body
    headers: dict[str, str]
    sent: Sent | None


class Sending:
    """Carries out send calls; every one is one step under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys = RetryKeys()

    def carry_out(self, call: Call) -> Outcome:
        """Raises Refused for whatever LINE answers with an error, except a repeated retry key."""
        with self._world.lock:
            self._check_key(call)
            repeated = self._find_repeated(call)
            if repeated:
                return repeated
            problems = find_problems(call.kind, call.body)
            if problems:
                raise bad_body(problems)
            plan = self._plan(call)
            self._check_references(call, plan)
            if not self._world.quota.has_room(plan.cost):
                raise Refused(429, MONTH_WORDS, broke_contract=False)
            return self._accept(call, plan)

    def _check_key(self, call: Call) -> None:
        if call.retry_key is None:
            return
        if call.kind == "reply":
            raise Refused(400, "The retry key cannot be used with this endpoint")
        if not is_retry_key(call.retry_key):
            raise Refused(400, "Invalid retry key: a hexadecimal UUID is needed")

    def _find_repeated(self, call: Call) -> Outcome | None:
        world = self._world
        found = self._keys.find(call.retry_key, world.now()) if call.retry_key else None
        if found is None:
            return None
        if not found.is_same(call.path, call.body):
            why = "The retry key was used before with another request"
            world.rejected.append(Rejected(call.path, 409, why, call.body))
        headers = {"x-line-accepted-request-id": found.request_id}
        return Outcome(409, {"message": KEY_WORDS, **found.answer}, headers, None)

    def _plan(self, call: Call) -> Plan:
        if call.kind == "reply":
            return self._plan_reply(call.body["replyToken"])
        if call.kind == "push":
            return self._plan_push(call.body["to"])
        reached = self._reached(call)
        to: str | list[str] = call.body["to"] if call.kind == "multicast" else "all"
        return Plan(to, [one.id for one in reached], len(reached))

    def _reached(self, call: Call) -> list[Account]:
        accounts = self._world.accounts
        if call.kind == "broadcast":
            return [one for one in accounts.values() if one.friend and not one.blocked]
        named = dict.fromkeys(call.body["to"])
        found = [accounts[user] for user in named if user in accounts]
        return [one for one in found if self._world.is_reached(one)]

    def _plan_reply(self, value: str) -> Plan:
        world = self._world
        token = world.tokens.reply.get(value)
        if token is None or token.used:
            raise Refused(400, REPLY_WORDS)
        if not token.is_alive(world.now()):
            raise Refused(400, REPLY_WORDS, broke_contract=False)
        if token.chat in world.rooms:
            self._check_membership(token.chat)
            return Plan(token.chat, [token.chat], 0, token)
        account = world.accounts.get(token.chat)
        blocked = account is None or account.blocked
        return Plan(token.chat, [] if blocked else [token.chat], 0, token)

    def _plan_push(self, to: str) -> Plan:
        world = self._world
        if to in world.rooms:
            self._check_membership(to)
            return Plan(to, [to], world.rooms[to].member_count)
        account = world.accounts.get(to)
        if account is None:
            raise Refused(400, TARGET_WORDS)
        reached = world.is_reached(account)
        return Plan(to, [to] if reached else [], int(reached))

    def _check_membership(self, chat: str) -> None:
        room = self._world.rooms[chat]
        if not room.bot_inside:
            raise Refused(400, TARGET_WORDS, broke_contract=not room.bot_was_inside)

    def _check_references(self, call: Call, plan: Plan) -> None:
        """Quoted messages and mentioned people must belong to the chat that is written to."""
        problems: Problems = []
        for place, message in enumerate(call.body["messages"]):
            path = f"messages[{place}]"
            token = message.get("quoteToken")
            if token is not None and self._world.tokens.quote.get(token, ("",))[0] != plan.to:
                problems.append((f"{path}.quoteToken", "Invalid quote token"))
            self._check_mentions(message, plan, path, problems)
        if problems:
            raise bad_body(problems)

    def _check_mentions(self, message: Body, plan: Plan, path: str, problems: Problems) -> None:
        room = self._world.rooms.get(plan.to) if isinstance(plan.to, str) else None
        for name, one in message.get("substitution", {}).items():
            if one["type"] != "mention":
                continue
            who = one["mentionee"].get("userId")
            if room is None or (who is not None and who not in room.member_ids):
                problems.append((f"{path}.substitution.{name}", "Cannot be mentioned in this chat"))

    def _accept(self, call: Call, plan: Plan) -> Outcome:
        world = self._world
        if plan.token:
            plan.token.used = True
        world.quota.used += plan.cost
        sent_messages = self._show(call.body["messages"], plan, call.kind)
        one_chat = call.kind in ("reply", "push")
        answer: Body = {"sentMessages": sent_messages} if one_chat else {}
        sent = Sent(
            kind=call.kind,
            to=plan.to,
            messages=call.body["messages"],
            retry_key=call.retry_key,
            at=world.now(),
            cost=plan.cost,
            message_ids=tuple(one["id"] for one in sent_messages),
            notification_disabled=bool(call.body.get("notificationDisabled", False)),
            request_id=call.request_id,
            delivered=bool(plan.chats),
        )
        world.sent.append(sent)
        if call.retry_key:
            kept = Accepted(world.now(), call.request_id, call.path, canonical(call.body), answer)
            self._keys.keep(call.retry_key, kept)
        world.touch()
        return Outcome(200, answer, {}, sent)

    def _show(self, messages: list[Body], plan: Plan, kind: str) -> list[Body]:
        """Put the messages into the chats; `sentMessages` of the last chat, made up if nobody saw.

        Not delivered (a block) is answered by LINE like delivered.
        """
        world = self._world
        shown: list[Body] = []
        for chat in plan.chats:
            shown = []
            for body in messages:
                quoted = world.tokens.quote.get(body.get("quoteToken", ""), (None, None))[1]
                message = world.add_message(chat, world.bot_id, body, quoted)
                shown.append({"id": message.id})
                if message.quote_token:
                    shown[-1]["quoteToken"] = message.quote_token
        if not plan.chats and kind in ("reply", "push"):
            shown = [{"id": world.message_ids.take()} for _ in messages]
        return shown


def new_call(kind: str, body: Any, retry_key: str | None = None) -> Call:
    """A call as the HTTP server builds it, for use in-process."""
    return Call(kind, f"/v2/bot/message/{kind}", body, retry_key, new_request_id())
