"""Entries from files: CSV and JSON lines of what happened, each taken in once."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.app.perform import Performer, parts_of
from krmd.base.command import Actor, LogInteraction
from krmd.base.errors import UserError
from krmd.intake.log_words import read_when

FIELDS = ("at", "kind", "who", "direction", "text", "id")
SEPARATORS = ",;\t"
LONGEST_LINE = 100_000
AT_A_TIME = 500
"""So many lines are logged in one transaction: the mailboxes' writers wait no longer than that."""
_NO_ENDS = tuple("\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class Skipped(NamedTuple):
    """A line that was not taken in, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    created: int
    unchanged: int
    skipped: tuple[Skipped, ...]


class _Row(NamedTuple):
    line: int
    values: dict[str, str]


def import_log(
    lines: Iterable[str],
    performer: Performer,
    actor: Actor,
    *,
    zone: ZoneInfo,
    progress: Callable[[int], None] = lambda _line: None,
    source: str = "",
) -> Imported:
    """Log each line of a CSV with headings, or of JSON objects: `at, kind, who, direction, text,
    id`; `who` may name several by semicolons. `source` is the file's name for the journal, by
    default what `actor` says.

    A line is known again by its `id` with its `kind` and `at`, since two files may both count from
    1; without an id by all it says. Raises UserError where the file is neither.
    """
    source = source or PurePath(actor.by).name or "a file"
    parts = parts_of(performer.new_uuid())
    created = unchanged = 0
    skipped: list[Skipped] = []
    for rows in _some(_rows(lines)):
        commands: dict[int, LogInteraction] = {}
        for row in rows:
            try:
                commands[row.line] = _command(row, performer, zone)
            except UserError as error:
                skipped.append(Skipped(row.line, error.message))
        fates = performer.log_some([*commands.values()], actor, source=source, part=next(parts))
        for line, fate in zip(commands, fates, strict=True):
            if isinstance(fate, UserError):
                skipped.append(Skipped(line, fate.message))
            else:
                created += fate
                unchanged += not fate
        progress(rows[-1].line)
    return Imported(created, unchanged, tuple(sorted(skipped)))


def _some(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while some := list(islice(rows, AT_A_TIME)):
        yield some


def _command(row: _Row, performer: Performer, zone: ZoneInfo) -> LogInteraction:
    values = row.values
    if values.get(""):
        raise UserError(values[""])
    who = tuple(part.strip() for part in values.get("who", "").split(";") if part.strip())
    if not who:
        raise UserError("names nobody in “who”")
    if not values.get("at"):
        raise UserError("has no time in “at”")
    return LogInteraction(
        who=who,
        text=values.get("text", ""),
        kind=values.get("kind") or None,
        direction=values.get("direction") or None,
        at=read_when(values["at"], now=performer.clock.now(), zone=zone),
        key=f"import:{_key(values)}",
    )


def _key(values: dict[str, str]) -> str:
    if values.get("id"):
        return _storable("\x1f".join(values.get(field, "") for field in ("id", "kind", "at")))
    spelled = "\x1f".join(values.get(field, "") for field in FIELDS[:-1])
    return hashlib.blake2b(spelled.encode(errors="replace"), digest_size=16).hexdigest()


def _storable(text: str) -> str:
    r"""Without the halves of surrogate pairs that JSON lets through (`\ud83d`)."""
    return text.encode(errors="replace").decode()


def _rows(lines: Iterable[str]) -> Iterator[_Row]:
    numbered = _whole(lines)
    first = next(numbered, "").lstrip("\ufeff")
    if first.lstrip().startswith("{"):
        return _json_rows(first, numbered)
    return _csv_rows(first, numbered)


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """The lines of the file, where `str.splitlines` also ends one at other breaks (U+2028 …)."""
    begun = ""
    for line in lines:
        begun += line
        if not begun.endswith(_NO_ENDS):
            yield begun
            begun = ""
    if begun:
        yield begun


def _csv_rows(first: str, rest: Iterator[str]) -> Iterator[_Row]:
    before = 1
    separator = None
    if first.lower().startswith("sep=") and len(first) > 4:  # Excel's own way to say it
        separator, before, first = first[4], 2, next(rest, "")
    headings, separator = _headings(first, separator)
    reader = csv.reader(rest, delimiter=separator)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Row(line, {"": f"can't be read as CSV: {error}"})
            continue
        if not any(cells):
            continue
        known = {name: cell.strip() for name, cell in zip(headings, cells, strict=False) if name}
        if any(cells[len(headings) :]):
            known[""] = "has more columns than headings"
        yield _Row(line, known)


def _headings(first: str, separator: str | None) -> tuple[list[str], str]:
    """The headings and what separates them: Excel takes semicolons where the comma is decimal."""
    ways = {
        way: [name.strip().lower() for name in next(csv.reader([first], delimiter=way), [])]
        for way in (separator or SEPARATORS)
    }
    best = max(ways, key=lambda way: len(set(FIELDS) & set(ways[way])))
    missing = {"at", "who"} - set(ways[best])
    if missing:
        raise UserError(
            f"this is no log: expected headings {', '.join(FIELDS)} or JSON lines,"
            f" and {', '.join(sorted(missing))} is missing"
        )
    return ways[best], best


def _json_rows(first: str, rest: Iterator[str]) -> Iterator[_Row]:
    lines = iter([first])
    number = 0
    for source in (lines, rest):
        for text in source:
            number += 1
            if text.strip():
                yield _Row(number, _json_values(text))


def _json_values(text: str) -> dict[str, str]:
    if len(text) > LONGEST_LINE:
        return {"": f"is longer than {LONGEST_LINE} characters"}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        return {"": f"is no JSON: {error}"}
    if not isinstance(values, dict):
        return {"": "is no JSON object"}
    who = values.get("who")
    if isinstance(who, list):
        values["who"] = ";".join(str(part) for part in who)
    return {str(name).lower(): "" if it is None else str(it) for name, it in values.items() if name}
