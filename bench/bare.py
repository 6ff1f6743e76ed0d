"""The floor: a bare Flask view that only checks the signature, under the same gunicorn settings."""

import base64
import hmac
import os

from flask import Flask, request

SECRET = os.environ["LINE_CHANNEL_SECRET"].encode()
app = Flask("bare")


@app.post("/callback")
def callback() -> tuple[str, int]:
    digest = hmac.digest(SECRET, request.get_data(), "sha256")
    given = request.headers.get("x-line-signature", "")
    return ("", 200) if hmac.compare_digest(base64.b64encode(digest).decode(), given) else ("", 400)
