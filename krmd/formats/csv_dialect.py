"""How a CSV file is written, found by looking: encoding, delimiter, where its headings stand.

What settles all three is in which reading most headings are known: LinkedIn puts notes above them,
Excel separates by semicolons where the comma is decimal, Outlook writes in a Windows code page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from krmd.base.errors import UserError
from krmd.formats.csv_rows import Row, read_rows, split_row
from krmd.formats.reading import Octets, Skipped
from krmd.formats.text_encoding import find_encoding, legacy_candidates, open_text

DELIMITERS = ",;\t|"
MOST_COLUMNS = 2_000
_ROWS_LOOKED_AT = 50
"""Headings stand among so many first rows."""
_LOOKED_AT = 4 << 20


class Dialect(NamedTuple):
    """How a file is written. `row` is the text of its headings, `lines` are those above its first
    row of data.
    """

    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    row: str
    lines: int


class _Found(NamedTuple):
    known: int
    columns: int
    dialect: Dialect


def find_dialect(octets: Octets, is_heading: Callable[[str], bool]) -> Dialect:
    """The dialect in which most cells of a row satisfy `is_heading`; of equals, the first row and
    the most columns.

    Raises UserError where there are no rows, or more columns than a table of people has.
    """
    encoding = find_encoding(octets)
    head = octets[:_LOOKED_AT]
    best: _Found | None = None
    reason = "it holds no rows"
    for tried in (encoding,) if encoding else legacy_candidates(octets):
        said, lines = _said_delimiter(head, tried)
        for delimiter in said or DELIMITERS:
            for row in _first_rows(head, tried, delimiter, lines):
                if isinstance(row, Skipped):
                    reason = f"line {row.line} {row.reason}"
                    continue
                found = _look_at(row, tried, delimiter, is_heading)
                if best is None or found[:2] > best[:2]:
                    best = found
    if best is None:
        raise UserError(reason)
    if best.columns > MOST_COLUMNS:
        raise UserError(f"it has {best.columns:,} columns, more than {MOST_COLUMNS:,}")
    return best.dialect


def _first_rows(head: bytes, encoding: str, delimiter: str, lines: int) -> Iterator[Row | Skipped]:
    with open_text(head, encoding) as text:
        for _ in range(lines):
            text.readline()
        rows = read_rows(text, delimiter, line=lines + 1)
        for row in islice(rows, _ROWS_LOOKED_AT):
            if isinstance(row, Skipped) or row.text.strip():
                yield row


def _look_at(row: Row, encoding: str, delimiter: str, is_heading: Callable[[str], bool]) -> _Found:
    headings = tuple(cell.strip().strip("\ufeff") for cell in split_row(row.text, delimiter))
    known = sum(is_heading(heading) for heading in headings[:MOST_COLUMNS])
    dialect = Dialect(encoding, delimiter, headings, row.text, row.line + row.lines - 1)
    return _Found(known, len(headings), dialect)


def _said_delimiter(head: bytes, encoding: str) -> tuple[str, int]:
    """What Excel's own first line says (`sep=;`), and how many lines that takes."""
    with open_text(head, encoding) as text:
        line = text.readline(20).rstrip("\r\n")
    if line[:4].lower() == "sep=" and line[4:] in tuple(DELIMITERS):
        return line[4], 1
    return "", 0
