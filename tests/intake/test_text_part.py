"""The text of a mail out of the beginning of its body, whatever the body is."""

from __future__ import annotations

import base64
import quopri
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.html_text import MOST_LINES, html_text
from krmd.intake.text_part import LONGEST_BODY, newest_text

MIXED = 'multipart/mixed; boundary="b"'
ALTERNATIVE = "multipart/alternative; boundary=b"
SECONDS = 1.0
"""Against growth, not for speed: some 50 ms are usual, what it guards against takes a minute."""


def text_of(body: bytes, kind: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> str:
    """The text of a body that came with these fields."""
    return newest_text(body, content_type=kind, transfer_encoding=encoding)


def parts(*parts: bytes, boundary: bytes = b"b", end: bytes = b"--") -> bytes:
    """A multipart body."""
    line = b"--" + boundary
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + end


def part(text: str, kind: str = "text/plain", *, more: str = "") -> bytes:
    """One part in UTF-8."""
    return f"Content-Type: {kind}; charset=utf-8\r\n{more}\r\n{text}".encode()


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        ("Grüße, Ada".encode(), "text/plain; charset=utf-8", "8bit"),
        ("Grüße, Ada".encode(), 'TEXT/PLAIN; CHARSET="UTF-8"; format=flowed', ""),
        ("Grüße, Ada".encode(), "", ""),
        ("Grüße, Ada".encode(), "nonsense", "nonsense"),
        ("Grüße, Ada".encode("latin-1"), "text/plain; charset=iso-8859-1", "8bit"),
        ("Grüße, Ada".encode("latin-1"), "text/plain; charset=us-ascii", "7bit"),
        ("Grüße, Ada".encode("utf-16"), "text/plain; charset=utf-16", "8bit"),
        ("Grüße, Ada".encode(), "text/plain; charset=hex", "8bit"),
        ("Grüße, Ada".encode(), "text/plain; charset=idna", "8bit"),
        ("Grüße, Ada".encode(), "text/plain; charset*=us-ascii'en'utf-8", "8bit"),
        (quopri.encodestring("Grüße, Ada".encode()), "text/plain", "Quoted-Printable"),
        (base64.encodebytes("Grüße, Ada".encode()), "text/plain", "BASE64 (a comment)"),
        (b"<p>Gr&uuml;&szlig;e, <b>Ada</b>", "text/html", "7bit"),
    ],
)
def test_a_text_is_read_however_it_is_encoded(body: bytes, kind: str, encoding: str) -> None:
    """And whatever is missing or wrong of what says so."""
    assert "Grüße, Ada" == text_of(body, kind, encoding).strip()


def test_of_alternatives_the_plain_one_is_taken() -> None:
    """Wherever it stands; but for an empty one."""
    plain, rich = part("plain"), part("<p>rich", "text/html")

    assert "plain" == text_of(parts(plain, rich), ALTERNATIVE)
    assert "plain" == text_of(parts(rich, plain), ALTERNATIVE)
    assert "rich" == text_of(parts(part("  "), rich), ALTERNATIVE).strip()


def test_a_mailing_lists_footer_is_not_the_text() -> None:
    """The first part that has a text is, although the second is plain."""
    body = parts(part("<p>Hello", "text/html"), part("-- \nList footer"))

    assert "Hello" == text_of(body, MIXED).strip()


def test_parts_within_parts_are_read() -> None:
    """With boundaries of which one begins like the other."""
    inner = parts(part("plain"), part("<p>rich", "text/html"), boundary=b"bb")
    body = parts(
        b"Content-Type: multipart/alternative;\r\n boundary=bb\r\n\r\n" + inner,
        part("%PDF", "application/pdf"),
    )

    assert "plain" == text_of(b"a preamble\r\n" + body + b"\r\nan epilogue", MIXED).strip()


@pytest.mark.parametrize(
    "other",
    [
        part("attached", more="Content-Disposition: attachment; filename=a.txt\r\n"),
        part("BEGIN:VCALENDAR", "text/calendar"),
        part("From: bob@example.org\r\n\r\nforwarded", "message/rfc822"),
        part("x", "image/png"),
        b"Content-Type: text/plain\r\n\r\n",
    ],
)
def test_what_is_no_text_of_the_sender_is_passed_over(other: bytes) -> None:
    """Attachments, invitations, forwarded mails, pictures, nothing."""
    assert "mine" == text_of(parts(other, part("mine")), MIXED)
    assert "" == text_of(parts(other), MIXED)


def test_a_body_that_is_torn_off_is_read_as_far_as_it_goes() -> None:
    """At any octet, in any encoding: the beginning of what the whole one says."""
    text = "Grüße aus Zürich — Ada\n" * 3
    coded = base64.encodebytes(text.encode())
    quoted = quopri.encodestring(text.encode())
    header = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    for encoding, octets in ((b"base64", coded), (b"quoted-printable", quoted)):
        whole = parts(header + encoding + b"\n\n" + octets)
        for end in range(len(whole)):
            found = text_of(whole[:end], MIXED).rstrip("\n-")
            assert text.startswith(found) or encoding == b"quoted-printable"
    for end in range(len(text.encode())):
        assert text.startswith(text_of(text.encode()[:end]))


def test_no_more_than_the_beginning_is_looked_at() -> None:
    """Whoever hands in more."""
    assert LONGEST_BODY == len(text_of(b"a" * (LONGEST_BODY + 9)))


def test_html_is_told_as_lines() -> None:
    """Blocks end lines, cells don't; what isn't shown isn't told; what is quoted is marked."""
    page = (
        "<!DOCTYPE html><html><head><title>No</title><style>p{}</style></head><body>"
        "<!-- no --><p>Hello&nbsp;Bob,</p><div>all is well<br>here.\n Truly.</div>"
        "<script>no()</script><table><tr><td>Tel:</td><td>+49&#32;30</td></tr></table>"
        "<blockquote><div>On Monday<br>you wrote</div></blockquote>"
        "<pre>as\n  typed</pre>1 < 2 &lt; 3 &#99999999999; <a href='x'>link</a><p"
    )

    assert [
        "Hello Bob,",
        "all is well",
        "here. Truly.",
        "Tel: +49 30",
        "> On Monday",
        "> you wrote",
        "as",
        "typed",
        "1 < 2 < 3 \ufffd link",
    ] == [line for line in html_text(page).split("\n") if line]
    assert "\n\n\n" not in html_text(page)


HOSTILE = (
    "<", "<a", "<a ", '<a b="', "<!--", "<!", "<![", "<![CDATA[", "</", "</a", "&", "&#", "&#9",
    "<a b=c ", "<script>", "<script></", "<?", "<!doctype [", "<a/", "<!--x--!", "<blockquote>",
    "&#x", "<p>", "<pre>\n", "<td>", "</p>", "<style></style>", "<style>x</style", "a\n", "\x00",
    "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_html_is_read_in_no_time(unit: str) -> None:
    """64 KB of anything."""
    markup = (unit * LONGEST_BODY)[:LONGEST_BODY]

    begun = process_time()
    found = html_text(markup)

    assert process_time() - begun < SECONDS
    assert found.count("\n") < MOST_LINES


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1)
                     for n in range(1200)),
            "multipart/mixed; boundary=b0",
        ),
        (b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 1300, MIXED),
        (b"--b\n" * 16_000, MIXED),
        (b"--bb\n" * 13_000, MIXED),
        (b"--b\n" + b"--bb\n" * 13_000, MIXED),
        (b"--b\n" + b"Content-Type:\n " * 4000, MIXED),
        (b"--b\nContent-Type: text/plain" + b';a="\\' * 16_000, MIXED),
        (b"x", 'multipart/mixed; boundary="' + '\\"' * 30_000),
        (b"x", "text/plain" + "; " * 30_000),
        (b"=3D" * 20_000, "text/plain; charset=utf-7"),
        (b"(" * 65_000, "(" * 65_000),
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["", "base64", "quoted-printable", "(" * 65_000])
def test_a_hostile_body_is_read_in_no_time(body: bytes, kind: str, encoding: str) -> None:
    """Nested, repeated, or endless in one line."""
    begun = process_time()
    text_of(body, kind, encoding)

    assert process_time() - begun < SECONDS


pieces = st.sampled_from(
    [
        b"--b\n", b"--b--\n", b"--bb\r\n", b"\n", b"\r\n\r\n", b"Content-Type: text/html\n",
        b"Content-Type: multipart/mixed; boundary=bb\n", b"Content-Transfer-Encoding: base64\n",
        b"Content-Type: text/plain; charset=iso-2022-jp\n", b"\x1b$B", b"=E2=82", b"R3I", b"<p>",
        b"<blockquote>", b"&#", b"9" * 5000, b"\xff\xfe", b"+AG", b"\xe2\x82",
    ]
)  # fmt: skip
labels = st.sampled_from(
    "utf-8 utf-7 utf-16 utf-16le hz iso-2022-jp iso-2022-kr big5 gb18030 hex idna zlib punycode"
    " unicode_escape undefined rot13 x".split()
)


@given(
    st.lists(pieces | st.binary(max_size=20), max_size=12).map(b"".join),
    st.sampled_from([MIXED, ALTERNATIVE, "text/html", "text/plain", "message/rfc822"])
    | st.text(max_size=40),
    labels,
    st.sampled_from(["", "base64", "quoted-printable", "x-uuencode"]) | st.text(max_size=20),
)
def test_any_octets_have_a_text(body: bytes, kind: str, charset: str, encoding: str) -> None:
    """Total; and the text can be encoded and holds no NUL and no carriage return."""
    for label in (kind, f"{kind}; charset={charset}"):
        found = text_of(body, label, encoding)
        assert "\x00" not in found
        assert "\r" not in found
        found.encode()
