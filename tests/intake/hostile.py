"""Headers made to hurt: each once took a parser down, or would if the caps were not there."""

from __future__ import annotations

_ADDRESS_FIELDS = (b"From", b"To", b"Cc", b"Bcc", b"Sender", b"Reply-To", b"Delivered-To")
_SIZE = 256 * 1024


def _filled(name: bytes, unit: bytes, size: int = _SIZE) -> bytes:
    return (name + b": " + unit * (size // len(unit)))[:size]


def _in_every_field(unit: bytes) -> bytes:
    return b"\r\n".join(_filled(name, unit, _SIZE // 7) for name in _ADDRESS_FIELDS)


HOSTILE: dict[str, bytes] = {
    "20 KB of quotes in From": _filled(b"From", b'"', 20 * 1024),
    "a header of quotes": _filled(b"From", b'"'),
    "escaped quotes": _filled(b"From", b'"\\'),
    "50,000 encoded words in Subject": b"Subject: " + b" ".join([b"=?utf-8?q?a?="] * 50_000),
    "50,000 encoded words in From": b"From: " + b" ".join([b"=?utf-8?q?a?="] * 50_000) + b" <a@b>",
    "encoded words that never end": _filled(b"Subject", b"=?utf-8?q?"),
    "100,000 From lines": b"From: a@b.example\r\n" * 100_000,
    "10,000 recipients": b"To: "
    + b",\r\n ".join(b"p%d@d%d.example" % (n, n % 100) for n in range(10_000)),
    "40,000 short addresses": b"To: " + b",".join(b"%x@b" % n for n in range(40_000)),
    "addresses in four fields": b"\r\n".join(
        name + b": " + b",".join(b"%x@%s" % (n, name[:1]) for n in range(8800))
        for name in _ADDRESS_FIELDS[:4]
    ),
    "40,000 addresses that are none": b"To: " + b",".join(b"p%d@-" % n for n in range(40_000)),
    "international addresses": b"To: " + b",".join(b"a@\xc3\xbc%d.b" % n for n in range(20_000)),
    "raw octets in addresses": b"To: " + b",".join(b"\xfc%d@\xfc.b" % n for n in range(30_000)),
    "addresses in one pair of brackets": b"From: <" + b"a@b " * 60_000 + b">",
    "nested comments": b"From: " + b"(" * 130_000 + b")" * 130_000 + b" a@b",
    "comments by the thousand": _filled(b"From", b"()"),
    "brackets that never close": _filled(b"From", b"<"),
    "commas and brackets": _filled(b"To", b"<,"),
    "signs of at": _filled(b"From", b"@ "),
    "an address of nothing but at": _filled(b"From", b"a@"),
    "one long word": _filled(b"From", b"a"),
    "blanks around an at": b"From: <a" + b" " * 250_000 + b"@b>",
    "a year of four thousand digits": b"Date: 1 Jan " + b"9" * 4000 + b" 00:00:00 +0000",
    "the year 9999": b"Date: Fri, 31 Dec 9999 23:59:59 +0000\r\n",
    "a date of parentheses": _filled(b"Date", b"("),
    "references without end": _filled(b"References", b"<a@b> "),
    "references that never close": _filled(b"References", b"<"),
    "a message id of parentheses": _filled(b"Message-ID", b"("),
    "folded blanks": b"From: a@b" + b"\r\n " * 80_000,
    "carriage returns": _filled(b"From", b"\r"),
    "empty names": b":\r\n" * 80_000,
    "lines without colons": b"x\n" * 120_000,
    "To a thousand times": b"To: <,<,\r\n" * 20_000,
    "forged results": b"Authentication-Results: mx.example.org; ((((((((((\r\n" * 5000,
    "results of parentheses": b"Authentication-Results: " + b"(" * 8000 + b"\r\n",
    "a content type of methods": _filled(b"Content-Type", b"text/calendar; method ="),
    "quotes in every field": _in_every_field(b'"\\'),
    "brackets in every field": _in_every_field(b"<,"),
    "words in every field": _in_every_field(b"=?gb18030?q?=81=30=81=30?= <a@b>,"),
    "ats in every field": _in_every_field(b"(a) b @"),
    "NULs": b"\x00" * _SIZE,
    "NULs in From": _filled(b"From", b"\x00"),
    "octets of all ones": b"From: " + b"\xff" * _SIZE,
}
"""Header blocks by what is wrong with them."""
