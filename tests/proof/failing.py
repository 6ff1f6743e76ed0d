"""Runs `flask …` or `gunicorn …` and kills it where it passes a named point for the first time.

`python -m tests.proof.failing POINT MARK flask worker`: the file MARK says that it has happened,
so that a process which is started again goes on. The program itself knows nothing of this.
"""

import functools
import importlib
import os
import signal
import sys
from pathlib import Path

# point → (where the function is looked up, its name, whether it has run by then)
POINTS = {
    "web: rows written, not committed": ("db.inbox", "store_events", True),
    "web: stored, not answered": ("bot.committer:Committer", "_write", True),
    "worker: claim not committed": ("db.inbox", "claim_events", True),
    "worker: claimed": ("bot.worker:Worker", "_handle", False),
    "worker: decided": ("handlers.dispatch", "decide", True),
    "worker: saved, not committed": ("db.inbox", "mark_handled", True),
    "worker: committed": ("handlers.dispatch:Dispatch", "handle", True),
    "sender: claim not committed": ("db.outbox", "claim_messages", True),
    "sender: claimed": ("bot.outgoing:Courier", "deliver", False),
    "sender: reply accepted by LINE": ("bot.line_api:LineApi", "reply", True),
    "sender: push accepted by LINE": ("bot.line_api:LineApi", "push", True),
    "sender: mark not committed": ("db.deliveries", "mark_sent", True),
    "sender: turn committed": ("bot.sender:Deliveries", "step", True),
    "scheduler: run made, not committed": ("handlers.planning", "start_due", True),
    "scheduler: run made": ("handlers.planning", "expand", False),
    "scheduler: expanded, not committed": ("handlers.planning", "expand", True),
    "scheduler: finished, not committed": ("handlers.planning", "finish", True),
}


def arm(point: str, mark: Path) -> None:
    """Raises AttributeError where the program has no such function any more."""
    where, name, is_after = POINTS[point]
    module, _, holder_name = where.partition(":")
    holder = importlib.import_module(module)
    if holder_name:
        holder = getattr(holder, holder_name)
    act = getattr(holder, name)

    def die(result):
        # A look into an empty queue is not the step that is meant.
        if is_after and not result and result is not None:
            return
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(act)
    def passing(*args, **kwargs):
        if not is_after:
            die(None)
        result = act(*args, **kwargs)
        if is_after and not hasattr(result, "__await__"):
            die(result)
        return result

    @functools.wraps(act)
    async def passing_later(*args, **kwargs):
        if not is_after:
            die(None)
        result = await act(*args, **kwargs)
        if is_after:
            die(result)
        return result

    is_async = act.__code__.co_flags & 0x80
    setattr(holder, name, passing_later if is_async else passing)


def main() -> None:
    point, mark, *command = sys.argv[1:]
    arm(point, Path(mark))
    sys.argv = command
    if command[0] == "gunicorn":
        from gunicorn.app.wsgiapp import run

        run()
    else:
        from flask.cli import main as flask

        flask()


if __name__ == "__main__":
    main()
