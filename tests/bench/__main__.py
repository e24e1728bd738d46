"""`python -m tests.bench`: generate, start Dovecot, let everybody read, print the table."""

import argparse
import dataclasses
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.contenders import Contender, Fetch, ImapClient, Krmd, Mbsync, Sink, configured
from tests.bench.daemon import Daemon
from tests.bench.figures import Findings
from tests.bench.mailbox import Box, counts_wanted, generated, laid_out, opened
from tests.bench.newmail import arrivals
from tests.bench.passes import Cache, Turn, measured, say, scratch_folder
from tests.bench.process import RunFailed, Series, empty_loop, median_cost
from tests.bench.report import markdown
from tests.servers.dovecot import Dovecot

PARTS = ("sink", "krmd", "imapclient", "mbsync", "unchanged", "idle", "newmail")
NEED_KRMD = frozenset({"krmd", "unchanged", "idle", "newmail"})
NEW_MAIL_BOX = 2_000
"""Messages in the mailbox that new mail is delivered to."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the report goes to standard output, progress to standard error."""
    asked = _parser().parse_args(arguments)
    counts = counts_wanted(asked.count, quick=asked.quick)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    repeats = asked.repeats or (1 if asked.quick else 3)
    try:
        found = _run(counts, frozenset(asked.only or PARTS), repeats=repeats, mails=asked.mails)
    except RunFailed as failure:
        say(f"bench: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130
    report = markdown(found)
    print(report)
    if asked.output:
        asked.output.write_text(report)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 messages, one round")
    parser.add_argument("--count", type=int, action="append", default=[], help="mailbox's size")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure no more than this")
    parser.add_argument("--repeats", type=int, help="rounds (default: 3, quick: 1)")
    parser.add_argument("--mails", type=int, default=20, help="new mails delivered (default: 20)")
    parser.add_argument("--output", type=Path, help="write the report here, too")
    return parser


def _run(counts: Sequence[int], parts: frozenset[str], *, repeats: int, mails: int) -> Findings:
    krmd = Krmd()
    if parts & NEED_KRMD and not krmd.runs():
        say("krmd does not run yet: left out")
        parts -= NEED_KRMD
    found = Findings(repeats, Fetch(), empty_loop(max(5, repeats)))
    with Dovecot() as server:
        if parts & NEED_KRMD:
            found = _beside(server, krmd, found, count=min(counts))
        for count in counts:
            say(f"{count:,} messages")
            box = laid_out(server, f"bench{count}", generated(count))
            Sink(found.fetch).read(box, Path())  # the very first reading is nobody's
            turns = list(_turns(found.fetch, krmd, parts))
            found.passes[count] = measured(box, turns, repeats=repeats)
            if parts & {"unchanged", "idle"}:
                _settled(box, krmd, found, parts=parts, count=count)
        if "newmail" in parts:
            say(f"{mails} new mails")
            box = laid_out(server, "newmail", generated(NEW_MAIL_BOX))
            with scratch_folder() as scratch:
                come = tuple(arrivals(server, box, krmd, scratch=scratch, mails=mails))
            found = dataclasses.replace(found, arrivals=come)
    return found


def _turns(fetch: Fetch, krmd: Krmd, parts: frozenset[str]) -> Iterator[Turn]:
    both: list[Contender] = [Sink(fetch)]
    if "krmd" in parts:
        both.append(krmd)
    for cache in Cache:
        for contender in both:
            yield Turn(contender, cache)
    if "imapclient" in parts:
        yield Turn(ImapClient(fetch), Cache.WARM)
    if "mbsync" in parts:
        yield Turn(Mbsync(), Cache.WARM, at_most=1)


def _beside(server: Dovecot, krmd: Krmd, found: Findings, *, count: int) -> Findings:
    """What krmd costs before it reads anything, and what it asks a server for."""
    krmd.version()  # compiles what was never run
    version = median_cost(krmd.version() for _ in range(5))
    server.add_user("empty")
    box = opened(server, "empty")
    empty = []
    for _ in range(5):
        with scratch_folder() as scratch:
            empty.append(krmd.read(box, scratch).cost)
    with scratch_folder() as scratch:
        fetch = krmd.watched(laid_out(server, "watched", generated(count)), scratch)
    return dataclasses.replace(found, version=version, empty=median_cost(empty), fetch=fetch)


def _settled(box: Box, krmd: Krmd, found: Findings, *, parts: frozenset[str], count: int) -> None:
    """What krmd costs once it has read everything."""
    with scratch_folder() as scratch:
        config = configured(box, scratch)
        krmd.sync(config)
        if "unchanged" in parts:
            say("  krmd sync, nothing new")
            found.unchanged[count] = Series.of(
                krmd.sync(config).cost.wall for _ in range(found.repeats)
            )
        if "idle" in parts:
            say("  krmd run, idle")
            with Daemon(krmd, config) as daemon:
                daemon.wait_until_idle()
                found.idle_mib[count] = daemon.rss_mib()


if __name__ == "__main__":
    sys.exit(main())
