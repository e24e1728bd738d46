"""`krmd reach`: the figures, in JSON and in words."""

import pytest

from tests.cli.seeding import ALAN, GRACE, OWNER, Desk, Mail

REACH = {
    "days", "until", "contacts", "confirmed", "reached", "reach_rate", "one_to_one", "one_to_many",
    "interactions",
}  # fmt: skip
INTERACTIONS = {
    "total", "call", "meeting", "email_outbound", "email_inbound", "responded", "message", "letter",
    "other",
}  # fmt: skip


@pytest.fixture
def company(friends: Desk) -> Desk:
    """Grace wrote three weeks ago; Alan and a third, of whom one has no address, got a letter."""
    friends.krmd("contacts", "add", "Alan Turing", "--address", "alan@park.example")
    friends.krmd("contacts", "add", "Ann Example", "--category", "letter")
    friends.krmd("contacts", "edit", "alan", "--add-category", "letter")
    friends.krmd("log", "the letter", "--audience", "letter", "--reach", "one_to_many")
    return friends


def test_reach_has_the_fields_of_the_interface(company: Desk) -> None:
    """People and interactions apart, the rate not rounded."""
    said = company.krmd("reach", "--json")
    assert (0, "") == (said.code, said.err)
    assert (REACH, INTERACTIONS) == ({*said.json}, {*said.json["interactions"]})
    assert said.json["until"].endswith("Z")
    people = ("days", "contacts", "confirmed", "reached", "reach_rate", "one_to_one", "one_to_many")
    assert [30, 3, 2, 2, 1.0, 1, 1] == [said.json[it] for it in people]
    # The letter to Grace is thirty days and some seconds old.
    assert {"total": 1, "email_inbound": 1} == {
        name: number for name, number in said.json["interactions"].items() if number
    }


def test_days_say_how_far_back(company: Desk) -> None:
    """A longer window has more in it, a shorter one less."""
    assert 1 == company.krmd("reach", "--days", "7", "--json").json["reached"]
    found = company.krmd("reach", "--days", "365", "--json").json
    assert (365, 2, 4) == (found["days"], found["one_to_one"], found["interactions"]["total"])


@pytest.mark.parametrize("days", ["0", "-3", "36501", "x"])
def test_days_that_are_none_are_refused(company: Desk, days: str) -> None:
    """With the option named."""
    said = company.krmd("reach", "--days", days)
    assert 2 == said.code
    assert "--days" in said.err


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
def test_the_lines_name_the_denominator(company: Desk, *, terminal: bool) -> None:
    """The same for people and for pipes."""
    company.record([Mail(OWNER, GRACE, 2), Mail(OWNER, ALAN, 3)], role="sent")
    company.krmd("log", "grace", "called")
    said = company.krmd("reach", terminal=terminal)
    assert (
        "2 of 2 confirmed contacts reached in 30 days (100.00 %): 2 one to one, 0 one to many.\n"
        "4 interactions one to one: 1 call, 2 mails from you, 1 mail from them (0 answered).\n"
        "3 contacts in all, 1 of them without a name or without an address that works.\n"
    ) == said.out


def test_an_empty_book_reaches_nobody(desk: Desk) -> None:
    """No division by nobody."""
    said = desk.krmd("reach")
    assert 0 == said.code
    assert said.out.startswith("0 of 0 confirmed contacts reached in 30 days (0.00 %)")
