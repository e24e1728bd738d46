"""Running a program and saying what it cost; and the figures of repeated runs."""

import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The tree's top: `-m krmd` and `-m tests.mailgen` are run from here."""

CACHE = ROOT / "build" / "bench"
"""Generated mailboxes, compiled programs and scratch stores; ignored by git."""


class RunFailed(Exception):
    """A measured program ended badly; the text holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: `wall` and `cpu` (user + system, with children) in seconds, `peak_mib` of memory."""

    wall: float
    cpu: float
    peak_mib: float
    output: str


@dataclass(frozen=True, slots=True)
class Series:
    """The same figure from repeated runs."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Series":
        """From at least one value."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """The least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest."""
        return max(self.values)

    @property
    def spread(self) -> float:
        """Greatest minus least, as a fraction of the median."""
        return (self.high - self.low) / self.median if self.median else 0.0


def compiled(name: str) -> Path:
    """The program made of `name`.c, compiled into the build folder; raises RunFailed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    source, program = Path(__file__).with_name(f"{name}.c"), CACHE / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        command = ["cc", "-O2", "-Wall", "-Wextra", "-o", str(program), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RunFailed(f"cc could not compile {source.name}:\n{done.stderr}")
    return program


def run(command: Sequence[str], *, patience: float = 1800.0) -> Cost:
    """Run a program to its end and measure it; raises RunFailed.

    It is killed with all its children after `patience` seconds, or when the harness is interrupted.
    """
    with tempfile.TemporaryDirectory() as folder:
        report, out, err = (Path(folder) / name for name in ("report", "out", "err"))
        with out.open("wb") as said, err.open("wb") as complained:
            process = subprocess.Popen(
                [str(compiled("launch")), str(report), *command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=complained,
                start_new_session=True,
            )
            try:
                process.wait(patience)
            except BaseException as reason:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if isinstance(reason, subprocess.TimeoutExpired):
                    raise RunFailed(f"{command[0]} took more than {patience} s") from reason
                raise
        output = out.read_text(errors="replace")
        if process.returncode != 0:
            said_last = (output + err.read_text(errors="replace"))[-2000:]
            raise RunFailed(f"{' '.join(command)} ended with {process.returncode}:\n{said_last}")
        wall, cpu, peak = map(float, report.read_text().split())
    return Cost(wall, cpu, peak / 1024, output)


def median_cost(costs: Iterable[Cost]) -> Cost:
    """The one of an odd number of runs whose wall time is the median."""
    ordered = sorted(costs, key=lambda cost: cost.wall)
    return ordered[len(ordered) // 2]


def empty_loop(repeats: int) -> Series:
    """Seconds that the same busy loop of some 0.2 s takes, again and again: the machine's noise."""

    def once() -> float:
        began = time.perf_counter()
        for _ in range(5_000_000):
            pass
        return time.perf_counter() - began

    return Series.of(once() for _ in range(repeats))
