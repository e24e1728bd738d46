"""What feeds cost a running daemon: the first build, what waits meanwhile, memory, a change."""

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from krmd.cli.door import run as call_krmd
from tests.bench.contenders import Krmd, configured
from tests.bench.daemon import Daemon
from tests.bench.feed_serving import fetch
from tests.bench.mailbox import Box
from tests.bench.newmail import new_mail
from tests.bench.passes import say
from tests.bench.process import RunFailed, Series, run
from tests.bench.store_watch import StoreWatch
from tests.servers.dovecot import Dovecot
from tests.servers.processes import free_ports

SHOWN = "p77@home.example"
CHANGED = "p{number}@home.example"
_PATIENCE = 1200.0
_POLL_SECONDS = 0.01
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Kept:
    """What a feed of everybody cost. Times in seconds, memory in MiB of all processes together.

    `rss_alone` is of a daemon that serves nothing, `rss_before` of one without any feed,
    `rss_after` of it once its feed was built and fetched, `rss_peak` the most it had meanwhile.
    """

    octets: int
    packed: int
    wall: float
    cpu: float
    rss_alone: float
    rss_before: float
    rss_after: float
    rss_peak: float
    show_before: Series
    show_meanwhile: Series
    mail_before: Series
    mail_meanwhile: Series
    changed: Series


class Place:
    """A krmd with a book of its own in a folder; serves at `port` while a daemon runs."""

    def __init__(self, folder: Path, box: Box, book: Path, *, calendar: str = "") -> None:
        self.krmd = Krmd()
        self.folder = folder
        self.config = configured(box, folder)
        self._plain = self.config.read_text() + calendar
        (self.port,) = free_ports(1)
        self.listen(on=False)
        self.call("contacts", "import", str(book))

    def listen(self, *, on: bool) -> None:
        """Whether its daemon serves, from its next start on."""
        where = f"127.0.0.1:{self.port}" if on else "none"
        self.config.write_text(
            f'{self._plain}\n[web]\nlisten = "{where}"\nmetrics_listen = "none"\n'
        )

    def call(self, *words: str) -> str:
        """A command of it, as a process; gives its output."""
        return self.timed(*words)[1]

    def timed(self, *words: str) -> tuple[float, str]:
        """Seconds and output of a command of it."""
        cost = run([sys.executable, "-m", "krmd", "--config", str(self.config), *words])
        return cost.wall, cost.output

    def add_feed(self) -> str:
        """A new feed of everybody; the URL it is served at on loopback."""
        told = json.loads(self.call("feed", "add", "everybody", "--json"))
        return str(told["url"])


def kept(server: Dovecot, box: Box, place: Place, *, changes: int) -> Kept:
    """Build a feed of everybody in a running daemon, then change contacts. Raises RunFailed."""
    say("  a daemon that serves nothing")
    with Daemon(place.krmd, place.config) as daemon:
        daemon.wait_until_idle()
        rss_alone = daemon.rss_mib()
    place.listen(on=True)
    with (
        Daemon(place.krmd, place.config) as daemon,
        StoreWatch(place.folder / "krmd.sqlite3") as watch,
    ):
        daemon.wait_until_idle()
        rss_before = daemon.rss_mib()
        show_before = Series.of(place.timed("show", SHOWN)[0] for _ in range(5))
        mail_before = Series.of(_mail(server, box, watch) for _ in range(5))
        say("  the first build")
        shows, mails = [], []
        with _most(daemon.rss_mib) as peak:
            cpu, began = daemon.cpu_seconds(), time.perf_counter()
            url = place.add_feed()
            with _noted(lambda: _built(place, url), daemon) as built:
                while not built:
                    shows.append(place.timed("show", SHOWN)[0])
                    mails.append(_mail(server, box, watch))
                    if time.perf_counter() - began > _PATIENCE:
                        raise RunFailed(f"the feed isn't built in time:\n{daemon.log()}")
            wall, cpu = built[0][0] - began, built[0][1] - cpu
        answer = fetch(url)
        daemon.wait_until_idle()  # a large feed is compressed when nothing else is due
        packed = len(fetch(url, {"Accept-Encoding": "gzip"}).body)
        daemon.wait_until_idle()
        rss_after = daemon.rss_mib()
        say(f"  {changes} changes")
        changed = Series.of(_change(place, daemon, url, number) for number in range(changes))
        daemon.wait_until_idle()
        rss_after = max(rss_after, daemon.rss_mib())
    return Kept(
        octets=len(answer.body),
        packed=packed,
        wall=wall,
        cpu=cpu,
        rss_alone=rss_alone,
        rss_before=rss_before,
        rss_after=rss_after,
        rss_peak=peak[0],
        show_before=show_before,
        show_meanwhile=Series.of(shows),
        mail_before=mail_before,
        mail_meanwhile=Series.of(mails),
        changed=changed,
    )


@contextmanager
def served(place: Place) -> Iterator[str]:
    """A daemon that serves a feed of everybody; its URL."""
    place.listen(on=True)
    with Daemon(place.krmd, place.config) as daemon:
        url = place.add_feed()
        fetch(url)  # waits until all of it is there to be sent
        daemon.wait_until_idle()
        yield url


def _mail(server: Dovecot, box: Box, watch: StoreWatch) -> float:
    """Seconds from a mail's delivery until it is committed."""
    token = f"arrival-{time.monotonic_ns()}"
    newest = watch.newest()
    server.put(box.user, "INBOX", new_mail(token))
    began = time.perf_counter()
    committed = watch.wait_for(token, after=newest)
    if committed is None:
        raise RunFailed("krmd run did not record a new mail in time")
    return max(0.0, committed - began)


def _change(place: Place, daemon: Daemon, url: str, number: int) -> float:
    """Seconds from a change that is committed until other octets are served."""
    daemon.wait_until_idle()  # one change at a time: large feeds aren't joined without a rest
    tag = fetch(url, method="HEAD").headers["etag"]
    who = CHANGED.format(number=number * 1000 + 13)
    day = f"1970-05-{number % 28 + 1:02}"
    # In this process: the end of another comes a while after its commit.
    words = ["contacts", "edit", who, "--birthday", day, "--config", str(place.config)]
    streams = (io.StringIO(), io.StringIO(), io.StringIO())
    if call_krmd(words, {}, streams=streams) != 0:
        raise RunFailed(streams[2].getvalue())
    began = time.perf_counter()
    while fetch(url, {"If-None-Match": tag}, method="HEAD").status == 304:
        if time.perf_counter() - began > _PATIENCE:
            raise RunFailed("a change never came into the feed")
        time.sleep(_POLL_SECONDS)
    return time.perf_counter() - began


def _built(place: Place, url: str) -> bool:
    """Return once everybody stands in the feed, and all of it is there to be sent."""
    with StoreWatch(place.folder / "krmd.sqlite3") as watch:
        deadline = time.monotonic() + _PATIENCE
        while not watch.feeds_are_built():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
    return fetch(url, method="HEAD").status == 200


@contextmanager
def _noted(what: Callable[[], bool], daemon: Daemon) -> Iterator[list[tuple[float, float]]]:
    """When (time.perf_counter) something returned True, and the daemon's CPU seconds until then."""
    noted: list[tuple[float, float]] = []

    def wait() -> None:
        if what():
            noted.append((time.perf_counter(), daemon.cpu_seconds()))

    thread = threading.Thread(target=wait, name="waiting", daemon=True)
    thread.start()
    yield noted
    thread.join()


@contextmanager
def _most(figure: Callable[[], float]) -> Iterator[list[float]]:
    """The greatest that a figure had while the block ran."""
    most, end = [0.0], threading.Event()

    def look() -> None:
        while not end.wait(_SAMPLE_SECONDS):
            most[0] = max(most[0], figure())

    thread = threading.Thread(target=look, name="looking", daemon=True)
    thread.start()
    try:
        yield most
    finally:
        end.set()
        thread.join()
