"""Where somebody is named in what is about others: entries, facts, display names, krmd's errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from sqlalchemy import Table

from krmd.app.somebody import NOT_TEXTS, Somebody
from krmd.app.taking_part import TakingPart
from krmd.ledger.mentions import INSTEAD, Mentions
from krmd.store import identities, tables, whereabouts
from krmd.store.engine import Transaction
from krmd.store.whereabouts import Cell, Part

_SENTENCES: tuple[tuple[Table, str, str | None], ...] = (
    (tables.accounts, "error", None),
    (tables.books, "error", None),
    (tables.cards, "reason", None),
    (tables.quarantine, "reason", "not shown: it named somebody who was forgotten"),
)
"""Sentences of krmd's own, and what stands there instead of one that names them."""

_NAMED: tuple[tuple[Table, str], ...] = (
    (tables.categories, "name"),
    (tables.folders, "name"),
    (tables.collections, "name"),
)
"""What the owner called so, here or elsewhere: told, and left."""

_TOLD = 10
_THINGS = {"categories": "category", "folders": "folder", "collections": "address book"}


class Mentioned(NamedTuple):
    """What of others' rows goes or is blanked, as in an Erasure; `stays` are sentences."""

    summaries: tuple[int, ...]
    message_ids: tuple[int, ...]
    names: tuple[Part, ...]
    best_names: tuple[int, ...]
    facts: tuple[tuple[int, str | None, str], ...]
    rows: tuple[Cell, ...]
    cells: tuple[tuple[Cell, str | None], ...]
    stays: tuple[str, ...]


def mentioned(tx: Transaction, who: Somebody, mentions: Mentions, entries: TakingPart) -> Mentioned:
    """Everything that names them and isn't theirs."""
    summaries, message_ids = _entries(tx, mentions, {*entries.alone, *entries.shared})
    rows, cells = _cards(tx, who, mentions)
    if not mentions:
        return Mentioned((), (), (), (), (), tuple(rows), tuple(cells), ())
    mine = {it.id for it in who.alone}
    for table, column, instead in _SENTENCES:
        cells += [(cell, instead) for cell, _ in _found(tx, table, column, mentions)]
    for cell, text in _found(tx, tables.categories, "description", mentions):
        cells.append((cell, mentions.taken_out(text)))
    rows += [
        cell
        for cell, _ in _found(tx, tables.noticed, "value", mentions)
        if dict(cell[2])["contact_id"] not in who.ids
    ]
    named = [dict(cell[2])["id"] for cell, _ in _found(tx, tables.identities, "name", mentions)]
    others = [it for it in named if it not in mine]
    return Mentioned(
        tuple(summaries),
        tuple(message_ids),
        tuple(_display_names(tx, mentions, mine, entries.on_shared)),
        tuple(others),
        tuple(_facts(tx, mentions, who.ids)),
        tuple(rows),
        tuple(cells),
        (*_seen_elsewhere(tx, others), *_called_so(tx, mentions)),
    )


def _entries(
    tx: Transaction, mentions: Mentions, theirs: Collection[int]
) -> tuple[list[int], list[int]]:
    summaries: list[int] = []
    message_ids: list[int] = []
    if not mentions:
        return summaries, message_ids
    for entry, summary, message_id in whereabouts.texts_of_entries(tx, mentions.likely):
        if mentions.found_in(summary) and entry not in theirs:
            summaries.append(entry)
        if mentions.found_in(message_id):
            message_ids.append(entry)
    return summaries, message_ids


def _display_names(
    tx: Transaction, mentions: Mentions, mine: Collection[int], on_shared: Sequence[Part]
) -> Iterator[Part]:
    """Others' addresses seen under a name of theirs."""
    theirs = {part[:3] for part in on_shared}
    for part in whereabouts.named_parts(tx, mentions.likely):
        if part.identity not in mine and part[:3] not in theirs and mentions.found_in(part.name):
            yield part


def _facts(
    tx: Transaction, mentions: Mentions, ids: Collection[int]
) -> Iterator[tuple[int, str | None, str]]:
    """Facts of others, by their row: with another value and label, or gone (None) where nothing but
    the name was in it.
    """
    for fact in whereabouts.fact_texts(tx, mentions.likely):
        if fact.contact in ids or fact.field in NOT_TEXTS:
            continue
        if mentions.found_in(fact.value) or mentions.found_in(fact.label):
            left = mentions.taken_out(fact.value)
            label = mentions.taken_out(fact.label)
            yield fact.id, None if left.strip() == INSTEAD else left, label


def _cards(
    tx: Transaction, who: Somebody, mentions: Mentions
) -> tuple[list[Cell], list[tuple[Cell, str | None]]]:
    """Their cards in address books that are read besides. That a card was seen is kept, or it would
    be fetched at each look; but not where its address says whose it is.
    """
    rows: list[Cell] = []
    cells: list[tuple[Cell, str | None]] = []
    keys = [it.key for it in who.keys]
    for collection, href in whereabouts.cards_of(tx, keys):
        at = (("collection_id", collection), ("href", href))
        plain = unquote(href)
        words = re.sub(r"[-_./]+", " ", plain)
        if any(it in plain for it in keys) or any(map(mentions.found_in, (plain, words))):
            rows.append((tables.cards, "href", at))
        else:
            cells.append(((tables.cards, "key", at), ""))
            cells.append(((tables.cards, "reason", at), "was forgotten"))
    return rows, cells


def _seen_elsewhere(tx: Transaction, others: Sequence[int]) -> Iterator[str]:
    """Addresses that bear their name and aren't known to be theirs: only the owner can tell."""
    claims = identities.claims_on(tx, others)
    for who, it in identities.by_ids(tx, others[:_TOLD]).items():
        if it.kind == "email" and who not in claims:
            yield (
                f"{it.value} was seen under their name too; where it is theirs:"
                f" krmd forget {it.value}"
            )
    if len(others) > _TOLD:
        yield f"so were {len(others) - _TOLD:,} other addresses"


def _called_so(tx: Transaction, mentions: Mentions) -> Iterator[str]:
    for table, column in _NAMED:
        for _, text in _found(tx, table, column, mentions):
            yield f"the {_THINGS[table.name]} “{text}” is called so, and stays"


def _found(
    tx: Transaction, table: Table, column: str, mentions: Mentions
) -> Iterator[tuple[Cell, str]]:
    for cell, text in whereabouts.texts(tx, table, column, mentions.likely):
        if mentions.found_in(text):
            yield cell, text
