"""Alembic's scripts, run by `index.database` when a library is opened; never by hand."""
