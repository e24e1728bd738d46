"""Multistatus answers, in pieces: the same whichever way they are cut, in little memory."""

import itertools
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.wire.carddav.multistatus import DAV, BadXmlError, MultistatusReader, Response
from tests.servers.scripted_http import BOOK_TYPE, card_at, having, multistatus, status_of, token

DOCUMENT = multistatus(
    having("/b/", BOOK_TYPE, "<D:displayname>Frëunde &amp; Co</D:displayname>"),
    card_at("/b/1.vcf", 'W/"ä"', "BEGIN:VCARD\r\nFN:<x> & ]]> 猫\r\nEND:VCARD\r\n"),
    status_of("/b/2.vcf", 404),
    "<D:unknown><D:response><D:href>/inner</D:href></D:response></D:unknown>",
    token("t 1"),
).encode()


def read(*pieces: bytes) -> tuple[list[tuple[object, ...]], str]:
    """What a reader hands out, in a form that can be compared, and the token."""
    taken: list[tuple[object, ...]] = []

    def take(said: Response) -> None:
        texts = {name: found.text for name, found in said.properties.items()}
        taken.append((said.href, said.status, texts))

    reader = MultistatusReader(take)
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    return taken, reader.token


def test_responses_are_read_with_their_properties_and_states() -> None:
    """Only those directly in the document, with line ends as XML gives them."""
    taken, said_token = read(DOCUMENT)
    assert ["/b/", "/b/1.vcf", "/b/2.vcf"] == [href for href, _, _ in taken]
    assert [None, None, 404] == [status for _, status, _ in taken]
    assert "t 1" == said_token
    card = taken[1][2]
    assert isinstance(card, dict)
    assert 'W/"ä"' == card[DAV + "getetag"]
    data = card["urn:ietf:params:xml:ns:carddav}address-data"]
    assert "BEGIN:VCARD\nFN:<x> & ]]> 猫\nEND:VCARD\n" == data.replace("\r\n", "\n")


@given(st.lists(st.integers(0, len(DOCUMENT)), max_size=8))
def test_where_the_pieces_are_cut_is_of_no_account(cuts: list[int]) -> None:
    """Also within a character, a tag or a name."""
    edges = [0, *sorted(cuts), len(DOCUMENT)]
    pieces = [DOCUMENT[low:high] for low, high in itertools.pairwise(edges)]
    assert read(DOCUMENT) == read(*pieces)


@given(st.integers(0, len(DOCUMENT) - 1))
def test_no_beginning_of_a_document_is_a_document(length: int) -> None:
    """Each is refused as incomplete."""
    with pytest.raises(BadXmlError):
        read(DOCUMENT[:length])


@given(st.integers(0, len(DOCUMENT) - 1), st.binary(max_size=20))
def test_octets_of_any_kind_are_read_or_refused(place: int, octets: bytes) -> None:
    """A damaged document gives BadXmlError or responses, and no other exception."""
    try:
        taken, _ = read(DOCUMENT[:place], octets, DOCUMENT[place + len(octets) :])
    except BadXmlError:
        return
    assert len(taken) <= 5


def test_a_listing_of_34257_cards_is_read_in_little_memory() -> None:
    """One response at a time is held, and the whole takes a moment."""
    card = card_at("/remote.php/dav/addressbooks/users/ada/contacts/{}.vcf", '"{}"')
    head, _, tail = multistatus("|").partition("|")
    count = 0

    def take(_said: Response) -> None:
        nonlocal count
        count += 1

    reader = MultistatusReader(take)
    reader.feed(head.encode())
    tracemalloc.start()
    try:
        for number in range(0, 34257, 601):
            many = "".join(card.replace("{}", str(each)) for each in range(number, number + 601))
            reader.feed(many.encode())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    reader.feed(tail.encode())
    reader.close()
    assert 34257 == count
    assert peak < 2_000_000
