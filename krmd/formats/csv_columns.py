"""What the columns of a table of people hold, and how a row's cells become facts.

Each column has a *slot*, a short text: a field of `FactField` or a part of one (`given`,
`street=work`, `birth_year`), behind `=` the label its facts get. `-` and "" are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from krmd.formats.csv_headings import IGNORED
from krmd.formats.sketch import NAME_PARTS, NamePart, Sketch, quoted
from krmd.formats.vcard_own import own_value
from krmd.ledger.portrait import FACT_FIELDS, FactField

POSTAL_PARTS = ("pobox", "extended", "street", "town", "region", "code", "country")
"""As RFC 6350 6.3.1 has them. `street2` and `street3` are further lines of the street."""
DATE_PARTS = ("year", "month", "day")
DATES = frozenset(("birthday", "date", "connected", "died"))
"""The kinds of slots that are dates as people write them."""
ATTENTION = ("less", "normal", "more", "muted")
YES = frozenset(("yes", "true", "1", "x", "y"))
NO = frozenset(("no", "false", "0", "n"))
_STREETS = {"street2": "street", "street3": "street", "formatted": "street"}
_PART_DATES: Mapping[str, FactField] = {"birth": "birthday", "anniversary": "date"}
_BETWEEN_CATEGORIES = re.compile(r"[;,\n]")

Take = Callable[[Sketch, str, str], None]
"""Puts a cell's text with its label into the sketch."""


class Column(NamedTuple):
    """A cell that is taken by itself. `label_at` is the cell with its label, or -1."""

    at: int
    take: Take
    label: str = ""
    label_at: int = -1


class Address(NamedTuple):
    """The cells of a postal address: for each of its seven parts those it stands in."""

    parts: tuple[tuple[int, ...], ...]
    label: str


class DateCells(NamedTuple):
    """The cells of a date in three parts."""

    parts: tuple[int, int, int]
    field: FactField
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, grouped so that a row is gone through once."""

    columns: tuple[Column, ...]
    addresses: tuple[Address, ...] = ()
    dates: tuple[DateCells, ...] = ()
    local_dates: tuple[int, ...] = ()
    """The cells in which dates stand as people write them."""

    def draw(self, cells: Sequence[str], sketch: Sketch) -> None:
        """Put a row into a sketch. `cells` are as many as there are headings."""
        for at, take, label, label_at in self.columns:
            if text := cells[at]:
                take(sketch, text, label if label_at < 0 else cells[label_at])
        for parts, label in self.addresses:
            if any(cells[at] for part in parts for at in part):
                lines = [[it for at in part if (it := cells[at].strip())] for part in parts]
                sketch.add_postal(["\n".join(part) for part in lines], label)
        for places, name, label in self.dates:
            sketch.add_date_parts(name, [cells[at] if at >= 0 else "" for at in places], label)


def make_table(slots: Sequence[str], headings: Sequence[str]) -> Table:
    """The table of columns with these slots."""
    columns = []
    local_dates = []
    addresses: dict[str, dict[str, list[tuple[str, int]]]] = {}
    dates: dict[str, dict[str, int]] = {}
    for at, slot in enumerate(slots):
        kind, _, label = slot.partition("=")
        stem, _, part = kind.rpartition("_")
        if kind in ("", IGNORED):
            continue
        if (place := _STREETS.get(kind, kind)) in POSTAL_PARTS:
            addresses.setdefault(label, {}).setdefault(place, []).append((kind, at))
        elif stem in _PART_DATES and part in DATE_PARTS:
            dates.setdefault(stem, {}).setdefault(part, at)
        else:
            columns.append(Column(at, TAKES[kind], label or _own_label(kind, headings[at])))
            if kind in DATES:
                local_dates.append(at)
    return Table(
        tuple(columns),
        tuple(_address(label, cells) for label, cells in addresses.items()),
        tuple(_date_cells(stem, cells) for stem, cells in dates.items()),
        tuple(local_dates),
    )


def split_categories(text: str) -> list[str]:
    """The names in a cell of categories."""
    return [name for it in _BETWEEN_CATEGORIES.split(text) if (name := it.strip())]


def _own_label(kind: str, heading: str) -> str:
    """A `custom` fact without a label has the heading it stood under."""
    return heading if kind == "custom" else ""


def _address(label: str, cells: Mapping[str, Sequence[tuple[str, int]]]) -> Address:
    """The lines of a street are in their order, wherever their columns stand."""
    parts = (sorted(cells.get(part, ())) for part in POSTAL_PARTS)
    return Address(tuple(tuple(at for _, at in part) for part in parts), label)


def _date_cells(stem: str, cells: Mapping[str, int]) -> DateCells:
    year, month, day = (cells.get(part, -1) for part in DATE_PARTS)
    return DateCells((year, month, day), _PART_DATES[stem], stem if stem != "birth" else "")


def _fact(name: FactField) -> Take:
    return lambda sketch, text, label: sketch.add(name, text, label)


def _name_part(part: NamePart) -> Take:
    return lambda sketch, text, _label: sketch.set_name(part, text)


def _date(name: FactField) -> Take:
    return lambda sketch, text, label: sketch.add_date(name, text, label)


def _take_relation(sketch: Sketch, text: str, label: str) -> None:
    """In plain words: `spouse: Grace`."""
    if text.strip():
        sketch.add("relation", f"{label}: {text}" if label else text)


def _take_handle(sketch: Sketch, text: str, label: str) -> None:
    sketch.add("handle", text, label.lower())


def _take_profile(sketch: Sketch, text: str, _label: str) -> None:
    """A link that is the source's key for the person, too."""
    sketch.key = text.strip()
    sketch.add("url", text, "LinkedIn")


def _take_key(sketch: Sketch, text: str, _label: str) -> None:
    sketch.key = text.strip()


def _take_categories(sketch: Sketch, text: str, _label: str) -> None:
    sketch.add_categories(split_categories(text))


def _take_days(sketch: Sketch, text: str, _label: str) -> None:
    if (days := own_value("cadence_days", text.strip())) is not None:
        sketch.add("cadence_days", days)
    else:
        sketch.remark(f"{quoted(text)} is no number of days")


def _take_attention(sketch: Sketch, text: str, _label: str) -> None:
    if (word := text.strip().lower()) in ATTENTION:
        sketch.add("attention", word)
    else:
        sketch.remark(f"{quoted(text)} is no attention; there are {', '.join(ATTENTION)}")


def _take_died(sketch: Sketch, text: str, label: str) -> None:
    if text.strip().lower() in YES:
        sketch.add("died", "")
    elif text.strip().lower() not in NO:
        sketch.add_date("died", text, label)


def _take_no_mailings(sketch: Sketch, text: str, _label: str) -> None:
    if text.strip().lower() in YES:
        sketch.add("no_mailings", "true")


TAKES: Mapping[str, Take] = {
    **{name: _fact(name) for name in FACT_FIELDS},
    **{part: _name_part(part) for part in NAME_PARTS},
    **{name: _date(name) for name in ("birthday", "date", "connected")},
    "email": Sketch.add_email,
    "category": _take_categories,
    "relation": _take_relation,
    "handle": _take_handle,
    "profile": _take_profile,
    "key": _take_key,
    "died": _take_died,
    "cadence_days": _take_days,
    "attention": _take_attention,
    "no_mailings": _take_no_mailings,
}
"""What takes a cell, by the kind of its slot."""
