"""The columns of krmd's own CSV, and reading it back: every fact, as it was.

A fact stands in the column of its field, its label beside it (`email 2`, `email 2 label`). What
doesn't fit into columns stands in `more`, as JSON. Cells that a spreadsheet would take for formulas
have an apostrophe before them, which is taken off here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from krmd.formats.csv_columns import DATES
from krmd.formats.csv_reading import Plan
from krmd.formats.sketch import MOST_OWN_FACTS, Sketch, quoted
from krmd.ledger.partial_date import read_partial_date
from krmd.ledger.portrait import FACT_FIELDS, Fact, FactField, clean

SOURCE = "krmd"
KEY = "krmd uid"
"""The heading that makes a file krmd's own."""
MORE = "more"
DIED = "yes"
"""What stands for a death of which nothing more is known."""

# Behind a semicolon, a tab and a line break too: with another delimiter there begins a cell, and
# quotation marks in front of it may be taken for the quoting of it.
_SIGN = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_FORMULA = re.compile(r'(\A|[;\t\n]"*)(\'*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])')
_GUARDED = re.compile(r'(\A|[;\t\n]"*)(\'*)\'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])')
_HEADING = re.compile(r"([a-z_ ]+?)(?: (\d{1,3}))?( label)?")
_ORDER: Mapping[str, int] = {name: at for at, name in enumerate(FACT_FIELDS)}
_FIELDS = {name.replace("_", " "): name for name in FACT_FIELDS}

_Said = tuple[FactField, str, str]
"""Field, value, label."""


def guard(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1\2'", cell) if _SIGN.search(cell) else cell


def unguard(cell: str) -> str:
    """What `guard` guarded."""
    return _GUARDED.sub(r"\1\2", cell) if "'" in cell else cell


def heading(name: FactField, number: int, *, label: bool = False) -> str:
    """The heading of a fact's column. Numbers begin at 1, which isn't written."""
    counted = f" {number}" if number > 1 else ""
    return f"{name.replace('_', ' ')}{counted}{' label' if label else ''}"


def krmd_plan(headings: Sequence[str]) -> Plan | None:
    """What the rows mean, or None where the file isn't krmd's."""
    if KEY not in headings:
        return None
    places: dict[FactField, dict[int, list[int]]] = {name: {} for name in FACT_FIELDS}
    for at, text in enumerate(headings):
        found = _HEADING.fullmatch(text)
        if found is not None and (name := _FIELDS.get(found[1])) is not None:
            cells = places[name].setdefault(int(found[2] or 1), [-1, -1])
            cells[bool(found[3])] = at
    columns = [
        (name, value, label)
        for name in FACT_FIELDS
        for _, (value, label) in sorted(places[name].items())
        if value >= 0
    ]
    key_at, more_at = headings.index(KEY), headings.index(MORE) if MORE in headings else -1
    known = {key_at, more_at, *(at for _, *cells in columns for at in cells)}

    def draw(cells: Sequence[str], sketch: Sketch) -> None:
        sketch.key = unguard(cells[key_at])
        facts: list[_Said] = []
        for name, value_at, label_at in columns:
            if text := cells[value_at]:
                label = unguard(cells[label_at]) if label_at >= 0 else ""
                facts.append((name, unguard(text), label))
        if more_at >= 0 and (more := unguard(cells[more_at])):
            facts += _read_more(more, sketch)
        for said in sorted(facts, key=lambda it: _ORDER[it[0]]):
            _keep(sketch, said)

    return Plan(
        SOURCE,
        draw,
        Sketch.exact_portrait,
        local_dates=tuple(value for name, value, _ in columns if name in DATES),
        unread=tuple(it for at, it in enumerate(headings) if it and at not in known),
        most_facts=MOST_OWN_FACTS,
    )


def _read_more(text: str, sketch: Sketch) -> list[_Said]:
    """The facts of the column `more`: a JSON list of `[field, value, label]`."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        sketch.remark(f"the column “{MORE}” can't be read: {quoted(text)}")
        return []
    found: list[_Said] = []
    for row in rows:
        match row:
            case [str(name), str(value), str(label)] if name in _ORDER:
                found.append((name, value, label))  # type: ignore[arg-type]  # one of the fields
            case _:
                sketch.remark(f"a fact in “{MORE}” isn't a field, a value and a label")
    return found


def _keep(sketch: Sketch, said: _Said) -> None:
    name, value, label = said
    if name == "name":
        sketch.set_name("name", value)
    elif name == "died" and value == DIED:
        sketch.keep(Fact("died", "", clean(label)))
    elif name in DATES and read_partial_date(value) is None:
        sketch.add_date(name, value, label)  # a spreadsheet wrote the date its own way
    else:
        sketch.keep_own(name, value, label)
