"""What an impatient newcomer and an attacker tried by hand, and what must stay as it was found."""

import pytest

from krmd.cli.door import run
from tests.cli.seeding import Desk, TerminalText

ODD_CATEGORIES = ("a b, c", "x+y", "-minus", '"quoted"', "tab\tin", "\u00e9t\u00e9")


@pytest.mark.parametrize("who", ["%", "_", "*", "?", "", " ", "%%@%", "g____", "c_"])
def test_who_has_no_wildcards(friends: Desk, who: str) -> None:
    """What means "anybody" in SQL or a shell is nobody's name, also where something is changed."""
    for words in (["show", who], ["log", who, "called"], ["contacts", "drop", who]):
        said = friends.krmd(*words, "--json")
        assert 2 == said.code, words
        assert said.json["error"] == "usage", words


@pytest.mark.parametrize("name", ["--help", "-x", "--json"])
def test_who_may_look_like_an_option_behind_two_dashes(friends: Desk, name: str) -> None:
    """`--` ends the options, as everywhere."""
    environ = {**friends.environ, "KRMD_CONFIG": str(friends.config)}
    for words in (["contacts", "add", "--address", "odd@x.example"], ["show"]):
        out = TerminalText()
        streams = (TerminalText(), out, TerminalText())
        assert 0 == run([*words, "--", name], environ, streams=streams)
        assert name in out.getvalue().partition("\n")[0]


@pytest.mark.parametrize(
    "spelled", ["j@m\u00fcnchen.example", "J@XN--MNCHEN-3YA.EXAMPLE", "j@mu\u0308nchen.example"]
)
def test_one_address_however_it_is_spelled(desk: Desk, spelled: str) -> None:
    """Upper case, an IDN in letters or in punycode, composed or not: the same person."""
    desk.krmd("contacts", "add", "J\u00fcrgen <j@m\u00fcnchen.example>")
    assert "J\u00fcrgen" == desk.krmd("show", spelled, "--json").json["name"]


def test_categories_of_any_text_are_found_again(friends: Desk) -> None:
    """Commas, plus signs, quotes and blanks are part of the name; composed or not is one."""
    given = [word for name in ODD_CATEGORIES for word in ("--category", name)]
    assert 0 == friends.krmd("contacts", "add", "Cat <cat@x.example>", *given).code
    decomposed = "E\u0301te\u0301"
    said = friends.krmd("contacts", "edit", "cat@x.example", "--remove-category", decomposed)
    assert 0 == said.code, said.err
    expected = {"a b, c", "x+y", "-minus", '"quoted"', "tab in"}
    assert expected == set(friends.krmd("show", "cat@x.example", "--json").json["categories"])
    said = friends.krmd("log", "--audience", '"a b, c"', "wrote", "--json")
    assert 0 == said.code, said.err


def test_two_readings_of_an_audience_are_both_shown(friends: Desk) -> None:
    """A bare space between two categories is asked about, with the counts of both readings."""
    friends.krmd("contacts", "add", "Cat <cat@x.example>", "--category", "japan")
    said = friends.krmd("log", "--audience", "navy japan", "letter")
    assert 2 == said.code
    assert "navy, japan" in said.err
    assert "navy+japan" in said.err
    assert "2 people" in said.err
    assert "0 people" in said.err


@pytest.mark.parametrize("answered", range(5))
def test_giving_up_at_any_question_of_init_leaves_nothing(desk: Desk, answered: int) -> None:
    """Whoever stops half-way finds no settings, no password, and may begin again."""
    desk.config.unlink()
    keys = "".join(["ada@example.org\n", "Ada\n", "imap://127.0.0.1:9\n", "\n", "\n"][:answered])
    streams = (TerminalText(keys), TerminalText(), TerminalText())
    code = run(["init", "--config", str(desk.config)], desk.environ, streams=streams)
    assert 130 == code
    assert [] == list(desk.folder.iterdir())


def test_a_log_of_a_spreadsheet_on_windows(friends: Desk) -> None:
    """A byte order mark, CR LF and headings in capitals; what is wrong in a line stops no other."""
    file = friends.folder / "log.csv"
    lines = (
        "At,Kind,Who,Text,Id",
        "2026-01-02,call,grace@navy.example,hello,1",
        "2026-13-45,call,grace@navy.example,,2",
        "2026-01-03,fax,grace@navy.example,,3",
        "2026-01-04,call,nobody@x.example,,4",
        "2026-01-05,call,grace@navy.example,,5",
    )
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    said = friends.krmd("log-import", str(file), "--json")
    assert 2 == said.json["created"]
    assert [3, 4, 5] == [it["line"] for it in said.json["skipped"]]


def test_the_environment_overrides_and_is_named_when_wrong(friends: Desk) -> None:
    """KRMD_SECTION__KEY counts more than the file; other names of that beginning are free."""
    friends.environ["KRMD_FREE"] = "anything"
    friends.environ["KRMD_OWNER__TIMEZONE"] = "Nowhere/Land"
    said = friends.krmd("due")
    assert 2 == said.code
    assert "$KRMD_OWNER__TIMEZONE" in said.err
    friends.environ["KRMD_OWNER__TIMEZONE"] = "Asia/Tokyo"
    assert 0 == friends.krmd("due").code
