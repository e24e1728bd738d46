"""The conductor sets everything up, plays, and leaves nothing behind, however it ends."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from krmd.base.errors import EXIT_DONE, UserError
from krmd.demo import words
from krmd.demo.play import Progress
from krmd.demo.show import Stage, run_demo
from krmd.demo.world import World, build_world, losing
from tests.demo.fakeplay import FEED, FakePlay

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def stage(folder: Path, output: io.StringIO) -> Stage:
    """A stage in a folder of the test's own, with its clock stopped."""
    console = Console(file=output, width=100)
    return Stage(
        console,
        now=lambda: NOW,
        rng=random.Random(1),
        pace=0.1,
        parent=folder,
        subscriber=lambda feed, _seconds: 7 if feed == FEED else 0,
    )


def test_one_round_shows_before_and_after(tmp_path: Path) -> None:
    """The two missed most are back in touch, the newsletter changed nothing, the feed answers, and
    nothing is left.
    """
    output, threads = io.StringIO(), threading.active_count()
    play = FakePlay(lambda: NOW)
    assert EXIT_DONE == run_demo(play, once=True, stage=stage(tmp_path, output))
    missed = losing(build_world(NOW))
    text = output.getvalue()
    assert f"Before: whom you are losing, {len(missed)} people" in text
    assert f"After: whom you are losing, {len(missed) - 2} people" in text
    assert f"Back in touch: {missed[0].name}, {missed[1].name}" in text
    assert f"  {FEED}" in text.splitlines()
    assert "a calendar of 7 events" in text
    assert words.FAREWELL == text.splitlines()[-1]
    assert (1, 0o600) == (play.stopped, play.config_mode)
    assert [] == list(tmp_path.iterdir())
    assert threads >= threading.active_count()  # others may have ended theirs meanwhile


class RefusingPlay(FakePlay):
    """A daemon that doesn't start."""

    def start(self, config: Path, world: World) -> str:
        """Log in, then refuse."""
        super().start(config, world)
        raise UserError("No.")


def test_a_daemon_that_does_not_start_is_cleared_away(tmp_path: Path) -> None:
    """Its error comes out, its folder goes."""
    play = RefusingPlay(lambda: NOW)
    with pytest.raises(UserError, match="No"):
        run_demo(play, once=True, stage=stage(tmp_path, io.StringIO()))
    assert 1 == play.stopped
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_live_demo_shows_who_is_back_and_ends_at_a_signal(tmp_path: Path, number: int) -> None:
    """In a pipe: progress, the table, a line for each mail; a signal ends it within seconds."""
    program = (
        "import sys, random; from datetime import *; from pathlib import Path\n"
        "from krmd.demo.show import *; from tests.demo.fakeplay import FakePlay\n"
        "now = lambda: datetime.now(UTC)\n"
        "stage = Stage(rng=random.Random(4), pace=0.05, parent=Path(sys.argv[1]))\n"
        "sys.exit(run_demo(FakePlay(now), once=False, stage=stage))\n"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as demo:
        assert demo.stdout is not None
        heard: list[str] = []
        for line in demo.stdout:
            heard.append(line)
            if line.startswith("Back in touch"):
                break
        demo.send_signal(number)
        began = time.monotonic()
        rest, errors = demo.communicate(timeout=20)
    assert time.monotonic() - began < 5.0
    assert (EXIT_DONE, "") == (demo.returncode, errors)
    assert rest.endswith(words.FAREWELL + "\n")
    assert any(line.startswith("WHO ") for line in heard)
    assert any("why" in line for line in heard)
    assert [] == list(tmp_path.iterdir())


def test_screen_on_a_terminal_stays_inside_it(tmp_path: Path) -> None:
    """The live table is cut to the terminal's height and tells the news below."""
    leader, follower = os.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as terminal:
        console = Console(file=terminal, width=80, height=24, force_terminal=True)
        drained: list[bytes] = []
        drain = threading.Thread(target=_drain, args=(leader, drained))
        drain.start()
        there = replace(stage(tmp_path, io.StringIO()), console=console)
        assert EXIT_DONE == run_demo(FakePlay(lambda: NOW), once=True, stage=there)
    drain.join(10)
    os.close(leader)
    shown = b"".join(drained).decode()
    assert "Back in touch" in shown
    assert "Read " in shown


def _drain(descriptor: int, into: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # the other side is closed
            return
        into.append(piece)


def test_words_fit_eighty_columns_and_twelve_lines(tmp_path: Path) -> None:
    """A stranger reads them before they scroll away."""
    world = build_world(NOW)
    config = Path("/tmp/krmd-demo-12345678/krmd.toml")  # noqa: S108  # the length is what matters
    said = (*words.opening(world, config, once=False), *words.closing((), config, FEED))
    assert len(said) <= 12
    assert max(map(len, said)) <= 80
    assert "Reading: 5 of 9 mails" == words.reading(Progress(5, 9, complete=False))
