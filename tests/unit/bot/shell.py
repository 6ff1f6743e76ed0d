"""The operator's shell in the test's own process: a command, under an environment of its own."""

import base64

import pytest
from click.testing import CliRunner

KEY = bytes(range(32))  # of the fixture `seals`


class Shell:
    """`run(command, *args)` gives click's result; `env` is what the settings are read from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database_url, media_dir):
        monkeypatch.setattr("bot.logs.configure", lambda *_, **__: None)
        self._monkeypatch = monkeypatch
        self.set("LINE_CHANNEL_SECRET", "x")
        self.set("LINE_CHANNEL_ACCESS_TOKEN", "x")
        self.set("SECRET_KEY", "k" * 32)
        self.set("DATABASE_URL", database_url)
        self.set("MEDIA_DIR", str(media_dir))
        self.set_keys(KEY)

    def set(self, name, value):
        self._monkeypatch.setenv(name, value)

    def set_keys(self, *keys):
        self.set("SEAL_KEY", ",".join(base64.urlsafe_b64encode(key).decode() for key in keys))

    def run(self, command, *args):
        return CliRunner().invoke(command, [str(arg) for arg in args])
