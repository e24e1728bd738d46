"""What a use case that changes something hands back to the performer."""

from __future__ import annotations

from typing import NamedTuple


class Made(NamedTuple):
    """What a command made or changed: its public id, and sentences for the owner."""

    subject: str | None
    sentences: tuple[str, ...]
