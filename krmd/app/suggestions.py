"""What would keep the book clean: suggestions, each a command the owner may give or decline.

Nothing is done by itself. A suggestion is known by a digest of what it says, so that one that was
declined is not made again, and is when it says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, get_args

from krmd.app.cards import standing
from krmd.app.likely_same import duplicates
from krmd.app.review import review
from krmd.base.address import AddressSet
from krmd.base.command import Command, EditContact, Keep, MergeContacts
from krmd.base.errors import UserError
from krmd.base.identifier import public_contact
from krmd.base.instant import Instant
from krmd.intake.person_names import normalise_name
from krmd.ledger.agreement import is_said
from krmd.ledger.duplicates import Reason
from krmd.ledger.likeness import match_names
from krmd.ledger.name_words import read_name
from krmd.ledger.portrait import Fact
from krmd.store import contacts, suggestions
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction

Kind = Literal[
    "duplicate", "new_address", "new_name", "signature", "bounced", "uncategorised", "unkept"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST = 200
"""So many of one kind are made at once; the others wait until these are settled."""
MOST_UNKEPT = 10


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to do for a clean book. `command` does it; None where only the owner can."""

    id: str
    kind: Kind
    sentence: str
    people: tuple[str, ...]
    command: Command | None


@dataclass(frozen=True, slots=True)
class Book:
    """What suggestions are made from: a transaction, and what settings say."""

    tx: Transaction
    now: Instant
    owner: AddressSet
    shared_domains: Collection[str]


def suggest(book: Book, kinds: Collection[Kind] = KINDS) -> list[Suggestion]:
    """All suggestions of these kinds that weren't declined, in the order of KINDS."""
    gone = suggestions.declined(book.tx)
    found: list[Suggestion] = []
    for kind in KINDS:
        if kind in kinds:
            fresh = (it for it in _MADE_BY[kind](book) if it.id not in gone)
            found += [it for _, it in zip(range(MOST), fresh, strict=False)]
    return found


def find(book: Book, spelled: str) -> Suggestion:
    """The suggestion of that id, or that begins so; UserError where it isn't one."""
    found = [it for it in suggest(book) if len(spelled) >= 8 and it.id.startswith(spelled)]
    if len(found) != 1:
        raise UserError(f"{spelled} names {len(found) or 'no'} suggestions; they may have changed")
    return found[0]


def _suggestion(
    kind: Kind, sentence: str, *people: ContactRow, command: Command | None, of: str = ""
) -> Suggestion:
    ids = tuple(public_contact(it.uuid) for it in people)
    spelled = "\x1f".join((kind, *sorted(ids), of))
    digest = blake2b(spelled.encode(), digest_size=16).hexdigest()
    return Suggestion(f"s_{digest}", kind, sentence, ids, command)


def _duplicates(book: Book) -> Iterator[Suggestion]:
    rows = contacts.page(book.tx, kept=True)
    by_id = {row.id: row for row in rows}
    found = duplicates(book.tx, rows, shared_domains=book.shared_domains)
    for pair in found.pairs:
        one, other = by_id[pair.one], by_id[pair.other]
        why = "; ".join(dict.fromkeys(map(_in_words, pair.reasons)))
        sentence = f"{one.name} and {other.name} may be one person ({pair.score} %): {why}"
        command = MergeContacts(public_contact(other.uuid), public_contact(one.uuid))
        yield _suggestion("duplicate", sentence, one, other, command=command)


_SHARED = {
    "address": "both have {value}",
    "phone": "the same phone number ({value})",
    "birthday": "the same birthday ({value})",
    "domain": "both write from {value}",
    "company": "both work at {value}",
    "town": "both live in {value}",
    "rare_name": "a name that nobody else has",
}
_NAMES = {
    "equal": "the same name",
    "spelling": "the same name, spelled otherwise",
    "turned": "the same name, turned round",
    "short": "a short form of the same name",
    "longer": "one name is the longer form of the other",
    "initial": "the same name with an initial",
    "typo": "names a letter apart",
    "middle": "the same name with another given name in use",
    "part": "one name is part of the other",
    "surname": "the same family name",
    "unnamed": "one of them has no name",
    "renamed": "the same given name, another family name",
}


def _in_words(reason: Reason) -> str:
    if reason.code == "name":
        return _NAMES.get(reason.value, "similar names")
    return _SHARED.get(reason.code, "{value}").format(value=reason.value)


def _new_addresses(book: Book) -> Iterator[Suggestion]:
    """A correspondent who bears the full name of exactly one contact."""
    for it in suggestions.namesakes(book.tx, normalise_name):
        if it.address in book.owner:
            continue
        row = contacts.get(book.tx, it.contact)
        sentence = f"{row.name} also writes from {it.address} ({it.mails} mails)"
        command = EditContact(public_contact(row.uuid), add_addresses=(it.address,))
        yield _suggestion("new_address", sentence, row, command=command, of=it.address)


def _new_names(book: Book) -> Iterator[Suggestion]:
    """Somebody who now gives themselves another family name in From."""
    for it in suggestions.names_given(book.tx):
        row = contacts.get(book.tx, it.contact)
        given = normalise_name(it.name)
        if match_names(read_name(row.name_key), read_name(given)) != "renamed":
            continue
        sentence = f"{row.name} calls themselves {it.name} now"
        command = EditContact(
            public_contact(row.uuid), name=it.name, say=(("former_name", row.name, ""),)
        )
        yield _suggestion("new_name", sentence, row, command=command, of=given)


def _signatures(book: Book) -> Iterator[Suggestion]:
    noticed = suggestions.noticed(book.tx)
    said = contacts.facts_of(book.tx, list({it.contact for it in noticed}))
    for it in noticed:
        row = contacts.get(book.tx, it.contact)
        known = (saying.fact for saying in standing(said.get(row.id, ())))
        if not row.kept or is_said(known, Fact(it.field, it.value, it.label)):
            continue
        label = f" ({it.label})" if it.label else ""
        sentence = f"{row.name}'s signature says {it.field.replace('_', ' ')} {it.value}{label}"
        command = EditContact(public_contact(row.uuid), say=((it.field, it.value, it.label),))
        yield _suggestion("signature", sentence, row, command=command, of=f"{it.field}={it.value}")


def _bounced(book: Book) -> Iterator[Suggestion]:
    for contact, address in suggestions.bounced(book.tx):
        row = contacts.get(book.tx, contact)
        sentence = f"mail to {row.name} at {address} bounces; is there another address?"
        yield _suggestion("bounced", sentence, row, command=None, of=address)


def _uncategorised(book: Book) -> Iterator[Suggestion]:
    for contact in suggestions.uncategorised(book.tx, MOST):
        row = contacts.get(book.tx, contact)
        sentence = f"{row.name} is in no category"
        yield _suggestion("uncategorised", sentence, row, command=None)


def _unkept(book: Book) -> Iterator[Suggestion]:
    for it in review(book.tx, now=book.now, owner=book.owner, limit=MOST_UNKEPT):
        name = f"{it.name} <{it.address}>" if it.name else it.address
        mails = it.recency.email_outbound
        sentence = f"you wrote to {name} {mails} times and don't keep them"
        yield _suggestion("unkept", sentence, command=Keep(it.address), of=it.address)


_MADE_BY: dict[Kind, Callable[[Book], Iterator[Suggestion]]] = {
    "duplicate": _duplicates,
    "new_address": _new_addresses,
    "new_name": _new_names,
    "signature": _signatures,
    "bounced": _bounced,
    "uncategorised": _uncategorised,
    "unkept": _unkept,
}
