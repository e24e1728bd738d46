"""`python -m tests.bench.people`: what a large address book costs; prints the table."""

import argparse
import datetime as dt
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.book import write_book
from tests.bench.passes import say, scratch_folder
from tests.bench.process import CACHE, Cost, RunFailed, Series, empty_loop, run
from tests.bench.report import span, table

PEOPLE = 34_257
"""The company of PRODUCT.md."""
_LIBRARIES = [sys.executable, "-c", "import sqlalchemy, typer, pydantic"]
_SETTINGS = """\
[owner]
name = "Kim Example"
addresses = ["kim@example.org"]
timezone = "Europe/Berlin"
[store]
url = "sqlite:///{folder}/krmd.sqlite3"
[accounts.home]
imap = "imap://127.0.0.1:9"
user = "kim"
password = "secret"
"""


class Row(NamedTuple):
    """One thing measured: wall seconds, processor seconds, MiB at the most."""

    what: str
    wall: Series
    cpu: Series
    peak: Series


class Promise(NamedTuple):
    """What was asked of a figure, and whether it held."""

    what: str
    asked: str
    found: str
    holds: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the report goes to standard output, progress to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.people", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"default: {PEOPLE}")
    parser.add_argument("--repeats", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--output", type=Path, help="write the report here, too")
    asked = parser.parse_args(arguments)
    try:
        report = _report(asked.people, asked.repeats)
    except RunFailed as failure:
        say(f"bench: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130
    print(report)
    if asked.output:
        asked.output.write_text(report + "\n")
    return 0


def _report(people: int, repeats: int) -> str:
    noise = empty_loop(max(5, repeats))
    CACHE.mkdir(parents=True, exist_ok=True)
    book = CACHE / f"people-{people}.vcf"
    if not book.exists():
        write_book(book, people)
    with scratch_folder() as scratch:
        rows = _measured(book, scratch, repeats)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    head = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}.\n{people:,} people with three addresses each,"
        f" {book.stat().st_size / 1e6:.1f} MB of vCards. Median (least–greatest) of {repeats}.\n"
        f"Noise: the same empty loop takes {span(noise, 3)} s, a spread of {noise.spread:.0%};"
        f" load average at the end {load}."
    )
    cells = [
        [row.what, span(row.wall), span(row.cpu), f"{row.peak.high:.0f}"] for row in rows.values()
    ]
    promises = [
        [it.what, it.asked, it.found, "held" if it.holds else "**missed**"]
        for it in _promises(rows, people)
    ]
    return "\n\n".join(
        (
            head,
            table(["what", "wall s", "CPU s", "peak MiB"], cells),
            table(["promise", "asked", "found", ""], promises),
        )
    )


def _measured(book: Path, scratch: Path, repeats: int) -> dict[str, Row]:
    config = scratch / "krmd.toml"
    config.write_text(_SETTINGS.format(folder=scratch))
    config.chmod(0o600)
    krmd = [sys.executable, "-m", "krmd", "--config", str(config)]

    def anew() -> Cost:
        for file in scratch.glob("krmd.sqlite3*"):
            file.unlink()
        return run([*krmd, "contacts", "import", str(book)])

    def asked(*words: str) -> Callable[[], Cost]:
        return lambda: run([*krmd, *words])

    rows = {"first": _row("contacts import, an empty store", anew, repeats)}
    again = asked("contacts", "import", str(book))
    rows["again"] = _row("the same file again", again, repeats)
    quick = {
        "libraries": ("python -c 'import sqlalchemy, typer, pydantic'", lambda: run(_LIBRARIES)),
        "show": ("show WHO", asked("show", "p77@home.example")),
        "page": ("contacts list --limit 50", asked("contacts", "list", "--limit", "50")),
        "find": ("find engineer denver", asked("find", "engineer", "denver")),
        "reach": ("reach", asked("reach")),
    }
    rows |= _in_turns(quick, max(7, repeats))
    rows["all"] = _row("contacts list", asked("contacts", "list"), repeats)
    duplicates = asked("contacts", "suggestions", "--kind", "duplicate")
    rows["duplicates"] = _row("contacts suggestions --kind duplicate", duplicates, repeats)
    export = asked("contacts", "export", str(scratch / "out.vcf"))
    rows["export"] = _row("contacts export, vCard 4.0", export, repeats)
    return rows


def _in_turns(measured: dict[str, tuple[str, Callable[[], Cost]]], repeats: int) -> dict[str, Row]:
    """What is compared takes turns, so that a slow moment of the machine slows all."""
    costs: dict[str, list[Cost]] = {name: [] for name in measured}
    for name, (what, once) in measured.items():
        say(f"  {what}")
        once()  # the first run compiles, and builds what is derived
        costs[name] = []
    for _ in range(repeats):
        for name, (_, once) in measured.items():
            costs[name].append(once())
    return {name: _of(measured[name][0], costs[name]) for name in measured}


def _row(what: str, once: Callable[[], Cost], repeats: int) -> Row:
    say(f"  {what}")
    return _of(what, [once() for _ in range(repeats)])


def _of(what: str, costs: Sequence[Cost]) -> Row:
    return Row(
        what,
        Series.of(cost.wall for cost in costs),
        Series.of(cost.cpu for cost in costs),
        Series.of(cost.peak_mib for cost in costs),
    )


def _beside(rows: dict[str, Row], name: str) -> float:
    """How many times as long as the libraries, within each round, and of these the median."""
    pairs = zip(rows[name].wall.values, rows["libraries"].wall.values, strict=True)
    return Series.of(mine / theirs for mine, theirs in pairs).median


def _promises(rows: dict[str, Row], people: int) -> list[Promise]:
    rate = people / rows["first"].wall.median
    again = rows["again"].wall.median / rows["first"].wall.median
    peak = rows["first"].peak.high
    show, page = _beside(rows, "show"), _beside(rows, "page")
    duplicates = rows["duplicates"].wall.median
    return [
        Promise("cards imported a second", "≥ 1,000", f"{rate:,.0f}", rate >= 1000),
        Promise("the same file again ÷ the first time", "≤ 0.5 ×", f"{again:.2f} ×", again <= 0.5),
        Promise("peak memory of the import", "≤ 250 MB", f"{peak * 1.048576:.0f} MB", peak <= 238),
        Promise("show ÷ importing its libraries", "≤ 1.5 ×", f"{show:.2f} ×", show <= 1.5),
        Promise("a page of the list ÷ the same", "≤ 1.5 ×", f"{page:.2f} ×", page <= 1.5),
        Promise("duplicates", "≤ 20 s", f"{duplicates:.1f} s", duplicates <= 20),
    ]


if __name__ == "__main__":
    sys.exit(main())
