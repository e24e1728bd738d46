"""`krmd find`: people by words, on a terminal, in pipes and in JSON."""

import re

import pytest

from tests.cli.seeding import ALAN, OWNER, Desk, Mail

LIST = {"as_of", "read_to", "complete", "items"}
ITEM = {
    "id", "kept", "name", "address", "last_contacted", "categories", "warmth", "matched",
}  # fmt: skip
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


@pytest.fixture
def people(friends: Desk) -> Desk:
    """Grace, who makes compilers, and Alan, a correspondent."""
    friends.krmd("contacts", "edit", "grace", "--note", "likes Riesling")
    return friends


def test_find_has_the_fields_of_a_list(people: Desk) -> None:
    """A contact with id and categories, a correspondent without."""
    said = people.krmd("find", "compil", "--json")
    assert (0, "") == (said.code, said.err)
    assert LIST == {*said.json}
    (grace,) = said.items
    assert {*grace} == ITEM
    assert (True, "Grace Hopper", "grace@navy.example", ["navy"]) == (
        grace["kept"], grace["name"], grace["address"], grace["categories"],
    )  # fmt: skip
    assert [{"where": "subject", "text": "the compiler"}] == grace["matched"]
    assert grace["id"] == people.krmd("show", "grace", "--json").json["id"]
    (alan,) = people.krmd("find", "Turing", "machines", "--json").items
    assert (None, False, []) == (alan["id"], alan["kept"], alan["categories"])
    assert ["name", "subject"] == [it["where"] for it in alan["matched"]]


def test_what_was_just_done_is_found(people: Desk) -> None:
    """Nobody has to make an index."""
    people.krmd("log", "grace", "called: moves to Denver in May")
    people.record([Mail(ALAN, OWNER, 1, "visit to Denver")])
    assert ["Grace Hopper", "Alan Turing"] == [
        it["name"] for it in people.krmd("find", "denver", "--json").items
    ]
    people.krmd("undo")
    assert ["Alan Turing"] == [it["name"] for it in people.krmd("find", "denver", "--json").items]


def test_a_table_says_where_the_words_stand(people: Desk) -> None:
    """Fitted on a terminal, every column in a pipe."""
    people.environ["NO_COLOR"] = "1"
    said = people.krmd("find", "riesling", terminal=True)
    heading, line = said.out.splitlines()
    assert ["Name", "Last contacted", "Found in"] == re.split(r"\s{2,}", heading)
    assert ["Grace Hopper", "3 weeks ago", "note: likes Riesling"] == re.split(r"\s{2,}", line)
    cells = people.krmd("find", "riesling").out.rstrip("\n").split("\t")
    assert ("Grace Hopper", "note: likes Riesling", "grace@navy.example") == (
        cells[0], cells[2], cells[3],
    )  # fmt: skip


def test_who_is_not_kept_is_marked(people: Desk) -> None:
    """A correspondent, or somebody dropped."""
    assert "Alan Turing (not kept)" in people.krmd("find", "turing").out


def test_nobody_found_is_no_error(people: Desk) -> None:
    """And a query without a word says so."""
    for words, note in ((["opera"], "Nobody is found"), (["%", "***"], "no letter or number")):
        said = people.krmd("find", *words)
        assert (0, "") == (said.code, said.out)
        assert note in said.err
        assert [] == people.krmd("find", *words, "--json").items


def test_lists_are_paged(people: Desk) -> None:
    """On a terminal a screenful, which says how to go on."""
    for number in range(30):
        people.krmd("contacts", "add", f"Tester {number:02}", "--note", "opera")
    everybody = [it["id"] for it in people.krmd("find", "opera", "--json").items]
    assert 30 == len(everybody)
    some = people.krmd("find", "opera", "--limit", "3", "--after", everybody[4][:14], "--json")
    assert everybody[5:8] == [it["id"] for it in some.items]
    said = people.krmd("find", "opera", terminal=True)
    assert 26 == len(said.out.splitlines())
    assert f"--after {everybody[24][:14]}" in said.err
    assert 30 == len(people.krmd("find", "opera").out.splitlines())
    assert 2 == people.krmd("find", "opera", "--after", "c_ffffffff").code


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_hostile_texts_and_queries_are_harmless(people: Desk, *, terminal: bool) -> None:
    """Whatever stands in a subject or is asked for steers nothing and is no syntax."""
    people.environ["NO_COLOR"] = "1"
    people.record([Mail("Eve <eve@evil.example>", OWNER, 1, "\x1b]0;t\x07 \u202eopera \x9b2J")])
    for query in (
        "opera", '"', "opera*", "NEAR(opera", "opera' --", "\x1b[31m", "\u202e", "🎉",
        "opera OR", " ".join(f"word{number}" for number in range(10_000)), "x" * 100_000,
    ):  # fmt: skip
        for more in ((), ("--json",)):
            said = people.krmd("find", query, *more, terminal=terminal)
            assert 0 == said.code, said.err
            assert not STEERING.search(said.out + said.err)
    assert "Eve" in people.krmd("find", "opera", terminal=terminal).out


def test_no_words_at_all_are_refused(people: Desk) -> None:
    """Something has to be looked for."""
    assert 2 == people.krmd("find").code
