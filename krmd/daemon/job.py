"""What it takes to read one account: made by bootstrap, run by one pass or by the daemon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from krmd.app.mailbox import Mailbox
from krmd.app.reading import ReadingPlan
from krmd.store.holding import Hold


class Session(Mailbox, Protocol):
    """A mailbox connection that can be ended: in order by its thread, at once by another."""

    def logout(self) -> None:
        """Say goodbye and close; never raises."""
        ...

    def close(self) -> None:
        """Close without a word."""
        ...

    def cancel(self) -> None:
        """End whatever the owning thread waits for; may be called from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class AccountJob:
    """How to reach, hold and read one account. The callables block and may raise KrmdError."""

    name: str
    connect: Callable[[], Session]
    hold: Callable[[], Hold]
    plan: Callable[[Hold], ReadingPlan]
    idle_seconds: int = 300
    poll_seconds: int = 60
