"""How many people were reached between two instants, and through what: counted by the database.

Only counts come out, so a window of thirty years takes no more memory than one of a day.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from krmd.base.instant import Instant
from krmd.ledger.interaction import Direction, Kind
from krmd.store.engine import Transaction


class Window(NamedTuple):
    """The time from `after` to `until`: the first instant lies outside, the last inside."""

    after: Instant
    until: Instant


class Owned(NamedTuple):
    """An identity, seen under a display name, is a contact's."""

    identity: int
    name: str
    contact: int


class PeopleCounts(NamedTuple):
    """Contacts kept, those confirmed, and of these the ones reached, and reached personally."""

    contacts: int
    confirmed: int
    reached: int
    one_to_one: int


class InteractionCount(NamedTuple):
    """How many personal interactions of a kind there were, and how many of these were answered."""

    kind: Kind
    direction: Direction | None
    number: int
    answered: int


# The dead are none of the people whom one could reach: they are left out everywhere.
_ALIVE = "k.kept AND NOT k.deceased"
# Where nobody knows a name, the address is put in its place: that is no name.
_CONFIRMED = f"""
    SELECT k.id FROM contacts k WHERE {_ALIVE} AND k.name <> ''
    AND EXISTS (SELECT 1 FROM claims c JOIN identities d ON d.id = c.identity_id
                WHERE c.contact_id = k.id AND d.kind = 'email' AND d.state = 'ok')
    AND NOT EXISTS (SELECT 1 FROM claims c JOIN identities d ON d.id = c.identity_id
                    WHERE c.contact_id = k.id AND d.kind = 'email' AND d.value = lower(k.name))"""
# Shared, or claimed under a name: it takes more than the claim to know whose it is.
_SHARED = """
    SELECT identity_id FROM claims GROUP BY identity_id
    HAVING min(contact_id) <> max(contact_id) OR max(name_key) <> ''"""
_RECENT = """
    SELECT id, high, kind, direction, reach FROM interactions
    WHERE at > {after} AND at <= {until} AND undone IS NULL
    AND (reach = 'one_to_one' OR (reach = 'one_to_many' AND direction = 'outbound'))"""
_ANSWERED = """
    SELECT parent FROM interactions
    WHERE parent IS NOT NULL AND direction = 'outbound' AND undone IS NULL
    AND rule NOT IN ('unproven_owner', 'mailing')"""
# A letter to a mailing list is one_to_many too, and is nobody's copy of anything.
_COUNTS = """((i.reach = 'one_to_one' AND p.counts)
    OR (i.reach = 'one_to_many' AND p.rule IN ('mailing', 'logged_to_many')))"""
_PART = "i.id, i.high, i.kind, i.direction, i.reach = 'one_to_one' AS personal"
# CROSS JOIN, since SQLite then keeps the order, in which each finds the next by an index.
# IS TRUE, since PostgreSQL then looks up in a hash table what it would rather join, as often as
# not in nested loops: nothing tells it how many rows these have.
_PARTS = f"""
    SELECT {_PART}, c.contact_id FROM recent i CROSS JOIN participants p CROSS JOIN claims c
    WHERE p.interaction_id = i.id AND {_COUNTS} AND c.identity_id = p.identity_id
    AND c.identity_id NOT IN (SELECT identity_id FROM shared)
    AND (c.contact_id IN (SELECT id FROM confirmed)) IS TRUE
    UNION ALL
    SELECT {_PART}, o.contact_id FROM owned o CROSS JOIN participants p CROSS JOIN recent i
    WHERE p.identity_id = o.identity_id AND p.name = o.name AND i.id = p.interaction_id
    AND {_COUNTS} AND (o.contact_id IN (SELECT id FROM confirmed)) IS TRUE"""
_COUNT = f"""
    WITH recent AS NOT MATERIALIZED ({_RECENT}),
    confirmed AS MATERIALIZED ({_CONFIRMED}),
    shared AS MATERIALIZED ({_SHARED}),
    owned (identity_id, name, contact_id) AS MATERIALIZED ({{owned}}),
    parts AS MATERIALIZED ({_PARTS})
    SELECT 'contacts', NULL, (SELECT count(*) FROM contacts k WHERE {_ALIVE}),
        (SELECT count(*) FROM confirmed)
    UNION ALL
    SELECT 'reached', NULL, count(DISTINCT contact_id),
        count(DISTINCT CASE WHEN personal THEN contact_id END) FROM parts
    UNION ALL
    SELECT kind, direction, count(DISTINCT id),
        count(DISTINCT CASE WHEN kind = 'email' AND direction = 'inbound'
                            AND high IN ({_ANSWERED}) THEN id END)
    FROM parts WHERE personal GROUP BY kind, direction"""
_OWNED = {
    True: "SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
    False: "SELECT (value ->> 0)::bigint, value ->> 1, (value ->> 2)::bigint"
    " FROM json_array_elements(%s::json)",
}
_SHARED_NAMES = f"""
    WITH recent AS NOT MATERIALIZED ({_RECENT}), shared AS MATERIALIZED ({_SHARED})
    SELECT DISTINCT p.identity_id, p.name
    FROM shared s CROSS JOIN participants p CROSS JOIN recent i
    WHERE p.identity_id = s.identity_id AND i.id = p.interaction_id AND {_COUNTS}"""
_ROOM = "SET LOCAL work_mem = '64MB'"
"""What PostgreSQL may take for those hash tables; with less it would do without them."""


def shared_names(tx: Transaction, window: Window) -> list[tuple[int, str]]:
    """The identities with more to be asked than who claims them, and the display names under which
    they took part in anything of the window.
    """
    rows = tx.connection.exec_driver_sql(_bound(tx, _SHARED_NAMES), tuple(window))
    return [(row[0], row[1]) for row in rows]


def count(
    tx: Transaction, window: Window, shared: Sequence[Owned]
) -> tuple[PeopleCounts, list[InteractionCount]]:
    """Who was reached in the window, and the personal interactions with those confirmed.

    `shared` says whose the identities of `shared_names` are; those left out are nobody's.
    """
    if not tx.is_sqlite:
        tx.connection.exec_driver_sql(_ROOM)
    statement = _bound(tx, _COUNT).replace("{owned}", _OWNED[tx.is_sqlite])
    rows = tx.connection.exec_driver_sql(statement, (*window, json.dumps(shared))).all()
    people = {label: numbers for label, _, *numbers in rows if label in ("contacts", "reached")}
    return (
        PeopleCounts(*people["contacts"], *people["reached"]),
        [InteractionCount._make(row) for row in rows if row[0] not in people],
    )


def _bound(tx: Transaction, statement: str) -> str:
    mark = "?" if tx.is_sqlite else "%s"
    return statement.replace("{after}", mark).replace("{until}", mark)
