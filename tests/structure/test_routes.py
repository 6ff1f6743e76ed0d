"""Every HTTP route with who may use it. A new one is named here, or the tests fail."""

from pathlib import Path

import pytest

from tests.unit.bot.web import build_settings, running

# route → (methods, who may use it)
ROUTES = {
    "/callback": ({"POST"}, "LINE, by the signature over the body"),
    "/callback/<slug>": ({"POST"}, "LINE, by the signature over the body"),
    "/healthz": ({"GET"}, "anybody: says nothing but that it lives"),
    "/readyz": ({"GET"}, "anybody: says whether an event can be stored"),
    "/metrics": ({"GET"}, "anybody who reaches the port: numbers, never ids or words"),
    "/media/<token>": ({"GET"}, "who holds the signed link, until it expires"),
}


@pytest.fixture
def app(tmp_path: Path, clock):
    with running(build_settings(f"sqlite:///{tmp_path}/none.db", tmp_path), clock) as app:
        yield app


def test_every_route_is_named_with_who_may_use_it(app) -> None:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).update(rule.methods - {"HEAD", "OPTIONS"})

    assert found == {rule: methods for rule, (methods, _) in ROUTES.items()}


@pytest.mark.parametrize("path", ["/callback", "/callback/main"])
def test_callback_is_closed_without_a_signature(app, path: str) -> None:
    assert app.test_client().post(path, data=b'{"events":[]}').status_code == 400


@pytest.mark.parametrize("path", ["/callback/other", "/media/x", "/media/a.b.c", "/media/"])
def test_what_is_not_there_looks_like_what_one_may_not_see(app, path: str) -> None:
    client = app.test_client()
    answer = client.post(path) if path.startswith("/callback") else client.get(path)

    assert answer.status_code == 404


@pytest.mark.parametrize("rule", [rule for rule in ROUTES if "<" not in rule])
def test_other_methods_are_refused(app, rule: str) -> None:
    methods = ROUTES[rule][0]
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
        assert app.test_client().open(rule, method=method).status_code == 405
