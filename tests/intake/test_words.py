"""Encoded words and cleaning: RFC 2047 as the world writes it."""

from __future__ import annotations

import pytest

from krmd.intake.words import clean, readable


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain text", "plain text"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("Re: =?iso-8859-2?q?Tom=E1=B9?= and so on", "Re: Tomáš and so on"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?a_b?=", "a b"),
        ("=?utf-8*en?q?language?=", "language"),
        ("=?iso-2022-jp?b?GyRCMnE1RBsoQg==?=", "会議"),
        ("=?koi8-r?b?99PU0sXewQ==?=", "Встреча"),
        ("=?gb2312?b?u+HS6Q==?=", "会议"),
        ("=?utf-8?q?What??=", "What?"),
        ("=?utf-8?q?with raw blanks?=", "with raw blanks"),
    ],
)
def test_encoded_words_are_decoded(written: str, read: str) -> None:
    """RFC 2047, with the liberties senders take."""
    assert read == readable(written, 200)


def test_a_multibyte_character_torn_between_words_is_whole_again() -> None:
    """RFC 2047 5 (3) forbids it; half of the world's mailers do it."""
    assert "会議" == readable("=?utf-8?b?5Lya6K0=?= =?utf-8?b?sA==?=", 200)
    assert "é!" == readable("=?utf-8?q?=C3?=\t=?utf-8?b?qSE=?=", 200)


@pytest.mark.parametrize(
    "charset",
    ["hex", "zlib", "zlib_codec", "idna", "undefined", "punycode", "unicode_escape", "rot13", "x"],
)
def test_no_charset_name_reaches_a_codec_that_is_none(charset: str) -> None:
    """Python knows them; a mail must not: they raise, or unpack bombs."""
    assert "Gr=C3" != readable(f"=?{charset}?q?Gr=C3=BC=C3=9Fe?=", 200)
    assert "Grüße" == readable(f"=?{charset}?q?Gr=C3=BC=C3=9Fe?=", 200)


def test_a_wrong_label_gives_the_likelier_text() -> None:
    """UTF-8 labelled Latin-1, and Latin-1 labelled UTF-8."""
    assert "Grüße" == readable("=?iso-8859-1?q?Gr=C3=BC=C3=9Fe?=", 200)
    assert "Grüße" == readable("=?utf-8?q?Gr=FC=DFe?=", 200)
    assert "für\ufffd" == readable("=?utf-8?q?f=C3=BCr=C3?=", 200)


@pytest.mark.parametrize("text", ["YWI", "YW I=", "YWI=YWI=", "Y", "====", "%&", "YWJj-_"])
def test_broken_base64_gives_what_can_be_had(text: str) -> None:
    """Missing and doubled padding, blanks, foreign letters: never an error."""
    assert readable(f"=?utf-8?b?{text}?=", 200) is not None


def test_padding_may_be_missing_or_stand_in_the_middle() -> None:
    """Some encoders join finished pieces."""
    assert "ab" == readable("=?utf-8?b?YWI?=", 200)
    assert "abab" == readable("=?utf-8?b?YWI=YWI=?=", 200)


def test_controls_and_bidirectional_overrides_become_blanks() -> None:
    """No subject moves the terminal's cursor, none reads backwards."""
    assert "a b c d" == clean("a\x00\x1b\u202eb\r\nc\x9f\ufeff d", 200)
    assert "Subject x" == readable("=?utf-8?q?Subject=0D=0Ax?=", 200)


def test_joiners_stay() -> None:
    """Persian and family emoji are spelled with them."""
    assert "می\u200cروم 👩\u200d👧" == clean("می\u200cروم 👩\u200d👧", 200)


def test_surrogates_never_survive() -> None:
    """UTF-7 and CESU can spell them; no database takes them."""
    assert "\ufffd" == clean("\ud800", 200)
    readable("=?utf-7?q?+2AA-?=", 200).encode()


def test_text_is_cut_to_its_limit() -> None:
    """In characters, without a blank at the end."""
    assert "abcd" == clean("abcd efgh", 5)
