"""Message ids and keys: the same mail has the same key, two mails have two."""

from __future__ import annotations

from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.identity import (
    first_id,
    last_id,
    mail_key,
    normalise_id,
    read_ids,
    reference_key,
    uuid_of,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" <Abc.1@example.org>", "Abc.1@example.org"),
        ("<abc@example.org> (added by postmaster)", "abc@example.org"),
        ("(comment) <abc@example.org>", "abc@example.org"),
        ("<abc\t@example.org >", "abc@example.org"),
        ("<no-at-sign-1234>", "no-at-sign-1234"),
        ("abc@example.org", "abc@example.org"),
        ("0123456789abcdef0123", "0123456789abcdef0123"),
        ("<(null)@example.org>", "(null)@example.org"),
        ("", None),
        ("<>", None),
        ("< >", None),
        ("none", None),
        ("some words that are no id", None),
        ("=?utf-8?q?=3Cx=0D=0AX1_CREATE_pwned?=", None),
        ("<=?utf-8?q?=3Cx=0D=0AX1_CREATE_pwned?=>", None),
        ("<a\x00b@example.org>", None),
        ("<\u202eabc@example.org>", None),
        (f"<{'a' * 500}>", "a" * 500),
        (f"<{'a' * 501}>", None),
        (f"<{'ü' * 251}>", None),
    ],
)
def test_message_ids_are_read(written: str, read: str | None) -> None:
    """RFC 5322 3.6.4, lenient with what mailers make and strict with what is none."""
    assert read == normalise_id(written)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        (" <a@x.example> <b@x.example>\t<c@x.example>", "a@x.example", "c@x.example"),
        ("<a@x.example>,<b@x.example>", "a@x.example", "b@x.example"),
        ("Message from Ada of Monday <a@x.example>", "a@x.example", "a@x.example"),
        ("a@x.example b@x.example", "a@x.example", "b@x.example"),
        ("Your message of Monday", None, None),
        ("<> <b@x.example>", "b@x.example", "b@x.example"),
        ("<unclosed@x.example", None, None),
    ],
)
def test_references_name_the_first_and_the_last(
    written: str, first: str | None, last: str | None
) -> None:
    """The first began the thread, the last is answered."""
    assert (first, last) == (first_id(written), last_id(written))


@given(st.text('<>abc@." \t()=?\x00ü', max_size=30))
def test_the_quick_ways_find_what_the_careful_one_finds(written: str) -> None:
    """Speed only."""
    ids = read_ids(written)

    assert (ids[0] if ids else None) == first_id(written) == normalise_id(written)


@given(st.text(max_size=50) | st.none(), st.text(max_size=20), st.text(max_size=20))
def test_every_key_is_a_uuid_of_version_8(message_id: str | None, moment: str, rest: str) -> None:
    """RFC 9562 5.8, in two signed 64-bit numbers."""
    key = mail_key(message_id, moment=moment, authors="ada@example.org", rest=rest)

    assert 8 == uuid_of(key).version
    assert RFC_4122 == uuid_of(key).variant
    assert all(-(2**63) <= half < 2**63 for half in key)


def test_an_answer_finds_what_it_answers_by_the_upper_half() -> None:
    """It knows the id alone, neither date nor author."""
    key = mail_key("a@x.example", moment="1", authors="ada@example.org", rest="")

    assert reference_key("a@x.example") == key.high


def test_two_mails_that_abuse_one_message_id_stay_two() -> None:
    """Other date or other author: another mail, of the same thread."""
    one = mail_key("a@x.example", moment="1", authors="ada@example.org", rest="")
    later = mail_key("a@x.example", moment="2", authors="ada@example.org", rest="")
    other = mail_key("a@x.example", moment="1", authors="bo@example.org", rest="")

    assert 1 == len({one.high, later.high, other.high})
    assert 3 == len({one.low, later.low, other.low})


def test_the_keys_of_today_are_the_keys_of_tomorrow() -> None:
    """They are stored: a change here doubles every mail that is read again."""
    with_id = mail_key("a@x.example", moment="1", authors="ada@example.org", rest="")
    without = mail_key(None, moment="1", authors="ada@example.org", rest="to:bo@example.org\0lunch")

    assert "322fd729-32b2-88c7-bf92-19c7e8497fbd" == str(uuid_of(with_id))
    assert "39dc67a5-6193-88d4-bcee-c059f775670e" == str(uuid_of(without))
