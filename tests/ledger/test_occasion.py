"""Which days of a person come round, and on which day of a year each falls."""

import datetime as dt
from calendar import isleap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.instant import Instant
from krmd.ledger.agreement import Saying
from krmd.ledger.feed import LeapDay
from krmd.ledger.occasion import (
    Occasion,
    Unusable,
    day_in,
    is_round,
    number_in,
    occasions,
)
from krmd.ledger.occasion_labels import _SAID, LABEL_KINDS, label_key, label_kind
from krmd.ledger.partial_date import PartialDate, read_partial_date
from krmd.ledger.portrait import Fact, FactField

TODAY = dt.date(2026, 11, 24)
LEAP_DAYS: tuple[LeapDay, ...] = ("02-28", "03-01")

days = st.dates(min_value=dt.date(1583, 1, 1), max_value=dt.date(2100, 12, 31))


def says(field: FactField, value: str, label: str = "", since: int = 0) -> Saying:
    """One fact of somebody, as it is told of them."""
    return Saying(Fact(field, value, label), ("owner",), Instant(since))


def dated(*said: tuple[str, str]) -> list[Occasion]:
    """The occasions of somebody of whom dates (label, date) came to be known one by one."""
    return occasions(
        [says("date", value, label, at) for at, (label, value) in enumerate(said)], TODAY
    )[0]


def reason(value: str, field: FactField = "birthday", label: str = "") -> str:
    """Why a date is of no use."""
    usable, unusable = occasions([says(field, value, label)], TODAY)
    assert [] == usable
    return unusable[0].reason


def on(text: str) -> PartialDate:
    """A date that is one."""
    date = read_partial_date(text)
    assert date is not None
    return date


@pytest.mark.parametrize("year", range(1999, 2031))
@pytest.mark.parametrize("leap_day", LEAP_DAYS)
def test_29_february_stands_in_every_year(year: int, leap_day: LeapDay) -> None:
    """On the day itself in leap years, else where the owner keeps it; the age doesn't care."""
    born = PartialDate(1999 - 3, 2, 29)
    expected = "02-29" if isleap(year) else leap_day
    assert dt.date.fromisoformat(f"{year}-{expected}") == day_in(born, year, leap_day)
    assert year - 1996 == number_in(born, year)
    assert day_in(born, year, leap_day) == day_in(PartialDate(None, 2, 29), year, leap_day)


@given(days, st.integers(1583, 2200), st.sampled_from(LEAP_DAYS))
def test_a_day_falls_on_itself_in_every_year_from_its_own_on(
    day: dt.date, year: int, leap_day: LeapDay
) -> None:
    """As datetime has it, but for 29 February, which is at most a day off."""
    born = PartialDate(day.year, day.month, day.day)
    found = day_in(born, year, leap_day)
    if year < day.year:
        assert (None, None) == (found, number_in(born, year))
        return
    assert found is not None
    assert year - day.year == number_in(born, year)
    if (day.month, day.day) == (2, 29) and not isleap(year):
        assert found in (dt.date(year, 2, 28), dt.date(year, 3, 1))
    else:
        assert day.replace(year=year) == found


@given(days, st.integers(1583, 2200))
def test_without_a_year_there_is_a_day_and_no_number(day: dt.date, year: int) -> None:
    """In every year."""
    born = PartialDate(None, day.month, day.day)
    assert day_in(born, year, "02-28") is not None
    assert number_in(born, year) is None


@pytest.mark.parametrize("text", ["1985", "1985-03", "--03", "---12"])
def test_what_does_not_come_round_falls_on_no_day(text: str) -> None:
    """Not on the first of anything either."""
    assert day_in(on(text), 2026, "02-28") is None


def test_tens_quarters_and_coming_of_age_are_round() -> None:
    """Being born isn't."""
    expected = [10, 18, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100, 110, 120]
    assert expected == [number for number in range(125) if is_round(number)]


def test_a_birthday_is_an_occasion_since_it_is_known() -> None:
    """Whether or not its year is."""
    for text in ("1985-03-12", "--02-29", "1583-01-01", "2026-11-24"):
        expected = [Occasion("birthday", "birthday", "", on(text), Instant(7))]
        assert (expected, []) == occasions([says("birthday", text, since=7)], TODAY)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1985", "has neither day nor month"),
        ("1985-03", "has no day"),
        ("--03", "has no day"),
        ("---12", "has no month"),
        ("1582-12-31", "lies before 1583, the first full year of the Gregorian calendar"),
        ("0001-01-01", "lies before 1583, the first full year of the Gregorian calendar"),
        ("2026-11-25", "lies in the future"),
        ("9999-12-31", "lies in the future"),
        ("1985-04-31", "is no day of the calendar"),
        ("1900-02-29", "is no day of the calendar"),
        ("0000-03-12", "is no day of the calendar"),
        ("--02-30", "is no day of the calendar"),
        ("19850431", "is no day of the calendar"),
    ],
)
def test_a_date_that_cant_be_used_is_told_with_its_reason(value: str, expected: str) -> None:
    """Never skipped in silence."""
    assert expected == reason(value) == reason(value, "date", "wedding")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("birthday", Unusable("birthday", "", "31 April", "can't be read as a day")),
        ("Geburtstag", Unusable("birthday", "", "31 April", "can't be read as a day")),
        ("wedding", Unusable("date", "wedding", "31 April", "can't be read as a day")),
        ("date", Unusable("date", "date", "31 April", "can't be read as a day")),
    ],
)
def test_a_date_that_is_a_text_is_told_under_its_field(label: str, expected: Unusable) -> None:
    """As an import kept it."""
    assert ([], [expected]) == occasions([says("date_text", "31 April", label)], TODAY)


def test_a_birthday_that_is_known_makes_up_for_one_that_cant_be_read() -> None:
    """The owner said it meanwhile; there is nothing left to do."""
    told = [says("date_text", "31 April", "birthday"), says("birthday", "1985-04-30")]
    assert ["birthday"] == [it.place for it in occasions(told, TODAY)[0]]
    assert [] == occasions(told, TODAY)[1]


def test_deaths_and_connections_are_no_occasions() -> None:
    """Nor is anything wrong with them, readable or not."""
    told = [
        says("died", "2020-01-02"),
        says("died", ""),
        says("connected", "2019-05-06", "LinkedIn"),
        says("date_text", "last winter", "died"),
        says("date_text", "31 April", "connected"),
        says("note", "1985-03-12"),
    ]
    assert ([], []) == occasions(told, TODAY)


def test_what_several_labels_say_of_one_day_is_one_occasion() -> None:
    """Under the word that says most, with the year if one has it."""
    several = dated(
        ("anniversary", "--05-03"), ("Hochzeitstag", "2014-05-03"), ("Wedding Day", "2014-05-03")
    )
    assert [("Hochzeitstag", on("2014-05-03"), 2)] == [(it[2], it[3], it[4]) for it in several]


def test_an_anniversary_keeps_its_place_when_it_is_called_a_wedding() -> None:
    """In any language: the place stands in UIDs."""
    places = {
        dated((label, "2014-05-03"))[0].place
        for label in ("anniversary", "wedding", "_$!<Anniversary>!$_", "HOCHZEITSTAG", "boda")
    }
    assert 1 == len(places)
    assert places.pop().startswith("date-")


def test_several_dates_under_one_label_are_numbered_as_they_became_known() -> None:
    """So that a further one leaves the others their UIDs."""
    first = dated(("wedding", "2014-05-03"))
    both = dated(("wedding", "2014-05-03"), ("wedding", "1999-01-02"))
    more = dated(("wedding", "2014-05-03"), ("wedding", "1999-01-02"), ("boda", "--07-08"))
    assert first == both[:1] == more[:1]
    assert both == more[:2]
    place = first[0].place
    assert [place, f"{place}-2", f"{place}-3"] == [it.place for it in more]


@given(st.permutations(["2014-05-03", "1999-05-03", "--05-03", "2001-07-08", "--12-24"]))
def test_places_dont_depend_on_the_order_in_which_facts_are_read(dates: list[str]) -> None:
    """Facts of one import, all known since the same moment."""
    told = [says("date", value, "wedding") for value in dates]
    assert occasions(sorted(told), TODAY) == occasions(told, TODAY)


def test_labels_nobody_knows_have_places_of_their_own() -> None:
    """And stay as they are said; case and accents tell nothing apart."""
    found = dated(("Abitur", "2004-06-18"), ("first marathon", "2011-04-10"))
    assert ["Abitur", "first marathon"] == [it.label for it in found]
    assert 2 == len({it.place for it in found})
    assert found[0].place == dated(("ABITUR", "2004-06-18"))[0].place


def test_a_date_labelled_birthday_is_the_birthday_where_there_is_none() -> None:
    """Some address books keep it so; where there is one, only another day is an occasion."""
    born = dated(("Geburtstag", "1985-03-12"))
    assert [("birthday", "birthday")] == [(it.kind, it.place) for it in born]
    told = [
        says("birthday", "1985-03-12"),
        says("date", "--03-12", "birthday"),
        says("date", "1986-01-01", "birthday"),
    ]
    dates = [str(it.date) for it in occasions(told, TODAY)[0]]
    assert ["1985-03-12", "1986-01-01"] == dates


def test_each_word_for_a_label_means_one_thing() -> None:
    """And is spelled as it is compared."""
    words = [word for said in _SAID.values() for word in set(said.split("|"))]
    assert len(words) == len(set(words))
    for kind, said in _SAID.items():
        assert {kind} == {label_kind(word) for word in said.split("|")}
    assert set(LABEL_KINDS) == set(_SAID)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("", "plain"),
        ("\u2605", "plain"),
        ("Saint\u2019s Day", "name day"),
        ("Fête", "name day"),
        ("Día de la boda", "wedding"),
        ("Dienstjubiläum", "work"),
        ("_$!<Anniversary>!$_", "anniversary"),
        ("first-met", "met"),
        ("Abitur", None),
        ("卒業", None),
    ],
)
def test_labels_are_known_however_they_are_spelled(label: str, expected: str | None) -> None:
    """Case, accents, apostrophes and other signs are no matter."""
    assert expected == label_kind(label)


@given(st.text(max_size=30))
def test_any_label_has_a_key(label: str) -> None:
    """The same for it in other letters."""
    assert label_key(label) == label_key(f" {label} ")


def test_thousands_of_dates_in_one_card_are_no_matter() -> None:
    """They are told apart by their days, not each with each."""
    every = [dt.date(1600, 1, 1) + dt.timedelta(days=30 * it) for it in range(5000)]
    told = [says("date", day.isoformat(), "wedding", at) for at, day in enumerate(every)]
    found, unusable = occasions(told, TODAY)
    assert (5000, []) == (len({it.place for it in found}), unusable)
