"""krmd's own CSV, written: a row a person, lossless, and safe to open in a spreadsheet.

UTF-8 with the mark by which Excel knows it, CR LF, commas, and no cell that is a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Sequence

from krmd.formats.csv_krmd import DIED, KEY, MORE, guard, heading
from krmd.ledger.portrait import FACT_FIELDS, Fact, FactField, Portrait

MOST_IN_COLUMNS = 10
"""So many facts of one field stand in columns; further ones stand in the column `more`."""


def write_csv(portraits: Sequence[Portrait]) -> bytes:
    """The portraits as krmd's own CSV.

    Reading gives them back with their facts in the order of `FACT_FIELDS`, those of one field in
    the order they had. Rows of more than a million characters are too long for `csv_rows`; then
    JSON is the format.
    """
    rows = [_sorted(portrait) for portrait in portraits]
    columns = _columns(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*(heading(*it, label=label) for it, label in columns), MORE, KEY])
    for portrait, (placed, more) in zip(portraits, rows, strict=True):
        cells = [_cell(placed.get(it), label=label) for it, label in columns]
        spilled = json.dumps(more, ensure_ascii=False) if more else ""
        writer.writerow([guard(cell) for cell in (*cells, spilled, portrait.key)])
    return codecs.BOM_UTF8 + text.getvalue().encode("utf-8", "replace")


_Place = tuple[FactField, int]
"""A field, and which of its columns; the first is 1."""


def _sorted(portrait: Portrait) -> tuple[dict[_Place, Fact], list[Fact]]:
    """The facts that stand in columns, and those that don't."""
    placed: dict[_Place, Fact] = {}
    if portrait.name:
        placed["name", 1] = Fact("name", portrait.name)
    more: list[Fact] = []
    counts: dict[FactField, int] = {}
    spilled: set[FactField] = set()
    for it in portrait.facts:
        number = counts.get(it.field, 0) + 1
        # What comes behind one that doesn't fit stands there too, so that the order is kept.
        if number > MOST_IN_COLUMNS or it.field in spilled or not _fits(it):
            spilled.add(it.field)
            more.append(it)
        else:
            counts[it.field] = number
            placed[it.field, number] = it
    return placed, more


def _fits(it: Fact) -> bool:
    """Whether a cell says it: an empty one says nothing, but for the word for a death."""
    return it.value != DIED if it.field == "died" else bool(it.value)


def _columns(rows: Sequence[tuple[dict[_Place, Fact], list[Fact]]]) -> list[tuple[_Place, bool]]:
    """The columns that are needed, in order; one for each field in any case."""
    columns: list[tuple[_Place, bool]] = []
    used: dict[_Place, bool] = {}
    for placed, _ in rows:
        for place, it in placed.items():
            used[place] = used.get(place, False) or bool(it.label)
    for name in FACT_FIELDS:
        for number in range(1, MOST_IN_COLUMNS + 1):
            if number == 1 or (name, number) in used:
                columns.append(((name, number), False))
                if used.get((name, number)):
                    columns.append(((name, number), True))
    return columns


def _cell(it: Fact | None, *, label: bool) -> str:
    if it is None:
        return ""
    return it.label if label else it.value or DIED
