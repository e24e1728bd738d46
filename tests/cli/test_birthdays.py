"""`krmd birthdays`: whose days come next, on the terminal, in a pipe and as JSON."""

from datetime import timedelta

import pytest

from krmd.cli.terminal import width
from tests.cli.seeding import CONFIG, NOW, Desk
from tests.cli.test_hostile import HOSTILE, STEERING

FIELDS = {
    "id", "uid", "name", "date", "in_days", "kind", "label", "age", "years", "round", "told",
    "phones", "address", "categories", "last_contacted",
}  # fmt: skip
UTC = CONFIG.replace("Europe/Berlin", "UTC")


def day(ahead: int, *, years_ago: int = 0) -> str:
    """The day so many days from now, so many years ago; as a birthday is written."""
    then = NOW.date() + timedelta(days=ahead)
    # Who was born on a 29 February turns 29, 41 … in common years only; nobody does here.
    return f"{then.year - years_ago}-{then:%m-%d}".replace("02-29", "02-28")


@pytest.fixture
def people(desk: Desk) -> Desk:
    """Three people whose birthdays are near, and a wedding."""
    desk.write(UTC)
    for name, words in (
        ("Ada Today", ("--birthday", day(0, years_ago=40), "--phone", "+49 30 1")),
        ("長谷川 町子 " + "x" * 150, ("--birthday", day(1, years_ago=31))),
        ("Bo Nameless", ("--birthday", "-" + day(3)[4:], "--category", "japan")),
        ("Cy Wed", ("--say", f"date:wedding={day(5, years_ago=25)}", "--address", "cy@x.example")),
    ):
        said = desk.krmd("contacts", "add", name, *words)
        assert 0 == said.code, said.err
    return desk


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_tells_when_who_and_how_old(people: Desk, columns: int) -> None:
    """Today's first; round ones are marked; no line is wider than the terminal."""
    people.environ.update({"COLUMNS": str(columns), "NO_COLOR": "1"})
    lines = people.krmd("birthdays", "--all-dates", terminal=True).out.splitlines()
    assert all(width(line) <= columns for line in lines)
    today, tomorrow, third, fifth = lines[1:]
    assert today.startswith("today")
    for words, line in (
        (("Ada Today", "turns 40 ★", "+49 30 1"), today),
        (("tomorrow", "長谷川 町子", "turns 31"), tomorrow),
        (("Bo Nameless", "birthday"), third),
        (("Cy Wed", "wedding anniversary (25) ★"), fifth),
    ):
        assert all(word in line for word in words), line
    assert f"{(NOW + timedelta(days=3)).strftime('%a')} " in third


def test_a_pipe_has_days_that_sort_and_all_there_is(people: Desk) -> None:
    """A line each, tabs between."""
    lines = people.krmd("birthdays").out.splitlines()
    assert [day(0), day(1), day(3)] == [line.split("\t")[0] for line in lines]
    assert "x" * 150 in lines[1]


def test_json_has_its_fields(people: Desk) -> None:
    """In the list's envelope, null where there is nothing."""
    said = people.krmd("birthdays", "--all-dates", "--json")
    assert (0, "") == (said.code, said.err)
    assert {"as_of", "read_to", "complete", "items"} == set(said.json)
    assert all(set(item) == FIELDS for item in said.items)
    ada, _, bo, cy = said.items
    assert ("birthday", None, 40, None, True, 0) == tuple(
        ada[field] for field in ("kind", "label", "age", "years", "round", "in_days")
    )
    assert (None, ["japan"], False) == (bo["age"], bo["categories"], bo["round"])
    assert ("date", "wedding", None, 25, True, "cy@x.example") == tuple(
        cy[field] for field in ("kind", "label", "age", "years", "round", "address")
    )
    assert f"c_{ada['uid'].split('-')[1]}" == ada["id"]


def test_it_is_paged_by_event_or_by_person(people: Desk) -> None:
    """Whoever has one event alone may be named by their own id."""
    whole = people.krmd("birthdays", "--all-dates", "--json").items
    page = people.krmd("birthdays", "--all-dates", "--json", "--limit", "2").items
    assert whole[:2] == page
    for after in (page[-1]["uid"], page[-1]["id"], page[-1]["id"][:12]):
        rest = people.krmd("birthdays", "--all-dates", "--json", "--after", after)
        assert whole[2:] == rest.items
    assert "There are more" in people.krmd("birthdays", "--limit", "1").err
    assert 2 == people.krmd("birthdays", "--after", "c_ffffffffffff").code


def test_fewer_days_and_an_audience_narrow_it(people: Desk) -> None:
    """And nobody is said to be nobody."""
    assert 1 == len(people.krmd("birthdays", "--days", "0").out.splitlines())
    assert "Bo" in people.krmd("birthdays", "--audience", "japan").out
    assert 1 == len(people.krmd("birthdays", "--audience", "japan").out.splitlines())
    said = people.krmd("birthdays", "--days", "2", "--audience", "japan")
    assert ("", "Nobody's birthday comes in the next 2 days.\n") == (said.out, said.err)
    assert 2 == people.krmd("birthdays", "--days", "366").code
    assert 2 == people.krmd("birthdays", "--audience", "nowhere").code


def test_dates_that_can_not_be_used_are_listed_and_checked(people: Desk) -> None:
    """With the reason, and how to set one right; `check` names them."""
    assert "can be used" in people.krmd("birthdays", "--unusable").err
    people.krmd("contacts", "add", "Di", "--say", "date_text:birthday=31 April")
    said = people.krmd("birthdays", "--unusable")
    assert "Di\tbirthday\t31 April\tcan't be read as a day\n" == said.out
    assert "krmd contacts edit" in said.err
    item = people.krmd("birthdays", "--unusable", "--json").items[0]
    assert {"id", "name", "field", "label", "value", "reason"} == set(item)
    check = people.krmd("check").out
    assert "! dates: 1 date can't be used: 31 April (Di): krmd birthdays --unusable" in check


@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_and_dates_steer_nothing(people: Desk, name: str, *, terminal: bool) -> None:
    """Whatever they hold."""
    people.environ["NO_COLOR"] = "1"
    people.krmd("contacts", "add", name, "--birthday", day(1, years_ago=20), "--phone", name)
    people.krmd("contacts", "add", name, "--say", f"date:{name}={day(2)}")
    people.krmd("contacts", "add", name, "--say", f"date_text:{name}={name}")
    for words in (["--all-dates"], ["--unusable"], ["--all-dates", "--limit", "1"]):
        said = people.krmd("birthdays", *words, terminal=terminal)
        assert 0 == said.code
        assert not STEERING.search(said.out + said.err)
