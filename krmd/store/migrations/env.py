"""Alembic's entry: runs inside the transaction that `krmd.store.migrate` opened."""

from alembic import context

from krmd.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
