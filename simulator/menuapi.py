"""Endpoints around rich menus."""

from simulator.errors import Refused
from simulator.http import Answer, Request, Routes, answer_json
from simulator.world import World


class MenuApi:
    """`/v2/bot/richmenu/…` and `/v2/bot/user/…/richmenu`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._menus = world.menus

    def add_to(self, routes: Routes) -> None:
        routes.add("POST", "/v2/bot/richmenu", self._create)
        routes.add("POST", "/v2/bot/richmenu/validate", self._validate)
        routes.add("GET", "/v2/bot/richmenu/list", self._list)
        routes.add("POST", "/v2/bot/richmenu/<>/content", self._upload)
        routes.add("GET", "/v2/bot/richmenu/<>/content", self._download)
        routes.add("GET", "/v2/bot/richmenu/<>", self._get)
        routes.add("DELETE", "/v2/bot/richmenu/<>", self._delete)
        routes.add("POST", "/v2/bot/user/all/richmenu/<>", self._set_default)
        routes.add("GET", "/v2/bot/user/all/richmenu", self._get_default)
        routes.add("DELETE", "/v2/bot/user/all/richmenu", self._cancel_default)
        routes.add("POST", "/v2/bot/user/<>/richmenu/<>", self._link)
        routes.add("GET", "/v2/bot/user/<>/richmenu", self._get_link)
        routes.add("DELETE", "/v2/bot/user/<>/richmenu", self._unlink)

    def _create(self, request: Request) -> Answer:
        with self._world.lock:
            return answer_json({"richMenuId": self._menus.create(request.get_json()).id})

    def _validate(self, request: Request) -> Answer:
        self._menus.check(request.get_json())
        return answer_json({})

    def _list(self, request: Request) -> Answer:
        with self._world.lock:
            return answer_json({"richmenus": [one.answer for one in self._menus.kept.values()]})

    def _upload(self, request: Request, menu_id: str) -> Answer:
        with self._world.lock:
            self._menus.upload(menu_id, request.body, request.mime)
            self._world.touch()
        return answer_json({})

    def _download(self, request: Request, menu_id: str) -> Answer:
        with self._world.lock:
            menu = self._menus.get(menu_id)
        if not menu.picture:
            raise Refused(404, "richmenu image not found", broke_contract=False)
        return Answer(200, menu.picture, menu.mime)

    def _get(self, request: Request, menu_id: str) -> Answer:
        with self._world.lock:
            return answer_json(self._menus.get(menu_id).answer)

    def _delete(self, request: Request, menu_id: str) -> Answer:
        with self._world.lock:
            self._menus.delete(menu_id)
            self._world.touch()
        return answer_json({})

    def _set_default(self, request: Request, menu_id: str) -> Answer:
        with self._world.lock:
            self._menus.default_id = self._menus.get_usable(menu_id).id
            self._world.touch()
        return answer_json({})

    def _get_default(self, request: Request) -> Answer:
        return self._answer_id(self._menus.default_id)

    def _cancel_default(self, request: Request) -> Answer:
        with self._world.lock:
            self._menus.default_id = None
            self._world.touch()
        return answer_json({})

    def _link(self, request: Request, user_id: str, menu_id: str) -> Answer:
        """Without friendship LINE answers 200 and nothing happens."""
        with self._world.lock:
            account = self._world.accounts.get(user_id)
            if account is None:
                raise Refused(404, "user not found")
            menu = self._menus.get_usable(menu_id)
            if account.friend:
                self._menus.links[user_id] = menu.id
                self._world.touch()
        return answer_json({})

    def _get_link(self, request: Request, user_id: str) -> Answer:
        return self._answer_id(self._menus.links.get(user_id))

    def _unlink(self, request: Request, user_id: str) -> Answer:
        with self._world.lock:
            self._menus.links.pop(user_id, None)
            self._world.touch()
        return answer_json({})

    def _answer_id(self, menu_id: str | None) -> Answer:
        if menu_id is None:
            raise Refused(404, "the user has no richmenu", broke_contract=False)
        return answer_json({"richMenuId": menu_id})
