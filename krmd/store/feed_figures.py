"""How much each feed tells, counted from what is rendered."""

from __future__ import annotations

from typing import NamedTuple

from krmd.store.engine import Transaction


class Figures(NamedTuple):
    """Of how many people a feed tells, and in how many events."""

    people: int = 0
    events: int = 0


def figures(tx: Transaction) -> dict[int, Figures]:
    """By feed; a feed of which nothing is rendered is absent."""
    length = "json_array_length(events)" if tx.is_sqlite else "json_array_length(events::json)"
    rows = tx.connection.exec_driver_sql(
        f"SELECT feed_id, count(*), sum({length}) FROM feed_parts"
        " WHERE length(octets) > 0 GROUP BY feed_id"
    )
    return {row[0]: Figures(row[1], int(row[2])) for row in rows}
