"""The daemon's waits in one place, so that a test may hurry them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from krmd.wire.retry import Backoff

SLICE = 2000
"""So many mails are read back at a time: between two of them new mail is looked for when it is
due, and other threads come to their transactions."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, in seconds.

    `longest_step`: one command and the transaction behind it, before a thread counts as stuck (a
    command may take 900, see `krmd.wire.imap.endpoint`). `hold_again`: between two attempts to
    hold an account. `rules_again`: between two reloads that changed rules demand. `bug_again`:
    until a thread that failed on a bug tries again. `store_again`: the longest until the store is
    tried again. `folder_again`: until a folder that can't be watched is tried again.
    `progress_every`: between two lines about the backfill. `feeds_again`: between two looks for
    what feeds must tell otherwise. `fetches_again`: between two notes of who fetched feeds.
    `listen_again`: the longest until an address that couldn't be had is tried again.
    `stop_politely`, `stop_at_all`: from the stop's beginning until connections are cut, and until
    threads are left behind.
    `longest_silence`: a connection that says nothing for longer may be ended by its server (RFC
    3501 5.4: after 30 minutes), so between two looks further apart there is none.
    """

    backoff: Callable[[str], Backoff] = lambda account: Backoff(account, time.monotonic)
    longest_step: float = 1000.0
    hold_again: float = 3.0
    rules_again: float = 10.0
    bug_again: float = 30.0
    store_again: float = 30.0
    folder_again: float = 60.0
    progress_every: float = 10.0
    feeds_again: float = 0.1
    fetches_again: float = 15.0
    listen_again: float = 60.0
    stop_politely: float = 1.0
    stop_at_all: float = 4.0
    longest_silence: float = 20 * 60.0
