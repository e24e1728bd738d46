"""`krmd run` as a process that serves feeds: what an owner and a subscriber would see."""

import contextlib
import http.client
import json
import signal
import socket
from pathlib import Path

import psutil

from krmd.app.feed_tokens import feed_path, feed_token
from krmd.base.command import Actor, AddContact, AddFeed, Command, EditContact, RotateFeed
from krmd.bootstrap import open_krmd
from krmd.store import feeds
from tests.daemon.process import Process


class Subscribed:
    """An owner's settings, with a mailbox that can't be reached, and who fetches a feed."""

    def __init__(self, folder: Path, store_url: str) -> None:
        self.config = folder / "krmd.toml"
        self.port, self.health = _free_port(), _free_port()
        self._text = (
            '[owner]\nname = "Ada Example"\naddresses = ["ada@example.org"]\ntimezone = "UTC"\n'
            f'[store]\nurl = "{store_url}"\nkey = {{ file = "{folder}/key" }}\n'
            f'[accounts.home]\nimap = "imap://127.0.0.1:9"\nuser = "ada"\npassword = "x"\n'
        )
        self.write(
            f'listen = "127.0.0.1:{self.port}"\nmetrics_listen = "127.0.0.1:{self.health}"\n'
        )

    def write(self, web: str) -> None:
        """Write the settings with these lines of `[web]`."""
        self.config.touch(mode=0o600)
        self.config.write_text(f"{self._text}[web]\n{web}")

    def do(self, *commands: Command) -> None:
        """Perform commands from this process."""
        krmd = open_krmd(self.config, {})
        _ = krmd.key  # as krmd feed add makes it before anything else
        for command in commands:
            krmd.performer.perform(command, Actor("cli", "ada"))
        krmd.close()

    def path(self) -> str:
        """Where the feed is."""
        krmd = open_krmd(self.config, {})
        with krmd.store.reading() as tx:
            found = feed_path(feed_token(krmd.key, feeds.all_of_them(tx)[0]))
        krmd.close()
        return found

    def get(
        self, path: str, port: int | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, header fields and octets."""
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        with contextlib.closing(line):
            line.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()


def test_a_feed_lives_through_changes_rotation_and_restart(store_url: str, tmp_path: Path) -> None:
    """Fetched, asked for again, changed within a second, at another address, and there after a
    kill with the same octets and tag.
    """
    one = Subscribed(tmp_path, store_url)
    one.do(AddContact(name="Ada Example", birthday="1985-03-12"), AddFeed("Birthdays"))
    path = one.path()
    with Process(one.config) as krmd:
        status, told, body = one.get(path)
        assert (200, 4) == (status, body.count(b"BEGIN:VEVENT"))
        assert 304 == one.get(path, If_None_Match=told["ETag"])[0]

        one.do(EditContact("Ada Example", birthday="1985-11-12"))
        took = krmd.until(lambda: one.get(path)[1]["ETag"] != told["ETag"], 10.0)
        assert took < 3.0

        one.do(RotateFeed("Birthdays"))
        if not store_url.startswith("sqlite"):
            krmd.listen()  # a server is asked twenty times a second
        assert 404 == one.get(path)[0]
        path = one.path()
        last = one.get(path)
        assert 200 == last[0]
        assert path[6:40] not in krmd.output()

    with Process(one.config):
        again = one.get(path)
    assert (last[0], last[1]["ETag"], last[2]) == (again[0], again[1]["ETag"], again[2])


def test_what_can_not_be_listened_on_does_not_end_krmd(tmp_path: Path) -> None:
    """It is said, to the service manager too; other settings are taken over by SIGHUP."""
    one = Subscribed(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3")
    one.do(AddContact(name="Ada Example", birthday="1985-03-12"), AddFeed("Birthdays"))
    place = tmp_path / "web.sock"
    with socket.create_server(("127.0.0.1", one.port)), Process(one.config) as krmd:
        (failed,) = krmd.events("web.failed")
        assert f"127.0.0.1:{one.port} is in use by another program" in str(failed["error"])
        one.write(f'listen = "unix:{place}"\nmetrics_listen = "none"\n')
        krmd.signal(signal.SIGHUP)
        krmd.until(place.exists)
        krmd.until(lambda: _asked(place, one.path()).startswith(b"HTTP/1.0 200 OK"))
        code, _ = krmd.end()
        assert 0 == code
    assert not place.exists()


def test_health_says_that_the_mailbox_is_not_read(tmp_path: Path) -> None:
    """503 as JSON, on an address of its own, where nothing else is."""
    one = Subscribed(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3")
    with Process(one.config):
        status, _, body = one.get("/healthz", one.health)
        assert 404 == one.get("/metrics", one.health)[0]
        assert 404 == one.get("/healthz")[0]

    told = json.loads(body)
    assert (503, False) == (status, told["ok"])
    assert ["home was never read to the end of its new mail"] == told["late"]


def test_idle_costs_next_to_nothing(store_url: str, tmp_path: Path) -> None:
    """Less than three hundredths of a core with a feed that nobody changes."""
    one = Subscribed(tmp_path, store_url)
    one.do(AddContact(name="Ada Example", birthday="1985-03-12"), AddFeed("Birthdays"))
    with Process(one.config) as krmd:
        krmd.until(lambda: one.get(one.path())[2].count(b"BEGIN:VEVENT") == 4)
        process = psutil.Process(krmd.pid)
        before, seconds = process.cpu_times(), 5.0
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(seconds)
        after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    assert spent < 0.03 * seconds


def _asked(place: Path, path: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(place))
        line.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        heard = b""
        while piece := line.recv(65536):
            heard += piece
        return heard


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
