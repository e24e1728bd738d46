"""WHO: an address, an id or a name becomes one person, or an error that names the candidates."""

from __future__ import annotations

from dataclasses import dataclass

from krmd.base.address import parse_address
from krmd.base.errors import UserError
from krmd.base.identifier import parse_id
from krmd.intake.person_names import normalise_name
from krmd.store import contacts, identities
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity

CANDIDATES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Correspondent:
    """An address seen in mail that is no contact's."""

    identity: Identity

    @property
    def name(self) -> str:
        """The best display name seen, else the address."""
        return self.identity.name or self.identity.value


Person = ContactRow | Correspondent


def find_person(tx: Transaction, who: str) -> Person:
    """The one person that `who` means; UserError with candidates where it isn't one."""
    spelled = parse_id(who)
    if spelled is not None:
        if spelled.prefix != "c":
            raise UserError(f"{who} is no contact's id; those begin with c_")
        return _one(who, contacts.find(tx, spelled.first, spelled.last))
    address = parse_address(who)
    if address is not None:
        return _by_address(tx, address)
    return _by_name(tx, who)


def find_contact(tx: Transaction, who: str) -> ContactRow:
    """As `find_person`, for what only contacts can have."""
    person = find_person(tx, who)
    if isinstance(person, Correspondent):
        raise UserError(
            f"{person.name} is a correspondent, not a contact; keep them first:"
            f" krmd contacts add {person.identity.value}"
        )
    return person


def _by_address(tx: Transaction, address: str) -> Person:
    identity = identities.find(tx, "email", address)
    if identity is None:
        raise UserError(f"nobody with the address {address} is known")
    made = identities.claims_on(tx, [identity.id]).get(identity.id, ())
    if not made:
        return Correspondent(identity)
    owners = contacts.by_ids(tx, [claim.contact for claim in made])
    return _one(address, list(owners.values()))


def _by_name(tx: Transaction, who: str) -> Person:
    wanted = normalise_name(who)
    if not wanted:
        raise UserError(f"“{who}” is no name, address or id")
    everyone = contacts.everyone(tx)
    tiers: tuple[list[ContactRow], ...] = (
        [row for row in everyone if row.name == who],
        [row for row in everyone if row.name_key == wanted],
        [row for row in everyone if _has_words(row.name_key, wanted)],
    )
    for found in tiers:
        kept = [row for row in found if row.kept] or found
        if kept:
            return _one(who, kept)
    named = [
        it
        for it in identities.emails(tx)
        if it.name and _has_words(normalise_name(it.name), wanted)
    ]
    exact = [it for it in named if normalise_name(it.name) == wanted]
    return _one(who, [Correspondent(it) for it in exact or named])


def _has_words(name_key: str, wanted: str) -> bool:
    words = name_key.split()
    return all(word in words for word in wanted.split())


def _one(who: str, found: list[ContactRow] | list[Correspondent]) -> Person:
    if not found:
        raise UserError(f"nobody called “{who}” is known")
    if len(found) > 1:
        names = tuple(sorted(_described(person) for person in found))
        raise UserError(
            f"“{who}” could be any of {len(names)}: {'; '.join(names[:CANDIDATES_SHOWN])}",
            candidates=names,
        )
    return found[0]


def _described(person: Person) -> str:
    if isinstance(person, Correspondent):
        return f"{person.name} <{person.identity.value}>"
    return f"{person.name} c_{person.uuid[:12]}"
