"""Nothing a stranger sends stops, slows or fills the daemon."""

from __future__ import annotations

import tracemalloc
from time import process_time

import pytest

from krmd.intake.message import SUBJECT_KEPT, Message
from krmd.intake.parse import parse_header
from krmd.ledger.facts import PARTIES_KEPT
from tests.intake.hostile import HOSTILE

SECONDS = 1.0  # against growth, not for speed: what it guards against takes ten seconds and more
"""Twice the promise for 256 KB, and the best of five tries: the machine may be slow or busy."""

MEGABYTES = 30


def _seconds(block: bytes) -> float:
    begun = process_time()
    parse_header(block, "mx.example.org")
    return process_time() - begun


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_is_read_in_no_time(name: str) -> None:
    """Some 50 ms of processor time at most, however it is made."""
    assert min(_seconds(HOSTILE[name]) for _ in range(5)) < SECONDS


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_gives_a_small_tidy_message(name: str) -> None:
    """Capped in every direction, encodable, storable, and the same each time."""
    message = parse_header(HOSTILE[name])

    assert_storable(message)
    assert message == parse_header(HOSTILE[name])


@pytest.mark.parametrize("name", ["10,000 recipients", "words in every field", "nested comments"])
def test_a_hostile_header_takes_little_memory(name: str) -> None:
    """The caps come before the parsing."""
    tracemalloc.start()
    try:
        parse_header(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_ten_thousand_recipients_are_counted() -> None:
    """A hundred are kept, all are counted."""
    message = parse_header(HOSTILE["10,000 recipients"])

    assert PARTIES_KEPT == len(message.parties)
    assert 10_000 == message.people


def assert_storable(message: Message) -> None:
    """What every Message promises to whoever stores it."""
    assert len(message.parties) <= PARTIES_KEPT
    assert len(message.subject) <= SUBJECT_KEPT
    texts = [message.subject, message.message_id or "", *message.defects]
    texts += [text for party in message.parties for text in (party.name, party.address)]
    for text in texts:
        text.encode()
        assert "\x00" not in text
        assert "\n" not in text
    for number in (*message.key, message.parent or 0, message.thread or 0):
        assert -(2**63) <= number < 2**63
