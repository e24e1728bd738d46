"""Authentication-Results: only the owner's own server is heard, and only its latest word."""

from __future__ import annotations

import pytest

from krmd.intake.parse import header_fields, parse_header
from krmd.ledger.facts import Mark

MX = "mx.example.org"


def _marks(*results: str, author: str = "ada@mail.friend.example", ours: str | None = MX) -> int:
    lines = [f"Authentication-Results: {result}" for result in results]
    return parse_header("\r\n".join((f"From: {author}", *lines, "", "")).encode(), ours).marks


@pytest.mark.parametrize(
    ("results", "mark"),
    [
        ("mx.example.org; dmarc=pass header.from=mail.friend.example", Mark.AUTH_PASS),
        ("mx.example.org; dmarc=pass", Mark.AUTH_PASS),
        ("MX.Example.ORG 1; DMARC=Pass (p=none) header.from=Mail.Friend.Example", Mark.AUTH_PASS),
        ('"mx.example.org"; dmarc=pass', Mark.AUTH_PASS),
        ("(a comment) mx.example.org (another (nested)); dmarc=pass", Mark.AUTH_PASS),
        ("mx.example.org;\r\n\tspf=pass smtp.mailfrom=x.example;\r\n\tdmarc=pass", Mark.AUTH_PASS),
        ("mx.example.org; dkim=pass header.d=mail.friend.example", Mark.AUTH_PASS),
        ("mx.example.org; dkim=pass header.d=friend.example header.s=s1", Mark.AUTH_PASS),
        ("mx.example.org; dkim=pass header.i=@friend.example", Mark.AUTH_PASS),
        ('mx.example.org; dkim=pass reason="a;b" header.d=friend.example', Mark.AUTH_PASS),
        (
            "mx.example.org; dkim=fail header.d=x.example; dkim=pass header.d=friend.example",
            Mark.AUTH_PASS,
        ),
        ("mx.example.org; dmarc=fail header.from=mail.friend.example", Mark.DMARC_FAIL),
        ("mx.example.org; dkim=pass header.d=friend.example; dmarc=fail", Mark.DMARC_FAIL),
        ("mx.example.org; none", 0),
        ("mx.example.org; spf=pass smtp.mailfrom=friend.example", 0),
        ("mx.example.org; dkim=pass header.d=evil.example", 0),
        ("mx.example.org; dkim=pass header.d=evilfriend.example", 0),
        ("mx.example.org; dkim=pass header.d=below.mail.friend.example", 0),
        ("mx.example.org; dkim=pass", 0),
        ("mx.example.org; dkim=neutral header.d=friend.example", 0),
        ("mx.example.org; dmarc=pass header.from=evil.example", 0),
        ("mx.example.org; dmarc=passed", 0),
        ("mx.example.org; xdmarc=pass", 0),
        ("mx.example.org; dmarc=none", 0),
        ("mx.example.org", 0),
        ("", 0),
    ],
)
def test_results_are_read(results: str, mark: int) -> None:
    """RFC 8601 2.2; a dkim=pass speaks for From only where the domains agree."""
    assert mark == _marks(results)


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.org.evil.example; dmarc=pass",
        "evil-mx.example.org; dmarc=pass",
        "x.mx.example.org; dmarc=pass",
        "evil.example (mx.example.org); dmarc=pass",
        "(mx.example.org;) evil.example; dmarc=pass",
        "(mx.example.org; dmarc=pass",
        'evil.example; reason="; mx.example.org"; dmarc=pass',
        '"mx.example.org; dmarc=pass',
        "mx.example.org evil; dmarc=pass",
        "mx.example.org); dmarc=pass",
        "; dmarc=pass",
        "mx.example.org\x00; dmarc=pass",
        "mx.example.org; (dmarc=pass)",
        'mx.example.org; spf="dmarc=pass"',
        "mx.example.org; spf=none smtp.helo=dmarc=pass",
    ],
)
def test_forgeries_are_not_believed(results: str) -> None:
    """Neither look-alikes of our id, nor ids and results in comments or quotes."""
    assert 0 == _marks(results)


def test_only_the_topmost_of_our_own_counts() -> None:
    """Servers write on top; what lies below may have come with the mail (RFC 8601 5)."""
    ours, forged = "mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"

    assert Mark.DMARC_FAIL == _marks("other.example; dmarc=pass", ours, forged)
    assert 0 == _marks("mx.example.org; none", forged)


def test_nobody_is_believed_where_nobody_is_named() -> None:
    """Without authserv_id the field is neither asked for nor read."""
    assert 0 == _marks("mx.example.org; dmarc=pass", ours=None)
    assert "Authentication-Results" not in header_fields(None)
    assert "Authentication-Results" in header_fields(MX)


def test_a_pass_says_nothing_where_two_wrote() -> None:
    """Whose pass would it be?"""
    assert 0 == _marks("mx.example.org; dmarc=pass", author="a@x.example, b@y.example")
    assert Mark.DMARC_FAIL == _marks(
        "mx.example.org; dmarc=fail", author="a@x.example, b@y.example"
    )
