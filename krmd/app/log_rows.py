"""Rows of a log: CSV with headings, or JSON lines, of what happened; each becomes an entry."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.app.log_entries import Entry
from krmd.base.command import LogInteraction
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.formats.reading import Skipped
from krmd.intake.log_words import read_when

FIELDS = ("at", "kind", "who", "direction", "text", "id")
SEPARATORS = ",;\t"
LONGEST_LINE = 100_000
_NO_ENDS = tuple("\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class _Row(NamedTuple):
    line: int
    values: dict[str, str]


def entries_of_rows(
    lines: Iterable[str], *, now: Instant, zone: ZoneInfo
) -> Iterator[Entry | Skipped]:
    """An entry for each row of a CSV with headings, or of JSON objects: `at, kind, who, direction,
    text, id`; `who` may name several by semicolons.

    A row is known again by its `id` with its `kind` and `at`, since two files may both count from
    1; without an id by all it says. Raises UserError where the file is neither.
    """
    for row in _rows(lines):
        try:
            yield Entry(row.line, _command(row, now, zone))
        except UserError as error:
            yield Skipped(row.line, error.message)


def _command(row: _Row, now: Instant, zone: ZoneInfo) -> LogInteraction:
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
        at=read_when(values["at"], now=now, zone=zone),
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
