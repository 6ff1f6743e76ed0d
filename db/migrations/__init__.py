"""Alembic's scripts. `db.migrate` runs them; nothing reads an alembic.ini."""
