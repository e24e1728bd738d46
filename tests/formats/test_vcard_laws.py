"""The laws of vCards: what is written is read as it was, and nothing that is read does harm."""

from __future__ import annotations

import string
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krmd.base.address import parse_address
from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_rfc3339
from krmd.formats.reading import Raw, Read
from krmd.formats.vcard_reading import VcardReader
from krmd.formats.vcard_writing import Version, write_vcard
from krmd.ledger.partial_date import partial_date
from krmd.ledger.portrait import Fact, FactField, Portrait, clean, compound, fact
from tests.formats.cards import facts, read_all

UID = "urn:uuid:00000000-0000-4000-8000-000000000001"
VERSIONS: tuple[Version, ...] = get_args(Version)

# Letters of many kinds, and all that means something in a card or to who reads one.
texts = st.text(
    st.sampled_from("aZé😀\u0301 \t\r\n\\\\;;,,::^\"'=-_.@%?<>&\u2028\u200d\x00\x85")
    | st.characters(),
    max_size=40,
) | st.sampled_from(
    (
        "END:VCARD",
        "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Mallory",
        "_$!<Anniversary>!$_",
        "Anniversary",
        "anniversary",
        "home",
        "home fax",
        "cell",
        "mobile",
        "myContacts",
        "spouse: Bob",
        "mother: Eve",
        "tel:+1-2",
        "urn:uuid:1",
        "x-apple:ada",
        "skype",
        "xmpp",
        "twitter",
        "ENCODING=QUOTED-PRINTABLE",
        "CHARSET=ISO-8859-1 é=",
        "C:\\new\\,folder",
        "1604",
        "é" * 70,
        "word " * 40,
    )
)
years = st.none() | st.integers(1, 9999) | st.sampled_from((1604, 1904, 1985))
dates = (
    st.builds(partial_date, years, st.none() | st.integers(1, 12), st.none() | st.integers(1, 31))
    .filter(bool)
    .map(str)
)
words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=9)
addresses = st.builds("{}@{}.example".format, words, words).filter(parse_address)
compounds = st.lists(texts, max_size=8).map(compound)

_VALUES: dict[FactField, st.SearchStrategy[str]] = {
    "structured_name": compounds | texts,
    "postal": compounds | texts,
    "email": addresses,
    "birthday": dates,
    "date": dates,
    "died": dates | st.just(""),
    "cadence_days": st.integers(1, 36_500).map(str),
    "attention": st.sampled_from(("less", "normal", "more", "muted")),
    "dropped": st.just("true"),
    "added": st.integers(0, 4_000_000_000).map(lambda it: to_rfc3339(Instant(it))),
    "no_mailings": st.just("true"),
}


@st.composite
def said_facts(draw: st.DrawFn) -> Fact | None:
    """A fact as any source may say it."""
    field = draw(st.sampled_from([it for it in get_args(FactField) if it != "name"]))
    return fact(field, draw(_VALUES.get(field, texts)), draw(st.just("") | texts))


@st.composite
def portraits(draw: st.DrawFn) -> Portrait:
    """A portrait of anybody of whom something is said."""
    said = [it for it in draw(st.lists(said_facts(), max_size=12)) if it is not None]
    name = clean(draw(texts))
    return Portrait(name if name or said else "Ada", tuple(dict.fromkeys(said)), UID)


@pytest.mark.parametrize("version", VERSIONS)
@given(portrait=portraits())
@settings(max_examples=200)
def test_what_is_written_is_read_as_it_was(version: Version, portrait: Portrait) -> None:
    """Any name, any facts, any labels: one card, the same person, nothing to remark on."""
    (read,) = read_all(write_vcard(portrait, version=version, uid=UID))

    assert isinstance(read, Read)
    assert (portrait.name, UID) == (read.portrait.name, read.portrait.key)
    assert set(portrait.facts) == set(read.portrait.facts)
    assert len(portrait.facts) == len(read.portrait.facts)
    assert () == read.remarks


NEW_CARD = write_vcard(
    Portrait(
        "Zoë O’Brien",
        facts(
            ("structured_name", "O’Brien;Zoë;;Dr.", ""),
            ("nickname", "Zo", ""),
            ("email", "zoe@x.example", "home"),
            ("phone", "+44 1", "Ship"),
            ("handle", "zoe", "skype"),
            ("postal", ";;1 Elm\nFlat 2;Hull;;HU1;UK", "work"),
            ("birthday", "--02-29", ""),
            ("date", "2009-08-08", "anniversary"),
            ("relation", "spouse: Tom", ""),
            ("note", "long " * 40, "2024-05-01"),
            ("category", "a, b", ""),
            ("died", "", ""),
        ),
    ),
    version="3.0",
    uid=UID,
)
OLD_CARD = (
    b"BEGIN:VCARD\r\nVERSION:2.1\r\nTEL;CELL;VOICE:1\r\nBDAY:1985-02-30\r\n"
    b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9F;=\r\n=D0=9E\r\n"
    b"AGENT:\r\nBEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\nPHOTO;ENCODING=BASE64:\r\n /9j/4A\r\n\r\n"
    b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=Windows-1252:f=FCr=\r\n dich=0D=0A=\r\n\r\n"
    b"item1.X-ABDATE:16040229\r\nitem1.X-ABLabel:_$!<Anniversary>!$_\r\n"
    b"X-ANDROID-CUSTOM:vnd.android.cursor.item/relation;Igor;14;;\r\nEND:VCARD\r\n"
)
CARDS = (NEW_CARD, OLD_CARD)
PIECES = (
    b"\r\n",
    b"\n ",
    b":",
    b";",
    b"=",
    b'"',
    b",",
    b"\\",
    b"^",
    b"\0",
    b"\xff",
    b"END:VCARD\n",
)


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """Cards with some of their octets gone, doubled or replaced."""
    octets = draw(st.sampled_from(CARDS)) + draw(st.sampled_from(CARDS))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(octets)))
        length = draw(st.integers(0, 30))
        middle = draw(st.sampled_from((*PIECES, octets[place : place + length] * 2)))
        octets = octets[:place] + middle + octets[place + length :]
    return octets


@given(octets=damaged_files() | st.binary(max_size=300))
@settings(max_examples=200)
def test_whatever_a_file_holds_is_read_or_skipped(octets: bytes) -> None:
    """It raises nothing but the refusal of a file without cards, and keeps facts as they may be."""
    try:
        pieces = read_all(octets)
    except UserError:
        return
    for piece in pieces:
        assert 1 <= piece.line <= octets.count(b"\n") + octets.count(b"\r") + 1
        if isinstance(piece, Read):
            said = piece.portrait.facts
            assert len(set(said)) == len(said)
            assert list(said) == [fact(*it) for it in said]
            assert clean(piece.portrait.name) == piece.portrait.name


@pytest.mark.parametrize("version", VERSIONS)
@given(octets=damaged_files())
@settings(max_examples=100)
def test_whatever_is_read_is_written_and_read_again(version: Version, octets: bytes) -> None:
    """From any source: export and import leave everybody as they are."""
    try:
        pieces = read_all(octets)
    except UserError:
        return
    for portrait in (it.portrait for it in pieces if isinstance(it, Read)):
        (again,) = read_all(write_vcard(portrait, version=version, uid=portrait.key))

        assert isinstance(again, Read)
        assert portrait == again.portrait


@given(octets=st.binary(max_size=200) | st.sampled_from(CARDS).map(lambda it: it[1:]))
def test_a_piece_that_is_no_card_is_parsed_too(octets: bytes) -> None:
    """A server may hand out anything as a card."""
    assert 7 == VcardReader(b"").parse(Raw(7, octets)).line
