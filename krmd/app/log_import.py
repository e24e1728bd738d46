"""Entries from files: CSV and JSON lines of what happened, each taken in once."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from krmd.app.perform import Performer
from krmd.base.command import Actor, LogInteraction
from krmd.base.errors import UserError
from krmd.intake.log_words import read_when

FIELDS = ("at", "kind", "who", "direction", "text", "id")
LONGEST_LINE = 100_000


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
) -> Imported:
    """Log each line of a CSV with headings, or of JSON objects: `at, kind, who, direction, text,
    id`; `who` may name several by semicolons.

    A line is known again by its `id`, else by its contents. Raises UserError where the file is
    neither.
    """
    created = unchanged = 0
    skipped: list[Skipped] = []
    for row in _rows(lines):
        try:
            outcome = performer.perform(_command(row, performer, zone), actor)
        except UserError as error:
            skipped.append(Skipped(row.line, error.message))
        else:
            created += outcome.changed
            unchanged += not outcome.changed
        progress(row.line)
    return Imported(created, unchanged, tuple(skipped))


def _command(row: _Row, performer: Performer, zone: ZoneInfo) -> LogInteraction:
    values = row.values
    if values.get(""):
        raise UserError(values[""])
    who = tuple(part.strip() for part in values.get("who", "").split(";") if part.strip())
    if not who:
        raise UserError("names nobody in “who”")
    if not values.get("at"):
        raise UserError("has no time in “at”")
    spelled = "\x1f".join(values.get(field, "") for field in FIELDS[:-1])
    digest = hashlib.blake2b(spelled.encode(errors="replace"), digest_size=16).hexdigest()
    return LogInteraction(
        who=who,
        text=values.get("text", ""),
        kind=values.get("kind") or None,
        direction=values.get("direction") or None,
        at=read_when(values["at"], now=performer.clock.now(), zone=zone),
        key=f"import:{_storable(values.get('id') or digest)}",
    )


def _storable(text: str) -> str:
    r"""Without the halves of surrogate pairs that JSON lets through (`\ud83d`)."""
    return text.encode(errors="replace").decode()


def _rows(lines: Iterable[str]) -> Iterator[_Row]:
    numbered = iter(lines)
    first = next(numbered, "").lstrip("\ufeff")
    if first.lstrip().startswith("{"):
        yield from _json_rows(first, numbered)
        return
    headings = [name.strip().lower() for name in next(csv.reader([first]), [])]
    missing = {"at", "who"} - set(headings)
    if missing:
        raise UserError(
            f"this is no log: expected headings {', '.join(FIELDS)} or JSON lines,"
            f" and {', '.join(sorted(missing))} is missing"
        )
    reader = csv.DictReader(numbered, fieldnames=headings, restkey="", restval="")
    try:
        for values in reader:
            spare = values.pop("", None)
            known = {name: value or "" for name, value in values.items()}
            if spare:
                known[""] = "has more columns than headings"
            yield _Row(reader.line_num + 1, known)
    except csv.Error as error:
        yield _Row(reader.line_num + 1, {"": f"can't be read as CSV: {error}"})


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
