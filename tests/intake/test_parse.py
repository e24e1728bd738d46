"""A header block becomes a Message: parties, identity, thread, defects, and nothing that raises."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krmd.intake.identity import reference_key
from krmd.intake.parse import HEADER_FIELDS, header_fields, parse_header
from krmd.ledger.facts import PARTIES_KEPT, Mark
from tests.bench.parse_bench import awkward_mails, ordinary_mails
from tests.intake.hostile import HOSTILE
from tests.intake.test_hostile import assert_storable

LETTER = """\
Return-Path: <ada@alpha.example>
Delivered-To: kim@example.org
Received: from a.example by b.example; Thu, 12 Mar 2026 09:05:01 +0100
From: =?utf-8?q?Ad=C3=A4?= Example <Ada@Alpha.example>
Sender: office@alpha.example
Reply-To: ada@home.example
To: Kim Doe <kim@example.org>,
\t"Berg, Bo" <bo@beta.example>
Cc: Team: cy@gamma.example;
Subject: Lunch =?utf-8?b?8J+YgA==?=
 on Friday
Date: Thu, 12 Mar 2026 09:05:00 +0100
Message-ID: <one@alpha.example>
In-Reply-To: <parent@example.org>
References: <root@example.org>
 <parent@example.org>

From: nobody in the body
"""


def test_a_letter_is_understood() -> None:
    """The ordinary case, with a little of everything."""
    message = parse_header(LETTER.encode())

    assert "one@alpha.example" == message.message_id
    assert 1773302700 == message.date
    assert "Lunch 😀 on Friday" == message.subject
    assert [
        ("from", "ada@alpha.example", "Adä Example"),
        ("to", "kim@example.org", "Kim Doe"),
        ("to", "bo@beta.example", "Berg, Bo"),
        ("cc", "cy@gamma.example", ""),
        ("sender", "office@alpha.example", ""),
        ("reply_to", "ada@home.example", ""),
        ("delivered_to", "kim@example.org", ""),
    ] == list(message.parties)
    assert 4 == message.people
    assert Mark.RECEIVED == message.marks
    assert () == message.defects


def test_a_letter_finds_its_thread() -> None:
    """The parent is answered, the first reference began it all."""
    message = parse_header(LETTER.encode())

    assert reference_key("one@alpha.example") == message.key.high
    assert reference_key("parent@example.org") == message.parent
    assert reference_key("root@example.org") == message.thread


@pytest.mark.parametrize(
    ("lines", "parent", "thread"),
    [
        ((), None, "own@x.example"),
        (("In-Reply-To: <p@x.example>",), "p@x.example", "p@x.example"),
        (("References: <r@x.example> <p@x.example>",), "p@x.example", "r@x.example"),
        (("In-Reply-To: nonsense", "References: <r@x.example>"), "r@x.example", "r@x.example"),
        (("In-Reply-To: <p@x.example>", "References:"), "p@x.example", "p@x.example"),
        (("In-Reply-To: <own@x.example>",), None, "own@x.example"),
    ],
)
def test_threads_hang_together_by_whatever_is_there(
    lines: tuple[str, ...], parent: str | None, thread: str
) -> None:
    """In-Reply-To first, else the last of References; a mail answers no mail of its own id."""
    message = parse_header("\r\n".join(("Message-ID: <own@x.example>", *lines, "", "")).encode())

    assert (parent and reference_key(parent), reference_key(thread)) == (
        message.parent,
        message.thread,
    )


def test_the_same_mail_has_the_same_key_by_every_way() -> None:
    """Other line ends, other folding, other fields on its way: one mail."""
    straight = parse_header(LETTER.encode())
    other_way = LETTER.replace("\n\t", "\n ").replace("\n", "\r\n").replace("Return-Path", "X-Path")

    assert straight.key == parse_header(other_way.encode()).key


def test_outlooks_original_id_wins() -> None:
    """Exchange puts another Message-ID on what Outlook had already named."""
    sent = parse_header(b"X-Microsoft-Original-Message-ID: <a@x.example>\r\nMessage-ID: <b@y>\r\n")

    assert "a@x.example" == sent.message_id
    assert reference_key("a@x.example") == sent.key.high


def test_mails_without_an_id_differ_by_what_they_say() -> None:
    """Date, people and subject make the key; without a date, people and subject alone."""
    blocks = [
        b"From: ada@x.example\r\nTo: bo@x.example\r\nSubject: one\r\n",
        b"From: ada@x.example\r\nTo: bo@x.example\r\nSubject: two\r\n",
        b"From: ada@x.example\r\nTo: cy@x.example\r\nSubject: one\r\n",
        b"From: ada@x.example\r\nCc: bo@x.example\r\nSubject: one\r\n",
        b"From: eve@x.example\r\nTo: bo@x.example\r\nSubject: one\r\n",
        b"From: ada@x.example\r\nTo: bo@x.example\r\nSubject: one\r\nDate: 1 Jan 2026 10:00\r\n",
        b"From: ada@x.example\r\nTo: bo@x.example\r\nSubject: one\r\nDate: some day\r\n",
    ]

    assert len(blocks) == len({parse_header(block).key for block in blocks})
    assert len(blocks) == len({parse_header(block).key.high for block in blocks})


def test_a_date_counts_as_an_instant_in_the_key() -> None:
    """A copy whose date was rewritten into another zone is the same mail."""
    here = b"Message-ID: <a@x>\r\nDate: Thu, 12 Mar 2026 09:05:00 +0100\r\n"
    there = b"Message-ID: <a@x>\r\nDate: Thu, 12 Mar 2026 08:05:00 GMT\r\n"

    assert parse_header(here).key == parse_header(there).key


@pytest.mark.parametrize(
    ("block", "defect"),
    [
        (b"", "from_missing"),
        (b"From:\r\n", "from_unreadable"),
        (b"From: nobody\r\n", "from_unreadable"),
        (b"From: a@b\r\nFrom: c@d\r\n", "from_repeated"),
        (b"Subject: a\r\nSubject: b\r\n", "subject_repeated"),
        (b"To: somebody\r\n", "to_unreadable"),
        (b"Date: some day\r\n", "date_unreadable"),
        (b"To: a@b\r\n", "date_missing"),
        (b"To: a@b\r\n", "message_id_missing"),
        (b"Message-ID: <>\r\n", "message_id_unreadable"),
        (b"Message-ID: <" + b"a" * 501 + b">\r\n", "message_id_unreadable"),
        (b"From: J\xfcrgen <a@b>\r\n", "unlabelled_8bit"),
        (b"nonsense\r\n", "line_without_colon"),
        (b"From: a@b\r\n" * 2000, "too_many_fields"),
        (b"To: " + b"a@b.example, " * 30_000, "header_too_long"),
    ],
)
def test_defects_are_recorded_by_name(block: bytes, defect: str) -> None:
    """What was wrong is said, once; the mail is read as far as it goes."""
    assert 1 == parse_header(block).defects.count(defect)


@pytest.mark.parametrize("block", [b"To:\r\n", b"To: undisclosed-recipients:;\r\n"])
def test_an_empty_to_is_no_defect(block: bytes) -> None:
    """Blind copies leave it so."""
    assert "to_unreadable" not in parse_header(block).defects


def test_the_topmost_of_repeated_fields_counts_but_addresses_add_up() -> None:
    """Two To fields name twice as many; two subjects are one too many."""
    message = parse_header(b"To: a@b\r\nTo: c@d\r\nSubject: one\r\nSubject: two\r\n")

    assert ["a@b", "c@d"] == [party.address for party in message.parties]
    assert "one" == message.subject


def test_a_hundred_parties_are_kept_author_first() -> None:
    """The author stands at the end of the header and first in what is kept."""
    block = b"Cc: " + b",".join(b"p%d@x.example" % n for n in range(300)) + b"\r\nFrom: a@b\r\n"

    message = parse_header(block)

    assert PARTIES_KEPT == len(message.parties)
    assert ("from", "a@b", "") == message.parties[0]
    assert 301 == message.people


def test_what_is_asked_of_a_mailbox_is_what_is_read() -> None:
    """No Received: a kilobyte a mail, and its presence is asked apart."""
    assert "Received" not in header_fields("mx.example.org")
    assert HEADER_FIELDS == header_fields(None)
    assert len(HEADER_FIELDS) == len({name.lower() for name in HEADER_FIELDS})


_NAMES = st.sampled_from(
    [*HEADER_FIELDS, "Received", "Authentication-Results", "X-Other", "", "a b"]
)
_VALUES = st.binary(max_size=40) | st.sampled_from(
    [
        b"ada@example.org",
        b'"Example, Ada" <ada@example.org>',
        b"=?utf-8?q?=00=0D=0A?= <a@b>",
        b"=?utf-7?b?K0JlLQ==?=",
        b"=?utf-16?b?2AA=?=",
        b"Fri, 31 Dec 9999 23:59:59 +0000",
        b"<a@b>",
        b"mx.example.org; dmarc=pass",
        b"a:b;c",
        b"\r\n folded",
        b"\xed\xa0\x80",
    ]
)
_BLOCKS = st.lists(
    st.builds(lambda name, value: name.encode() + b":" + value, _NAMES, _VALUES)
    | st.binary(max_size=30),
    max_size=12,
).flatmap(lambda lines: st.sampled_from([b"\r\n", b"\n"]).map(lambda end: end.join(lines)))


@settings(max_examples=400)
@given(st.binary(max_size=300) | _BLOCKS)
def test_any_bytes_give_a_message_that_can_be_stored(block: bytes) -> None:
    """Total, deterministic, and everything in it encodes."""
    message = parse_header(block, "mx.example.org")

    assert_storable(message)
    assert message == parse_header(block, "mx.example.org")


def test_results_are_the_same_on_every_python() -> None:
    """Keys are stored, and a store outlives its interpreter; run on each Python that is tested.

    Where a change here is meant, so is the new sum.
    """
    corpus = [*ordinary_mails(300), *awkward_mails(300), *HOSTILE.values()]
    digest = sha256()
    for block in corpus:
        digest.update(repr(parse_header(block, "mx.example.org")).encode())

    assert "f332905c354176a2199d610d3c47927461ea770346519b04cc4a9901bf301f42" == digest.hexdigest()
