"""The people as files give them out: each with all that stands of them, or with who says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from krmd.app.cards import standing
from krmd.base.instant import Instant, to_rfc3339
from krmd.ledger.agreement import Saying
from krmd.ledger.portrait import Fact, FactField, Portrait
from krmd.store import categories, contacts, identities
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction

AT_A_TIME = 1000
"""So many people are looked up at once: it bounds memory."""
_BY_OTHER_MEANS: frozenset[FactField] = frozenset(
    ("name", "email", "category", "cadence_days", "attention", "no_mailings", "added", "dropped")
)
"""What a contact has is in claims, memberships and columns; facts only tell who said so."""


class Sourced(NamedTuple):
    """A fact that stands, who says so (`owner`, a file, a book), and since when."""

    fact: Fact
    source: str
    since: Instant


class Exported(NamedTuple):
    """One contact. `uid` is the contact's UUID as a URN (RFC 9562), which an import keeps."""

    uid: str
    name: str
    kept: bool
    added: Instant
    facts: tuple[Sourced, ...]

    @property
    def portrait(self) -> Portrait:
        """What stands of the person, whoever says it."""
        return Portrait(self.name, tuple(it.fact for it in self.facts), self.uid)


def everybody(tx: Transaction, *, dropped: bool) -> list[ContactRow]:
    """All contacts by name, those no longer kept too where `dropped`."""
    return [row for row in contacts.everyone(tx) if row.kept or dropped]


def exported(tx: Transaction, rows: Sequence[ContactRow]) -> Iterator[Exported]:
    """These contacts as they are given out, in their order."""
    for start in range(0, len(rows), AT_A_TIME):
        yield from _some(tx, rows[start : start + AT_A_TIME])


def _some(tx: Transaction, rows: Sequence[ContactRow]) -> Iterator[Exported]:
    ids = [row.id for row in rows]
    said = contacts.facts_of(tx, ids)
    groups = categories.of_contacts(tx, ids)
    addresses = _addresses(tx, ids)
    for row in rows:
        told = standing(said.get(row.id, ()))
        facts = [
            *_with_labels("email", _in_order(addresses.get(row.id, ()), told), told, row),
            *_with_labels("category", [it.name for it in groups.get(row.id, ())], told, row),
            *(_sourced(it) for it in told if it.fact.field not in _BY_OTHER_MEANS),
            *_columns(row, told),
        ]
        uid = f"urn:uuid:{UUID(hex=row.uuid)}"
        yield Exported(uid, row.name, row.kept, row.added, tuple(facts))


def _in_order(addresses: Sequence[str], told: Sequence[Saying]) -> list[str]:
    places = {it.fact.value: at for at, it in enumerate(told) if it.fact.field == "email"}
    return sorted(addresses, key=lambda it: places.get(it, len(told)))


def _with_labels(
    field: FactField, values: Sequence[str], told: Sequence[Saying], row: ContactRow
) -> Iterator[Sourced]:
    """What a contact has by claims and memberships, with what was said of it."""
    known = {it.fact.value.casefold(): it for it in told if it.fact.field == field}
    for value in values:
        saying = known.get(value.casefold())
        if saying is None:
            yield Sourced(Fact(field, value), row.source, row.added)
        else:
            label = saying.fact.label
            yield Sourced(Fact(field, value, label), saying.sources[0], saying.since)


def _sourced(saying: Saying) -> Sourced:
    return Sourced(saying.fact, saying.sources[0], saying.since)


def _columns(row: ContactRow, told: Sequence[Saying]) -> Iterator[Sourced]:
    columns: dict[FactField, str | None] = {
        "cadence_days": None if row.cadence_days is None else str(row.cadence_days),
        "attention": None if row.attention == "normal" else row.attention,
        "no_mailings": "true" if row.no_mailings else None,
        "added": to_rfc3339(row.added),
        "dropped": None if row.kept else "true",
    }
    if row.deceased and not any(it.fact.field == "died" for it in told):
        columns["died"] = ""
    for field, value in columns.items():
        if value is not None:
            yield Sourced(Fact(field, value), "owner", row.added)


def _addresses(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    made = identities.claims_of(tx, ids)
    wanted = {claim.identity for claims in made.values() for claim in claims}
    known = identities.by_ids(tx, list(wanted))
    return {
        contact: [
            known[it].value
            for it in dict.fromkeys(claim.identity for claim in claims)
            if known[it].kind == "email"
        ]
        for contact, claims in made.items()
    }
