"""WHO: an address, an id or a name becomes one person, or an error that names the candidates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, LargeBinary, and_, cast, exists, func, not_, or_, select

from krmd.base.address import parse_address
from krmd.base.errors import UserError
from krmd.base.identifier import parse_id
from krmd.intake.person_names import normalise_name
from krmd.store import contacts, identities, tables
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity

CANDIDATES_SHOWN = 10
# What a shell or a database would take for “anything” stands for itself here: `log nuria*` that
# meant whoever begins like that would be a guess.
_WILDCARDS = re.compile(r"[*?%]")
_QUOTES = "'\"`"


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
        found = contacts.find(tx, spelled.first, spelled.last)
        roots = {row.id: row for row in (contacts.root_of(tx, it) for it in found)}
        return _one(tx, who, list(roots.values()))
    address = parse_address(who)
    if address is not None:
        return _by_address(tx, address)
    return _by_name(tx, who.strip())


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
    return _one(tx, address, list(owners.values()))


def _by_name(tx: Transaction, who: str) -> Person:
    """Tiers of likeness, the first that anybody is in decides: the name itself, the name without
    regard to case and accents, all the words of WHO among those of the name.

    A contact's full name wins over a correspondent's: most likely they are one person with another
    address, and the owner said which of them is kept. Where WHO is only part of a name, contacts
    and correspondents count alike. Those dropped count where nobody else does.
    """
    wanted = normalise_name(who)
    if not wanted:
        raise UserError(f"“{who}” is no name, address or id")
    known = _contacts_with(tx, wanted)
    kept: list[Person] = [row for row in known if row.kept]
    dropped: list[Person] = [row for row in known if not row.kept]
    found = _full_name(kept, who, wanted)
    if not found:
        seen = _correspondents_with(tx, wanted)
        found = (
            _full_name(seen, who, wanted)
            or _full_name(dropped, who, wanted)
            or ([] if _WILDCARDS.search(who) else _namesakes([*kept, *seen]) or dropped)
        )
    return _one(tx, who, found)


def _full_name(people: list[Person], who: str, wanted: str) -> list[Person]:
    exact = [it for it in people if it.name == who]
    if exact or _WILDCARDS.search(who):
        return exact
    return [it for it in people if normalise_name(it.name) == wanted]


def _namesakes(people: list[Person]) -> list[Person]:
    """Without the correspondents where all have one full name and a contact is among them."""
    if len({normalise_name(it.name) for it in people}) > 1:
        return people
    return [it for it in people if not isinstance(it, Correspondent)] or people


def _contacts_with(tx: Transaction, wanted: str) -> list[ContactRow]:
    table = tables.contacts
    key = table.c.name_key
    rows = tx.execute(
        select(*(table.c[field] for field in ContactRow._fields)).where(
            table.c.merged_into.is_(None),
            *(key.contains(word, autoescape=True) for word in wanted.split()),
        )
    )
    return [row for row in map(ContactRow._make, rows) if _has_words(row.name_key, wanted)]


def _correspondents_with(tx: Transaction, wanted: str) -> list[Person]:
    """Those whose display names have all these words.

    The database finds names in plain ASCII by itself, and only others are made comparable here:
    of 100,000 there are few.
    """
    table = tables.identities
    name: ColumnElement[str] = func.lower(table.c.name)
    for quote in _QUOTES:
        name = func.replace(name, quote, "")
    likely = and_(*(name.contains(word, autoescape=True) for word in wanted.split()))
    in_ascii = func.length(table.c.name) == func.length(cast(table.c.name, LargeBinary))
    claimed = exists().where(tables.claims.c.identity_id == table.c.id)
    rows = tx.execute(
        select(*(table.c[field] for field in Identity._fields)).where(
            table.c.kind == "email", table.c.name != "", or_(likely, not_(in_ascii)), not_(claimed)
        )
    )
    return [
        Correspondent(it)
        for it in map(Identity._make, rows)
        if _has_words(normalise_name(it.name), wanted)
    ]


def _has_words(name_key: str, wanted: str) -> bool:
    words = name_key.split()
    return all(word in words for word in wanted.split())


def _one(tx: Transaction, who: str, found: Sequence[Person]) -> Person:
    if not found:
        raise UserError(f"nobody called “{who}” is known")
    if len(found) > 1:
        names = tuple(sorted(_described(tx, found)))
        raise UserError(
            f"“{who}” could be any of {len(names)}: {'; '.join(names[:CANDIDATES_SHOWN])}",
            candidates=names,
        )
    return found[0]


def _described(tx: Transaction, people: Sequence[Person]) -> Iterator[str]:
    """Each with what names them alone: an address where there is one, and a contact's id."""
    claims = identities.claims_of(tx, [it.id for it in people if not isinstance(it, Correspondent)])
    theirs = identities.by_ids(tx, [claim.identity for made in claims.values() for claim in made])
    for person in people:
        if isinstance(person, Correspondent):
            yield f"{person.name} <{person.identity.value}>"
            continue
        claimed = (theirs[claim.identity] for claim in claims.get(person.id, ()))
        address = next((f" <{it.value}>" for it in claimed if it.kind == "email"), "")
        yield f"{person.name}{address} c_{person.uuid[:12]}"
