"""Addresses, ids and instants: the values everything else is made of."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.address import (
    MAX_ADDRESS,
    AddressSet,
    EmailAddress,
    ascii_lower,
    domain_of,
    parse_address,
    without_tag,
)
from krmd.base.identifier import PublicId, parse_id
from krmd.base.instant import Instant, from_datetime, local_date, to_datetime, to_rfc3339

uuids = st.uuids(version=None)
prefixes = st.sampled_from(["c", "i", "m", "d", "q", "x"])


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org ", "ada@example.org"),
        ("a.b+c_d-e@x-y.example", "a.b+c_d-e@x-y.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("äda@example.org", "äda@example.org"),
        ("ada@example.org.", "ada@example.org"),
        ("ada@", None),
        ("@example.org", None),
        ("ada", None),
        ("", None),
        ("ada@example..org", None),
        ("ada@-example.org", None),
        ("a b@example.org", None),
        ("a@b@example.org", None),
        ('"ada"@example.org', None),
        ("ada@[127.0.0.1]", None),
        ("ada\x00@example.org", None),
        ("ada\r\nBcc: x@example.org", None),
        ("<ada@example.org>", None),
        ("a" * 320 + "@example.org", None),
    ],
)
def test_an_address_is_read_or_is_none(text: str, address: str | None) -> None:
    """What is a trap on the way out is no address."""
    assert address == parse_address(text)


@given(st.text(max_size=60) | st.emails())
def test_reading_an_address_twice_changes_nothing(text: str) -> None:
    """What comes out is plain: it has one @, no blanks, no controls, and fits."""
    found = parse_address(text)
    if found is not None:
        assert found == parse_address(found)
        assert 1 == found.count("@")
        assert len(found) <= MAX_ADDRESS
        assert domain_of(found).isascii()
        assert not any(character.isspace() or ord(character) < 32 for character in found)


@given(st.text(max_size=30))
def test_lowering_touches_ascii_letters_only(text: str) -> None:
    """Look-alikes stay different: neither the Kelvin sign nor a dotted I becomes a letter."""
    lowered = ascii_lower(text)
    assert len(text) == len(lowered)
    for before, after in zip(text, lowered, strict=True):
        assert after == (before.lower() if "A" <= before <= "Z" else before)


def test_look_alikes_are_two_addresses() -> None:
    """A Cyrillic а is no Latin a; the Kelvin sign is no k."""
    assert parse_address("ada@example.org") != parse_address("\u0430da@example.org")
    assert parse_address("kim@example.org") != parse_address("\u212aim@example.org")


def test_a_set_holds_addresses_domains_and_tags() -> None:
    """A domain stands for itself and not for those below; tags only where they are asked for."""
    own = AddressSet(["Ada@Example.org", "@ada.example"], tags=True)
    for address in ("ada@example.org", "ada+shop@example.org", "anything@ada.example"):
        assert address in own
    for other in ("bo@example.org", "x@sub.ada.example", "x@notada.example", None, 5):
        assert other not in own
    assert "ada+shop@example.org" not in AddressSet(["ada@example.org"])
    assert not AddressSet([])


def test_a_tag_is_cut_at_the_first_plus() -> None:
    """But a local part of nothing but a tag stays."""
    assert "ada@x.example" == without_tag(EmailAddress("ada+a+b@x.example"))
    assert "+a@x.example" == without_tag(EmailAddress("+a@x.example"))


@given(prefixes, uuids, st.integers(6, 32))
def test_an_id_is_found_by_its_beginning(prefix: str, uuid: UUID, length: int) -> None:
    """Six characters or more, in any case, lie between the first and the last that begin so."""
    spelled = str(PublicId(prefix, uuid))  # type: ignore[arg-type]
    for text in (spelled[: 2 + length], spelled[: 2 + length].upper()):
        beginning = parse_id(text)
        assert beginning is not None
        assert prefix == beginning.prefix
        assert beginning.first <= uuid <= beginning.last
    whole = parse_id(spelled)
    assert whole is not None
    assert uuid == whole.first == whole.last


@pytest.mark.parametrize(
    "text", ["", "c_", "c_12345", "e_123456", "c123456", "c_12345g", "c_" + "1" * 33, "c_-----1"]
)
def test_what_is_no_id_is_none(text: str) -> None:
    """Too short, too long, another letter."""
    assert parse_id(text) is None


@given(
    st.datetimes(
        min_value=dt.datetime(1000, 1, 1),  # noqa: DTZ001 - the zone follows
        timezones=st.just(dt.UTC),
    )
)
def test_instants_are_whole_seconds_there_and_back(moment: dt.datetime) -> None:
    """And RFC 3339 spells them."""
    instant = from_datetime(moment)
    assert abs(to_datetime(instant) - moment) < dt.timedelta(seconds=1)
    assert to_datetime(instant) == dt.datetime.fromisoformat(to_rfc3339(instant))
    assert instant == from_datetime(to_datetime(instant))


def test_a_naive_datetime_is_no_instant() -> None:
    """Nobody knows whose clock it is."""
    with pytest.raises(ValueError, match="zone"):
        from_datetime(dt.datetime(2024, 1, 1))  # noqa: DTZ001 - that is the point


def test_an_instant_has_a_day_in_each_zone() -> None:
    """The owner's counts."""
    from zoneinfo import ZoneInfo

    new_year = Instant(1_704_066_600)  # 2023-12-31T23:50:00Z
    assert dt.date(2023, 12, 31) == local_date(new_year, ZoneInfo("UTC"))
    assert dt.date(2024, 1, 1) == local_date(new_year, ZoneInfo("Europe/Berlin"))
