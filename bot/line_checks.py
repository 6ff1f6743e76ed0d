"""What LINE says of the account, and how we look from outside: address and certificate."""

import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot import account
from bot.answers import LineFault
from bot.findings import Check, Finding, judge, not_asked
from bot.line_api import LineApi, ask_line
from bot.settings import LINE_API, Settings
from db import quota, stations
from db.engine import Database

_SKEW_S = 30
_TLS_TIMEOUT_S = 5.0
_DAYS_LEFT = 14
# LINE's count is approximate, and so is that of a group's people.
_OUTSIDE_SHARE = 0.2
_OUTSIDE_LEAST = 50
# LINE counts its months in Japan.
_LINE_ZONE = ZoneInfo("Asia/Tokyo")
T = TypeVar("T")


class LineChecks:
    """One question to LINE each, so that none waits for another."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock

    def list_checks(self) -> dict[str, Check]:
        if self._settings.line_channel_access_token is None:
            return {"line": lambda: judge("line", False, "no credentials / ยังไม่มีค่าใน .env")}
        return {
            "line": self._look_at_bot,
            "webhook": self._look_at_webhook,
            "quota": self._look_at_quota,
            "clock": self._look_at_clock,
            "media_address": self._look_at_address,
            "certificate": lambda: look_at_certificate(self._settings.public_url, self._clock()),
        }

    def _ask(self, question: Callable[[LineApi], Awaitable[T]]) -> T:
        settings = self._settings
        host, content_host = settings.line_api_host, settings.line_content_host
        return ask_line(host, content_host, settings.get_line_token(), question)

    def _look_at_bot(self) -> list[Finding]:
        try:
            mode = str(self._ask(LineApi.bot_info).get("chatMode", "unknown"))
        except LineFault as fault:
            return [judge("line", False, str(fault))]
        return [
            judge("line", True, "takes our token"),
            judge("chat_mode", mode == "bot", f"chat mode {mode}"),
        ]

    def _look_at_webhook(self) -> list[Finding]:
        """The address that LINE has, and whether a call of LINE's own gets through to it."""
        try:
            registered = self._ask(account.get_webhook)
            tried = self._ask(account.try_webhook)
        except LineFault as fault:
            return [judge("webhook", False, str(fault))]
        endpoint, wanted = registered.get("endpoint"), f"{self._settings.public_url}/callback"
        is_ours = endpoint in (wanted, f"{wanted}/{stations.FIRST_SLUG}")
        is_used = registered.get("active") is True
        told = "is ours" if is_ours else f"is not {wanted}"
        used = "in use" if is_used else "switched off"
        is_through = tried.get("success") is True
        reason = f"{tried.get('reason')} ({tried.get('statusCode')})"
        answer = "LINE's test call was answered" if is_through else f"LINE's test call: {reason}"
        return [
            judge("webhook_address", is_ours and is_used, f"the registered one {told}, {used}"),
            judge("webhook", is_through, answer),
        ]

    def _look_at_quota(self) -> list[Finding]:
        try:
            limit, used = self._ask(LineApi.get_quota), self._ask(LineApi.get_consumption)
        except LineFault as fault:
            return [not_asked("quota", str(fault))]
        told = "unlimited" if limit is None else f"{limit:,}"
        month = judge(
            "quota", limit is None or used < limit, f"{used:,} of {told} messages this month"
        )
        return [month, self._look_at_outside(used)]

    def _look_at_outside(self, used: int) -> Finding:
        start = month_start(self._clock())
        try:
            with self._database.read() as session:
                row = stations.find_station(session, stations.FIRST_SLUG)
                own = quota.count_own_use(session, row.id, start) if row else 0
        except (SQLAlchemyError, OSError) as fault:
            return not_asked("quota_outside", type(fault).__name__)
        outside = max(used - own, 0)
        is_little = outside <= max(_OUTSIDE_LEAST, used * _OUTSIDE_SHARE)
        return judge("quota_outside", is_little, f"about {outside:,} of {used:,} not sent by Yaam")

    def _look_at_clock(self) -> Finding:
        try:
            said = self._ask(LineApi.get_date)
        except LineFault as fault:
            return not_asked("clock", str(fault))
        try:
            line_now = parsedate_to_datetime(said or "")
        except ValueError:
            return not_asked("clock", "LINE's answer has no date")
        skew_s = (self._clock() - line_now).total_seconds()
        return judge("clock", abs(skew_s) <= _SKEW_S, f"{skew_s:+.0f} s beside LINE's")

    def _look_at_address(self) -> Finding:
        if self._settings.line_api_host != LINE_API:
            return not_asked("media_address", "a stand-in plays LINE")
        found = find_unreachable(self._settings.public_url)
        return judge("media_address", found is None, found or "looks reachable from outside")


def month_start(now: datetime) -> datetime:
    local = now.astimezone(_LINE_ZONE)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def find_unreachable(url: str) -> str | None:
    """Why a phone could not open `url`, judged by its shape alone."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return "PUBLIC_URL is not https"
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith((".local", ".internal", ".lan", ".localhost"))
    return None if is_public else f"{host} is no public name"


def look_at_certificate(url: str, now: datetime) -> Finding:
    """As this machine sees it; a proxy or firewall may not let it see its own outside."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return not_asked("certificate", "PUBLIC_URL is not https")
    try:
        ends_at = read_certificate_end(host, parts.port or 443)
    except ssl.SSLCertVerificationError as fault:
        return judge("certificate", False, f"is not accepted: {fault.verify_message}")
    except OSError as fault:
        return not_asked("certificate", f"{host} not reached from here ({type(fault).__name__})")
    days = (ends_at - now).days
    return judge("certificate", days >= _DAYS_LEFT, f"ends in {days} days")


def read_certificate_end(host: str, port: int) -> datetime:
    """Raises OSError, ssl.SSLCertVerificationError among them."""
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_TLS_TIMEOUT_S) as bare,
        context.wrap_socket(bare, server_hostname=host) as secure,
    ):
        certificate = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
