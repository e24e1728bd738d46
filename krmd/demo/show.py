"""The conductor of `krmd demo`: sets the stage in a temporary folder, lets the daemon play, shows
what it finds, feeds it new mail, and clears everything away.
"""

from __future__ import annotations

import random
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from rich.console import Console

from krmd.base.errors import EXIT_DONE, EXIT_INTERRUPTED, TryLaterError
from krmd.demo import words
from krmd.demo.config import write_config
from krmd.demo.live import Screen
from krmd.demo.play import Play
from krmd.demo.servers import EmbeddedServers
from krmd.demo.stream import next_mail, three_mails
from krmd.demo.subscriber import events_in
from krmd.demo.table import LosingRow, say, show_losing
from krmd.demo.world import World, build_world

READ_WITHIN = 120.0
HEARD_WITHIN = 30.0
SHOWN = 12
"""So many rows are printed at once; the stranger has got the idea by then."""
_TICK = 0.2


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo takes from outside: where it prints, the clock (aware), chance, the seconds
    between new mails, where its temporary folder lies (None: the system's place), and who fetches
    the feed.
    """

    console: Console = field(default_factory=Console)
    now: Callable[[], datetime] = _utc_now
    rng: random.Random = field(default_factory=random.Random)
    pace: float = 4.0
    parent: Path | None = None
    subscriber: Callable[[str, float], int] = events_in


def run_demo(play: Play, *, once: bool, stage: Stage | None = None) -> int:
    """Run the demo until Ctrl-C, or with `once` for one round; returns the exit code.

    Raises UserError where the demo's extra isn't installed, TryLaterError where the daemon doesn't
    get through the mailbox, and whatever KrmdError the daemon raises. Whatever happens, the daemon
    is stopped, the servers are closed and the folder is removed.
    """
    stage = stage or Stage()
    with _interrupted_once() as hush:
        try:
            with ExitStack() as stack:
                stack.callback(say, stage.console, words.FAREWELL)
                _perform(play, stage, stack, once=once)
                hush()
        except KeyboardInterrupt:
            # Live, Ctrl-C is how the demo ends; a script that asked for one round didn't get it.
            return EXIT_INTERRUPTED if once else EXIT_DONE
    return EXIT_DONE


def _perform(play: Play, stage: Stage, stack: ExitStack, *, once: bool) -> None:
    world = build_world(stage.now())
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="krmd-demo-", dir=stage.parent))
    servers = stack.enter_context(EmbeddedServers(world))
    config = write_config(Path(folder), world, servers, web_port=_free_port())
    for line in words.opening(world, config, once=once):
        say(stage.console, line)
    stack.callback(play.stop)
    feed = play.start(config, world)
    with Screen(stage.console) as screen:
        _until_read(play, screen)
    if once:
        _round(play, stage, world, servers)
        _subscribe(stage, feed)
    else:
        _keep_playing(play, stage, Scene(world, servers, config, feed))


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands on the stage while the demo runs."""

    world: World
    servers: EmbeddedServers
    config: Path
    feed: str


def _until_read(play: Play, screen: Screen) -> None:
    limit = time.monotonic() + READ_WITHIN
    while True:
        progress = play.progress()
        screen.reading(progress, play.losing())
        if progress.complete:
            return
        if time.monotonic() > limit:
            raise TryLaterError(
                f"The mailbox wasn't read within {READ_WITHIN:.0f} seconds"
                f" ({progress.read} of {progress.total} mails); is this machine very busy?"
            )
        time.sleep(_TICK)


def _round(play: Play, stage: Stage, world: World, servers: EmbeddedServers) -> None:
    """One round for scripts: the table, three mails, the table again and what has changed."""
    before = tuple(play.losing())
    _chapter(stage.console, "Before:", before)
    say(stage.console, "")
    for mail in three_mails(world, stage.rng, stage.now()):
        servers.append(mail)
        say(stage.console, words.news(mail))
        if not play.wait_for(mail, HEARD_WITHIN):
            raise TryLaterError(f"A new mail wasn't read within {HEARD_WITHIN:.0f} seconds.")
    after = tuple(play.losing())
    _chapter(stage.console, "After:", after)
    left = {row.name for row in before} - {row.name for row in after}
    say(stage.console, "")
    say(stage.console, words.back_in_touch([row.name for row in before if row.name in left]))


def _subscribe(stage: Stage, feed: str) -> None:
    """Show that the feed answers."""
    say(stage.console, "")
    for line in words.answering(feed, stage.subscriber(feed, HEARD_WITHIN)):
        say(stage.console, line)


def _free_port() -> int:
    """A port of this machine that is free just now; the owner's own krmd may have the usual one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _chapter(console: Console, heading: str, rows: tuple[LosingRow, ...]) -> None:
    say(console, "")
    say(console, f"{heading} whom you are losing, {len(rows)} people")
    show_losing(console, rows[:SHOWN])
    if len(rows) > SHOWN:
        say(console, f"… and {len(rows) - SHOWN} more")


def _keep_playing(play: Play, stage: Stage, scene: Scene) -> None:
    """Until interrupted: a new mail every `pace` seconds, and the table as it is now."""
    rows = tuple(play.losing())
    with Screen(stage.console) as screen:
        screen.table(rows, words.closing(rows, scene.config, scene.feed))
        due = time.monotonic() + stage.pace
        while True:
            if time.monotonic() >= due:
                mail = next_mail(scene.world, stage.rng, stage.now())
                scene.servers.append(mail)
                screen.arrived(mail)
                due = time.monotonic() + stage.pace
            screen.refresh(tuple(play.losing()))
            time.sleep(_TICK)


@contextmanager
def _interrupted_once() -> Iterator[Callable[[], None]]:
    """The first SIGINT or SIGTERM interrupts; later ones, and those after the yielded function was
    called, don't disturb the clearing away. Outside the main thread signals are none of ours.
    """
    heard = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield heard.set
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if not heard.is_set():
            heard.set()
            raise KeyboardInterrupt

    former = {
        number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield heard.set
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
