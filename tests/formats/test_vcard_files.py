"""A vCard file cut into cards: what is broken costs itself alone, and is named by its line."""

from __future__ import annotations

import mmap
import tempfile

import pytest

from krmd.base.errors import UserError
from krmd.formats.reading import Octets, Raw, Read, Skipped
from krmd.formats.vcard_cutting import LARGEST_CARD, LARGEST_RECODED
from krmd.formats.vcard_reading import VcardReader
from tests.formats.cards import card, person, read_all, said

ADA = card("FN:Ada", "TEL:1")
BOB = card("FN:Bob", "TEL:2")
LINES = ADA.count(b"\n")


def _told(octets: Octets) -> list[tuple[int, str]]:
    """The line of each piece, and the name of its person or the reason it gave none."""
    return [
        (it.line, it.portrait.name if isinstance(it, Read) else it.reason)
        for it in read_all(octets)
    ]


def test_each_card_is_named_by_its_line() -> None:
    """The first line is 1, whatever ends them."""
    expected = [(1, "Ada"), (LINES + 2, "Bob")]

    assert expected == _told(ADA + b"\r\n" + BOB)
    assert expected == _told((ADA + b"\r\n" + BOB).replace(b"\r", b""))
    assert expected == _told((ADA + b"\r\n" + BOB).replace(b"\r\n", b"\r"))


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (ADA[: -len(b"END:VCARD\r\n")] + BOB, [(1, "no END"), (5, "Bob")]),
        (ADA + BOB[: -len(b"END:VCARD\r\n")], [(1, "Ada"), (6, "cut off")]),
        (ADA + b"END:VCARD\r\n" + BOB, [(1, "Ada"), (6, "without a BEGIN"), (7, "Bob")]),
        (ADA + b"\r\n\0\xff\x10\r\n\r\n" + BOB, [(1, "Ada"), (7, "in no card"), (9, "Bob")]),
        (b"From a friend:\r\n" + ADA, [(1, "in no card"), (2, "Ada")]),
        (ADA + b"bye", [(1, "Ada"), (6, "in no card")]),
        (b"\r\n\r\n" + ADA + b"\r\n\x1a", [(3, "Ada")]),
        (ADA.rstrip() + BOB, [(1, "Ada"), (5, "Bob")]),
        (b"\xef\xbb\xbf" + ADA + b"\xef\xbb\xbf" + BOB, [(1, "Ada"), (6, "Bob")]),
        (ADA.replace(b"BEGIN:VCARD", b"begin : VCard "), [(1, "Ada")]),
        (ADA.replace(b"TEL:1", b"NOTE:x\r\n END:VCARD\r\n BEGIN:VCARD"), [(1, "Ada")]),
    ],
)
def test_what_is_broken_costs_itself_alone(octets: bytes, told: list[tuple[int, str]]) -> None:
    """Cards without an end, ends without a card, rubbish in between, marks of all sorts."""
    pieces = _told(octets)

    assert [line for line, _ in told] == [line for line, _ in pieces]
    assert all(expected in actual for (_, expected), (_, actual) in zip(told, pieces, strict=True))


@pytest.mark.parametrize("octets", [b"", b"\r\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_holds_nobody(octets: bytes) -> None:
    """An empty book exported, say."""
    assert [] == read_all(octets)


@pytest.mark.parametrize("octets", [b"Name,Email\r\n", b"BEGIN:VCALENDAR\r\n", b"\0" * (1 << 21)])
def test_a_file_without_a_card_is_refused(octets: bytes) -> None:
    """It says what it looked for."""
    with pytest.raises(UserError, match="no line says BEGIN:VCARD"):
        read_all(octets)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(encoding: str) -> None:
    """With its mark or without, as Windows writes it."""
    octets = card("FN:Zoë", "NOTE:😀").decode().encode(encoding)

    assert "Zoë" == person(octets).name
    assert [("😀", "")] == said(octets, "note")


def test_utf_16_that_is_too_large_is_refused() -> None:
    """It would have to be read at once."""
    with pytest.raises(UserError, match="larger than 64 MB; convert it to UTF-8"):
        VcardReader(b"\xff\xfe" + bytes(LARGEST_RECODED))


def test_a_file_is_read_through_a_map() -> None:
    """So that it needn't fit into memory; the map can be closed while the cards live on."""
    with tempfile.TemporaryFile() as file:
        file.write(ADA + BOB)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
            pieces = VcardReader(octets).pieces()
            first = next(pieces)
            assert [(1, "Ada"), (LINES + 1, "Bob")] == _told(octets)

    assert Raw(1, ADA.rstrip()) == first


def test_pictures_are_left_out_before_anybody_looks() -> None:
    """Of any size, folded or not, in base64 or by reference; what stands behind them is read."""
    picture = b"PHOTO;ENCODING=b;TYPE=JPEG:" + b"/9j/4AAQ\r\n " * 200_000 + b"=="
    bare = b"item1.PHOTO;ENCODING=BASE64:" + b"/9j/4AAQ\r\n" * 200_000 + b"\r\n"
    data = b"LOGO:data:image/png;base64," + b"A" * 9_000_000
    octets = b"\r\n".join((b"BEGIN:VCARD", b"FN:Ada", picture, b"TEL:1", bare, data, b"END:VCARD"))

    pieces = list(VcardReader(octets + b"\r\n" + BOB).pieces())

    assert Raw(1, b"BEGIN:VCARD\r\nFN:Ada\r\nTEL:1\r\nEND:VCARD") == pieces[0]
    assert 400_000 < pieces[1].line


def test_a_small_picture_is_not_decoded_either() -> None:
    """And its lines are no broken ones."""
    octets = card("PHOTO;ENCODING=BASE64;TYPE=GIF:", "R0lGODlhAQAB", "AAAA", "", "FN:Ada", "TEL:1")

    assert "Ada" == person(octets).name


def test_a_card_that_is_too_large_is_skipped() -> None:
    """8 MB without pictures are no person; the next card is read."""
    octets = card("FN:Eve", "NOTE:" + "x" * LARGEST_CARD) + BOB

    assert [(1, "The card is larger than 8 MB."), (6, "Bob")] == _told(octets)


def test_a_card_in_a_card_is_left_out() -> None:
    """An AGENT of vCard 2.1 is another person."""
    agent = card("FN:Eve", "EMAIL:eve@x.example").decode().rstrip()
    deeper = card("FN:Mal", "AGENT:", agent, "TEL:3").decode().rstrip()
    octets = card("AGENT:", agent, "TEL:1", "item1.AGENT;X=1: ", deeper, "FN:Ada") + BOB

    first, second = read_all(octets)

    assert isinstance(first, Read)
    assert isinstance(second, Read)
    assert ("Ada", "Bob") == (first.portrait.name, second.portrait.name)
    assert ["phone"] == [it.field for it in first.portrait.facts]


def test_much_that_says_nothing_is_cut_short() -> None:
    """Facts and remarks of one card have an end, and it is said."""
    octets = card("FN:Ada", *(f"EMAIL:a{n}@x.example" for n in range(6_000)), *["what"] * 50)

    (read,) = read_all(octets)

    assert isinstance(read, Read)
    assert 5_000 == len(read.portrait.facts)
    assert "The card says more than 5000 things; the rest is left out." == read.remarks[0]

    (read,) = read_all(card("FN:Ada", *(f"EMAIL:no{n}" for n in range(6_000))))

    assert isinstance(read, Read)
    assert 21 == len(read.remarks)
    assert "More of this card could not be used." == read.remarks[-1]


def test_a_long_text_is_cut_short_and_it_is_said() -> None:
    """10,000 characters of a note are kept."""
    (read,) = read_all(card("FN:Ada", "NOTE:" + "é" * 20_000))

    assert isinstance(read, Read)
    assert ("é" * 10_000,) == read.portrait.values("note")
    assert ("The note is longer than 10000 characters; the rest is left out.",) == read.remarks


APPLE_GROUP = card(
    "N:Choir\\, old",
    "FN:Choir\\, old",
    "X-ADDRESSBOOKSERVER-KIND:group",
    "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:AAAA-1",
    "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:BBBB-2",
)
GROUP_4 = card("KIND:group", "FN:Küche", "MEMBER:urn:uuid:aaaa-1", "MEMBER:mailto:x@x.example")


def test_groups_give_their_members_a_category() -> None:
    """Apple's and those of vCard 4, before and behind their members; they are nobody themselves."""
    ada = card("FN:Ada", "UID:AAAA-1", "CATEGORIES:Chess")
    bob = card("FN:Bob", "UID:urn:uuid:bb\r\n bb-2")
    eve = card("FN:Eve", "UID:CCCC-3", "NOTE:KIND:group")

    read = [it for it in read_all(APPLE_GROUP + ada + bob + eve + GROUP_4) if isinstance(it, Read)]

    assert [
        ("Ada", ("Chess", "Choir, old", "Küche")),
        ("Bob", ("Choir, old",)),
        ("Eve", ()),
    ] == [(it.portrait.name, it.portrait.values("category")) for it in read]


def test_a_card_whose_groups_change_is_another_card() -> None:
    """What a piece means depends on its octets and the reader's habits alone."""
    ada = card("FN:Ada", "UID:AAAA-1")
    alone, grouped = VcardReader(ada), VcardReader(APPLE_GROUP + ada)

    assert alone.habits == grouped.habits
    assert [Raw(1, ada.rstrip())] == list(alone.pieces())
    (piece,) = grouped.pieces()
    assert isinstance(piece, Raw)
    assert ada.rstrip() != piece.octets
    assert alone.parse(piece) == grouped.parse(piece)


def test_a_group_by_itself_is_nobody() -> None:
    """As a server hands it out."""
    reader = VcardReader(APPLE_GROUP)

    assert [] == list(reader.pieces())
    assert Skipped(1, "The card describes no person: its kind is group.") == reader.parse(
        Raw(1, APPLE_GROUP)
    )
