"""The Flask app: its routes, and what every answer has in common.

Imported by every process (each is a `flask` command), so it must stay light: no understanding
of text, no LINE SDK, no scheduler. Nothing is opened before the first request.
"""

import os
from collections.abc import Callable
from datetime import datetime

import click
import structlog
from flask import Flask, Response
from flask.cli import AppGroup
from werkzeug.exceptions import HTTPException

from bot import health, media, storage, webhook
from bot.process import utc_now
from bot.settings import Settings, load_settings_or_exit

log = structlog.get_logger()


class _Commands(AppGroup):
    """The `flask` commands, imported when one is asked for: gunicorn's processes never do."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name=app.name)
        self._app = app

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._fill()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._fill()
        return super().list_commands(ctx)

    def _fill(self) -> None:
        from bot import cli

        if not self.commands:
            cli.register(self._app)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """The app on `settings`, else on those of the environment (faults there end the process).

    Under the `flask` command they are not read: each command reads what it needs, and
    `flask classify` needs none. gunicorn serves; `flask run` does not.
    """
    is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
    if settings is None and not is_command:
        settings = load_settings_or_exit()
    app = Flask("yaam", static_folder=None, template_folder=None)
    app.cli = _Commands(app)
    # One more than is taken: a body without a length is cut here silently, and so is told apart.
    app.config["MAX_CONTENT_LENGTH"] = webhook.MAX_BODY_BYTES + 1
    # LINE follows no redirect: an address with two slashes is wrong, not another spelling.
    app.url_map.merge_slashes = False
    if settings is not None:
        storage.install(app, storage.Storage(settings, clock))
    for routes in (webhook.routes, health.routes, media.routes):
        app.register_blueprint(routes)
    app.register_error_handler(HTTPException, _answer_plainly)
    app.register_error_handler(Exception, _answer_fault)
    app.after_request(_protect)
    return app


def _answer_plainly(fault: HTTPException) -> Response:
    response = Response(f"{fault.name}\n", fault.code or 500, mimetype="text/plain")
    if fault.code == 405 and (allowed := getattr(fault, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _answer_fault(fault: Exception) -> Response:
    """Type and place go to the log; a fault's words may hold somebody's."""
    log.error("request_failed", exc_info=fault)
    return Response("Internal Server Error\n", 500, mimetype="text/plain")


def _protect(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
