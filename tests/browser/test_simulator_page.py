"""The chat page in a real browser, with a small bot behind it."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright  # noqa: E402

from bot.menu import build_menu  # noqa: E402
from simulator import Line  # noqa: E402
from simulator.demo import Demo, build_demo  # noqa: E402
from simulator.sending import new_call  # noqa: E402

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
if CHROMIUM is None and os.environ.get("YAAM_REQUIRE_BROWSER") != "1":
    pytest.skip("no Chromium", allow_module_level=True)

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MENU_PICTURE = Path(__file__).parents[2] / "bot" / "assets" / "rich_menu.png"
NASTY = "<img src=x onerror=document.title='broken'> & \"คำ\""
CARD: dict[str, Any] = {
    "type": "flex",
    "altText": "ไฟไหม้ โทร 199",
    "contents": {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [{"type": "text", "text": "ไฟไหม้ โทร 199 ก่อน", "wrap": True}],
        },
        "footer": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {
                    "type": "button",
                    "style": "primary",
                    "action": {"type": "uri", "label": "โทร 199", "uri": "tel:199"},
                },
                {
                    "type": "button",
                    "action": {
                        "type": "postback",
                        "label": "รับเรื่อง",
                        "data": "seen",
                        "displayText": "รับเรื่องแล้ว",
                    },
                },
            ],
        },
    },
    "quickReply": {
        "items": [
            {"type": "action", "action": {"type": "location", "label": "ส่งตำแหน่ง"}},
            {"type": "action", "action": {"type": "cameraRoll", "label": "ส่งรูป"}},
            {
                "type": "action",
                "action": {
                    "type": "datetimepicker",
                    "label": "เมื่อไร",
                    "data": "when",
                    "mode": "datetime",
                },
            },
        ]
    },
}


class Bot:
    """Answers by reply: a card to a text, a word to anything else."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.events: list[dict[str, Any]] = []

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        for event in json.loads(body)["events"]:
            self.events.append(event)
            if "replyToken" in event:
                answer = self.answer(event)
                self.line.sending.carry_out(
                    new_call("reply", {"replyToken": event["replyToken"], "messages": [answer]})
                )
        return 200

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        words = event.get("message", {}).get("text", "")
        if "ไฟไหม้" in words:
            return CARD
        return {"type": "text", "text": f"ได้รับ {event['type']} {words}".strip()}

    def last(self, kind: str) -> dict[str, Any]:
        assert self.line.wait_for(lambda: any(one["type"] == kind for one in self.events))
        return [one for one in self.events if one["type"] == kind][-1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("no Chromium, and YAAM_REQUIRE_BROWSER=1 asks for one")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def line() -> Line:
    return Line("channel secret", "channel access token")


@pytest.fixture
def bot(line: Line) -> Bot:
    bot = Bot(line)
    line.webhook = bot
    return bot


@pytest.fixture
def demo(line: Line) -> Demo:
    return build_demo(line)


@pytest.fixture
def page(browser: Browser, line: Line, demo: Demo, bot: Bot) -> Iterator[Page]:
    """The page, open; fails the test for anything on the console and any request elsewhere."""
    faults: list[str] = []
    with line.serve() as address:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="th-TH")
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(address) else faults.append(asked.url),
        )
        page.goto(address)
        expect(page.get_by_test_id("pane-officer")).to_be_visible()
        yield page
        context.close()
    assert faults == []


def give_menu(line: Line) -> None:
    """The bot's own rich menu, for everybody."""
    with line.world.lock:
        menu = line.world.menus.create(build_menu())
        line.world.menus.upload(menu.id, MENU_PICTURE.read_bytes(), "image/png")
        line.world.menus.default_id = menu.id


def overhang(page: Page, selector: str) -> int:
    """By how many pixels the contents of an element are wider than it."""
    return int(page.eval_on_selector(selector, "one => one.scrollWidth - one.clientWidth"))


def pane(page: Page, role: str) -> Locator:
    return page.get_by_test_id(f"pane-{role}")


def say(where: Locator, text: str) -> None:
    where.get_by_test_id("input").fill(text)
    where.get_by_test_id("input").press("Enter")


def test_a_resident_reports_a_fire(page: Page, line: Line, bot: Bot, demo: Demo) -> None:
    resident = pane(page, "resident")
    say(resident, "ไฟไหม้บ้านข้างๆ")
    expect(resident.get_by_test_id("message")).to_contain_text("ไฟไหม้บ้านข้างๆ")
    call = resident.get_by_role("link", name="โทร 199")
    expect(call).to_have_attribute("href", "tel:199")

    resident.get_by_test_id("quick-reply").filter(has_text="ส่งตำแหน่ง").click()
    page.get_by_test_id("preset-place").first.click()
    expect(resident.get_by_test_id("bot-message").last).to_contain_text("ได้รับ message")
    assert bot.last("message")["message"]["title"] == "ตลาดเทศบาล"
    expect(resident.get_by_test_id("quick-reply")).to_have_count(0)


def test_photos_stickers_and_files(page: Page, line: Line, demo: Demo) -> None:
    resident = pane(page, "resident")
    resident.get_by_test_id("add-photo").click()
    page.get_by_test_id("sample-photo").click()
    picture = resident.get_by_role("img", name="รูปที่ส่ง")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.photo img').naturalWidth > 0")
    resident.get_by_test_id("add-face").click()
    page.get_by_test_id("sticker-choice").nth(2).click()
    expect(resident.get_by_role("img", name="สติกเกอร์ ช่วยด้วย!")).to_be_visible()
    resident.get_by_test_id("add-plus").click()
    page.get_by_role("button", name="ไฟล์ตัวอย่าง").click()
    expect(resident.get_by_text("ใบแจ้งเหตุ.pdf")).to_be_visible()
    kinds = [one.kind for one in line.chat(demo.resident) if not one.is_bot]
    assert kinds == ["image", "sticker", "file"]


def test_quote_and_unsend(page: Page, line: Line, bot: Bot, demo: Demo) -> None:
    resident = pane(page, "resident")
    say(resident, "สวัสดี")
    answer = resident.get_by_test_id("bot-message")
    answer.hover()
    answer.get_by_test_id("tool-reply").click()
    expect(resident.get_by_test_id("quote-banner")).to_contain_text("ได้รับ message")
    say(resident, "ตอบข้อนี้")
    expect(resident.get_by_test_id("quote-banner")).to_be_hidden()
    mine = resident.get_by_test_id("message").filter(has_text="ตอบข้อนี้")
    expect(mine.locator(".quotation")).to_contain_text("ได้รับ message")
    assert bot.last("message")["message"]["quotedMessageId"] == line.chat(demo.resident)[1].id
    mine.hover()
    mine.get_by_test_id("tool-trash").click()
    expect(resident.get_by_test_id("notice")).to_contain_text("คุณยกเลิกข้อความ")
    expect(resident.get_by_text("ตอบข้อนี้", exact=True)).to_have_count(0)
    assert bot.last("unsend")


def test_data_is_never_markup(page: Page, line: Line, demo: Demo) -> None:
    resident = pane(page, "resident")
    say(resident, NASTY)
    expect(resident.get_by_test_id("message")).to_contain_text(NASTY)
    expect(resident.get_by_test_id("bot-message")).to_contain_text(NASTY)
    expect(page).to_have_title("LINE จำลอง · ยาม")


def test_shift_enter_breaks_the_line(page: Page, line: Line, demo: Demo) -> None:
    resident = pane(page, "resident")
    area = resident.get_by_test_id("input")
    area.fill("หนึ่ง")
    area.press("Shift+Enter")
    area.press_sequentially("สอง tel:191")
    resident.get_by_test_id("send").click()
    link = resident.get_by_test_id("message").get_by_role("link", name="tel:191")
    expect(link).to_have_attribute("href", "tel:191")
    assert line.chat(demo.resident)[0].text == "หนึ่ง\nสอง tel:191"


def test_the_bot_is_invited_and_spoken_to_in_the_group(
    page: Page, line: Line, bot: Bot, demo: Demo
) -> None:
    group = pane(page, "group")
    group.get_by_test_id("relation").click()
    expect(group.get_by_test_id("bot-message")).to_contain_text("ได้รับ join")
    group.get_by_test_id("speaker").select_option(demo.neighbour.id)
    group.get_by_test_id("mention").click()
    group.get_by_test_id("input").press_sequentially("ไฟทางดับ")
    group.get_by_test_id("send").click()
    expect(group.get_by_test_id("bot-message")).to_have_count(2)
    event = bot.last("message")
    assert event["source"]["userId"] == demo.neighbour.id
    assert event["message"]["mention"]["mentionees"][0]["isSelf"] is True
    group.get_by_test_id("message").hover()
    group.get_by_test_id("tool-pen").click()
    page.get_by_role("textbox", name="ข้อความ", exact=True).fill("ไฟทางติดแล้ว")
    page.get_by_role("button", name="บันทึก").click()
    expect(group.get_by_test_id("message")).to_contain_text("ไฟทางติดแล้ว")
    assert bot.last("messageEdited")["message"]["text"] == "ไฟทางติดแล้ว"
    group.get_by_test_id("relation").click()
    expect(group.get_by_test_id("notice").last).to_contain_text("ออกจากกลุ่ม")
    assert bot.last("leave")


def test_an_officer_takes_a_case(page: Page, line: Line, bot: Bot, demo: Demo) -> None:
    officer = pane(page, "officer")
    officer.get_by_test_id("relation").click()
    expect(officer.get_by_test_id("bot-message")).to_contain_text("ได้รับ follow")
    line.sending.carry_out(new_call("push", {"to": demo.officer.id, "messages": [CARD]}))
    officer.get_by_role("button", name="รับเรื่อง").click()
    expect(officer.get_by_test_id("message")).to_contain_text("รับเรื่องแล้ว")
    assert bot.last("postback")["postback"] == {"data": "seen"}


def test_a_moment_is_picked(page: Page, bot: Bot) -> None:
    resident = pane(page, "resident")
    say(resident, "ไฟไหม้เมื่อคืน")
    resident.get_by_test_id("quick-reply").filter(has_text="เมื่อไร").click()
    page.get_by_test_id("moment").fill("2026-11-02T08:30")
    page.get_by_role("button", name="ตกลง").click()
    params = bot.last("postback")["postback"]["params"]
    assert params == {"datetime": "2026-11-02T08:30"}


def test_the_drawer_shows_calls_quota_and_orders_faults(page: Page, line: Line, demo: Demo) -> None:
    page.get_by_test_id("outbox-toggle").click()
    say(pane(page, "resident"), "สวัสดี")
    expect(page.get_by_test_id("quota")).to_contain_text("ใช้ไป 0 จาก 15,000")
    page.get_by_test_id("fault-drop").click()
    expect(page.get_by_test_id("faults")).to_contain_text("ส่งแล้วสายหลุด อีก 1 ครั้ง")
    assert [one.kind for one in line.faults.list_pending()] == ["drop"]


def check_shape(picture: Locator) -> None:
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(2500 / 1686, rel=0.02)
    phone = picture.locator("xpath=ancestor::section").bounding_box()
    assert phone is not None
    assert box["y"] + box["height"] <= phone["y"] + phone["height"]


@pytest.mark.parametrize(("height", "starts_open"), [(960, True), (700, False)])
def test_the_rich_menu_keeps_its_shape_above_the_drawer(
    page: Page, line: Line, height: int, starts_open: bool
) -> None:
    page.set_viewport_size({"width": 1440, "height": height})
    give_menu(line)
    resident = pane(page, "resident")
    resident.get_by_test_id("relation").click()
    bar, picture = resident.get_by_test_id("menu-bar"), resident.get_by_test_id("menu-picture")
    expect(bar).to_have_attribute("aria-expanded", "true")
    page.get_by_test_id("outbox-toggle").click()
    expect(bar).to_have_attribute("aria-expanded", "true" if starts_open else "false")
    if not starts_open:
        bar.click()
    check_shape(picture)
    page.get_by_test_id("outbox-close").click()
    check_shape(picture)


def test_the_rich_menu_closes_when_the_talk_begins(page: Page, line: Line) -> None:
    give_menu(line)
    resident = pane(page, "resident")
    resident.get_by_test_id("relation").click()
    picture = resident.get_by_test_id("menu-picture")
    expect(picture).to_be_visible()
    say(resident, "สวัสดี")
    expect(picture).to_be_hidden()
    resident.get_by_test_id("menu-bar").click()
    say(resident, "สวัสดีอีกที")
    expect(resident.get_by_test_id("bot-message")).to_have_count(3)
    expect(picture).to_be_visible()
    page.reload()
    expect(picture).to_be_visible()
    resident.get_by_test_id("menu-bar").click()
    page.reload()
    expect(resident.get_by_test_id("menu-bar")).to_have_attribute("aria-expanded", "false")
    expect(picture).to_be_hidden()


def test_a_phone_screen_shows_one_chat_at_a_time(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(pane(page, "group")).to_be_hidden()
    page.get_by_test_id("tab-group").click()
    expect(pane(page, "group")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_screen_nothing_is_cut_off(page: Page, line: Line) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    give_menu(line)
    resident = pane(page, "resident")
    resident.get_by_test_id("relation").click()
    expect(resident.get_by_test_id("menu-picture")).to_be_visible()
    for add, sheet in (
        ("pin", "position"),
        ("photo", "photo"),
        ("plus", "media"),
        ("face", "sticker"),
    ):
        resident.get_by_test_id(f"add-{add}").click()
        expect(page.get_by_test_id(f"{sheet}-sheet")).to_be_visible()
        assert overhang(page, ".sheet") == 0
        page.get_by_role("button", name="ปิด", exact=True).click()
    assert overhang(page, "html") == 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 600)])
def test_on_a_small_screen_the_drawer_covers_the_page(
    page: Page, line: Line, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    pane(page, "resident").get_by_test_id("relation").click()
    for way in ("reply", "push"):
        line.world.log_call("POST", f"/v2/bot/message/{way}", 429, "โควตาของเดือนนี้หมดแล้ว", None)
    page.get_by_test_id("outbox-toggle").click()
    outbox = page.get_by_test_id("outbox")
    assert outbox.bounding_box() == {"x": 0, "y": 0, "width": width, "height": height}
    outbox.get_by_role("checkbox").check()
    expect(outbox.get_by_role("row")).to_have_count(3)
    assert overhang(page, "#outbox") == 0
    assert overhang(page, ".calls-scroll") == 0
    page.get_by_test_id("outbox-close").click()
    expect(outbox).to_be_hidden()
    expect(page.get_by_test_id("outbox-toggle")).to_have_attribute("aria-expanded", "false")
