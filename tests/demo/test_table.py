"""The demo's table reads well on every terminal and in a pipe, and obeys no foreign character."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from krmd.demo.table import LosingRow, ago, bar, plain_lines, rhythm, show_losing, visible, why

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def row(name: str = "Grace Okonkwo", *, days: int = 143, evidence: str = "Soup?") -> LosingRow:
    """A row of somebody last heard of so many days ago."""
    last = NOW - timedelta(days=days)
    return LosingRow(name, ("personal", "technology"), last, 90, days, "inbound", evidence)


NEVER = LosingRow("田中 一郎", (), None, 30, 400, "", "")


def printed(rows: list[LosingRow], *, width: int, terminal: bool) -> str:
    """What the console gets, without colour."""
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    show_losing(console, rows)
    return file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Long names and subjects are cut, wide scripts are measured in cells."""
    rows = [row("Bartholomäus " * 9, evidence="Subject " * 40), NEVER, row("佐藤花子" * 20)]
    lines = printed(rows, width=width, terminal=True).splitlines()
    assert 1 + len(rows) == len(lines)
    assert max(cell_len(line) for line in lines) <= width


def test_a_stranger_reads_who_since_when_and_why() -> None:
    """All at 120 columns; at 80 circle and rhythm stay away."""
    wide = printed([row()], width=120, terminal=True)
    for told in (
        "Grace Okonkwo",
        "20 weeks ago",
        "every 3 months",
        "they wrote “Soup?”",
        "personal",
    ):
        assert told in wide
    narrow = printed([row()], width=80, terminal=True)
    assert "20 weeks ago" in narrow
    assert "every 3 months" not in narrow


def test_a_pipe_gets_plain_whole_lines() -> None:
    """Nothing is cut, nothing is coloured, columns are even."""
    text = printed([row(), row("X", evidence="long " * 60), NEVER], width=80, terminal=False)
    head, *lines = text.splitlines()
    assert "\x1b" not in text
    assert ("long " * 60) in text
    assert {head.index("LAST CONTACT")} == {
        cell_len(line[: line.index(word)])
        for line, word in zip(lines, ("20 weeks", "20 weeks", "never"), strict=True)
    }


def test_a_pipe_without_unicode_gets_question_marks() -> None:
    """An ASCII pipe is no reason to end."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    show_losing(Console(file=file, width=80), [NEVER])
    file.seek(0)
    assert "?? ??" in file.read()


@given(st.text())
def test_no_control_or_bidi_character_reaches_the_terminal(text: str) -> None:
    """Whatever stands in a name or a subject."""
    shown = "".join(plain_lines([row(text, evidence=text)]))
    assert "" == "".join(c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0)
    assert set() == set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c")


def test_escaping_spells_the_character_out() -> None:
    """So that an attack is seen rather than guessed."""
    assert r"a\u202eb\u001b[31m" == visible("a\u202eb\x1b[31m")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, "today"),
        (1, "yesterday"),
        (20, "20 days ago"),
        (98, "14 weeks ago"),
        (400, "13 months ago"),
        (730, "2 years ago"),
    ],
)
def test_days_are_told_as_people_tell_them(days: int, told: str) -> None:
    """Weeks for months, months for years, until it is really long."""
    assert told == ago(days)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (1, "every day"),
        (14, "every 2 weeks"),
        (30, "every month"),
        (90, "every 3 months"),
        (100, "every 100 days"),
        (365, "every year"),
    ],
)
def test_rhythms_are_told_in_round_words(days: int, told: str) -> None:
    """As the owner would have set them."""
    assert told == rhythm(days)


def test_bar_grows_with_what_is_overdue_and_never_leaves_its_cells() -> None:
    """One cell when just due, eight when four times over."""
    lengths = [bar(row(days=days), ascii_only=True).count("#") for days in (0, 90, 180, 360, 9999)]
    assert [1, 2, 4, 8, 8] == lengths


def test_unknown_rules_are_told_by_their_name() -> None:
    """A new rule of the ledger isn't a blank in the table."""
    told = why(LosingRow("X", (), NOW, 90, 100, "logged_call", ""))
    assert "logged call, 22 Nov 2026" == told
