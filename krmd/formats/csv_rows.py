"""The rows of a CSV file: where each begins and ends, and its cells.

A row may span lines where a cell is quoted. What is wrong with a row costs that row: a quotation
mark that is never closed doesn't swallow the rows behind it.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TextIO

from krmd.formats.reading import Skipped

LONGEST_ROW = 1_000_000
"""Characters of a row; no person is described in more."""
_PATIENCE = 20
"""So often a row is sought over a million characters and not found; after that, quoted cells end
with their line, so that a file of open quotation marks costs no quadratic time.
"""
_INSIDE = r'[^"]*+(?:""[^"]*+)*+'


class Row(NamedTuple):
    """A row's text without its line end, the line it begins in, and how many it spans."""

    line: int
    text: str
    lines: int = 1


class _Patterns(NamedTuple):
    """`whole`: a row that ends with its line. Within a quoted cell: `closed`, the line in which the
    row ends; `goes_on`, one behind which it goes on. `cell`: one cell.
    """

    whole: re.Pattern[str]
    closed: re.Pattern[str]
    goes_on: re.Pattern[str]
    cell: re.Pattern[str]


def read_rows(text: TextIO, delimiter: str, *, line: int = 1) -> Iterator[Row | Skipped]:
    """The rows from where `text` stands, which is the beginning of line number `line`.

    `text` must not translate line ends. CR, LF and CR LF end a line, and nothing else.
    """
    patterns = _patterns(delimiter)
    lines = _Lines(text, line)
    patience = _PATIENCE
    while first := lines.next():
        begun = lines.line - 1
        if len(first) > LONGEST_ROW:
            yield Skipped(begun, f"has more than {LONGEST_ROW:,} characters")
        elif '"' not in first or patterns.whole.match(first):
            yield Row(begun, first.rstrip("\r\n"))
        elif row := _spanning(first, lines, patterns) if patience else "":
            yield Row(begun, row.rstrip("\r\n"), lines.line - begun)
        else:
            patience = max(0, patience - 1)
            yield Skipped(begun, "opens a quotation mark that is never closed")


def split_row(text: str, delimiter: str) -> list[str]:
    """The cells of a row."""
    if '"' not in text:
        return text.split(delimiter)
    if text[0] == text[-1] == '"':
        # Outlook quotes every cell, and few hold quotation marks.
        cells = text[1:-1].split(f'"{delimiter}"')
        if text.count('"') == 2 * len(cells):
            return cells
    try:
        return next(_reader(delimiter)([text]))
    except (csv.Error, StopIteration):
        # A cell beyond the csv module's limit, which is the whole process's and not ours to move.
        return _split_slowly(text, delimiter)


class _Lines:
    """Lines of text, counted, and given back where they were read ahead in vain."""

    def __init__(self, text: TextIO, line: int) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.line = line

    def next(self) -> str:
        """The next line with its end, "" behind the last; of one too long, its beginning."""
        self.line += 1
        if self._again:
            return self._again.popleft()
        line = self._text.readline(LONGEST_ROW + 2)
        if len(line) > LONGEST_ROW:
            rest = line
            while rest and rest[-1] not in "\r\n":
                rest = self._text.readline(LONGEST_ROW)
        return line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))
        self.line -= len(lines)


def _spanning(first: str, lines: _Lines, patterns: _Patterns) -> str:
    """The text of a row that goes on in further lines, "" where it never ends properly."""
    parts = [first]
    size = len(first)
    while size <= LONGEST_ROW:
        line = lines.next()
        parts.append(line)
        size += len(line)
        if not line:
            break
        if '"' not in line:
            continue
        if patterns.closed.match(line):
            return "".join(parts)
        if not patterns.goes_on.match(line):
            break
    lines.give_back(parts[1:])
    return ""


def _split_slowly(text: str, delimiter: str) -> list[str]:
    pattern = _patterns(delimiter).cell
    cells = []
    at = 0
    while at <= len(text):
        found = pattern.match(text, at)
        if found is None:  # an open quotation mark; `read_rows` lets none through
            cells.append(text[at:])
            break
        quoted, rest = found[1], found[2]
        cells.append(rest if quoted is None else quoted[1:-1].replace('""', '"') + rest)
        at = found.end() + 1
    return cells


@lru_cache(maxsize=16)
def _reader(delimiter: str) -> Callable[[Iterable[str]], Iterator[list[str]]]:
    """The csv module's reader. Its dialect is made once, which takes as long as to split a row."""
    dialect = csv.reader((), delimiter=delimiter).dialect
    return lambda lines: csv.reader(lines, dialect)


@lru_cache(maxsize=16)
def _patterns(delimiter: str) -> _Patterns:
    mark = re.escape(delimiter)
    other = f"[^{mark}]*+"
    cell = rf'(?:"{_INSIDE}"{other}|(?!"){other})'
    cells = rf"(?:{mark}{cell})*+"
    # In a cell of several lines a mark that neither ends it nor is doubled is another cell's: then
    # one before was never closed.
    end = rf'{_INSIDE}"(?={mark}|[\r\n]|\Z)'
    return _Patterns(
        whole=re.compile(rf"{cell}{cells}\Z"),
        closed=re.compile(rf"{end}{cells}[\r\n]*\Z"),
        goes_on=re.compile(rf'(?:{end}{cells}{mark}"{_INSIDE}|{_INSIDE})\Z'),
        cell=re.compile(rf'("{_INSIDE}")?({other})(?={mark}|\Z)'),
    )
