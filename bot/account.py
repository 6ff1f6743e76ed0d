"""Errands to LINE that set an account up: its rich menu and its webhook address."""

from typing import Any

from bot.line_api import LineApi


async def create_rich_menu(api: LineApi, menu: dict[str, Any], image: bytes, kind: str) -> str:
    """Make a menu with its picture (`kind`: image/png or image/jpeg); returns its id."""
    made = await api.post("/v2/bot/richmenu", menu)
    menu_id = str(made["richMenuId"])
    await api.upload(f"/v2/bot/richmenu/{menu_id}/content", image, kind)
    return menu_id


async def set_default_rich_menu(api: LineApi, menu_id: str) -> None:
    await api.post(f"/v2/bot/user/all/richmenu/{menu_id}")


async def list_rich_menus(api: LineApi) -> list[dict[str, Any]]:
    return list((await api.get("/v2/bot/richmenu/list")).get("richmenus", []))


async def delete_rich_menu(api: LineApi, menu_id: str) -> None:
    await api.delete(f"/v2/bot/richmenu/{menu_id}")


async def set_webhook(api: LineApi, url: str) -> None:
    await api.put("/v2/bot/channel/webhook/endpoint", {"endpoint": url})


async def get_webhook(api: LineApi) -> dict[str, Any]:
    """Has `endpoint` and `active`."""
    return await api.get("/v2/bot/channel/webhook/endpoint")


async def try_webhook(api: LineApi, url: str | None = None) -> dict[str, Any]:
    """Has `success`, `statusCode`, `reason`, `detail`. LINE allows 60 an hour."""
    return await api.post("/v2/bot/channel/webhook/test", {"endpoint": url} if url else {})
