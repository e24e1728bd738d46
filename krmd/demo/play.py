"""What the demo asks of the daemon it shows; whoever joins the two keeps this protocol."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from krmd.demo.mail import DemoMail
from krmd.demo.table import LosingRow
from krmd.demo.world import World


class Progress(NamedTuple):
    """How far the first reading is: mails read, mails there (0 where not known yet), and whether
    every folder was read to its end.
    """

    read: int
    total: int
    complete: bool


class Play(Protocol):
    """A daemon that can be shown. All methods are called from one thread."""

    def start(self, config: Path, world: World) -> str:
        """Load the world's address book into the store that `config` names, make a feed of its
        birthdays and start the daemon; return the feed's address without waiting for the mailbox.
        Raises KrmdError where it can't.
        """
        ...

    def progress(self) -> Progress:
        """How far the reading is; must not block."""
        ...

    def losing(self) -> Sequence[LosingRow]:
        """Whom the owner is losing just now, most overdue first."""
        ...

    def wait_for(self, mail: DemoMail, seconds: float) -> bool:
        """Wait until the daemon has read this mail, at most so many seconds; whether it has."""
        ...

    def stop(self) -> None:
        """Stop the daemon within a second and leave nothing running; also after a failed start."""
        ...
