"""Brings a database to the present schema. The only code that creates a SQLite file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.engine import Database, sqlite_path

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Upgrade the database at `url` to the newest revision; safe to call twice, also at once."""
    if url.startswith("sqlite"):
        path = sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    database = Database(url)
    try:
        _run(database)
    finally:
        database.dispose()


def is_current(database: Database) -> bool:
    """Whether the schema is the one that this code expects."""
    return find_revision(database) == _scripts().get_current_head()


def find_revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str | None) -> bool:
    """Whether this code has a way from that revision to its own."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_SCRIPTS))


def _run(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with database.turn(), database.engine.connect() as connection:
        if not database.is_sqlite:
            # Two processes that migrate at once: the second waits and then finds nothing to do.
            connection.exec_driver_sql("SELECT pg_advisory_lock(928714)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        if not database.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_unlock(928714)")
            connection.commit()
