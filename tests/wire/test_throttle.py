"""What refusals mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.wire.imap.throttle import asks_for_pause, code_arguments, retry_after, spoken


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("request is THROTTLED. suggested backoff time:1500 ms", 1.5),
        ("[THROTTLED] slow down", 300.0),
        ("[LIMIT] too many", 300.0),
        ("[UNAVAILABLE] Maximum number of connections from user+IP exceeded", 120.0),
        ("[ALERT] Too many simultaneous connections. (Failure)", 120.0),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits", 3600.0),
        ("[INUSE] mailbox is locked", 60.0),
        ("System Error, please try again later", 60.0),
        ("Too many login failures, try again in 15 minutes", 900.0),
        ("wait 999999999 hours", 86400.0),
        ("[AUTHENTICATIONFAILED] Authentication failed", None),
        ("[NONEXISTENT] Mailbox doesn't exist", None),
        ("[OVERQUOTA] mailbox is full", None),
        ("", None),
    ],
)
def test_patience_is_read_from_code_and_words(words: str, seconds: float | None) -> None:
    """The server's own number first, then its code, then what its words usually mean."""
    assert seconds == retry_after(words)


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ("Request is throttled. Suggested Backoff Time: 5 milliseconds", True),
        ("[LIMIT] enough", True),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits", True),
        ("[UNAVAILABLE] this message can't be had", False),
        ("[SERVERBUG] internal error", False),
    ],
)
def test_what_throttles_the_account_is_told_from_what_fails_a_mail(words: str, whole: bool) -> None:
    """Only the latter may be bisected."""
    assert whole == asks_for_pause(words)


def test_a_code_s_arguments_are_words() -> None:
    """As in RFC 9738."""
    assert ("1000", "23221") == code_arguments("[MESSAGELIMIT 1000 23221] partial", "MESSAGELIMIT")
    assert () == code_arguments("[MESSAGELIMIT] x", "MESSAGELIMIT")
    assert None is code_arguments("[LIMIT] x", "MESSAGELIMIT")


@given(st.binary() | st.text())
def test_any_words_can_be_judged_and_shown(words: bytes | str) -> None:
    """Total, and what is shown can't move a terminal's cursor."""
    text = spoken(words)
    assert len(text) <= 300
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or "\u202a" <= c <= "\u202e" for c in text)
    assert 0 <= (retry_after(text) or 0) <= 86400
