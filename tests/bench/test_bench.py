"""The benchmark's own instruments: what they count is what was there."""

import contextlib
import gzip
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.bench.contenders import Fetch, Reading, Sink, _fetch_of
from tests.bench.feed_serving import NORMAL, SLOW, SlowCrowd, beside_nginx, latencies
from tests.bench.figures import Findings, promises
from tests.bench.imapclient_fetch import split_items
from tests.bench.mailbox import opened
from tests.bench.passes import Cache, Passes
from tests.bench.process import Cost, RunFailed, Series, run
from tests.bench.proxy import CountingProxy, Sent
from tests.bench.store_watch import StoreWatch
from tests.conftest import needed
from tests.servers.dovecot import Mailbox
from tests.servers.nginx import Nginx

NginxServing = Callable[[Mapping[str, bytes]], str]


@pytest.fixture
def nginx_serving() -> Iterator[NginxServing]:
    """Starts an nginx that serves these files; gives the URL of `feed.ics`."""
    with contextlib.ExitStack() as stack:

        def serve(files: Mapping[str, bytes]) -> str:
            nginx = Nginx(files=files)
            stack.enter_context(needed(nginx))
            return f"http://127.0.0.1:{nginx.port}/feed.ics"

        yield serve


@pytest.mark.dovecot
def test_the_c_client_reads_every_message_of_every_folder(mailbox: Mailbox) -> None:
    """Lines and literals are framed: a header that looks like an answer counts for nothing."""
    trap = b"Subject: * 9 FETCH (UID 9\r\nX-Trap: k3 NO {900}\r\n\r\nk4 BAD\r\n"
    for folder in ("INBOX", 'Qu"oted', "Grüße"):
        for _ in range(5):
            mailbox.put(trap, folder)
    box = opened(mailbox.server, mailbox.user)
    fetch = Fetch("UID BODY.PEEK[HEADER] BODY.PEEK[TEXT] RFC822.SIZE", batch=2)

    reading = Sink(fetch).read(box, Path())

    assert 15 == reading.messages == box.messages


def test_a_program_that_fails_is_no_figure() -> None:
    """Its exit code and its last words are told."""
    with pytest.raises(RunFailed, match="ended with 3:\nso sad"):
        run(["sh", "-c", "echo so sad; exit 3"])


def test_memory_is_the_programs_own() -> None:
    """A small program started from a large one is small."""
    assert run(["true"]).peak_mib < 8


def test_commits_are_counted_in_the_write_ahead_log(tmp_path: Path) -> None:
    """A transaction is one, however many rows it writes."""
    store = tmp_path / "store.sqlite3"
    writer = sqlite3.connect(store)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE interactions (id INTEGER PRIMARY KEY, message_id, summary)")
    with StoreWatch(store) as watch:
        salt, before = watch.commits()
        for batch in range(3):
            with writer:
                rows = [(f"<{batch}.{row}@alpha.example>", "x" * 3000) for row in range(20)]
                writer.executemany("INSERT INTO interactions VALUES (NULL, ?, ?)", rows)
        after = watch.commits()
        seen = watch.wait_for("2.19@alpha", after=0)
    writer.close()

    assert (salt, before + 3) == after
    assert seen is not None


def test_the_proxy_writes_down_what_the_client_says() -> None:
    """Lines, however the segments fall; what the server says passes untouched."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        CountingProxy(server.getsockname()[1]) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port)) as client,
    ):
        client.sendall(b"a NOOP\r\nb LOG")
        far, _ = server.accept()
        with far:
            client.sendall(b"OUT\r\n")
            heard = b""
            while not heard.endswith(b"LOGOUT\r\n"):
                heard += far.recv(100)
            far.sendall(b"* BYE\r\n")
            assert b"* BYE\r\n" == client.recv(100)
        assert [b"a NOOP", b"b LOGOUT"] == [sent.line for sent in proxy.sent()]
        assert [] == proxy.sent(since=time.perf_counter())


def test_what_krmd_asks_for_is_what_all_are_asked_to_fetch() -> None:
    """Folder by folder; the items of most folders are the rule, the widest range is the batch."""
    lines = [
        (1, b"k3 EXAMINE INBOX"),
        (2, b'k3 EXAMINE "Sent" (CONDSTORE)'),
        (1, b"k5 UID FETCH 1:50 (UID BODY.PEEK[HEADER.FIELDS (FROM TO)])"),
        (2, b"k6 UID FETCH 51:1050 (UID BODY.PEEK[HEADER.FIELDS (TO)])"),
        (1, b"k7 EXAMINE Archive"),
        (1, b"k8 UID FETCH 7:7 (UID BODY.PEEK[HEADER.FIELDS (FROM TO)])"),
        (1, b"k9 UID FETCH 7 (UID BODY.PEEK[HEADER])"),
    ]

    fetch = _fetch_of([Sent(0.0, *line) for line in lines])

    assert Fetch("UID BODY.PEEK[HEADER.FIELDS (FROM TO)]", 1000, fetch.special) == fetch
    assert "UID BODY.PEEK[HEADER.FIELDS (TO)]" == fetch.of("Sent")
    assert fetch.items == fetch.of("Archive") == fetch.of("INBOX")


def test_imapclient_is_handed_whole_header_fields_one_by_one() -> None:
    """Brackets hold an item together; a partial section is left out (RFC 3501, section 6.4.5)."""
    items = "UID FLAGS BODY.PEEK[HEADER.FIELDS (FROM TO)] BODY.PEEK[HEADER.FIELDS (RECEIVED)]<0.8>"

    assert ["FLAGS", "BODY.PEEK[HEADER.FIELDS (FROM TO)]"] == split_items(items)


def test_a_promise_is_judged_by_rounds_and_their_median() -> None:
    """Each round's ratio is taken within that round; one bad round breaks no promise."""
    passes = Passes(1000)
    passes.readings["C client", Cache.COLD] = [_reading(1.0), _reading(2.0), _reading(1.0)]
    passes.readings["krmd sync", Cache.COLD] = [_reading(1.4), _reading(2.8), _reading(9.0)]
    found = Findings(3, Fetch(), Series.of([0.1]), passes={1000: passes})

    ratio, memory = promises(found)

    assert (1.4, 9.0, True) == (ratio.found.median, ratio.found.high, ratio.held)
    assert (20.0, True) == (memory.found.median, memory.held)


def _reading(wall: float) -> Reading:
    return Reading(Cost(wall, wall, 20.0, ""), 1000)


@pytest.mark.nginx
def test_slow_clients_hold_their_connections(nginx_serving: NginxServing) -> None:
    """While others are answered."""
    url = nginx_serving({"feed.ics": b"x" * 200_000})
    with SlowCrowd(url) as crowd:
        waits = latencies(url)
        assert SLOW == crowd.present
    assert NORMAL == len(waits.values)


@pytest.mark.nginx
def test_rates_are_compared_only_where_the_answers_are_the_same(
    nginx_serving: NginxServing,
) -> None:
    """Else they mean nothing."""
    url = nginx_serving({"feed.ics": b"BEGIN", "feed.ics.gz": gzip.compress(b"other")})
    with pytest.raises(RunFailed, match="something else compressed"):
        beside_nginx(url, rounds=1, seconds=1)
