"""The benchmark's findings as Markdown, for README.md and the terminal."""

import datetime as dt
import os
import platform
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.figures import KRMD, SINK, Findings, growth, promises, ratio
from tests.bench.newmail import Arrival
from tests.bench.passes import Cache, Passes
from tests.bench.process import Series


def markdown(found: Findings) -> str:
    """The whole report."""
    parts = [_machine(found)]
    parts += [_reading(count, passes, found) for count, passes in found.passes.items()]
    parts += [_rest(found), _new_mail(found.arrivals), _promises(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def span(series: Series, digits: int = 2) -> str:
    """`median (least–greatest)`, or the one value."""
    text = f"{series.median:.{digits}f}"
    if len(series.values) == 1:
        return text
    return f"{text} ({series.low:.{digits}f}–{series.high:.{digits}f})"


def _machine(found: Findings) -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, Dovecot {_dovecot_version()}.\n"
        f"Median (least–greatest) of {found.repeats}.\n"
        f"Noise: the same empty loop takes {span(found.noise, 3)} s, "
        f"a spread of {found.noise.spread:.0%}; load average at the end {load}.\n"
        f"Ranges of {found.fetch.batch} UIDs, for each message `{found.fetch.items}`"
        + "".join(f", in {folder} `{items}`" for folder, items in found.fetch.special)
        + "."
    )


def _reading(count: int, passes: Passes, found: Findings) -> str:
    rows = []
    for (name, cache), readings in passes.readings.items():
        wall, cpu = passes.wall(name, cache), passes.cpu(name, cache)
        rows.append(
            [
                name,
                cache,
                span(wall),
                span(ratio(passes, cache, name)) if passes.has(SINK, cache) else "",
                span(cpu),
                f"{max(each.cost.peak_mib for each in readings):.0f}",
                f"{1e6 * wall.median / passes.messages:.1f}",
            ]
        )
        if name == KRMD and found.empty is not None:
            less = found.empty
            net = passes.wall(name, cache, less=less.wall)
            rows.append(
                [
                    "– less an empty sync",
                    cache,
                    span(net),
                    span(ratio(passes, cache, name, less=less.wall))
                    if passes.has(SINK, cache)
                    else "",
                    span(passes.cpu(name, cache, less=less.cpu)),
                    "",
                    f"{1e6 * net.median / passes.messages:.1f}",
                ]
            )
    heads = ["who", "server's cache", "wall s", "× C", "CPU s", "peak MiB", "µs a message"]
    title = f"**{count:,} generated, {passes.messages:,} in the folders read**"
    return title + "\n\n" + table(heads, rows)


def _rest(found: Findings) -> str:
    rows = []
    for what, cost in (
        ("`krmd --version`", found.version),
        ("`krmd sync` of an empty mailbox, store made anew", found.empty),
    ):
        if cost is not None:
            rows.append([what, f"{cost.wall:.2f} s, CPU {cost.cpu:.2f} s"])
    rows += [
        [f"`krmd sync` with nothing new, {count:,} messages", f"{span(series)} s"]
        for count, series in found.unchanged.items()
    ]
    rows += [
        [f"an idle `krmd run`, {count:,} messages in its store", f"{mib:.0f} MiB"]
        for count, mib in found.idle_mib.items()
    ]
    rows += _growths(found)
    return table(["besides", ""], rows) if rows else ""


def _growths(found: Findings) -> list[list[str]]:
    rows = []
    for name, cpu in ((SINK, False), (KRMD, False), (KRMD, True)) if found.passes else ():
        for cache in Cache:
            grown = growth(found, name, cache, cpu=cpu)
            if grown is not None:
                what = "CPU" if cpu else "wall"
                sizes = f"{max(found.passes):,} ÷ {min(found.passes):,}"
                rows.append([f"{name}, {what} a message, {sizes}, {cache}", f"{span(grown)} ×"])
    return rows


def _new_mail(arrivals: Sequence[Arrival]) -> str:
    rows = []
    for way in sorted({each.way for each in arrivals}):
        those = [each for each in arrivals if each.way == way]
        known = [each.transactions for each in those if each.transactions is not None]
        rows.append(
            [
                {"APPEND": "APPEND", "rename": "renamed into new/"}[way],
                str(len(those)),
                span(Series.of(1000 * each.heard for each in those), 0),
                span(Series.of(1000 * each.committed for each in those), 0),
                span(Series.of(1000 * (each.committed - each.heard) for each in those), 0),
                _commonest(" ".join(each.before) for each in those),
                _commonest(" ".join(each.after) for each in those),
                span(Series.of(known), 0) if known else "?",
            ]
        )
    heads = ["new mail", "mails", "bare IDLE hears, ms", "krmd has committed, ms"]
    heads += ["behind it, ms", "commands until then", "after it", "transactions"]
    return table(heads, rows) if rows else ""


def _promises(found: Findings) -> str:
    rows = [
        [
            each.text,
            f"≤ {each.limit:g} {each.unit}".rstrip(),
            f"{span(each.found)} {each.unit}".rstrip(),
            "held" if each.held else "**missed**",
        ]
        for each in promises(found)
    ]
    return table(["promise", "asked", "found", ""], rows) if rows else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _commonest(texts: Iterable[str]) -> str:
    text, times = (seen := Counter(texts)).most_common(1)[0]
    return f"{text or 'none'} ({times} of {seen.total()})"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _dovecot_version() -> str:
    done = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.split(" ")[0]
