"""New mail: how long until krmd has committed it, beside a bare IDLE client that hears of it."""

import contextlib
import datetime as dt
import queue
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.bench.contenders import Krmd, configured
from tests.bench.daemon import Daemon
from tests.bench.mailbox import Box
from tests.bench.process import RunFailed
from tests.bench.proxy import CountingProxy, Sent
from tests.bench.store_watch import StoreWatch
from tests.servers.dovecot import Dovecot

SETTLE_SECONDS = 0.7
"""Between two mails: long enough for what a client does after a commit to be counted with it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail: seconds from its delivery, the commands it cost, the transactions (None: unknown).

    `before` are the commands that went to the server until the commit, `after` those since.
    """

    way: str
    heard: float
    committed: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    transactions: int | None


class IdleClient:
    """The least that can hear of new mail: LOGIN, EXAMINE, IDLE, then the time of each EXISTS."""

    def __init__(self, box: Box) -> None:
        self._socket = socket.create_connection(("127.0.0.1", box.port), timeout=60)
        self._lines = self._socket.makefile("rb")
        self._heard: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._lines.readline()
        self._say(f'a LOGIN "{box.user}" "{box.password}"', until=b"a OK")
        self._say("b EXAMINE INBOX", until=b"b OK")
        self._say("c IDLE", until=b"+ ")

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, name="idle client", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def forget(self) -> None:
        """Drop what was heard so far."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._heard.get_nowait()

    def heard(self, seconds: float) -> float:
        """When (time.perf_counter) the next EXISTS came; raises RunFailed."""
        try:
            return self._heard.get(timeout=seconds)
        except queue.Empty:
            raise RunFailed(f"the server announced nothing within {seconds} s") from None

    def _say(self, command: str, *, until: bytes) -> None:
        self._socket.sendall(command.encode() + b"\r\n")
        while not (line := self._lines.readline()).startswith(until):
            if not line:
                raise RunFailed("the server hung up on the IDLE client")

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while line := self._lines.readline():
                if line.rstrip().endswith(b"EXISTS"):
                    self._heard.put(time.perf_counter())


def arrivals(
    server: Dovecot, box: Box, krmd: Krmd, *, scratch: Path, mails: int
) -> Iterator[Arrival]:
    """Deliver `mails` mails to INBOX, one after another, by APPEND and by rename in turn.

    krmd runs behind a proxy that counts; the bare client speaks to the server itself.
    Raises RunFailed.
    """
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(CountingProxy(box.port))
        config = configured(box, scratch, port=proxy.port)
        krmd.sync(config)
        daemon = stack.enter_context(Daemon(krmd, config))
        daemon.wait_until_idle()
        bare = stack.enter_context(IdleClient(box))
        watch = stack.enter_context(StoreWatch(scratch / "krmd.sqlite3"))
        for number in range(-2, mails):  # two that warm up, not counted
            way = "rename" if number % 2 else "APPEND"
            arrival = _arrival(server, box, bare, watch=watch, proxy=proxy, way=way)
            if number >= 0:
                yield arrival


def _arrival(
    server: Dovecot,
    box: Box,
    bare: IdleClient,
    *,
    watch: StoreWatch,
    proxy: CountingProxy,
    way: str,
) -> Arrival:
    token = f"arrival-{time.monotonic_ns()}"
    raw = new_mail(token)
    bare.forget()
    newest = watch.newest()
    salt, commits = watch.commits()
    delivered = _deliver(server, box, raw, way=way)
    committed = watch.wait_for(token, after=newest)
    heard = bare.heard(5)
    if committed is None:
        late = f"the bare client heard of it after {heard - delivered:.3f} s"
        raise RunFailed(f"krmd run did not record a new mail ({way}) in time; {late}")
    time.sleep(SETTLE_SECONDS)
    salt_after, commits_after = watch.commits()
    sent = proxy.sent(since=delivered)
    return Arrival(
        way,
        heard=max(0.0, heard - delivered),
        committed=max(0.0, committed - delivered),
        before=tuple(_command(each) for each in sent if each.at <= committed),
        after=tuple(_command(each) for each in sent if each.at > committed),
        transactions=commits_after - commits if salt == salt_after else None,
    )


def _deliver(server: Dovecot, box: Box, raw: bytes, *, way: str) -> float:
    if way == "APPEND":
        with server.session(box.user) as imap:
            imap.append("INBOX", "", "", raw)
            return time.perf_counter()
    server.put(box.user, "INBOX", raw)
    return time.perf_counter()


def new_mail(token: str) -> bytes:
    """A personal mail that names a token."""
    now = dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"Received: from relay.example by mx.example.org with ESMTPS; {now}\r\n"
        "From: Ada Example <ada@alpha.example>\r\n"
        "To: Kim Doe <kim@example.org>\r\n"
        f"Date: {now}\r\n"
        f"Message-ID: <{token}@alpha.example>\r\n"
        f"Subject: {token}\r\n"
        "MIME-Version: 1.0\r\n"
        "\r\n"
        "Lunch on Friday?\r\n"
    ).encode()


def _command(sent: Sent) -> str:
    """The command's name alone: FETCH of `k7 UID FETCH 5:* (...)`, DONE of IDLE's end."""
    found = re.match(rb"(?:\S+ )?(?:UID )?([A-Z]+)\b", sent.line)
    return found[1].decode("ascii") if found else "?"
