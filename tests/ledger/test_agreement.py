"""What counts of what several sources say of a person."""

import pytest

from krmd.base.instant import Instant
from krmd.ledger.agreement import agreed
from krmd.ledger.portrait import Fact, FactField


def _birthday(*said: tuple[str, str], field: FactField = "birthday") -> str:
    """What counts of (value, source), told one after the other."""
    told = [
        (Fact(field, value), source, Instant(since))
        for since, (value, source) in enumerate(said, start=1)
    ]
    return next(it.fact.value for it in agreed(told))


@pytest.mark.parametrize("newer", ["1985", "1985-03", "--03-12", "--03", "---12"])
def test_a_newer_date_that_knows_less_unsays_nothing(newer: str) -> None:
    """A social network that tells the year alone loses nobody's birthday."""
    assert _birthday(("1985-03-12", "card:a"), (newer, "card:b")) == "1985-03-12"
    assert _birthday((newer, "card:b"), ("1985-03-12", "card:a")) == "1985-03-12"


def test_of_two_that_know_different_parts_the_one_with_a_day_counts() -> None:
    """A year and a day together: the day comes round."""
    assert _birthday(("--03-12", "card:a"), ("1985", "card:b")) == "--03-12"


def test_a_newer_date_that_contradicts_counts() -> None:
    """Somebody set it right, and be it with less."""
    assert _birthday(("1985-03-12", "card:a"), ("1985-03-21", "card:b")) == "1985-03-21"
    assert _birthday(("1985-03-12", "card:a"), ("--03-21", "card:b")) == "--03-21"
    assert _birthday(("1985-03-12", "card:a"), ("1958", "card:b")) == "1958"


def test_of_several_fuller_dates_the_newest_counts() -> None:
    """Both agree with the year that was told last."""
    said = (("1985-03-12", "card:a"), ("1985-03-21", "card:b"), ("1985", "card:c"))
    assert _birthday(*said) == "1985-03-21"


def test_the_owners_word_counts_with_less() -> None:
    """Who took a wrong year away doesn't get it back from an address book."""
    assert _birthday(("--03-12", "owner"), ("1985-03-12", "card:a")) == "--03-12"


def test_deaths_are_dates_too() -> None:
    """A day of death isn't lost either."""
    said = (("2020-03-12", "card:a"), ("2020", "card:b"))
    assert _birthday(*said, field="died") == "2020-03-12"


def test_of_words_the_newest_counts() -> None:
    """A company that reads like a date is none."""
    assert _birthday(("1985-03-12", "card:a"), ("1985", "card:b"), field="company") == "1985"
