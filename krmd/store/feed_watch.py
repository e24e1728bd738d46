"""Triggers that note of whom a feed may have to tell something else.

They write a number into `feed_stale` and no more, whoever changes a row and whichever statement
does it. There are none until the first feed is made.
"""

from __future__ import annotations

from krmd.store.engine import Transaction


def watch(tx: Transaction) -> None:
    """Let changes be noted from now on, where they aren't yet."""


def unwatch(tx: Transaction) -> None:
    """Take the triggers away."""
