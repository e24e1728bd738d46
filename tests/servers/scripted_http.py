"""A small HTTP server on loopback whose every answer a test writes, for faults and quirks.

A rule is a method, a path and a routine; the first that fits answers, and may hang up, stay silent
or lie. Without a rule the answer is 404.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self
from xml.sax.saxutils import escape


class HangUp(Exception):
    """The server closes the connection."""


class Heard(NamedTuple):
    """A request as it came; names of `headers` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


class Peer:
    """The server's end of one connection."""

    def __init__(self, server: "ScriptedHttp", connected: socket.socket) -> None:
        self.server = server
        self.socket = connected
        self._heard = connected.makefile("rb")

    def send(self, octets: bytes) -> None:
        """Send octets as they are."""
        self.socket.sendall(octets)

    def answer(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """A whole answer with its length."""
        fields = {"Content-Length": str(len(body)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 {status} Spoken\r\n{head}\r\n".encode() + body)

    def hear(self) -> Heard:
        """The client's next request."""
        words = self._heard.readline().decode().split()
        if len(words) != 3:
            raise HangUp
        headers: dict[str, str] = {}
        while line := self._heard.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._heard.read(int(headers.get("content-length", "0"))).decode()
        heard = Heard(words[0], words[1], headers, body)
        self.server.heard.append(heard)
        return heard

    def stay_silent(self) -> None:
        """Say nothing until the server ends or the client goes."""
        self.server.ending.wait(30)
        raise HangUp

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self._heard.close()
        self.socket.close()


Routine = Callable[[Peer, Heard], None]
Rules = Sequence[tuple[str, str, Routine]]


@dataclass(slots=True)
class ScriptedHttp:
    """The server; a context manager. `heard` are all requests, `connections` counts.

    `rules` may be changed while it runs.
    """

    rules: Rules = ()
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _peers: list[Peer] = field(default_factory=list)
    _listening: socket.socket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        assert self._listening is not None
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for peer in self._peers:
            with contextlib.suppress(OSError):
                peer.socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.port}/"

    def asked(self) -> list[str]:
        """Method and path of each request, in their order."""
        return [f"{heard.method} {heard.path}" for heard in self.heard]

    def _start(self, routine: Callable[[], None]) -> None:
        thread = threading.Thread(target=routine, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        assert self._listening is not None
        while not self.ending.is_set():
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            peer = Peer(self, connected)
            self._peers.append(peer)
            self._start(lambda peer=peer: self._serve(peer))  # type: ignore[misc]

    def _serve(self, peer: Peer) -> None:
        with contextlib.suppress(HangUp, OSError, ValueError):
            while True:
                heard = peer.hear()
                self._routine(heard)(peer, heard)
        peer.close()

    def _routine(self, heard: Heard) -> Routine:
        for method, path, routine in self.rules:
            if (method, path) in {(heard.method, heard.path), (heard.method, "*")}:
                return routine
        return saying(404)


def saying(status: int, body: str = "", headers: Mapping[str, str] | None = None) -> Routine:
    """A routine that gives the same whole answer each time."""
    return lambda peer, _heard: peer.answer(status, body.encode(), headers)


def saying_raw(octets: bytes) -> Routine:
    """A routine that sends octets as they are, and hangs up."""

    def routine(peer: Peer, _heard: Heard) -> None:
        peer.send(octets)
        raise HangUp

    return routine


def silence(peer: Peer, _heard: Heard) -> None:
    """A routine that never answers."""
    peer.stay_silent()


def in_turn(*routines: Routine) -> Routine:
    """A routine that is another each time, and stays with the last."""
    left = list(routines)

    def routine(peer: Peer, heard: Heard) -> None:
        now = left.pop(0) if len(left) > 1 else left[0]
        now(peer, heard)

    return routine


_SPACES = (
    'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav" '
    'xmlns:S="http://calendarserver.org/ns/"'
)

BOOK_TYPE = "<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>"
FOLDER_TYPE = "<D:resourcetype><D:collection/></D:resourcetype>"


def multistatus(*inside: str) -> str:
    """A whole document."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus {_SPACES}>'
        f"{''.join(inside)}</D:multistatus>"
    )


def having(href: str, *properties: str) -> str:
    """A response with properties that are there."""
    return (
        f"<D:response><D:href>{escape(href)}</D:href><D:propstat><D:prop>{''.join(properties)}"
        "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )


def card_at(href: str, etag: str = '"1"', data: str | None = None) -> str:
    """A card's response, with its content where a multiget asks for it."""
    content = "" if data is None else f"<C:address-data>{escape(data)}</C:address-data>"
    return having(href, f"<D:getetag>{escape(etag)}</D:getetag>", content)


def status_of(href: str, status: int) -> str:
    """A response that is a status alone."""
    return (
        f"<D:response><D:href>{escape(href)}</D:href>"
        f"<D:status>HTTP/1.1 {status} Spoken</D:status></D:response>"
    )


def token(text: str) -> str:
    """The sync token at the end of a document, or as a property."""
    return f"<D:sync-token>{escape(text)}</D:sync-token>"
