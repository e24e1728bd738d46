"""`python -m tests.bench.feeds`: what calendar feeds cost a daemon and those who ask; tables."""

import argparse
import datetime as dt
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.book import write_book
from tests.bench.feed_daemon import Kept, Place, kept, served
from tests.bench.feed_serving import (
    NORMAL,
    SLOW,
    Compared,
    SlowCrowd,
    beside_nginx,
    latencies,
)
from tests.bench.mailbox import Box, opened
from tests.bench.passes import say, scratch_folder
from tests.bench.people import PEOPLE, Promise
from tests.bench.process import CACHE, RunFailed, Series, empty_loop
from tests.bench.report import span, table
from tests.servers.dovecot import Dovecot
from tests.servers.nginx import version as nginx_version
from tests.servers.processes import ServerMissing

SMALL = 620
"""One event each is 190 kB."""
_ONE_YEAR = "\n[calendar]\nyears_back = 0\nyears_ahead = 0\n"


class Served(NamedTuple):
    """What asking costs: rates beside nginx; milliseconds of a normal request, alone and not."""

    compared: list[Compared]
    alone: Series
    crowded: Series
    left: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the report goes to standard output, progress to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.feeds", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"default: {PEOPLE}")
    parser.add_argument("--changes", type=int, default=10, help="default: 10")
    parser.add_argument("--rounds", type=int, default=5, help="beside nginx (default: 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of each round (default: 3)")
    parser.add_argument("--only", choices=("kept", "served"), help="measure no more than this")
    parser.add_argument("--output", type=Path, help="write the report here, too")
    asked = parser.parse_args(arguments)
    try:
        report = _report(asked)
    except (RunFailed, ServerMissing) as failure:
        say(f"bench: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130
    print(report)
    if asked.output:
        asked.output.write_text(report + "\n")
    return 0


def _report(asked: argparse.Namespace) -> str:
    noise = empty_loop(7)
    parts: list[str] = []
    promises: list[Promise] = []
    with Dovecot() as server:
        server.add_user("feeds")
        box = opened(server, "feeds")
        if asked.only != "served":
            say(f"a feed of {asked.people:,} people")
            with scratch_folder() as scratch:
                place = Place(scratch, box, _book(asked.people))
                found = kept(server, box, place, changes=asked.changes)
            parts.append(_of_keeping(found, asked.people))
            promises += _promises_of_keeping(found)
        if asked.only != "kept":
            say(f"serving a feed of {SMALL} people")
            serving = _served(box, rounds=asked.rounds, seconds=asked.seconds)
            parts.append(_of_serving(serving))
            promises += _promises_of_serving(serving)
    rows = [[it.what, it.asked, it.found, "held" if it.holds else "**missed**"] for it in promises]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    head = (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}: {os.cpu_count()} cores, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}, SQLite"
        f" {sqlite3.sqlite_version}, {nginx_version()}, {_wrk_version()}.\n"
        f"Median (least–greatest) of {asked.changes} changes, {asked.rounds} rounds of"
        f" {asked.seconds} s, {NORMAL} requests.\n"
        f"Noise: the same empty loop takes {span(noise, 3)} s, a spread of {noise.spread:.0%};"
        f" load average at the end {load}."
    )
    return "\n\n".join([head, *parts, table(["promise", "asked", "found", ""], rows)])


def _book(people: int) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    book = CACHE / f"people-{people}.vcf"
    if not book.exists():
        write_book(book, people)
    return book


def _served(box: Box, *, rounds: int, seconds: int) -> Served:
    with scratch_folder() as scratch:
        place = Place(scratch, box, _book(SMALL), calendar=_ONE_YEAR)
        with served(place) as url:
            say("  beside nginx")
            compared = beside_nginx(url, rounds=rounds, seconds=seconds)
            say(f"  beside {SLOW} slow connections")
            latencies(url)
            alone = latencies(url)
            with SlowCrowd(url) as crowd:
                crowded = latencies(url)
                left = crowd.present
    return Served(compared, alone, crowded, left)


def _of_keeping(found: Kept, people: int) -> str:
    rows = [
        ["size of the feed, MB", f"{found.octets / 1e6:.1f}; gzip {found.packed / 1e6:.1f}"],
        ["the first build, wall s", f"{found.wall:.1f}"],
        ["– CPU s", f"{found.cpu:.1f}"],
        ["`krmd show` before it, s", span(found.show_before)],
        ["– meanwhile", span(found.show_meanwhile)],
        ["a new mail committed before it, s", span(found.mail_before)],
        ["– meanwhile", span(found.mail_meanwhile)],
        ["one contact changed, until it is served, s", span(found.changed)],
        ["daemon that serves nothing, MiB", f"{found.rss_alone:.0f}"],
        ["– that serves, without any feed", f"{found.rss_before:.0f}"],
        ["– at the most during the first build", f"{found.rss_peak:.0f}"],
        ["– when all is built and was fetched", f"{found.rss_after:.0f}"],
    ]
    return f"**A feed of {people:,} people**\n\n" + table(["what", "found"], rows)


def _of_serving(found: Served) -> str:
    rows = [
        [
            it.what,
            f"{it.octets:,}",
            span(it.krmd, 0),
            span(it.nginx, 0),
            f"{span(it.ratio)} ×",
        ]
        for it in found.compared
    ]
    heads = ["answer", "octets", "krmd, requests a second", "nginx", "krmd ÷ nginx"]
    rates = table(heads, rows)
    waits = table(
        ["a normal request, ms", ""],
        [
            ["alone", span(found.alone, 1)],
            [f"beside {SLOW} slow connections, {found.left} of them left", span(found.crowded, 1)],
        ],
    )
    return f"**Serving a feed of {SMALL} people**\n\n{rates}\n\n{waits}"


def _promises_of_keeping(found: Kept) -> list[Promise]:
    grown = (found.rss_after - found.rss_before) * 1.048576
    show = found.show_meanwhile.median / found.show_before.median
    slowest = found.changed.high
    mail = found.mail_meanwhile.high
    return [
        Promise(
            "one contact changed, until it is served", "≤ 1 s", f"{slowest:.2f} s", slowest <= 1
        ),
        Promise("memory for it, outside a build", "≤ 20 MB", f"{grown:.0f} MB", grown <= 20),
        Promise("`krmd show` during the first build", "≤ 3 ×", f"{show:.2f} ×", show <= 3),
        Promise("a new mail during it", "≤ 3 s", f"{mail:.2f} s", mail <= 3),
    ]


def _promises_of_serving(found: Served) -> list[Promise]:
    by_what = {it.what: it.ratio for it in found.compared}
    slowest = found.crowded.high
    return [
        Promise(
            f"{what} ÷ nginx",
            f"≥ {least} ×",
            f"{by_what[what].median:.2f} ×",
            by_what[what].median >= least,
        )
        for what, least in (("200", 0.4), ("304", 0.15))
    ] + [
        Promise(
            f"a normal request beside {SLOW} slow ones",
            "≤ 50 ms",
            f"{slowest:.1f} ms",
            slowest <= 50,
        ),
    ]


def _wrk_version() -> str:
    done = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split()[:2]) or "wrk"


if __name__ == "__main__":
    sys.exit(main())
