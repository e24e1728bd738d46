"""What a header says of itself, and what is no evidence of it."""

from __future__ import annotations

import pytest

from krmd.intake.parse import parse_header
from krmd.ledger.facts import Mark


def _marks(*lines: str, author: str = "ada@example.org") -> int:
    return parse_header("\r\n".join((f"From: {author}", *lines, "", "")).encode()).marks


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("List-Id: Japan <japan.lists.example>", Mark.LIST),
        ("List-Post: <mailto:japan@lists.example>", Mark.LIST),
        ("Mailing-List: list japan@lists.example", Mark.LIST),
        ("List-Unsubscribe: <mailto:leave@lists.example>", Mark.UNSUBSCRIBE),
        ("Precedence: bulk", Mark.BULK),
        ("Precedence:  LIST (really)", Mark.BULK),
        ("Precedence: junk", Mark.BULK),
        ("X-Campaign: spring", Mark.BULK),
        ("X-MC-User: 0123", Mark.BULK),
        ("Precedence: auto_reply", Mark.AUTO),
        ("Auto-Submitted: auto-replied (vacation)", Mark.AUTO),
        ("Auto-Submitted: auto-generated; owner=x", Mark.AUTO),
        ("X-Autoreply: yes", Mark.AUTO),
        ("X-Autorespond: out of office", Mark.AUTO),
        ("Content-Type: multipart/report; report-type=delivery-status", Mark.REPORT),
        ("Content-Type: Multipart/Report;\r\n boundary=x", Mark.REPORT),
        ("Return-Path: <>", Mark.REPORT),
        ("X-Failed-Recipients: bo@example.org", Mark.REPORT),
        ('Content-Type: text/calendar; charset=utf-8; method="REPLY"', Mark.INVITATION_REPLY),
        ("Content-Type: text/calendar; method=COUNTER", Mark.INVITATION_REPLY),
        ("Content-Type: text/calendar; method=DECLINECOUNTER", Mark.INVITATION_REPLY),
        ("Content-Type: text/calendar; method=REQUEST", Mark.INVITATION),
        ("X-Krmd: digest", Mark.KRMD),
        ("List-Id: krmd <digest.krmd.invalid>", Mark.KRMD | Mark.LIST),
        ("Resent-From: bo@example.org", Mark.RESENT),
        ("Received: from a by b; Thu, 12 Mar 2026 09:05:00 +0100", Mark.RECEIVED),
    ],
)
def test_a_field_gives_its_mark(line: str, mark: Mark) -> None:
    """The table of evidence, row by row."""
    assert mark == _marks(line)


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: NO; reason=x",
        "X-Autoreply: no",
        "Precedence: first-class",
        "Precedence:",
        "List-Id:",
        "List-Unsubscribe: ",
        "Return-Path: <ada@example.org>",
        "Return-Path:",
        "Content-Type: text/plain; name=multipart/report",
        "Content-Type: text/plain; name=text/calendar; method=REPLY",
        "Content-Type: text/calendar",
        "Content-Type: text/calendar; method=PUBLISH",
        "Feedback-ID: 1234:user:mailhost",
        "X-Auto-Response-Suppress: All",
        "Subject: Out of office: automatic reply, undeliverable, Accepted: lunch",
    ],
)
def test_what_ordinary_mail_bears_is_no_evidence(line: str) -> None:
    """Precision first: each of these stands on letters by people."""
    assert 0 == _marks(line)


@pytest.mark.parametrize(
    "address",
    [
        "no-reply@shop.example",
        "noreply@shop.example",
        "do-not-reply@shop.example",
        "donotreply@shop.example",
        "DoNotReply@shop.example",
        "calendar-noreply@shop.example",
        "noreply-orders@shop.example",
        "no.reply.7@shop.example",
        "notifications@shop.example",
        "newsletter@shop.example",
        "newsletter+spring@shop.example",
        "mailer@shop.example",
        "bounces@shop.example",
        "nicht-antworten@shop.example",
        "jira_no-reply@shop.example",
    ],
)
def test_senders_that_want_no_answer_are_known(address: str) -> None:
    """By the local part, in the spellings that are about."""
    assert Mark.NO_REPLY == _marks(author=address)


@pytest.mark.parametrize(
    "address",
    [
        "ada@noreply.example",
        "info@shop.example",
        "support@shop.example",
        "hello@shop.example",
        "news@paper.example",
        "noreen.plyford@example.org",
        "anno.reply@example.org",
        "bruno-replyson@example.org",
        "postmaster@example.org",
        "nora.reply-smith@example.org",
    ],
)
def test_people_are_not_taken_for_machines(address: str) -> None:
    """People answer there, or are called so."""
    assert 0 == _marks(author=address)


def test_the_mail_system_is_known_by_its_name() -> None:
    """Nobody is called mailer-daemon."""
    assert Mark.REPORT == _marks(author="Mail System <MAILER-DAEMON@mx.example>")


@pytest.mark.parametrize(
    "name", ["<digest.krmd.invalid.evil.example>", "<notkrmd.invalid>", "<x@krmd.invalid.example>"]
)
def test_a_look_alike_of_krmds_list_is_a_list_like_any_other(name: str) -> None:
    """Exactly krmd.invalid, or below it."""
    assert Mark.LIST == _marks(f"List-Id: {name}")
