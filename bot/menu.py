"""The rich menu: six areas under the private chat.

191 and 1669 are plain `tel:` areas: they work when Yaam is down. The picture is
bot/assets/rich_menu.png, made from the page beside it.
"""

from pathlib import Path
from typing import Any

from bot import account
from bot.line_api import LineApi

_PICTURE = Path(__file__).parent / "assets" / "rich_menu.png"
_NAME = "yaam"
_WIDTH, _HEIGHT = 2500, 1686
_CELL = (_WIDTH // 3, _HEIGHT // 2)

_ACTIONS: tuple[dict[str, str], ...] = (
    {"type": "uri", "label": "โทร 191", "uri": "tel:191"},
    {"type": "uri", "label": "โทร 1669", "uri": "tel:1669"},
    {
        "type": "postback",
        "label": "แจ้งเหตุ",
        "data": "a=menu&k=emergency",
        "displayText": "แจ้งเหตุ",
    },
    {
        "type": "postback",
        "label": "แจ้งเบาะแส",
        "data": "a=menu&k=tip",
        "displayText": "แจ้งเบาะแส",
    },
    {
        "type": "postback",
        "label": "แจ้งซ่อม–ร้องเรียน",
        "data": "a=menu&k=request",
        "displayText": "แจ้งซ่อม–ร้องเรียน",
    },
    {
        "type": "postback",
        "label": "ติดตามเรื่อง",
        "data": "a=mine",
        "displayText": "ติดตามเรื่อง",
    },
)


def build_menu() -> dict[str, Any]:
    """LINE's rich menu object: three columns, two rows."""
    return {
        "size": {"width": _WIDTH, "height": _HEIGHT},
        "selected": True,
        "name": _NAME,
        "chatBarText": "เมนูยาม",
        "areas": [
            {"bounds": _bounds(number), "action": action} for number, action in enumerate(_ACTIONS)
        ],
    }


async def publish(api: LineApi) -> str:
    """Make the menu the default of the account, then delete our earlier ones. Returns its id."""
    before = [
        one["richMenuId"] for one in await account.list_rich_menus(api) if one.get("name") == _NAME
    ]
    menu_id = await account.create_rich_menu(api, build_menu(), _PICTURE.read_bytes(), "image/png")
    await account.set_default_rich_menu(api, menu_id)
    for old in before:
        await account.delete_rich_menu(api, old)
    return menu_id


def _bounds(number: int) -> dict[str, int]:
    row, column = divmod(number, 3)
    width, height = _CELL
    return {"x": column * width, "y": row * height, "width": width, "height": height}
