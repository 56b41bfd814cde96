"""Alembic's entry: migrate on the connection, and in the transaction, that `index.database` opened."""

from alembic import context

from index.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="library_schema",
    render_as_batch=True,  # SQLite cannot alter a table in place
)
context.run_migrations()
