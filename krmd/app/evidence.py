"""Where the words of a query stand with those who were found: what `krmd find` shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from krmd.app import passages
from krmd.app.find import Found
from krmd.app.folding import contact_of
from krmd.app.passages import Passage
from krmd.base.instant import Instant
from krmd.intake.search_words import Word, excerpt, lexemes_of, read_query, stands_in
from krmd.ledger.interaction import Kind
from krmd.store import identities, search_cards, search_entries
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.search_entries import Part

LONGEST = 80
"""So many characters of a passage are shown."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody who was found, as people see it; `id` is None for a correspondent.

    `matched` are passages of the card and at most one entry, where all the words stand.
    """

    id: str | None
    kept: bool
    name: str
    address: str | None
    last_contacted: Instant | None
    categories: tuple[str, ...]
    warmth: float
    matched: tuple[Passage, ...]


def shown(tx: Transaction, query: str, found: Iterable[Found]) -> Iterator[Shown]:
    """Those found by this query, in their order, some at a time."""
    words = read_query(query)
    rest = iter(found)
    while some := list(islice(rest, _AT_ONCE)):
        entries = _entries(tx, some)
        rows = [it.person for it in some if isinstance(it.person, ContactRow)]
        cards = passages.of_contacts(tx, rows)
        addresses = search_cards.addresses_of(tx, [row.id for row in rows])
        for it in some:
            person = it.person
            if isinstance(person, ContactRow):
                card, theirs = cards[person.id], addresses.get(person.id, {})
            else:
                card, theirs = passages.of_correspondent(person), {person.value: person.state}
            yield Shown(
                id=it.id if isinstance(person, ContactRow) else None,
                kept=it.kept,
                name=person.name or it.id,
                address=_usable(theirs),
                last_contacted=it.recency.last_contacted,
                categories=tuple(at.text for at in card if at.where == "category"),
                warmth=it.warmth,
                matched=tuple(chain(_on_card(card, words), entries.get(it.id, ()))),
            )


def _usable(addresses: dict[str, str]) -> str | None:
    """The first that is well, else the first."""
    well = (address for address, state in addresses.items() if state == "ok")
    return next(well, next(iter(addresses), None))


def _on_card(card: Sequence[Passage], words: Sequence[Word]) -> Iterator[Passage]:
    """The passages in which the words stand, as few of them as it takes: first the one with most
    of the words, then the one with most of the rest.
    """
    lexemes = [lexemes_of([passage.text]) for passage in card]
    has = [{word for word in words if stands_in(word, theirs)} for theirs in lexemes]
    chosen: list[int] = []
    while any(has):
        best = max(range(len(has)), key=lambda at: len(has[at]))
        chosen.append(best)
        covered = has[best]
        has = [those - covered for those in has]
    for at in sorted(chosen):
        where, text = card[at]
        yield Passage(where, excerpt(text, words, LONGEST))


def _entries(tx: Transaction, found: Sequence[Found]) -> dict[str, tuple[Passage, ...]]:
    """For those whose cards lack words the newest entry that has these, by the id of the found."""
    by_words: dict[tuple[Word, ...], list[Found]] = {}
    for it in found:
        if it.lacking:
            by_words.setdefault(it.lacking, []).append(it)
    said: dict[str, tuple[Passage, ...]] = {}
    for words, some in by_words.items():
        newest: dict[str, Part] = {}
        for who, part in _parts(tx, words, some):
            if who not in newest or newest[who].at < part.at:
                newest[who] = part
        for who, part in newest.items():
            text = excerpt(part.summary, words, LONGEST)
            said[who] = (Passage(_kind(part.kind), text),)
    return said


def _parts(
    tx: Transaction, words: Sequence[Word], found: Sequence[Found]
) -> Iterator[tuple[str, Part]]:
    """The parts that those found have in entries with these words, each with its person's id."""
    contacts = {it.person.id: it.id for it in found if isinstance(it.person, ContactRow)}
    others = {it.person.id: it.id for it in found if not isinstance(it.person, ContactRow)}
    theirs = identities.claims_of(tx, list(contacts))
    claimed = {claim.identity for made in theirs.values() for claim in made}
    claims = identities.claims_on(tx, list(claimed))
    for part in search_entries.newest_of(tx, words, [*claimed, *others]):
        if part.identity in others:
            yield others[part.identity], part
            continue
        contact = contact_of(claims[part.identity], part.name)
        if contact in contacts:
            yield contacts[contact], part


def _kind(kind: Kind) -> str:
    """Of a mail the subject is known; of all else what the owner noted."""
    return "subject" if kind == "email" else kind
