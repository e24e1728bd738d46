"""The card of a person: who they are and when there was contact; one, or a page of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from krmd.app.who import Correspondent, Person, find_person
from krmd.base.identifier import PublicId
from krmd.base.instant import Instant
from krmd.ledger.agreement import Saying, agreed
from krmd.ledger.cadence import effective_cadence
from krmd.ledger.category import category_key
from krmd.ledger.portrait import Fact, FactField
from krmd.ledger.recency import NEVER, Recency
from krmd.store import categories, contacts, identities, recency
from krmd.store.categories import CategoryRow
from krmd.store.contacts import ContactRow, FactRow, Members
from krmd.store.engine import Transaction
from krmd.store.identities import Identity


class CardAddress(NamedTuple):
    """An address and its state: ok, bounced or suppressed; `shared` with other contacts."""

    address: str
    state: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one person. `id` is None for a correspondent, `added` too.

    `cadence_days` is the person's own, else the strictest of their categories (`cadence_of`).
    `facts` is all that is said of them, `phones`, `birthday` and `notes` too.
    """

    id: str | None
    kept: bool
    name: str
    addresses: tuple[CardAddress, ...]
    categories: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    birthday: str | None = None
    facts: tuple[Saying, ...] = ()
    deceased: bool = False
    attention: str = "normal"
    no_mailings: bool = False
    cadence_days: int | None = None
    cadence_of: str | None = None
    added: Instant | None = None
    notes: tuple[str, ...] = ()
    recency: Recency = field(default=NEVER)


PAGE = 1000

NO_DEFAULTS: Mapping[str, int] = MappingProxyType({})


def show(tx: Transaction, who: str, *, defaults: Mapping[str, int] = NO_DEFAULTS) -> Card:
    """The card of whoever `who` means; UserError where that isn't one person."""
    return card_of(tx, find_person(tx, who), defaults=defaults)


def card_of(tx: Transaction, person: Person, *, defaults: Mapping[str, int] = NO_DEFAULTS) -> Card:
    """The card of a person; `defaults` as in `cards_of`."""
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
    return cards_of(tx, [person], defaults=defaults)[0]


def cards_of(
    tx: Transaction, rows: Sequence[ContactRow], *, defaults: Mapping[str, int] = NO_DEFAULTS
) -> list[Card]:
    """The cards of these contacts, in their order.

    `defaults` are the cadences that settings give to categories, by category name.
    """
    ids = [row.id for row in rows]
    said = contacts.facts_of(tx, ids)
    facts = {row.id: standing(said.get(row.id, ())) for row in rows}
    groups = categories.of_contacts(tx, ids)
    stored = recency.read(tx, "contact", ids)
    addresses = _addresses(tx, ids)
    by_key = {category_key(name): days for name, days in defaults.items()}
    cadences = {row.id: _cadence(row, groups.get(row.id, ()), by_key) for row in rows}
    return [
        Card(
            id=str(PublicId("c", UUID(hex=row.uuid))),
            kept=row.kept,
            name=row.name,
            addresses=_in_order(addresses.get(row.id, ()), facts[row.id]),
            categories=tuple(group.name for group in groups.get(row.id, ())),
            phones=_values(facts[row.id], "phone"),
            birthday=next(iter(_values(facts[row.id], "birthday")), None),
            facts=facts[row.id],
            deceased=row.deceased,
            attention=row.attention,
            no_mailings=row.no_mailings,
            cadence_days=cadences[row.id][0],
            cadence_of=cadences[row.id][1],
            added=row.added,
            notes=_values(facts[row.id], "note"),
            recency=stored.get(row.id, NEVER),
        )
        for row in rows
    ]


def _cadence(
    row: ContactRow, groups: Sequence[CategoryRow], defaults: Mapping[str, int]
) -> tuple[int | None, str | None]:
    """The cadence, and the category it comes from."""
    given = {it.name: it.cadence_days or defaults.get(it.name_key) for it in groups}
    days = effective_cadence(row.cadence_days, given.values())
    if row.cadence_days is not None or days is None:
        return days, None
    return days, next(name for name, its in given.items() if its == days)


def standing(said: Iterable[FactRow]) -> tuple[Saying, ...]:
    """What all that is said of a person comes to, without what the owner withdrew."""
    return agreed(
        (Fact(it.field, it.value, it.label), it.source, it.since)
        for it in said
        if it.withdrawn is None
    )


def _in_order(addresses: Sequence[CardAddress], told: Sequence[Saying]) -> tuple[CardAddress, ...]:
    """As they were said: the first is the one that a source prefers."""
    places = {address: place for place, address in enumerate(_values(told, "email"))}
    return tuple(sorted(addresses, key=lambda it: places.get(it.address, len(places))))


def _values(facts: Iterable[Saying], of: FactField) -> tuple[str, ...]:
    return tuple(it.fact.value for it in facts if it.fact.field == of)


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
    members: Members | None = None,
    dropped: bool = False,
    limit: int | None = None,
    after: ContactRow | None = None,
    defaults: Mapping[str, int] = NO_DEFAULTS,
) -> Page:
    """The contacts kept (or, with `dropped`, those no longer kept), by name, from `after` on; of a
    category its `members`.
    """
    more_than = None if limit is None else limit + 1
    rows = contacts.page(tx, kept=not dropped, members=members, after=after, limit=more_than)
    shown = rows if limit is None else rows[:limit]
    more = len(shown) < len(rows)
    last = str(PublicId("c", UUID(hex=shown[-1].uuid))) if more and shown else None
    return Page(tuple(cards_of(tx, shown, defaults=defaults)), last)


def pages(
    tx: Transaction,
    *,
    members: Members | None = None,
    dropped: bool = False,
    limit: int | None = None,
    after: ContactRow | None = None,
    defaults: Mapping[str, int] = NO_DEFAULTS,
) -> Iterator[Page]:
    """As `page`, in pages of PAGE at the most: a card takes twenty times the memory of a line."""
    left = limit
    while True:
        most = PAGE if left is None else min(left, PAGE)
        found = page(
            tx, members=members, dropped=dropped, limit=most, after=after, defaults=defaults
        )
        yield found
        left = None if left is None else left - len(found.cards)
        if found.after is None or left == 0:
            return
        after = contacts.by_uuid(tx, found.after.removeprefix("c_"))
