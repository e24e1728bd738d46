"""How a trigger is spelled on each database: what happens after a row is written, by whomever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from krmd.store.engine import Transaction


def there(tx: Transaction) -> set[str]:
    """The names of all triggers."""
    return set(
        tx.connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if tx.is_sqlite
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        ).scalars()
    )


def drop(tx: Transaction, name: str, table: str) -> None:
    """Take a trigger away, where it is there."""
    where = "" if tx.is_sqlite else f" ON {table}"
    tx.connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{where}")


def differing(columns: Sequence[str], *, is_sqlite: bool) -> str:
    """The condition that an update gave one of these columns another value."""
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def sqlite_trigger(name: str, event: str, table: str, body: str, *, when: str = "") -> str:
    """What makes a trigger on SQLite where it isn't there. `event` as `UPDATE OF name`; `body` are
    statements; `when` a condition on OLD and NEW, "" for none.
    """
    condition = f" WHEN {when}" if when else ""
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table}{condition} BEGIN {body}; END"
    )


def postgresql_function(name: str, body: str) -> str:
    """What makes or replaces the function that triggers on PostgreSQL call."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN {body} RETURN NULL; END$$"
    )


def postgresql_trigger(
    name: str, event: str, table: str, function: str, *, when: str = ""
) -> Iterator[str]:
    """What makes or replaces a trigger on PostgreSQL; `event` and `when` as on SQLite."""
    condition = f" WHEN ({when})" if when else ""
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield (
        f"CREATE TRIGGER {name} AFTER {event} ON {table}"
        f" FOR EACH ROW{condition} EXECUTE FUNCTION {function}()"
    )
