"""Serving a feed beside nginx serving the same file, and while slow clients hold on."""

import contextlib
import gzip
import http.client
import re
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from tests.bench.process import RunFailed, Series
from tests.servers.nginx import Nginx
from tests.servers.processes import find_program

SLOW = 150
NORMAL = 200
"""Normal requests timed, each on a connection of its own."""
_WRK = ("--threads", "1", "--connections", "8", "--timeout", "10s")


class Answer(NamedTuple):
    """What came back for one request; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """Requests a second of both in each round, for one kind of answer of so many octets."""

    what: str
    octets: int
    krmd: Series
    nginx: Series

    @property
    def ratio(self) -> Series:
        """The rate of krmd by nginx's, within each round."""
        pairs = zip(self.krmd.values, self.nginx.values, strict=True)
        return Series.of(ours / theirs for ours, theirs in pairs)


def fetch(url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET") -> Answer:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    with contextlib.closing(line):
        line.request(method, parts.path, headers=dict(headers or {}))
        answer = line.getresponse()
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, named, answer.read())


def beside_nginx(url: str, *, rounds: int, seconds: int) -> list[Compared]:
    """Rates of 200, 304 and compressed 200, in turns; each second round goes backward.

    Raises RunFailed, also where the two don't answer alike, and ServerMissing.
    """
    calendar = fetch(url).body
    packed = fetch(url, {"Accept-Encoding": "gzip"}).body
    if gzip.decompress(packed) != calendar:
        raise RunFailed(f"{url} gives something else compressed")
    with Nginx(files={"feed.ics": calendar, "feed.ics.gz": packed}) as nginx:
        urls = {"krmd": url, "nginx": f"http://127.0.0.1:{nginx.port}/feed.ics"}
        tags = {name: fetch(each).headers["etag"] for name, each in urls.items()}
        asked: dict[str, dict[str, Mapping[str, str]]] = {
            "200": {name: {} for name in urls},
            "304": {name: {"If-None-Match": tags[name]} for name in urls},
            "200, gzip": {name: {"Accept-Encoding": "gzip"} for name in urls},
        }
        return [
            _compared(what, urls, headers, rounds=rounds, seconds=seconds)
            for what, headers in asked.items()
        ]


def _compared(
    what: str,
    urls: Mapping[str, str],
    headers: Mapping[str, Mapping[str, str]],
    *,
    rounds: int,
    seconds: int,
) -> Compared:
    answers = {name: fetch(urls[name], headers[name]) for name in urls}
    if {int(what[:3])} != {it.status for it in answers.values()}:
        raise RunFailed(f"{what}: one of krmd and nginx answers with another status")
    if answers["krmd"].body != answers["nginx"].body:
        raise RunFailed(f"{what}: krmd and nginx answer differently")
    rates: dict[str, list[float]] = {name: [] for name in urls}
    for number in range(rounds):
        for name in urls if number % 2 == 0 else reversed(list(urls)):
            rates[name].append(_rate(urls[name], headers[name], seconds))
    octets = len(answers["krmd"].body)
    return Compared(what, octets, Series.of(rates["krmd"]), Series.of(rates["nginx"]))


def _rate(url: str, headers: Mapping[str, str], seconds: int) -> float:
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [find_program("wrk"), *_WRK, "--duration", f"{seconds}s", *words, url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    found = re.search(r"^Requests/sec:\s*([\d.]+)", done.stdout, re.MULTILINE)
    if not found or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RunFailed(f"wrk said:\n{done.stdout}{done.stderr}")
    return float(found[1])


def latencies(url: str) -> Series:
    """Milliseconds that a normal request takes, a whole answer and a 304 in turns."""
    tag = fetch(url).headers["etag"]

    def one(number: int) -> float:
        began = time.perf_counter()
        answer = fetch(url, {"If-None-Match": tag} if number % 2 else {})
        if answer.status not in (200, 304):
            raise RunFailed(f"a normal request was answered with {answer.status}")
        return 1000 * (time.perf_counter() - began)

    return Series.of(one(number) for number in range(NORMAL))


class SlowCrowd:
    """SLOW connections that hold on: every second one sends its header a byte at a time, the others
    read theirs so.

    A context manager; `present` says how many the server has not ended.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode()
        self._readers: list[socket.socket] = []
        self._senders: list[socket.socket] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._dawdle, name="slow crowd", daemon=True)

    def __enter__(self) -> Self:
        for number in range(SLOW):
            each = socket.socket()
            # So that little of an answer is under way.
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            each.settimeout(5)
            each.connect(self._address)
            each.sendall(self._request + (b"\r\n" if number % 2 else b"X-Slow: "))
            each.setblocking(False)
            (self._readers if number % 2 else self._senders).append(each)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(10)
        for each in (*self._readers, *self._senders):
            each.close()

    @property
    def present(self) -> int:
        """How many are still there."""
        return len(self._readers) + len(self._senders)

    def _dawdle(self) -> None:
        while not self._end.wait(0.5):
            for some, act in ((self._readers, _read), (self._senders, _send)):
                for each in list(some):
                    if not act(each):
                        each.close()
                        some.remove(each)


def _read(slow: socket.socket) -> bool:
    try:
        return bool(slow.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _send(slow: socket.socket) -> bool:
    try:
        return bool(slow.send(b"x"))
    except BlockingIOError:
        return True
    except OSError:
        return False
