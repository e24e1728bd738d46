"""Nothing in a card takes time that grows faster than the card."""

from __future__ import annotations

from time import process_time

import pytest

from tests.formats.cards import read_all

SECONDS = 2.0  # against growth, not for speed: what it guards against takes ten seconds and more
SIZE = 500_000


def _card(body: bytes) -> bytes:
    return b"BEGIN:VCARD\r\nFN:Eve\r\n" + body + b"\r\nEND:VCARD\r\n"


def _many(pattern: bytes, count: int) -> bytes:
    return b"\r\n".join(pattern.replace(b"#", b"%d" % number) for number in range(count))


HOSTILE = {
    "folds": _card(b"NOTE:" + b"\r\n x" * (SIZE // 4)),
    "soft line breaks": _card(b"NOTE;QUOTED-PRINTABLE:" + b"=\r\n" * (SIZE // 3)),
    "parameters": _card(b"EMAIL" + b";X=1" * 100_000 + b":a@b.example"),
    "bare parameters": _card(b"\r\n".join([b"EMAIL" + b";A#;B" * 1_600 + b":a@b.example"] * 60)),
    "quotation marks": _card(b"EMAIL" + b';X="' * (SIZE // 4) + b":a@b.example"),
    "quoted colons": _card(_many(b'EMAIL;X="a:b#":a#@b.example', 20_000)),
    "a megabyte in one line": _card(b"NOTE:" + b"\\" * 2 * SIZE),
    "semicolons": _card(b"N:\\," + b";" * 2 * SIZE),
    "commas": _card(b"CATEGORIES:\\;" + b"a," * SIZE),
    "addresses": _card(_many(b"EMAIL:a#@b.example", 50_000)),
    "no addresses": _card(_many(b"EMAIL:a#", 50_000)),
    "addresses in one": _card(b"EMAIL:" + b"a@b, " * (SIZE // 5)),
    "labels": _card(_many(b"item#.TEL:#\r\nitem#.X-ABLabel:a#", 20_000)),
    "no dates": _card(_many(b"BDAY:x#", 30_000)),
    "no properties": _card(b"x\r\n" * (SIZE // 3)),
    "beginnings": b"BEGIN:VCARD\r\n" * (SIZE // 13),
    "ends": b"BEGIN:VCARD\r\n" + b"END:VCARD\r\n" * (SIZE // 11),
    "cards in cards": _card(b"AGENT:\r\nBEGIN:VCARD\r\n" * 20_000 + b"END:VCARD\r\n" * 20_000),
    "blanks": _card(b"BEGIN:VCARD" + b" " * 2 * SIZE + b"x"),
    "pictures": _card(b"PHOTO:x\r\n" * (SIZE // 9)),
    "a picture of 20 MB": _card(b"PHOTO;ENCODING=b:" + b"\r\n AAAAAAAAAAAA" * (40 * SIZE // 15)),
    "groups": _card(b"KIND:group\r\n" + _many(b"MEMBER:urn:uuid:a", 20_000)) + _card(b"UID:a"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_in_no_time(name: str) -> None:
    """However it is made, half a megabyte takes a fraction of a second."""
    begun = process_time()
    pieces = read_all(HOSTILE[name])

    assert pieces
    assert process_time() - begun < SECONDS
