import io
from typing import Any

import pytest
from PIL import Image

from simulator import Line
from simulator.richmenucheck import find_rich_menu_problems, read_picture_size
from tests.unit.simulator.caller import Caller

BASE = "/v2/bot/richmenu"
MENU: dict[str, Any] = {
    "size": {"width": 800, "height": 270},
    "selected": True,
    "name": "หลัก",
    "chatBarText": "เมนูยาม",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 800, "height": 270},
            "action": {"type": "message", "label": "เหตุด่วน", "text": "เหตุด่วน"},
        }
    ],
}


def picture(width: int = 800, height: int = 270, form: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(written, form)
    return written.getvalue()


def upload(caller: Caller, menu: str, data: bytes, mime: str = "image/png") -> int:
    return caller.call("POST", f"{BASE}/{menu}/content", data, {"Content-Type": mime}).status


@pytest.fixture
def menu(caller: Caller) -> str:
    return str(caller.post(BASE, MENU).json["richMenuId"])


def test_a_menu_is_made_dressed_and_shown(line: Line, caller: Caller, menu: str) -> None:
    resident = line.add_person("ชาวบ้าน")
    assert caller.post(f"/v2/bot/user/all/richmenu/{menu}").status == 400
    assert upload(caller, menu, picture()) == 200
    assert upload(caller, menu, picture()) == 400
    assert caller.post(f"/v2/bot/user/all/richmenu/{menu}").status == 200
    assert caller.get("/v2/bot/user/all/richmenu").json == {"richMenuId": menu}
    assert caller.get(f"{BASE}/{menu}").json == {"richMenuId": menu, **MENU}
    assert caller.get(f"{BASE}/list").json == {"richmenus": [{"richMenuId": menu, **MENU}]}
    assert caller.get(f"{BASE}/{menu}/content").raw == picture()
    assert resident.tap("เหตุด่วน")["message"]["text"] == "เหตุด่วน"


def test_a_linked_menu_goes_before_the_default(line: Line, caller: Caller, menu: str) -> None:
    officer = line.add_person("เจ้าหน้าที่")
    other = caller.post(BASE, MENU | {"name": "เจ้าหน้าที่"}).json["richMenuId"]
    for one in (menu, other):
        upload(caller, one, picture(form="JPEG"), "image/jpeg")
    caller.post(f"/v2/bot/user/all/richmenu/{menu}")
    path = f"/v2/bot/user/{officer.id}/richmenu"
    assert caller.get(path).status == 404
    assert caller.post(f"{path}/{other}").status == 200
    shown = line.world.menus.find_for(officer.id)
    assert shown
    assert shown.id == other
    assert caller.call("DELETE", path).status == 200
    assert caller.call("DELETE", f"{BASE}/{menu}").status == 200
    assert line.world.menus.find_for(officer.id) is None


def test_linking_a_stranger_has_no_effect(line: Line, caller: Caller, menu: str) -> None:
    stranger = line.add_person("คนแปลกหน้า", friend=False)
    upload(caller, menu, picture())
    assert caller.post(f"/v2/bot/user/{stranger.id}/richmenu/{menu}").status == 200
    assert caller.get(f"/v2/bot/user/{stranger.id}/richmenu").status == 404


@pytest.mark.parametrize(
    ("data", "mime", "status"),
    [
        (picture(801), "image/png", 400),
        (b"GIF89a", "image/png", 400),
        (picture() + b"\0" * 1024 * 1024, "image/png", 400),
        (picture(), "image/gif", 415),
    ],
)
def test_bad_pictures(caller: Caller, menu: str, data: bytes, mime: str, status: int) -> None:
    assert upload(caller, menu, data, mime) == status


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"size": {"width": 700, "height": 270}}, "size.width"),
        ({"size": {"width": 800, "height": 600}}, "size"),
        ({"chatBarText": "ก" * 15}, "chatBarText"),
        ({"name": ""}, "name"),
        ({"areas": MENU["areas"] * 21}, "areas"),
        ({"size": {"width": 800, "height": 250}}, "areas[0].bounds"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_menus_name_the_place(change: dict[str, Any], where: str) -> None:
    assert where in [path for path, _ in find_rich_menu_problems(MENU | change)]


def test_unknown_menus(caller: Caller) -> None:
    assert caller.get(f"{BASE}/richmenu-0").status == 404
    assert caller.post(f"{BASE}/validate", MENU).status == 200
    assert caller.post(f"{BASE}/validate", {}).status == 400


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00"])
def test_broken_pictures_have_no_size(data: bytes) -> None:
    assert read_picture_size(data) is None
