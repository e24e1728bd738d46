"""Rows of CSV: where they begin and end, and what a broken one costs."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.formats.csv_rows import (
    LONGEST_ROW,
    Row,
    _split_slowly,
    read_rows,
    split_row,
)
from krmd.formats.reading import Skipped

NEVER_CLOSED = "opens a quotation mark that is never closed"

cells = st.text(st.sampled_from("a\",;\t \r\n'é") | st.characters(codec="utf-8"), max_size=12)


def _rows(text: str, delimiter: str = ",") -> list[Row | Skipped]:
    return list(read_rows(io.StringIO(text, newline=""), delimiter))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row(end: str) -> None:
    """Unix, Windows and the old Mac; and nothing else, not even U+2028."""
    text = end.join(("a,b", "c\u2028d\x0b,e", "f"))
    assert [Row(1, "a,b"), Row(2, "c\u2028d\x0b,e"), Row(3, "f")] == _rows(text)


def test_a_quoted_cell_may_span_lines() -> None:
    """The row has the number of the line it begins in."""
    text = 'a,"one\r\ntwo, ""three""\r\nfour",b\r\nc,d\r\n'
    row = Row(1, 'a,"one\r\ntwo, ""three""\r\nfour",b', 3)
    assert [row, Row(4, "c,d")] == _rows(text)
    assert ["a", 'one\r\ntwo, "three"\r\nfour', "b"] == split_row(row.text, ",")


def test_two_quoted_cells_may_span_the_same_line() -> None:
    """One ends and the next begins in it."""
    assert [Row(1, '"a\nb","c\nd"', 3), Row(4, "e")] == _rows('"a\nb","c\nd"\ne\n')


def test_a_quotation_mark_that_is_never_closed_costs_its_row() -> None:
    """Not all that stands behind it."""
    text = '"Ada,1\nGrace,2\n"Alan, T.",3\nJoan,4\n'
    expected = [
        Skipped(1, NEVER_CLOSED),
        Row(2, "Grace,2"),
        Row(3, '"Alan, T.",3'),
        Row(4, "Joan,4"),
    ]
    assert expected == _rows(text)
    assert [Row(1, "a"), Skipped(2, NEVER_CLOSED), Row(3, "c")] == _rows('a\n"b\nc\n')


def test_a_quotation_mark_within_a_cell_is_one() -> None:
    """`5" disk` opens nothing."""
    assert [Row(1, '5" disk,x'), Row(2, "y,z")] == _rows('5" disk,x\ny,z\n')
    assert ['5" disk', "x"] == split_row('5" disk,x', ",")


def test_a_row_without_end_costs_that_row() -> None:
    """Its size is bounded, and the next one is read."""
    text = f"a\n{'b,' * LONGEST_ROW}\nc\n"
    reason = f"has more than {LONGEST_ROW:,} characters"
    assert [Row(1, "a"), Skipped(2, reason), Row(3, "c")] == _rows(text)


def test_open_quotation_marks_in_every_line_take_no_quadratic_time() -> None:
    """After some patience no more is read ahead."""
    text = '"a,b\nplain,c\n' * 100_000
    begun = time.process_time()
    found = _rows(text)
    assert time.process_time() - begun < 20
    assert 200_000 == len(found)


def test_a_cell_of_any_size_is_split() -> None:
    """The csv module stops at 131,072 characters, by a limit that is the whole process's."""
    long = 'x"' * 100_000
    text = f'a,"{long.replace(chr(34), chr(34) * 2)}",b'
    assert ["a", long, "b"] == split_row(text, ",")
    assert 131_072 == csv.field_size_limit()


@given(st.lists(st.lists(cells, min_size=1, max_size=5), max_size=5), st.sampled_from(",;\t|"))
def test_what_is_written_as_csv_is_read_as_it_was(rows: list[list[str]], delimiter: str) -> None:
    """Both by the csv module and by hand."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    found = _rows(written.getvalue(), delimiter)
    texts = [it.text for it in found if isinstance(it, Row)]
    assert len(found) == len(texts)
    assert rows == [split_row(text, delimiter) for text in texts]
    assert rows == [_split_slowly(text, delimiter) for text in texts]


@given(st.text(st.sampled_from('a,"\r\n'), max_size=60))
def test_any_text_has_rows_in_order(text: str) -> None:
    """Whatever stands in it, and each in a line of its own."""
    lines = [it.line for it in _rows(text)]
    assert sorted(set(lines)) == lines
    for it in _rows(text):
        if isinstance(it, Row):
            assert split_row(it.text, ",")
