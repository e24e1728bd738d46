"""`krmd demo`: the whole of it on an invented mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from krmd.base.errors import EXIT_INTERRUPTED, UserError
from krmd.cli.call import call_of
from krmd.cli.menu import new_commands

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from krmd.demo.mail import DemoMail
    from krmd.demo.play import Play, Progress
    from krmd.demo.table import LosingRow
    from krmd.demo.world import World

commands = new_commands()


@commands.command()
def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="One round, then exit: for scripts.")
    ] = False,
) -> int:
    """The daemon reading an invented mailbox on this machine; Ctrl-C ends it, nothing stays."""
    call = call_of(context)
    if call.as_json and not once:
        raise UserError("the live demo has no end and so no document; --once --json has one")
    from rich.console import Console

    from krmd.demo.company import Company
    from krmd.demo.show import Stage, run_demo

    call.log()
    screen, stream = (call.error_screen, call.err) if call.as_json else (call.screen, call.out)
    console = Console(file=stream, no_color=not screen.coloured, highlight=False)
    if not call.as_json:
        return run_demo(Company(), once=once, stage=Stage(console=console))
    from krmd.demo.subscriber import events_in

    witness = Witness(Company(), events_in)
    stage = Stage(console=console, subscriber=witness.subscribe)
    code = run_demo(witness, once=once, stage=stage)
    if code == EXIT_INTERRUPTED:
        raise typer.Abort
    call.tell(
        {
            "before": [_row_json(row) for row in witness.before],
            "after": [_row_json(row) for row in witness.after],
            "read": witness.read,
            "feed": witness.feed,
            "events": witness.events,
        }
    )
    return code


class Witness:
    """A play that remembers what it showed: whom one was losing before the first new mail, and at
    the end; how many mails were read; where the feed was and how many events it had.
    """

    def __init__(self, play: Play, subscriber: Callable[[str, float], int]) -> None:
        self._play = play
        self._subscriber = subscriber
        self._new = 0
        self.feed = ""
        self.events = 0
        self.read = 0
        self.before: Sequence[LosingRow] = ()
        self.after: Sequence[LosingRow] = ()

    def start(self, config: Path, world: World) -> str:
        """As the play."""
        self.feed = self._play.start(config, world)
        return self.feed

    def subscribe(self, feed: str, seconds: float) -> int:
        """As the subscriber."""
        self.events = self._subscriber(feed, seconds)
        return self.events

    def progress(self) -> Progress:
        """As the play."""
        progress = self._play.progress()
        self.read = progress.read
        return progress

    def losing(self) -> Sequence[LosingRow]:
        """As the play."""
        self.after = tuple(self._play.losing())
        if not self._new:
            self.before = self.after
        return self.after

    def wait_for(self, mail: DemoMail, seconds: float) -> bool:
        """As the play."""
        self._new += 1
        heard = self._play.wait_for(mail, seconds)
        self.read += heard
        return heard

    def stop(self) -> None:
        """As the play."""
        self._play.stop()


def _row_json(row: LosingRow) -> dict[str, object]:
    from krmd.base.instant import from_datetime, to_rfc3339

    last = row.last_contacted
    return {
        "name": row.name,
        "categories": list(row.circles),
        "last_contacted": None if last is None else to_rfc3339(from_datetime(last)),
        "cadence_days": row.cadence_days,
        "days_since": row.days_since,
        "reason": row.reason,
        "evidence": row.evidence,
    }
