"""What it takes to read one account: made by bootstrap, run by one pass or by the daemon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from krmd.app.mailbox import Mailbox
from krmd.app.reading_plan import ReadingPlan
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
    """How to reach, hold and read one account. The callables block and may raise KrmdError.

    `made_of` are the settings behind them: where those of two jobs are equal, a running one needn't
    be replaced by the other. None equals nothing.
    """

    name: str
    connect: Callable[[], Session]
    hold: Callable[[], Hold]
    plan: Callable[[Hold], ReadingPlan]
    idle_seconds: int = 300
    poll_seconds: int = 60
    made_of: object = None

    def does_as(self, other: object) -> bool:
        """Whether the other would read the same account in the same way."""
        return (
            isinstance(other, AccountJob)
            and self.made_of is not None
            and (self.name, self.made_of) == (other.name, other.made_of)
            and (self.idle_seconds, self.poll_seconds) == (other.idle_seconds, other.poll_seconds)
        )
