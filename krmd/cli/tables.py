"""Tables: aligned and fitted on a terminal; in a pipe a line each, tabs between, nothing cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from krmd.cli.terminal import Screen, cut, safe, width

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the least columns it shrinks to (0: never), right for numbers."""

    title: str
    least: int = 0
    right: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], screen: Screen) -> list[str]:
    """The lines of a table; cells come as they are and leave safe."""
    cells = [[safe(cell) for cell in row] for row in rows]
    if not screen.is_terminal:
        return ["\t".join(row) for row in cells]
    if not cells:
        return []
    widths = _fitted(columns, cells, screen.columns)
    heading = _line([column.title for column in columns], columns, widths)
    return [
        screen.ink(heading, "bold"),
        *(_line(row, columns, widths) for row in cells),
    ]


def _fitted(columns: Sequence[Column], cells: list[list[str]], room: int) -> list[int]:
    """Widths that fit the room: the widest of those that may shrink gives way first."""
    widths = [
        max(width(column.title), *(width(row[at]) for row in cells))
        for at, column in enumerate(columns)
    ]
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    while excess > 0:
        soft = [at for at, column in enumerate(columns) if 0 < column.least < widths[at]]
        if not soft:
            break
        widest = max(soft, key=lambda at: widths[at])
        widths[widest] -= 1
        excess -= 1
    return widths


def _line(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = []
    for cell, column, room in zip(row, columns, widths, strict=True):
        fitting = cut(cell, room)
        blanks = " " * (room - width(fitting))
        parts.append(blanks + fitting if column.right else fitting + blanks)
    return _GAP.join(parts).rstrip()
