"""The card of a person: who they are and when there was contact; one, or a page of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from krmd.app.who import Correspondent, Person, find_person
from krmd.base.identifier import PublicId
from krmd.base.instant import Instant
from krmd.ledger.recency import NEVER, Recency
from krmd.store import categories, contacts, identities, recency
from krmd.store.contacts import ContactRow, FactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity


class CardAddress(NamedTuple):
    """An address and its state: ok, bounced or suppressed; `shared` with other contacts."""

    address: str
    state: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one person. `id` is None for a correspondent, `added` too."""

    id: str | None
    kept: bool
    name: str
    addresses: tuple[CardAddress, ...]
    categories: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: str | None = None
    deceased: bool = False
    attention: str = "normal"
    no_mailings: bool = False
    cadence_days: int | None = None
    added: Instant | None = None
    notes: tuple[str, ...] = ()
    recency: Recency = field(default=NEVER)


def show(tx: Transaction, who: str) -> Card:
    """The card of whoever `who` means; UserError where that isn't one person."""
    return card_of(tx, find_person(tx, who))


def card_of(tx: Transaction, person: Person) -> Card:
    """The card of a person."""
    if isinstance(person, Correspondent):
        identity = person.identity
        stored = recency.read(tx, "identity", [identity.id])
        return Card(
            id=None,
            kept=False,
            name=person.name,
            addresses=(CardAddress(identity.value, identity.state, shared=False),),
            recency=stored.get(identity.id, NEVER),
        )
    return cards_of(tx, [person])[0]


def cards_of(tx: Transaction, rows: Sequence[ContactRow]) -> list[Card]:
    """The cards of these contacts, in their order."""
    ids = [row.id for row in rows]
    facts = contacts.facts_of(tx, ids)
    groups = categories.of_contacts(tx, ids)
    stored = recency.read(tx, "contact", ids)
    addresses = _addresses(tx, ids)
    return [
        Card(
            id=str(PublicId("c", UUID(hex=row.uuid))),
            kept=row.kept,
            name=row.name,
            addresses=tuple(addresses.get(row.id, ())),
            categories=tuple(group.name for group in groups.get(row.id, ())),
            phones=_values(facts.get(row.id, []), "phone"),
            birthday=next(iter(_values(facts.get(row.id, []), "birthday")), None),
            deceased=row.deceased,
            attention=row.attention,
            no_mailings=row.no_mailings,
            cadence_days=row.cadence_days,
            added=row.added,
            notes=_values(facts.get(row.id, []), "note"),
            recency=stored.get(row.id, NEVER),
        )
        for row in rows
    ]


def _values(facts: Sequence[FactRow], of: str) -> tuple[str, ...]:
    return tuple(fact.value for fact in facts if fact.field == of)


def _addresses(tx: Transaction, ids: Sequence[int]) -> dict[int, list[CardAddress]]:
    made = identities.claims_of(tx, ids)
    wanted = {claim.identity for claims in made.values() for claim in claims}
    known: dict[int, Identity] = identities.by_ids(tx, list(wanted))
    sharers = identities.claims_on(tx, list(wanted))
    found: dict[int, list[CardAddress]] = {}
    for contact, claims in made.items():
        mine = dict.fromkeys(claim.identity for claim in claims)
        found[contact] = [
            CardAddress(
                known[it].value,
                known[it].state,
                len({claim.contact for claim in sharers[it]}) > 1,
            )
            for it in mine
            if known[it].kind == "email"
        ]
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """Cards by name; `after` is the id to go on from, None at the end."""

    cards: tuple[Card, ...]
    after: str | None


def page(
    tx: Transaction,
    *,
    category: int | None = None,
    dropped: bool = False,
    limit: int | None = None,
    after: ContactRow | None = None,
) -> Page:
    """The contacts kept (or, with `dropped`, those no longer kept), by name, from `after` on."""
    rows = [row for row in contacts.everyone(tx) if row.kept != dropped]
    if category is not None:
        members = set(categories.members(tx, category))
        rows = [row for row in rows if row.id in members]
    if after is not None:
        rows = [row for row in rows if (row.name_key, row.uuid) > (after.name_key, after.uuid)]
    shown = rows if limit is None else rows[:limit]
    more = len(shown) < len(rows)
    last = str(PublicId("c", UUID(hex=shown[-1].uuid))) if more and shown else None
    return Page(tuple(cards_of(tx, shown)), last)
