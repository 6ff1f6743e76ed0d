"""For gunicorn (`wsgi:app`) and for the `flask` command, which finds this file by its name."""

from bot.app import create_app

app = create_app()
