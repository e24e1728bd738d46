"""A CSV file of people, whichever program wrote it: rows become portraits by a plan.

The programs differ in what their headings mean, and that is in the plan.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from krmd.formats.csv_dates import find_order
from krmd.formats.csv_dialect import Dialect
from krmd.formats.csv_headings import DATE_ORDERS, DateOrder
from krmd.formats.csv_rows import Row, read_rows, split_row
from krmd.formats.reading import Octets, Raw, Read, Skipped
from krmd.formats.sketch import MOST_FACTS, Sketch
from krmd.formats.text_encoding import open_text
from krmd.ledger.portrait import Portrait

VERSION = 1
"""To be raised when the same row gives other facts than before."""
NOBODY = "names nobody: no name, no address, no phone"
_BETWEEN_NUMBERS = rb"\d\s?(?:/|-(?=\s?\d{1,2}\s?-))\s?\d"
_IN_OCTETS = re.compile(_BETWEEN_NUMBERS)
_IN_TEXT = re.compile(_BETWEEN_NUMBERS.decode())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a program's rows mean.

    `draw` puts a row's cells, as many as there are headings, into a sketch, of which `finish` makes
    the portrait, or None for nobody. `local_dates` are the cells with dates as people write them.
    `unread` are headings that aren't taken. `nameless` is why a row without a name is skipped, ""
    where it isn't. `marks` is what `draw` depends on beside the headings.
    """

    source: str
    draw: Callable[[Sequence[str], Sketch], None]
    finish: Callable[[Sketch], Portrait | None] = Sketch.portrait
    language: str = "en"
    local_dates: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()
    nameless: str = ""
    marks: str = ""
    most_facts: int = MOST_FACTS


class CsvReader:
    """Reads a CSV file: `PeopleReader`."""

    def __init__(
        self, octets: Octets, dialect: Dialect, plan: Plan, *, dates: DateOrder | None = None
    ) -> None:
        self._octets = octets
        self._dialect = dialect
        self._plan = plan
        self._dates = dates

    @property
    def source(self) -> str:
        """What the owner would call where it comes from."""
        return self._plan.source

    @property
    def encoding(self) -> str:
        """The encoding the file was taken to be in, as Python calls it."""
        return self._dialect.encoding

    @property
    def unread(self) -> tuple[str, ...]:
        """Headings whose columns are not taken; `--map` takes them."""
        return self._plan.unread

    @cached_property
    def habits(self) -> bytes:
        """Headings, delimiter, the order of dates, what the plan depends on, and the version."""
        dialect = self._dialect
        parts = [
            VERSION, self.source, self._plan.marks, dialect.delimiter, self.date_order,
            *dialect.headings,
        ]  # fmt: skip
        return json.dumps(parts).encode()

    @cached_property
    def date_order(self) -> DateOrder | None:
        """How slashed dates are read: as told, as the columns tell, as the headings' language has
        them; None where nothing tells.
        """
        order, example = self._looked
        if self._dates or order:
            return self._dates or order
        return DATE_ORDERS.get(self._plan.language) if example else None

    def needs_date_order(self) -> str | None:
        """A date of the file that can be read in two ways, where nothing tells in which."""
        return self._looked[1] if self.date_order is None else None

    def pieces(self) -> Iterator[Raw | Skipped]:
        """The rows below the headings, empty ones and further headings left out."""
        for row in self._rows():
            if isinstance(row, Skipped):
                yield row
            else:
                yield Raw(row.line, row.text.encode("utf-8", "replace"))

    def parse(self, raw: Raw) -> Read | Skipped:
        """The person of a row."""
        cells, surplus = self._cells(raw.octets.decode("utf-8", "replace"))
        plan = self._plan
        sketch = Sketch(self.date_order, most=plan.most_facts)
        plan.draw(cells, sketch)
        if plan.nameless and not sketch.has_name:
            return Skipped(raw.line, plan.nameless)
        portrait = plan.finish(sketch)
        if portrait is None:
            return Skipped(raw.line, NOBODY)
        if surplus:
            sketch.remark(f"the row has more cells than there are headings: {surplus}")
        return Read(raw.line, portrait, tuple(sketch.remarks))

    def _rows(self) -> Iterator[Row | Skipped]:
        dialect = self._dialect
        headings = dialect.row.strip("\ufeff")
        with open_text(self._octets, dialect.encoding) as text:
            for _ in range(dialect.lines):
                text.readline()
            for row in read_rows(text, dialect.delimiter, line=dialect.lines + 1):
                # Headings come again where files were put together.
                if isinstance(row, Skipped) or not (
                    self._is_blank(row.text) or row.text.strip("\ufeff") == headings
                ):
                    yield row

    def _is_blank(self, text: str) -> bool:
        delimiter = self._dialect.delimiter
        if text.strip(f'{delimiter}" \t\ufeff'):
            return False
        return not any(cell.strip(" \t\ufeff") for cell in split_row(text, delimiter))

    def _cells(self, text: str) -> tuple[list[str], int]:
        """A row's cells, as many as headings, and how many more there were with something in."""
        cells = split_row(text, self._dialect.delimiter)
        width = len(self._dialect.headings)
        missing = width - len(cells)
        if missing >= 0:
            return cells + [""] * missing, 0
        return cells[:width], sum(bool(cell.strip()) for cell in cells[width:])

    @cached_property
    def _looked(self) -> tuple[DateOrder | None, str | None]:
        """What the columns of dates say of their order, and a date that doesn't say it."""
        columns = self._plan.local_dates
        if not columns or not self._may_hold_slashed_dates():
            return None, None
        return find_order(self._dates_of(columns))

    def _may_hold_slashed_dates(self) -> bool:
        """A look at the octets spares most files the reading of their rows."""
        if self.encoding.startswith(("utf-16", "utf-32")):
            return True
        # Behind more than two digits it is a date of the year first, or none.
        return any(
            not self._octets[max(0, it.start() - 2) : it.start()].isdigit() or it.start() < 2
            for it in _IN_OCTETS.finditer(self._octets)
        )

    def _dates_of(self, columns: Sequence[int]) -> Iterator[str]:
        for row in self._rows():
            if isinstance(row, Row) and _IN_TEXT.search(row.text):
                cells, _ = self._cells(row.text)
                yield from (cell for at in columns if (cell := cells[at]))
