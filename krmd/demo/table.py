"""The demo's table: whom one is losing, since when, and which mail says so.

Drawn by rich for a terminal, with or without colour, or as plain text for a pipe. Names and
subjects come from mail, so control and bidi characters in them are shown, not obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_WIDE: Final = 110
_BAR: Final = 8
_BAR_FULL: Final = 4.0
"""The bar is full when somebody has waited four times as long as the owner wants."""

_RULES: Final = {
    "outbound_to": "you wrote",
    "outbound_only": "you wrote",
    "inbound": "they wrote",
}


@dataclass(frozen=True, slots=True)
class LosingRow:
    """One person one is losing. `last_contacted` is aware, None for never; `cadence_days` and
    `days_since` are days; `reason` is krmd's own sentence or the rule's name; `evidence` tells the
    mail, such as its subject ("" for none).
    """

    name: str
    circles: tuple[str, ...]
    last_contacted: datetime | None
    cadence_days: int
    days_since: int
    reason: str
    evidence: str


def visible(text: str) -> str:
    """The text on one line, control and bidi characters spelled out as four hexadecimal digits."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def ago(days: int) -> str:
    """A number of days as people say it: `yesterday`, `14 weeks ago`, `2 years ago`."""
    if days <= 1:
        return "today" if days < 1 else "yesterday"
    for unit, length, least in (("year", 365, 730), ("month", 30, 365), ("week", 7, 21)):
        if days >= least:
            return f"{days // length} {unit}s ago"
    return f"{days} days ago"


def rhythm(cadence_days: int) -> str:
    """A cadence in words: `every 3 months`."""
    for unit, length in (("year", 365), ("month", 30), ("week", 7)):
        if cadence_days >= length and cadence_days % length == 0:
            number = cadence_days // length
            return f"every {unit}" if number == 1 else f"every {number} {unit}s"
    return "every day" if cadence_days == 1 else f"every {cadence_days} days"


def bar(row: LosingRow, *, ascii_only: bool) -> str:
    """How overdue the person is, in eight cells."""
    share = _times(row) / _BAR_FULL
    cells = max(1, min(_BAR, round(share * _BAR)))
    full, empty = ("#", ".") if ascii_only else ("█", "░")
    return full * cells + empty * (_BAR - cells)


def why(row: LosingRow) -> str:
    """The mail behind the date in plain words: `they wrote “Soup?”, 12 Jun 2026`."""
    if row.last_contacted is None:
        return "no personal mail in either direction"
    told = visible(_RULES.get(row.reason, row.reason.replace("_", " ")))
    subject = f" “{visible(row.evidence)}”" if row.evidence else ""
    return f"{told}{subject}, {row.last_contacted.day} {row.last_contacted:%b %Y}"


def losing_table(rows: Sequence[LosingRow], *, width: int) -> Table:
    """The table for a terminal of so many columns; a narrow one does without circle and rhythm."""
    wide = width >= _WIDE
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0))
    table.header_style = "bold underline"
    for heading, most, shown in (
        ("Who", 22, True),
        ("Circle", 20, wide),
        ("Last contact", None, True),
        ("You wanted", None, wide),
        ("Overdue", None, True),
    ):
        if shown:
            table.add_column(heading, max_width=most, no_wrap=True, overflow="ellipsis")
    table.add_column("How krmd knows", ratio=1, no_wrap=True, overflow="ellipsis")
    for row in rows:
        circle = Text(visible(", ".join(row.circles)), style="cyan")
        table.add_row(
            Text(visible(row.name), style="bold"),
            *([circle] if wide else []),
            Text(last(row)),
            *([Text(rhythm(row.cadence_days))] if wide else []),
            Text(bar(row, ascii_only=False), style=_heat(row)),
            Text(why(row), style="dim"),
        )
    return table


def plain_lines(rows: Sequence[LosingRow]) -> tuple[str, ...]:
    """The table for a pipe: a line each in even columns, no colour, nothing cut short."""
    table = [("WHO", "CIRCLE", "LAST CONTACT", "YOU WANTED", "OVERDUE", "HOW KRMD KNOWS")]
    for row in rows:
        circles = visible(", ".join(row.circles))
        late = f"{_times(row):.1f}x"
        wanted = rhythm(row.cadence_days)
        table.append((visible(row.name), circles, last(row), wanted, late, why(row)))
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    return tuple(
        "  ".join(
            set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in table
    )


def last(row: LosingRow) -> str:
    """When the person was last contacted: `14 weeks ago`, or `never`."""
    return "never" if row.last_contacted is None else ago(row.days_since)


def show_losing(console: Console, rows: Sequence[LosingRow]) -> None:
    """Print the table once, as fits where the console writes."""
    if console.is_terminal:
        console.print(losing_table(rows, width=console.width))
        return
    for line in plain_lines(rows):
        say(console, line)


def say(console: Console, line: str) -> None:
    """Write one line as it is: no markup, no wrapping; what the encoding lacks becomes `?`."""
    encoding = console.encoding
    console.file.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    console.file.flush()


def _times(row: LosingRow) -> float:
    return row.days_since / max(row.cadence_days, 1)


def _heat(row: LosingRow) -> str:
    return "red" if _times(row) >= 3 else "yellow" if _times(row) >= 1.5 else "green"
