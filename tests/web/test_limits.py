"""What an enemy, a slow line or a broken program can do to others: nothing."""

import asyncio
import socket
import statistics
import threading
import time

import psutil
import pytest
from sqlalchemy import func, select, update

from krmd.app.feed_edition import IN_MEMORY
from krmd.store.tables import feed_parts, feeds
from krmd.web.connections import LARGEST_HEAD, Limits
from krmd.web.slowing import FIRST_SECONDS, LONGEST_SECONDS, MOST_WAITING, Slowing
from tests.daemon.conftest import eventually
from tests.web.conftest import Events, Library

WRONG = "/feed/" + "a" * 40 + ".ics"


def make_large(library: Library, octets: int) -> None:
    """Let somebody's events take so many octets, and join them."""
    with library.store.transaction() as tx:
        one = select(func.min(feed_parts.c.contact_id)).scalar_subquery()
        tx.execute(
            update(feed_parts)
            .where(feed_parts.c.contact_id == one)
            .values(octets=b"X-LONG:" + b"x" * octets + b"\r\n")
        )
        tx.execute(update(feeds).values(revision=feeds.c.revision + 1))
    library.joiner.join()


def test_guessing_is_slower_each_time_and_for_the_guesser_alone() -> None:
    """The wait doubles up to a few seconds, is another's for nobody, and is forgotten later."""
    now = [0.0]
    slowing = Slowing(lambda: now[0])

    waits = [slowing.seconds("198.51.100.7") for _ in range(12)]

    assert [FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS] == waits[:3]
    assert LONGEST_SECONDS == waits[-1]
    assert FIRST_SECONDS == slowing.seconds("198.51.100.8")
    now[0] = 61.0
    assert FIRST_SECONDS == slowing.seconds("198.51.100.7")


def test_no_more_than_some_are_kept_waiting() -> None:
    """Each of them holds a connection; those beyond are answered at once."""

    async def many() -> list[bool]:
        slowing = Slowing(first=0.05)
        return await asyncio.gather(*(slowing.wait(str(who)) for who in range(MOST_WAITING + 9)))

    assert [True] * MOST_WAITING + [False] * 9 == asyncio.run(many())


def test_who_is_remembered_is_bounded() -> None:
    """Whoever has very many addresses fills no memory with them."""
    slowing = Slowing()
    for number in range(5_000):
        slowing.seconds(f"2001:db8:{number:x}::/64")

    assert len(slowing._known) <= 1024


def test_right_tokens_do_not_wait_for_wrong_ones(small: Library) -> None:
    """While many guess, from the same address too, a subscriber is served as ever."""
    small.first_wait = 0.1
    lines = [small.connect() for _ in range(80)]
    for line in lines:
        line.sendall(f"GET {WRONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    took = _seconds(small, 10)
    for line in lines:
        line.close()

    assert took < 0.05


def test_slow_connections_are_in_nobodys_way(bare: Library) -> None:
    """150 half-sent requests and 150 who take 8 MB drop by drop: others wait less than 50 ms, and
    memory stays as it is.
    """
    bare.add_people("Ada Example")
    path = bare.add_feed()
    bare.build()
    make_large(bare, 8_000_000)
    with bare.serving():
        edition = bare.shelf.find(path[6:-4])
        assert edition is not None
        assert edition.edition is not None
        assert edition.edition.plain.size > IN_MEMORY
        before = psutil.Process().memory_info().rss
        lines = [bare.connect() for _ in range(300)]
        for number, line in enumerate(lines):
            end = "\r\n" if number % 2 else ""
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{end}".encode())
        time.sleep(0.5)
        took = _seconds(bare, 20, If_None_Match="*")
        grown = psutil.Process().memory_info().rss - before
        for line in lines:
            line.close()

    assert took < 0.05
    assert grown < 40 * 2**20


def test_a_request_that_never_ends_is_ended(bare: Library) -> None:
    """Half a head, dripped for as long as may be, holds a connection no longer than allowed."""
    bare.limits = Limits(idle=1.0)
    with bare.serving(), bare.connect() as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        gone = False
        while not gone and time.monotonic() - began < 8.0:
            try:
                line.sendall(b"X: y\r\n")
                time.sleep(0.1)
            except OSError:
                gone = True
    assert gone


def test_who_takes_an_answer_too_slowly_is_cut_off(bare: Library) -> None:
    """A reader must take a certain number of octets a second."""
    bare.limits = Limits(answer=0.5, slowest=1 << 30)
    bare.add_people("Ada Example")
    path = bare.add_feed()
    bare.build()
    make_large(bare, 30_000_000)
    with bare.serving(), bare.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.3)
        assert 1 == _answering(bare)
        eventually(lambda: 0 == _answering(bare))
        with pytest.raises(ConnectionResetError):
            _read_all(line)


def test_a_head_that_never_ends_is_refused(small: Library) -> None:
    """Many fields, each of a size that may be, take no memory without end."""
    with small.connect() as line:
        sent = 0
        try:
            line.sendall(b"GET / HTTP/1.1\r\n")
            while sent < 20 * LARGEST_HEAD:
                line.sendall(b"X: " + b"y" * 2000 + b"\r\n")
                sent += 2005
            refused = line.recv(100) == b""
        except OSError:
            refused = True

    assert refused


def test_what_is_no_http_gets_a_word_and_no_version(small: Library) -> None:
    """And the connection ends."""
    for noise in (
        b"\x16\x03\x01\x00\xa5\r\n\r\n",
        b"GET / HTTP/1.1\r\nA b: c\r\n\r\n",
        b"? ? ?\r\n",
    ):
        with small.connect() as line:
            line.sendall(noise)
            heard = b""
            while piece := line.recv(4096):
                heard += piece
        assert heard.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
        assert b"aiohttp" not in heard
        assert b"Python" not in heard


def test_a_whole_url_of_any_host_is_answered(small: Library, events: Events) -> None:
    """Also where the host can't be read; nothing of it gets into the log."""
    path = small.path_of()
    for host, wanted in (("x", b"200"), ("xn--", b"200"), ("xn--a:80", b"200"), ("[::1", b"400")):
        with small.connect() as line:
            line.sendall(f"HEAD http://{host}{path} HTTP/1.0\r\n\r\n".encode())
            heard = b""
            while piece := line.recv(4096):
                heard += piece
        assert (host, wanted) == (host, heard[9:12])

    assert "" == events.text


def test_too_many_connections_shut_out_nobody(bare: Library) -> None:
    """The one that is idle longest goes."""
    bare.limits = Limits(connections=20)
    bare.add_people("Ada Example")
    path = bare.add_feed()
    bare.build()
    with bare.serving():
        idle = [bare.connect() for _ in range(60)]
        time.sleep(0.2)
        assert 200 == bare.ask(path).status
        gone = sum(_is_closed(line) for line in idle)
        for line in idle:
            line.close()

    assert 40 <= gone <= 42


def test_a_kept_connection_serves_many_requests(small: Library) -> None:
    """Also those that were sent before the answer to the first."""
    path = small.path_of()
    with small.connect() as line:
        line.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 5)
        heard = b""
        while heard.count(b"\r\n\r\n") < 5:
            heard += line.recv(65536)

    assert 5 == heard.count(b"HTTP/1.1 200 OK")


def test_the_end_waits_for_what_is_under_way_but_not_long(bare: Library) -> None:
    """An answer that takes a moment is finished; one that takes longer is cut."""
    bare.first_wait = 0.3
    heard = []
    with bare.serving() as server:
        asking = threading.Thread(target=lambda: heard.append(bare.ask(WRONG).status))
        asking.start()
        time.sleep(0.1)
    asking.join()
    assert [404] == heard
    assert server.seconds_to_end < 1.0

    bare.first_wait = 4.0
    with bare.serving() as server, bare.connect() as line:
        line.sendall(f"GET {WRONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.2)
    assert server.seconds_to_end < 2.5


def _seconds(library: Library, times: int, **headers: str) -> float:
    """The median of so many requests."""
    took = []
    for _ in range(times):
        began = time.monotonic()
        answer = library.ask(library.path_of(), **headers)
        took.append(time.monotonic() - began)
        assert answer.status in (200, 304)
    return statistics.median(took)


def _answering(library: Library) -> int:
    """How many connections the server has."""
    return sum(
        it.laddr.port == library.port and it.status == psutil.CONN_ESTABLISHED
        for it in psutil.Process().net_connections("tcp")
    )


def _read_all(line: socket.socket) -> None:
    while line.recv(1 << 20):
        pass


def _is_closed(line: socket.socket) -> bool:
    line.settimeout(0.05)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
