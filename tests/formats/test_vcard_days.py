"""Birthdays, anniversaries and deaths in vCards: every form that programs are known to write."""

from __future__ import annotations

import pytest

from tests.formats.cards import card, people, remarks, said


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("BDAY:1985-03-12", "1985-03-12"),
        ("BDAY:19850312", "1985-03-12"),
        ("BDAY;VALUE=date:1985-03-12", "1985-03-12"),
        ("BDAY;value=DATE: 1985-03-12 ", "1985-03-12"),
        ("BDAY:1985-3-2", "1985-03-02"),
        ("BDAY:1985/03/12", "1985-03-12"),
        ("BDAY:12.03.1985", "1985-03-12"),
        ("BDAY:1985-03-12T00:00:00Z", "1985-03-12"),
        ("BDAY:1985-03-12T23:59:59-11:00", "1985-03-12"),
        ("BDAY;VALUE=date-time:19850312T235959+1400", "1985-03-12"),
        ("BDAY:1985-03-12 00:00:00", "1985-03-12"),
        ("BDAY;VALUE=text:1985-03-12", "1985-03-12"),
        ("BDAY:--0312", "--03-12"),
        ("BDAY: --03-12", "--03-12"),
        ("BDAY:--03", "--03"),
        ("BDAY:---12", "---12"),
        ("BDAY:1985", "1985"),
        ("BDAY:1985-03", "1985-03"),
        ("BDAY:1985-00-00", "1985"),
        ("BDAY:19850300", "1985-03"),
        ("BDAY:0000-03-12", "--03-12"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "--02-29"),
        ("BDAY;X-APPLE-OMIT-YEAR=2022:20221102", "--11-02"),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1985-03-12", "1985-03-12"),
        ("BDAY:16040416", "--04-16"),
        ("BDAY:1904-04-16", "--04-16"),
        ("BDAY;X-KRMD-YEAR=meant:1904-04-16", "1904-04-16"),
        ("BDAY;CALSCALE=gregorian:1985-03-12", "1985-03-12"),
    ],
)
def test_a_birthday_is_read(line: str, day: str) -> None:
    """The written day whatever its zone, the year only where it is one."""
    octets = card("FN:Ada", line)

    assert [(day, "")] == said(octets, "birthday")
    assert () == remarks(octets)


@pytest.mark.parametrize(
    "text",
    [
        "0/0/00",
        "0000-00-00",
        "1985-02-30",
        "1985-13-01",
        "--02-30",
        "---32",
        "circa 1800",
        "T102200",
        "198503",
        "1604",
        "1985-03-12" + "x" * 100,
    ],
)
def test_a_birthday_that_is_none_is_kept_as_text(text: str) -> None:
    """Nothing is guessed, nothing is lost, and it is said."""
    octets = card("FN:Ada", f"BDAY:{text}")

    assert [] == said(octets, "birthday")
    assert [(text, "birthday")] == said(octets, "date_text")
    assert 1 == len(remarks(octets))
    assert remarks(octets)[0].endswith("(birthday) is no date; it is kept as a text.")


def test_a_birthday_of_another_calendar_is_kept_as_text() -> None:
    """A month of another calendar isn't ours."""
    octets = card("FN:Ada", "BDAY;CALSCALE=ethiopic:1977-13-05", "BDAY;CALSCALE=hebrew:1985-03-12")

    assert [] == said(octets, "birthday")
    assert [("1977-13-05", "birthday"), ("1985-03-12", "birthday")] == said(octets, "date_text")


def test_no_birthday_is_no_birthday() -> None:
    """An empty property says nothing."""
    assert [[], []] == [
        [it.field for it in portrait.facts]
        for portrait in people(card("FN:Ada", "BDAY:") + card("FN:Bob", "BDAY;VALUE=text: "))
    ]


def test_the_dead_may_be_born_in_1904() -> None:
    """Of the living nobody is: there the year stands for none."""
    octets = card("FN:Ada", "BDAY:1904-04-16", "DEATHDATE:1990-01-01")

    assert [("1904-04-16", "")] == said(octets, "birthday")


def test_one_birthday_said_twice_is_one() -> None:
    """As a date and as a text; a second one that differs is kept beside."""
    octets = card(
        "FN:Ada",
        "BDAY;ALTID=1:20160801",
        "BDAY;ALTID=1;VALUE=text:2016-08-01",
        "BDAY:2017-08-01",
        version="4.0",
    )

    assert [("2016-08-01", "")] == said(octets, "birthday")
    assert [("2017-08-01", "birthday")] == said(octets, "custom")


def test_one_anniversary_in_several_properties_is_one() -> None:
    """Programs write it twice and thrice, each for another."""
    octets = card(
        "FN:Ada",
        "ANNIVERSARY:20090808",
        "X-ANNIVERSARY:2009-08-08",
        "X-EVOLUTION-ANNIVERSARY:2009-08-08",
        "X-KADDRESSBOOK-X-Anniversary:2009-08-08",
        "X-MS-ANNIVERSARY:20090808",
        "item1.X-ABDATE:2009-08-08",
        "item1.X-ABLabel:_$!<Anniversary>!$_",
        "item2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-05-24",
        "item2.X-ABLabel:Name day",
        "X-ABDATE:2020-02-02",
    )

    assert [
        ("2009-08-08", "anniversary"),
        ("--05-24", "Name day"),
        ("2020-02-02", ""),
    ] == said(octets, "date")


@pytest.mark.parametrize(
    ("line", "day", "text"),
    [
        ("DEATHDATE:18521127", "1852-11-27", []),
        ("X-DEATHDATE:1852-11-27", "1852-11-27", []),
        ("DEATHDATE;VALUE=text:in the war", "", [("in the war", "died")]),
    ],
)
def test_the_dead_are_dead_on_an_unknown_day_too(
    line: str, day: str, text: list[tuple[str, str]]
) -> None:
    """Whom to congratulate no longer matters more than since when."""
    octets = card("FN:Ada", line)

    assert [(day, "")] == said(octets, "died")
    assert text == said(octets, "date_text")
