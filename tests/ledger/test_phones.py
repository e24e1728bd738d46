"""Phone numbers compared by their digits: spellings are many, numbers one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.ledger.phones import distinct_phones, phone_key, same_phone

BERLIN = (
    "+49 30 1234567",
    "+49 (0)30 1234567",
    "+49 (0) 30 / 123 45 67",
    "0049 30 1234567",
    "00 49 30 1234567",
    "011 49 30 1234567",
    "030 1234567",
    "(030) 1234567",
    "030/12 34-567",
    "tel:+49-30-1234567",
    "tel:030-1234567;phone-context=+49",
    "＋４９ ３０ １２３４５６７",
    "+٤٩ ٣٠ ١٢٣٤٥٦٧",
    " +49\u00a030\u00a01234567 ",
)
numbers = st.text("+0123456789 ()-/.x;=#٣", max_size=24) | st.text(max_size=40)


def test_spellings_of_one_number_share_its_key() -> None:
    """Prefixes, trunk zeros, scripts and punctuation don't matter."""
    assert {"301234567"} == {phone_key(it) for it in BERLIN}


@pytest.mark.parametrize(("one", "other"), list(combinations(BERLIN, 2)))
def test_spellings_of_one_number_are_the_same(one: str, other: str) -> None:
    """Each is the same as each."""
    assert same_phone(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+7 495 123-45-67", "8 (495) 123-45-67"),
        ("+39 06 1234567", "06 1234567"),
        ("+1 212 555 0100", "(212) 555-0100"),
        ("+1 212 555 0100", "1-212-555-0100"),
        ("+1 212 555 0100 ext. 12", "212.555.0100 x12"),
        ("tel:+1-212-555-0100;ext=12", "+1 212 555 0100 #12"),
        ("+49 30 12345", "030 12345"),
        ("1-800-FLOWERS", "1-800-flowers"),
        ("112", "112"),
    ],
)
def test_habits_of_countries_are_known(one: str, other: str) -> None:
    """Russia's 8, Italy's zero, extensions, words on keypads."""
    assert same_phone(one, other)
    assert same_phone(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+49 30 1234567", "+43 30 1234567"),
        ("+49 30 1234567", "+49 30 1234568"),
        ("030 1234567", "040 1234567"),
        ("+1 212 555 0100 ext. 12", "+1 212 555 0100 ext. 13"),
        ("+1 212 555 0100", "555-0100"),
        ("1-800-FLOWERS", "1-800-CARPETS"),
        ("0171 1234567", "0271 1234567"),
        ("+49 171 1234567", "0271 1234567"),
        ("", ""),
        ("unknown", ""),
        ("110", "112"),
    ],
)
def test_other_numbers_stay_apart(one: str, other: str) -> None:
    """Nothing is not the same as nothing."""
    assert not same_phone(one, other)
    assert not same_phone(other, one)


def test_each_number_is_kept_once_in_its_international_spelling() -> None:
    """The first place, the fullest form."""
    phones = ["030 1234567", "+1 212 555 0100", "+49 (0)30 1234567", "0049301234567"]

    assert ["+49 (0)30 1234567", "+1 212 555 0100"] == distinct_phones(phones)


@given(numbers, numbers)
def test_the_comparison_is_symmetric_and_the_key_stable(one: str, other: str) -> None:
    """Total, for any text."""
    assert same_phone(one, other) == same_phone(other, one)
    assert same_phone(one, one) == (phone_key(one) != "")
    assert phone_key(one) == phone_key(f" {one}"[:80]) or len(one) > 79


@given(st.from_regex(r"[1-9][0-9]{1,2} [1-9][0-9]{2} [0-9]{6,7}", fullmatch=True))
def test_what_is_the_same_shares_its_key(number: str) -> None:
    """So that a search by key finds every spelling."""
    country, area, rest = number.split(" ")
    spelled = [f"+{number}", f"00{country}{area}{rest}", f"0{area}/{rest}", f"{area} {rest}"]

    assert 1 == len({phone_key(it) for it in spelled})
    assert all(same_phone(one, other) for one, other in combinations(spelled, 2))
