"""Who reads when: the contenders take turns, cold and warm, as often as asked."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.bench.contenders import Contender, Reading
from tests.bench.mailbox import Box
from tests.bench.process import CACHE, RunFailed, Series


class Cache(StrEnum):
    """What the server holds of the headers when a pass begins."""

    COLD = "cold"
    WARM = "warm"


@dataclass(frozen=True, slots=True)
class Turn:
    """A contender and the cache it meets; it has its turn in the first `at_most` rounds."""

    contender: Contender
    cache: Cache
    at_most: int = sys.maxsize


@dataclass(frozen=True, slots=True)
class Passes:
    """All readings of one mailbox, in the order of the rounds, by contender and cache."""

    messages: int
    readings: dict[tuple[str, Cache], list[Reading]] = field(default_factory=dict)

    def has(self, name: str, cache: Cache) -> bool:
        """Whether that contender had a turn."""
        return (name, cache) in self.readings

    def wall(self, name: str, cache: Cache, *, less: float = 0.0) -> Series:
        """Seconds from start to end of the process, `less` a start-up."""
        return Series.of(each.cost.wall - less for each in self.readings[name, cache])

    def cpu(self, name: str, cache: Cache, *, less: float = 0.0) -> Series:
        """CPU seconds of the process, `less` a start-up."""
        return Series.of(each.cost.cpu - less for each in self.readings[name, cache])

    def peak(self, name: str, cache: Cache) -> Series:
        """Greatest memory in MiB."""
        return Series.of(each.cost.peak_mib for each in self.readings[name, cache])


def measured(box: Box, turns: Sequence[Turn], *, repeats: int) -> Passes:
    """Let everybody read `repeats` times; each second round goes through the turns backward.

    Raises RunFailed, also when somebody read another number of messages than the mailbox holds.
    """
    passes = Passes(box.messages)
    for number in range(repeats):
        now = [turn for turn in turns if number < turn.at_most]
        for cache in Cache:
            same = [turn for turn in now if turn.cache is cache]
            for turn in same if number % 2 == 0 else reversed(same):
                reading = _one_pass(box, turn)
                passes.readings.setdefault((turn.contender.name, cache), []).append(reading)
    return passes


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder in the build folder, on the disk the stores are measured on."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="scratch-", dir=CACHE))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def say(text: str) -> None:
    """A line of progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def _one_pass(box: Box, turn: Turn) -> Reading:
    if turn.cache is Cache.COLD:
        box.make_cold()
    name = turn.contender.name
    with scratch_folder() as scratch:
        reading = turn.contender.read(box, scratch)
    cost = reading.cost
    say(f"  {name}, {turn.cache}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s, {cost.peak_mib:.0f} MiB")
    if reading.messages != box.messages:
        raise RunFailed(f"{name} read {reading.messages} of {box.messages} messages")
    return reading
