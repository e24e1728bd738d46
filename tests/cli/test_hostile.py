"""Names and subjects come from strangers; nothing in them steers the terminal or forges a line."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.cli.tables import Column, table
from krmd.cli.terminal import Screen, cut, safe, safe_json, width
from tests.cli.seeding import OWNER, Desk, Mail

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe",
    "[bold]shout[/bold]",
    "\x9b2J wiped",
    "two\r\nlines",
    "\x1b]0;title\x07",
    "bell\x07",
)


def told(desk: Desk, *words: str, terminal: bool) -> str:
    """All that a call says, without the colours krmd itself gives."""
    desk.environ["NO_COLOR"] = "1"
    said = desk.krmd(*words, terminal=terminal)
    assert said.code in (0, 1), said.err
    return said.out + said.err


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_reach_no_screen_raw(desk: Desk, name: str, *, terminal: bool) -> None:
    """Whatever a name or a subject holds, every command shows it harmless and on one line."""
    header = name.replace("\r\n", " ").encode("unicode_escape").decode()
    author = f'"{name.replace(chr(13) + chr(10), " ")}" <eve@evil.example>'
    desk.record([Mail(author, OWNER, 3, name.replace("\r\n", " "), {"X-Spare": header})])
    desk.record([Mail(OWNER, "eve@evil.example", 4, name.replace("\r\n", " "))], role="sent")
    desk.krmd("contacts", "review")
    desk.krmd("contacts", "add", name, "--address", "eve@evil.example", "--note", name)
    desk.krmd("log", "eve@evil.example", f"called: {name}")
    for words in (
        ["show", "eve@evil.example"],
        ["timeline", "eve@evil.example"],
        ["why", "eve@evil.example"],
        ["contacts", "list"],
        ["contacts", "edit", "eve@evil.example", "--every", "1"],
        ["due", "--all"],
        ["status"],
    ):
        assert not STEERING.search(told(desk, *words, terminal=terminal)), words


def test_markup_is_shown_as_it_is(desk: Desk) -> None:
    """A name in square brackets is a name."""
    desk.krmd("contacts", "add", "[red]Eve[/red]", "--address", "eve@evil.example")
    assert "[red]Eve[/red]" in told(desk, "show", "eve@evil.example", terminal=True)


def test_an_error_that_repeats_the_argument_is_harmless(friends: Desk) -> None:
    """What was typed may come from a script that took it from a mail."""
    for terminal in (False, True):
        said = friends.krmd("show", "\x1b[31mnobody\udcff", terminal=terminal)
        assert 2 == said.code
        assert not STEERING.search(said.err)
        said.err.encode()


def test_json_says_the_same_and_steers_nothing(desk: Desk) -> None:
    """Controls beyond ASCII are escaped as JSON can, so that the document reads the same."""
    desk.krmd("contacts", "add", "Zoë Ünlü", "--address", "z@x.example")
    said = desk.krmd("show", "z@x.example", "--json")
    assert "Zoë Ünlü" in said.out
    assert "Zoë Ünlü" == said.json["name"]


@given(st.text())
def test_safe_text_is_one_harmless_line(text: str) -> None:
    """For any text at all; and what is safe stays as it is."""
    shown = safe(text)
    assert not STEERING.search(shown)
    assert len(shown.splitlines()) <= 1
    assert shown == safe(shown)
    shown.encode()


@given(st.text())
def test_safe_json_is_the_same_document(text: str) -> None:
    """Escaping changes the spelling and never the value."""
    document = safe_json(json.dumps({"it": text}, ensure_ascii=False))
    assert {"it": text} == json.loads(document)
    assert not STEERING.search(document)
    document.encode()


@given(st.text().map(safe), st.integers(2, 30))
def test_a_cut_text_fits(text: str, columns: int) -> None:
    """Whatever letters it has, wide ones too."""
    assert width(cut(text, columns)) <= max(columns, 0)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_fits_the_terminal_and_is_whole_in_a_pipe(columns: int) -> None:
    """Long cells give way on a terminal; a pipe gets all of them, between tabs."""
    heads = [Column("Name", least=8), Column("When"), Column("What", least=8)]
    rows = [("長" * 60, "3 weeks ago", "x" * 200), ("Ada", "today", "short")]
    for line in table(heads, rows, Screen(True, columns, coloured=False)):
        assert width(line) <= columns
    piped = table(heads, rows, Screen(False, columns, coloured=False))
    assert ["\t".join(row) for row in rows] == piped
