"""Microseconds of our own CPU a mail, to fetch header fields: `python -m tests.bench.fetch_bench`.

Beside imapclient's `fetch` of the same fields, over plain text and over TLS, on a warm Dovecot.
`framing` is the scan alone, over octets received before: what the reader costs beyond recv.
Processor time of this process, the best of several rounds.
"""

import sys
from collections.abc import Callable
from time import perf_counter_ns, process_time, time

from imapclient import IMAPClient

from krmd.intake.mailbox import Folder, UidRange
from krmd.intake.parse import HEADER_FIELDS
from krmd.wire.imap.answer import Gathered, items
from krmd.wire.imap.endpoint import Endpoint, Login
from krmd.wire.imap.internaldate import ArrivalTimes
from krmd.wire.imap.session import ImapSession, connect
from krmd.wire.imap.stream import RECEIVE
from tests.bench.imapclient_fetch import split_items
from tests.bench.mailbox import Box, generated, laid_out
from tests.servers.dovecot import Dovecot

ROUNDS = 5
RANGE = 2000
ASKED = items(HEADER_FIELDS, received=True, labels=False)


def best(routine: Callable[[], int], rounds: int = ROUNDS) -> float:
    """The least microseconds a mail; the routine tells how many mails it handled."""
    costs = []
    for _ in range(rounds):
        started = process_time()
        count = routine()
        costs.append((process_time() - started) / count * 1e6)
    return min(costs)


def session_on(server: Dovecot, box: Box, *, tls: bool) -> ImapSession:
    """Our own session on that mailbox."""
    endpoint = (
        Endpoint("localhost", server.tls_port, "tls", server.certificates.ca)
        if tls
        else Endpoint("127.0.0.1", box.port, "plain")
    )
    return connect(endpoint, Login(box.user, lambda: box.password))


def ours(session: ImapSession, folder: str) -> int:
    """Read a folder; the number of mails."""
    name = session.open(Folder(folder, folder, "none", "/", holds_mail=True))
    ranges = (UidRange(low, low + RANGE - 1) for low in range(1, name.uidnext, RANGE))
    fetched = session.fetch(ranges, header_fields=HEADER_FIELDS)
    return sum(len(part.mails) for part in fetched)


def imapclient_s(client: IMAPClient, folder: str) -> int:
    """The same by imapclient, which wants each UID named."""
    uidnext = client.select_folder(folder, readonly=True)[b"UIDNEXT"]  # type: ignore[no-untyped-call]
    wanted = split_items(ASKED.decode().strip("()"))
    count = 0
    for low in range(1, uidnext, 500):
        uids = list(range(low, min(low + 500, uidnext)))
        count += len(client.fetch(uids, wanted))  # type: ignore[no-untyped-call]
    return count


def framing(chunks: list[bytes]) -> float:
    """Microseconds a mail to scan what was received before, each piece fresh in the cache.

    As after recv: the buffer is made outside the clock.
    """
    gathered = Gathered(ArrivalTimes(time()))
    rest, count, cost = b"", 0, 0
    for chunk in chunks:
        buffer = rest + chunk
        started = perf_counter_ns()
        place, _ = gathered.scan(buffer, 0)
        cost += perf_counter_ns() - started
        rest = buffer[place:]
        if len(gathered.mails) >= RANGE:
            count += len(gathered.mails)
            gathered.mails.clear()
    return cost / (count + len(gathered.mails)) / 1000


def received(box: Box, folder: str) -> list[bytes]:
    """All octets of one answer to a FETCH of the whole folder."""
    with IMAPClient("127.0.0.1", box.port, ssl=False) as client:
        client.login(box.user, box.password)
        client.select_folder(folder, readonly=True)
        connected = client.socket()
        connected.sendall(b"bench UID FETCH 1:* " + ASKED + b"\r\n")
        octets = bytearray()
        while b"\r\nbench OK" not in octets[-200:]:
            octets += connected.recv(RECEIVE)
    return [bytes(octets[place : place + RECEIVE]) for place in range(0, len(octets), RECEIVE)]


def main(count: str = "20000") -> None:
    """Print the table."""
    with Dovecot() as server:
        box = laid_out(server, "bench", generated(int(count)))
        folder = max(box.folders, key=lambda name: len(server.files("bench", name)))
        with session_on(server, box, tls=False) as plain, session_on(server, box, tls=True) as tls:
            ours(plain, folder)  # warms the server's cache
            print(f"{'ours, plain':24}{best(lambda: ours(plain, folder)):8.1f} us CPU a mail")
            print(f"{'ours, TLS':24}{best(lambda: ours(tls, folder)):8.1f}")
        with IMAPClient("127.0.0.1", box.port, ssl=False) as client:
            client.login(box.user, box.password)
            cost = best(lambda: imapclient_s(client, folder), rounds=2)
            print(f"{'imapclient.fetch, plain':24}{cost:8.1f}")
        chunks = received(box, folder)
        print(f"{'framing alone':24}{min(framing(chunks) for _ in range(15)):8.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
