"""Entries from files: one bad line costs that line, and one undo takes the file back."""

import pytest

from krmd.app.log_import import AT_A_TIME, MOST_NAMED, Imported, import_log
from krmd.base.command import Actor, AddContact, Undo
from krmd.base.errors import UserError
from tests.app.conftest import ZONE, Book

HEADING = "at,kind,who,direction,text,id\n"


def _import(book: Book, text: str, source: str = "calls.csv") -> Imported:
    return import_log(
        text.splitlines(keepends=True), book.performer, Actor("cli", source), zone=ZONE
    )


@pytest.fixture
def ada(book: Book) -> Book:
    """A book with Ada in it."""
    book.do(AddContact("Ada Example", ("ada@example.com",)))
    return book


def test_a_field_too_long_costs_its_own_line(ada: Book) -> None:
    """What comes after it is read, and the lines have their right numbers."""
    text = (
        HEADING
        + '2026-01-01,call,ada,,"two\nlines",1\n\n'
        + f"2026-01-02,call,ada,,{'x' * 200_000},2\n"
        + '2026-01-03,call,nobody,,"three\nlines\nlong",3\n'
        + "2026-01-04,call,ada,,fine,4\n"
    )
    found = _import(ada, text)
    assert (2, [5, 6]) == (found.created, [it.line for it in found.skipped])
    assert "nobody called" in found.skipped[1].reason
    ada.assert_right()


@pytest.mark.parametrize(
    "text",
    [
        'at;kind;who;text\n2026-01-01;call;"ada; grace";long, and good\n',
        "at\tkind\twho\ttext\n2026-01-01\tcall\tada;grace\tlong, and good\n",
        'sep=;\r\nat;kind;who;text\r\n2026-01-01;call;"ada; grace";long, and good\r\n',
        '\ufeffat,kind,who,text,,\n2026-01-01,call,ada;grace,"long, and good",,\n,,,,,\n',
    ],
)
def test_spreadsheets_write_csv_as_they_please(ada: Book, text: str) -> None:
    """A comma is decimal in half of Europe, and Excel separates by semicolons there."""
    ada.do(AddContact("Grace Example"))
    assert Imported(1, 0, ()) == _import(ada, text)
    assert ["long, and good"] == [it.summary for it in ada.timeline("grace")]


def test_exotic_line_ends_are_no_ends(ada: Book) -> None:
    """A line separator within a text is part of it, in CSV and in JSON."""
    assert 1 == _import(ada, HEADING + "2026-01-01,call,ada,,one\u2028two,1\n").created
    line = '{"at": "2026-01-02", "who": "ada", "text": "one\u2028two"}\n'
    assert Imported(1, 0, ()) == _import(ada, line)


def test_two_files_that_both_count_from_one_are_both_taken_in(ada: Book) -> None:
    """An id is known again with its kind and time, whatever else was corrected."""
    assert 1 == _import(ada, HEADING + "2026-01-01,call,ada,,called,1\n").created
    assert 1 == _import(ada, HEADING + "2026-02-01,meeting,ada,,met,1\n", "met.csv").created
    assert Imported(0, 1, ()) == _import(ada, HEADING + "2026-01-01,call,ada,,other text,1\n")


def test_one_undo_takes_a_whole_file_back(ada: Book) -> None:
    """However many transactions it took, and the file can be taken in again, corrected."""
    number = AT_A_TIME + 20
    rows = [f"2025-01-01 10:{it % 60:02},call,ada,,called,{it}\n" for it in range(number)]
    text = HEADING + "".join(rows)
    assert number == _import(ada, text).created == ada.show("ada").recency.call
    ada.assert_right()
    assert Imported(0, number, ()) == _import(ada, text)
    assert (f"Undone: {number} entries from calls.csv",) == ada.do(Undo()).sentences
    assert 0 == ada.show("ada").recency.call
    ada.assert_right()
    assert number == _import(ada, text.replace("called", "called again")).created
    assert "called again" == ada.timeline("ada")[0].summary
    ada.do(Undo())
    ada.do(Undo())  # the adding
    with pytest.raises(UserError, match="nothing to undo"):
        ada.do(Undo())


def test_one_entry_of_a_file_can_be_taken_back_alone(ada: Book) -> None:
    """The others stay, and it stays away when the file is read again."""
    text = HEADING + "2026-01-01,call,ada,,one,1\n2026-01-02,call,ada,,two,2\n"
    _import(ada, text)
    entry = ada.timeline("ada")[0].id
    ada.do(Undo(entry))
    with pytest.raises(UserError, match="undone already"):
        ada.do(Undo(entry))
    assert Imported(0, 2, ()) == _import(ada, text)
    assert 1 == ada.show("ada").recency.call
    ada.do(Undo())
    assert 0 == ada.show("ada").recency.call
    ada.assert_right()


def test_a_line_that_is_wrong_changes_nothing(ada: Book) -> None:
    """Nobody half entered, and the lines around it are."""
    text = HEADING + (
        "2026-01-01,call,ada;nobody,,called,1\n"
        "2026-01-02,chess,ada,,played,2\n"
        "2999-01-01,call,ada,,called,3\n"
        ",call,ada,,called,4\n"
        "2026-01-03,call,ada,,called,5\n"
    )
    found = _import(ada, text)
    assert (1, [2, 3, 4, 5]) == (found.created, [it.line for it in found.skipped])
    assert 1 == ada.show("ada").recency.call
    ada.assert_right()


def test_an_at_sign_in_a_text_is_no_time_where_there_is_one(ada: Book) -> None:
    """The column says when; the text may name a place or a handle."""
    text = HEADING + "2026-01-01,meeting,ada,,met @Starbucks with @grace,1\n"
    assert Imported(1, 0, ()) == _import(ada, text)
    assert "met @Starbucks with @grace" == ada.timeline("ada")[0].summary


def test_a_file_that_is_none_is_not_named_line_by_line(ada: Book) -> None:
    """So many of its lines are, and the rest is counted; the good one among them is entered."""
    lines = [HEADING, *(",call,ada,,x,\n" for _ in range(MOST_NAMED + 5))]
    found = _import(ada, "".join(lines) + "2026-01-01,call,ada,,fine,1\n")
    assert (1, MOST_NAMED, 5) == (found.created, len(found.skipped), found.unnamed)
