"""What the journal says of somebody: names they once had, and the rows that must not say it more.

A row whose command or summary names them is made empty. Of a command about many, as an import is,
only the steps about them go, so that it can still be undone for the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from krmd.app.somebody import NAMES, NOT_TEXTS
from krmd.ledger.mentions import Mentions
from krmd.store.whereabouts import JournalRow

_EMPTY = "{}"
_FORGOTTEN = "Forgotten."
_NO_STEPS = "[]"


@dataclass(frozen=True, slots=True)
class Learned:
    """What only the journal knows of somebody: names, addresses and other texts said once."""

    names: frozenset[str]
    addresses: frozenset[str]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """By what a row is known to be about somebody: ids (32 hex digits), mentions, single names as
    they are spelled, and texts that nobody else has.
    """

    ids: frozenset[str]
    mentions: Mentions
    names: frozenset[str]
    texts: frozenset[str]


def once_theirs(rows: Iterable[JournalRow], addresses: Sequence[str]) -> set[str]:
    """The UUIDs of all contacts who ever claimed any of these addresses."""
    found: set[str] = set()
    for row in rows:
        if any(it in row.inverse for it in addresses):
            for step in json.loads(row.inverse):
                match step:
                    case {"step": "ClaimStands", "value": value, "contact": str(uuid)}:
                        found |= {uuid} if value in addresses else set()
    return found


def learn(rows: Iterable[JournalRow], ids: Sequence[str]) -> Learned:
    """What the steps about these contacts say that nothing else in the store needs to say."""
    names: set[str] = set()
    addresses: set[str] = set()
    texts: set[str] = set()
    for row in rows:
        if not any(it in row.inverse for it in ids):
            continue
        for step in json.loads(row.inverse):
            if not any(it in step.values() for it in ids):
                continue
            names.update(_names_in(step))
            if step["step"] == "ClaimStands" and step["kind"] == "email":
                addresses.add(step["value"])
            texts.update(_texts_in(step))
    return Learned(frozenset(names), frozenset(addresses), frozenset(texts))


class Scrubbed(NamedTuple):
    """The rows about somebody as they may stand, the keys of suggestions about them that the owner
    said no to, and how many commands can't be taken back any more.
    """

    rows: tuple[JournalRow, ...]
    declined: frozenset[str]
    undo: int


def scrubbed(rows: Iterable[JournalRow], words: Words) -> Scrubbed:
    """What becomes of the journal; rows that aren't about them are left out."""
    changed: list[JournalRow] = []
    declined: set[str] = set()
    undo = 0
    is_about = _finder(words)
    for row in rows:
        left: list[dict[str, Any]] = []
        if is_about(row.summary) or is_about(_decoded(row.command)):
            declined.update(_declined_in(row.command))
        elif is_about(_decoded(row.inverse)):
            told = (_retold(it, words.mentions) for it in json.loads(row.inverse))
            left = [it for it in told if not is_about(json.dumps(it, ensure_ascii=False))]
        else:
            continue
        if left:
            changed.append(row._replace(inverse=json.dumps(left)))
            continue
        undo += row.inverse != _NO_STEPS
        changed.append(JournalRow(row.id, _EMPTY, _FORGOTTEN, _NO_STEPS))
    return Scrubbed(tuple(changed), frozenset(declined), undo)


def _finder(words: Words) -> Callable[[str], bool]:
    """What tells whether a text is about them; made once, asked for each row."""
    exact = sorted({*words.ids, *words.texts, *map(_in_json, words.texts)})
    single = "|".join(rf"(?<!\w){re.escape(it)}(?!\w)" for it in sorted(words.names))
    named = re.compile(single) if single else None

    def is_about(text: str) -> bool:
        return (
            any(it in text for it in exact)
            or words.mentions.found_in(text)
            or bool(named and named.search(text))
        )

    return is_about


def _retold(step: dict[str, Any], mentions: Mentions) -> dict[str, Any]:
    """A step about what is said of somebody else, with the text as it stands there now."""
    if step["step"] not in ("FactStands", "FactWithdrawn") or step["field"] in NOT_TEXTS:
        return step
    return step | {it: mentions.taken_out(step[it]) for it in ("value", "label")}


def _decoded(spelled: str) -> str:
    """JSON with its letters as they are; the journal writes all but ASCII as escapes."""
    return json.dumps(json.loads(spelled), ensure_ascii=False) if "\\u" in spelled else spelled


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _names_in(step: dict[str, Any]) -> Iterator[str]:
    match step:
        case {"step": "ContactStands", "name": str(name)}:
            yield name
        case {"step": "ContactSet", "column": "name", "value": str(name)}:
            yield name
        case {"step": "FactStands" | "FactWithdrawn", "field": field, "value": str(name)}:
            if field in NAMES and field != "structured_name":
                yield name


def _texts_in(step: dict[str, Any]) -> Iterator[str]:
    match step:
        case {"step": "FactStands" | "FactWithdrawn", "value": str(value)}:
            yield value
        case {"step": "KeyStands", "key": str(key)}:
            yield key


def _declined_in(command: str) -> Iterator[str]:
    match json.loads(command):
        case {"DeclineSuggestion": {"key": str(key)}}:
            yield key
