"""An address book that is read besides: what changed in it since, and what follows for the people.

The book is asked first, all of it; then one transaction takes in what it said. An emptied book is
not believed: nobody is dropped for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import NamedTuple, Protocol

from krmd.app.heard import Heard, Taken
from krmd.app.importing import Importer
from krmd.app.taking_in import TakingIn
from krmd.base.command import Actor, ImportPeople
from krmd.base.errors import KrmdError, LoginError, TryLaterError, UserError
from krmd.base.instant import Instant
from krmd.formats.reading import Raw, Skipped
from krmd.formats.vcard_groups import is_group
from krmd.formats.vcard_reading import VcardReader
from krmd.intake.address_book import BookChanges, FailedCard, FetchedCard
from krmd.intake.address_book import Collection as BookCollection
from krmd.store import books
from krmd.store.books import CardRow, CollectionRow
from krmd.store.engine import Store

FEW = 20
"""Of a book with fewer people half may go at once; of a larger one that is suspicious."""
GROUP = "a group"
"""The reason why a group's card gives nobody."""


class AddressBook(Protocol):
    """What the use case asks of a book, wherever it lies. All of it may raise UnreachableError."""

    def collections(self) -> Sequence[BookCollection]:
        """The parts of the book."""
        ...

    def changes(
        self, collection: BookCollection, since: str | None, known: Mapping[str, str]
    ) -> BookChanges:
        """What changed in a part since a token, against known etags by href."""
        ...

    def fetch(
        self, collection: BookCollection, hrefs: Sequence[str]
    ) -> Iterator[FetchedCard | FailedCard]:
        """These cards."""
        ...


@dataclass(frozen=True, slots=True)
class BookReport:
    """What one pass over a book did. `doubt` is a sentence where the book wasn't believed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    people: tuple[Taken, ...] = ()
    doubt: str | None = None


@dataclass(slots=True)
class _Part:
    """One collection as it is now and as it was; `fetched` are the cards that were asked for."""

    collection: BookCollection
    before: CollectionRow | None
    changes: BookChanges
    fetched: list[FetchedCard] = field(default_factory=list)
    failed: list[FailedCard] = field(default_factory=list)

    @property
    def known(self) -> Mapping[str, CardRow]:
        """The cards as they were read last."""
        return self.before.cards if self.before else {}


class _Person(NamedTuple):
    """A card that was read: where it lies, and what it says of whom."""

    href: str
    etag: str
    heard: Heard | None
    reason: str | None


def read_book(
    name: str, book: AddressBook, importer: Importer, *, believe_emptied: bool = False
) -> BookReport:
    """One pass over a book; what it says is the word of the source `book:NAME`.

    Raises UnreachableError and its kin, and TryLaterError where another krmd read it meanwhile.
    """
    with importer.store.reading() as tx:
        before = books.read(tx, name)
    parts = [_asked(book, it, before.get(it.href)) for it in book.collections()]
    gone = [row for href, row in before.items() if href not in {it.collection.href for it in parts}]
    doubt = None if believe_emptied else _doubt(name, parts, gone)
    with importer.store.transaction() as tx:
        if books.read(tx, name) != before:
            raise TryLaterError(f"the address book {name} was read by another krmd meanwhile")
        changes = importer.changes(tx)
        taking = TakingIn(
            changes, source_of(name), new_uuid=importer.new_uuid, forgotten=importer.forgotten(tx)
        )
        now = importer.clock.now()
        books.note(tx, name, "ok", error=None, now=now)
        writing = _Writing(name, taking, doubted=doubt is not None)
        for part in parts:
            writing.take(part)
        if doubt is None:
            for row in gone:
                writing.let_go(row.cards)
                books.remove_collection(tx, row.id)
        writing.silence()
        state = "doubted" if doubt else "ok"
        books.note(tx, name, state, error=doubt, now=now, read_to=None if doubt else now)
        report = writing.report(doubt)
        command = ImportPeople(source_of(name), report.created, report.updated)
        importer.finish(changes, command, Actor("rule", source_of(name)))
    return report


def note_book_trouble(store: Store, name: str, error: KrmdError, *, when: Instant) -> None:
    """Note why a book isn't read. Raises TryLaterError or StoreError."""
    state = "parked" if isinstance(error, LoginError) else "error"
    with store.transaction() as tx:
        books.note(tx, name, state, error=error.message, now=when)


def source_of(book: str) -> str:
    """Whose word it is what a book says."""
    return f"book:{book}"


def _asked(book: AddressBook, collection: BookCollection, before: CollectionRow | None) -> _Part:
    etags = {row.href: row.etag for row in before.cards.values()} if before else {}
    changes = book.changes(collection, before.token if before else None, etags)
    part = _Part(collection, before, changes)
    wanted = [it.href for it in changes.changed]
    _fetch(book, part, wanted)
    if (wanted or changes.removed) and _has_groups(part):
        # A group names its members, so whoever changes, all are read together.
        lying = [href for href in etags if href not in {*wanted, *changes.removed}]
        _fetch(book, part, lying)
    return part


def _fetch(book: AddressBook, part: _Part, hrefs: Sequence[str]) -> None:
    if not hrefs:
        return
    for card in book.fetch(part.collection, hrefs):
        if isinstance(card, FailedCard):
            part.failed.append(card)
        else:
            part.fetched.append(card)


def _has_groups(part: _Part) -> bool:
    known = (row.reason == GROUP for row in part.known.values())
    return any(known) or any(is_group(card.octets) for card in part.fetched)


def _doubt(name: str, parts: Sequence[_Part], gone: Sequence[CollectionRow]) -> str | None:
    """Why a book isn't believed: it is empty all at once, or more than half of a large one is."""
    known = sum(len(it.known) for it in parts) + sum(len(row.cards) for row in gone)
    removed = sum(len(it.changes.removed) for it in parts) + sum(len(row.cards) for row in gone)
    if not removed or (removed < known and (known < FEW or removed <= known // 2)):
        return None
    what = (
        f"is empty and had {known:,} cards"
        if removed == known
        else (f"lost {removed:,} of its {known:,} cards at once")
    )
    return (
        f"the address book {name} {what}: nobody was taken out for it;"
        f" if that is meant: krmd sync --book {name} --emptied"
    )


class _Writing:
    """What a pass writes, within its transaction."""

    def __init__(self, book: str, taking: TakingIn, *, doubted: bool) -> None:
        self._book = book
        self._taking = taking
        self._tx = taking.tx
        self._doubted = doubted
        self._holders: dict[str, str] = {}
        self._silent: set[str] = set()
        self._skipped: list[tuple[str, str]] = []
        self._same = 0
        for row in books.read(self._tx, book).values():
            self._holders |= {card.key: card.href for card in row.cards.values() if card.key}

    def take(self, part: _Part) -> None:
        """Take in one collection."""
        token = part.changes.token
        if self._doubted and part.changes.removed:
            # To be asked once more from where it was believed last.
            token = part.before.token if part.before else None
        id_ = books.ensure_collection(
            self._tx, self._book, part.collection.href, name=part.collection.name, token=token
        )
        if not self._doubted:
            self.let_go({it: part.known[it] for it in part.changes.removed if it in part.known})
            books.remove_cards(self._tx, id_, part.changes.removed)
        people = [self._own_key(it) for it in _people(part.fetched)]
        passed_over = len(self._taking.left_out)
        self._taking.take([it.heard for it in people if it.heard is not None])
        left_out = {it.line: it.reason for it in self._taking.left_out[passed_over:]}
        self._skipped += [(people[at].href, reason) for at, reason in left_out.items()]
        # Of who was forgotten not even the key is kept.
        rows = [
            CardRow(it.href, it.etag, "", left_out[at])
            if at in left_out
            else self._row(it, part.known)
            for at, it in enumerate(people)
        ]
        rows += [self._failed(it, part.known) for it in part.failed]
        books.put_cards(self._tx, id_, rows)

    def let_go(self, cards: Mapping[str, CardRow]) -> None:
        """These cards are no more; whom no other card means by their keys will be silent."""
        for href, card in cards.items():
            if self._holders.get(card.key) == href:
                del self._holders[card.key]
                self._silent.add(card.key)

    def silence(self) -> None:
        """Whom no card means any more, the book says nothing of."""
        self._taking.silence(self._silent - set(self._holders))

    def report(self, doubt: str | None) -> BookReport:
        """What was done."""
        taken = self._taking.taken
        count = {what: sum(it.what == what for it in taken) for what in ("created", "updated")}
        return BookReport(
            count["created"],
            count["updated"],
            len(taken) - sum(count.values()),
            tuple(self._skipped),
            tuple(it for it in taken if it.what != "unchanged"),
            doubt,
        )

    def _own_key(self, person: _Person) -> _Person:
        """With a key that no other card of the book has: two cards may bear one UID."""
        if person.heard is None:
            return person
        portrait = person.heard.portrait
        key = portrait.key
        if not key or self._holders.get(key, person.href) != person.href:
            key = f"href:{person.href}"
        self._holders[key] = person.href
        return person._replace(heard=person.heard._replace(portrait=replace(portrait, key=key)))

    def _row(self, person: _Person, known: Mapping[str, CardRow]) -> CardRow:
        before = known.get(person.href)
        if person.reason not in (None, GROUP):
            self._skipped.append((person.href, person.reason or ""))
        key = person.heard.portrait.key if person.heard else ""
        if not key and before is not None and person.reason != GROUP:
            key = before.key  # a card that can't be read for now is nobody's end
        if before is not None and before.key != key:
            self.let_go({person.href: before})
        return CardRow(person.href, person.etag, key, person.reason)

    def _failed(self, card: FailedCard, known: Mapping[str, CardRow]) -> CardRow:
        """It is asked for again next time; whom it meant stays."""
        self._skipped.append((card.href, card.reason))
        before = known.get(card.href)
        return CardRow(card.href, "", before.key if before else "", card.reason)


def _people(cards: Sequence[FetchedCard]) -> Iterator[_Person]:
    """Each card with who it is about; read together, since groups name their members."""
    starts: list[int] = []
    line = 1
    for card in cards:
        starts.append(line)
        line += card.octets.count(b"\n") + 1
    reader = VcardReader(b"\n".join(card.octets for card in cards))
    told: dict[int, _Person] = {}
    for piece in _pieces(reader):
        at = bisect_right(starts, piece.line) - 1
        if isinstance(piece, Skipped):
            told.setdefault(at, _nobody(cards[at], piece.reason))
            continue
        read = reader.parse(piece)
        if isinstance(read, Skipped):
            told.setdefault(at, _nobody(cards[at], read.reason))
            continue
        digest = blake2b(reader.habits + piece.octets, digest_size=16).hexdigest()
        heard = Heard(at, read.portrait, digest, read.remarks)
        told[at] = _Person(cards[at].href, cards[at].etag, heard, None)
    for at, card in enumerate(cards):
        reason = GROUP if is_group(card.octets) else "holds no card of a person"
        yield told.get(at) or _nobody(card, reason)


def _pieces(reader: VcardReader) -> Iterator[Raw | Skipped]:
    try:
        yield from reader.pieces()
    except UserError:
        return  # not one card among them


def _nobody(card: FetchedCard, reason: str) -> _Person:
    return _Person(card.href, card.etag, None, reason)
