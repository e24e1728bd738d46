"""The search index kept up with the book and the ledger: not while they are written, but when
somebody asks.

So a backfill and an import pay nothing for it. Each chunk is a transaction of its own, so it may be
interrupted anywhere and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from krmd.app import passages
from krmd.intake.search_words import lexemes_of
from krmd.store import contacts, identities, search, search_entries, search_watch
from krmd.store.engine import Store, Transaction
from krmd.store.search import Progress, Shelf

VERSION = "1"
"""How words are cut and what of a card is searched; raised when either changes."""

_AT_ONCE: dict[Shelf, int] = {"cards": 500, "addresses": 5_000, "entries": 5_000}
"""So many texts are put on a shelf in one transaction, which lasts well under a second."""

_MOST = 200_000
"""So many characters of words are kept of one person; a tsvector takes a megabyte of UTF-8."""


def catch_up(
    store: Store, *, report: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Bring the index up to what stood in the store when this was called; `report` hears done and
    total. What others write meanwhile waits for the next time.

    Writes nothing where there is nothing to do. Raises TryLaterError and its kin.
    """
    with store.reading() as tx:
        if not _behind(tx):
            return
    with store.transaction() as tx:
        _begin(tx)
        stale, newest = search.count_stale(tx), search_entries.newest(tx)
        total = _behind(tx)
    done = 0
    report(done, total)
    while done < stale:
        with store.transaction() as tx:
            moved = _put_stale(tx)
        if not moved:
            break  # another process was faster
        done = min(done + moved, stale)
        report(done, total)
    for reached in _put_new_entries(store, newest):
        report(total - (newest - reached), total)


def _behind(tx: Transaction) -> int:
    """How many texts the index lacks, or 1 where it must begin anew."""
    if _is_blind(tx):
        return 1
    done = search.progress(tx)
    if done.version != VERSION:
        return 1
    # Less than nothing where the newest entries were erased: their ids will be given again.
    new = search_entries.newest(tx) - done.entries_to
    return search.count_stale(tx) + (new if new >= 0 else 1)


def _is_blind(tx: Transaction) -> bool:
    """Whether changes went unnoted: there is no index yet, or a migration lost its triggers."""
    return bool(search_watch.missing(tx))


def _begin(tx: Transaction) -> None:
    """Start from nothing where what the index holds can't be relied on."""
    is_blind = _is_blind(tx)
    if is_blind:
        search.create(tx)
    done, newest = search.progress(tx), search_entries.newest(tx)
    if is_blind or done.version != VERSION:
        search.erase(tx)
        search.all_stale(tx)
        search.note(tx, Progress(VERSION, 0))
    elif newest < done.entries_to:
        search.note(tx, done._replace(entries_to=newest))


def _put_stale(tx: Transaction) -> int:
    """Put some of what changed on its shelf; returns how many."""
    makers: dict[Shelf, Callable[[Transaction, Sequence[int]], dict[int, list[str]]]] = {
        "cards": _card_texts,
        "addresses": _address_texts,
        "entries": _entry_texts,
    }
    for shelf, make in makers.items():
        ids = search.stale(tx, shelf, _AT_ONCE[shelf])
        if ids:
            texts = make(tx, ids)
            search.put(tx, shelf, {it: _words(texts.get(it, ())) for it in ids})
            search.settle(tx, shelf, ids)
            return len(ids)
    return 0


def _put_new_entries(store: Store, newest: int) -> Iterator[int]:
    """Put the entries on their shelf that are new, the `newest` at most; yields how far it is."""
    while True:
        with store.transaction() as tx:
            done = search.progress(tx)
            if done.entries_to >= newest:
                return
            texts = search_entries.texts_above(tx, done.entries_to, _AT_ONCE["entries"])
            search.put(tx, "entries", {it: _words([text]) for it, text in texts.items()})
            reached = max(texts, default=newest)
            search.note(tx, done._replace(entries_to=reached))
        yield min(reached, newest)


def _words(texts: Sequence[str]) -> str:
    words = " ".join(lexemes_of(texts))
    return words if len(words) <= _MOST else words[:_MOST].rpartition(" ")[0]


def _card_texts(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    found = passages.of_contacts(tx, list(contacts.by_ids(tx, ids).values()))
    return {it: [passage.text for passage in theirs] for it, theirs in found.items()}


def _address_texts(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    known = identities.by_ids(tx, ids).values()
    return {
        it.id: [passage.text for passage in passages.of_correspondent(it)]
        for it in known
        if it.kind == "email"
    }


def _entry_texts(tx: Transaction, ids: Sequence[int]) -> dict[int, list[str]]:
    return {it: [text] for it, text in search_entries.texts_of(tx, ids).items()}
