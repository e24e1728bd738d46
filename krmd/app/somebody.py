"""Who somebody is as far as the store goes: their contacts, their identities, their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from krmd.app.who import Correspondent, Person
from krmd.base.address import AddressSet
from krmd.intake.person_names import normalise_name
from krmd.ledger.portrait import FactField, parts_of
from krmd.store import contacts, identities, sources, whereabouts
from krmd.store.contacts import ContactRow, FactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity
from krmd.store.sources import SourceKey

NAMES: frozenset[FactField] = frozenset(
    ("name", "structured_name", "nickname", "former_name", "salutation")
)
"""Facts that are names."""

NOT_TEXTS = NAMES | {"email", "phone", "category", "cadence_days", "attention", "no_mailings"}
"""Facts about somebody in which nobody else is told of."""

_MOST_NAMES = 8
"""An address seen under more names is a machine's, and those are other people's names."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person. `contacts` are all that were merged, none for a correspondent; `alone` are the
    identities that are nobody else's, `shared` those that others claim too.
    """

    name: str
    contacts: tuple[ContactRow, ...]
    alone: tuple[Identity, ...]
    shared: tuple[Identity, ...]
    facts: tuple[FactRow, ...]
    keys: tuple[SourceKey, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The rows of their contacts."""
        return tuple(row.id for row in self.contacts)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The email addresses that are theirs alone."""
        return tuple(sorted(it.value for it in self.alone if it.kind == "email"))

    def values(self, field: FactField) -> list[str]:
        """What anybody says of them in a field, each once."""
        return list(dict.fromkeys(it.value for it in self.facts if it.field == field))


def somebody(tx: Transaction, person: Person, owner: AddressSet) -> Somebody:
    """All that is one person; the owner's own addresses are never theirs."""
    if isinstance(person, Correspondent):
        return Somebody(person.name, (), (person.identity,), (), (), ())
    return of_contacts(tx, [person], owner)


def of_contacts(tx: Transaction, rows: Sequence[ContactRow], owner: AddressSet) -> Somebody:
    """Whoever these contacts are, with all that were merged into them."""
    family = list(_with_merged(tx, rows))
    ids = [row.id for row in family]
    said = contacts.facts_of(tx, ids)
    facts = tuple(fact for who in ids for fact in said.get(who, ()))
    mine = dict(_claimed(tx, family)) | dict(_said(tx, facts))
    claims = identities.claims_on(tx, list(mine))
    others = {
        who for who, made in claims.items() if any(claim.contact not in ids for claim in made)
    }
    theirs = [it for it in mine.values() if it.kind != "email" or it.value not in owner]
    return Somebody(
        rows[0].name,
        tuple(family),
        tuple(it for it in theirs if it.id not in others),
        tuple(it for it in theirs if it.id in others),
        facts,
        tuple(it for who in ids for it in sources.of_contact(tx, who)),
    )


class Names(NamedTuple):
    """What they are called: by the owner, an address book or their own card (`said`), and
    otherwise only in mail (`seen`).
    """

    said: frozenset[str]
    seen: frozenset[str]


def names_of(tx: Transaction, who: Somebody, learned: Iterable[str] = ()) -> Names:
    """Every name they are known by, in any spelling; of an address seen under very many names only
    those of the contact.
    """
    said = {row.name for row in who.contacts} | set(_said_names(who.facts)) | set(learned)
    seen = {name for _, name, *_ in whereabouts.names_seen(tx, [it.id for it in who.alone])}
    if len({normalise_name(it) for it in seen}) > _MOST_NAMES:
        known = {normalise_name(it) for it in said}
        seen = {it for it in seen if normalise_name(it) in known}
    elif not who.contacts:
        said |= {it.name for it in who.alone}
    said = {it for it in said if normalise_name(it)}
    return Names(frozenset(said), frozenset(it for it in seen - said if normalise_name(it)))


def _with_merged(tx: Transaction, rows: Sequence[ContactRow]) -> Iterator[ContactRow]:
    waiting = list(rows)
    while waiting:
        row = waiting.pop(0)
        yield row
        waiting += contacts.merged_into(tx, row.id)


def _claimed(tx: Transaction, family: Sequence[ContactRow]) -> Iterator[tuple[int, Identity]]:
    made = identities.claims_of(tx, [row.id for row in family])
    claimed = [claim.identity for of in made.values() for claim in of]
    yield from identities.by_ids(tx, claimed).items()
    for row in family:
        mine = identities.find(tx, "self", row.uuid)
        if mine is not None:
            yield mine.id, mine


def _said(tx: Transaction, facts: Sequence[FactRow]) -> Iterator[tuple[int, Identity]]:
    """Addresses that somebody says are theirs, and nobody claims."""
    for fact in facts:
        if fact.field == "email" and fact.withdrawn is None:
            known = identities.find(tx, "email", fact.value)
            if known is not None and not identities.claims_on(tx, [known.id]):
                yield known.id, known


def _said_names(facts: Sequence[FactRow]) -> Iterator[str]:
    for fact in facts:
        if fact.field == "structured_name":
            family, given, *_ = parts_of(fact.value, 5)
            yield f"{given} {family}".strip()
        elif fact.field in NAMES:
            yield fact.value
