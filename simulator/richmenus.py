"""Rich menus: objects, pictures, the default one, and links to users.

Source: LINE, "Rich menu" (a picture cannot be replaced; a menu without one cannot be used).
"""

import secrets
from dataclasses import dataclass

from simulator.errors import Refused, bad_body
from simulator.records import Body
from simulator.richmenucheck import find_picture_fault, find_rich_menu_problems

MENUS_LIMIT = 1000


@dataclass
class RichMenu:
    """One menu; `picture` and `mime` are empty until one is uploaded."""

    id: str
    body: Body
    picture: bytes = b""
    mime: str = ""

    @property
    def answer(self) -> Body:
        """The rich menu response object."""
        return {"richMenuId": self.id, **self.body}


class RichMenus:
    """Not locked: the platform holds its lock."""

    def __init__(self) -> None:
        self.kept: dict[str, RichMenu] = {}
        self.default_id: str | None = None
        self.links: dict[str, str] = {}

    def check(self, body: Body) -> None:
        """Raises Refused (400) for an object that LINE would not take."""
        problems = find_rich_menu_problems(body)
        if problems:
            raise bad_body(problems)

    def create(self, body: Body) -> RichMenu:
        self.check(body)
        if len(self.kept) >= MENUS_LIMIT:
            raise Refused(400, "The maximum number of rich menus has been reached")
        menu = RichMenu(f"richmenu-{secrets.token_hex(16)}", body)
        self.kept[menu.id] = menu
        return menu

    def get(self, menu_id: str) -> RichMenu:
        """Raises Refused (404)."""
        if menu_id not in self.kept:
            raise Refused(404, "richmenu not found")
        return self.kept[menu_id]

    def upload(self, menu_id: str, data: bytes, mime: str) -> None:
        """Raises Refused (400, 404, 415)."""
        menu = self.get(menu_id)
        if mime not in ("image/png", "image/jpeg"):
            raise Refused(415, "Unsupported content type")
        if menu.picture:
            raise Refused(400, "An image has already been uploaded to the richmenu")
        size = menu.body["size"]
        fault = find_picture_fault(data, size["width"], size["height"])
        if fault:
            raise Refused(400, fault)
        menu.picture, menu.mime = data, mime

    def delete(self, menu_id: str) -> None:
        """Raises Refused (404)."""
        self.get(menu_id)
        del self.kept[menu_id]
        self.links = {user: one for user, one in self.links.items() if one != menu_id}
        if self.default_id == menu_id:
            self.default_id = None

    def get_usable(self, menu_id: str) -> RichMenu:
        """Raises Refused (404, and 400 without a picture)."""
        menu = self.get(menu_id)
        if not menu.picture:
            raise Refused(400, "must upload richmenu image before applying it to user")
        return menu

    def find_for(self, user_id: str) -> RichMenu | None:
        """The menu this user sees: the linked one before the default one."""
        return self.kept.get(self.links.get(user_id) or self.default_id or "")
