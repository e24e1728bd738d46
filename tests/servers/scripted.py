"""A small IMAP server on loopback whose every answer a test may replace: for faults and quirks.

Left alone it serves one read-only folder in the usual form. A rule is a pattern and a routine: the
first whose pattern fits a command answers it instead (and may hang up, stay silent or lie).
"""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

_COMMAND = re.compile(rb"(?P<tag>\S+) (?P<rest>.*)\Z", re.DOTALL)
_RANGE = re.compile(rb"UID FETCH (?P<low>\d+|\*)(?::(?P<high>\d+|\*))? \((?P<items>.*)\)\Z")


class HangUp(Exception):
    """The server closes the connection."""


@dataclass(slots=True)
class Mail:
    """One mail as FETCH shows it."""

    header: bytes = b"From: ada@example.org\r\nSubject: hello\r\n\r\n"
    stamp: str = "17-Jul-2020 02:44:25 -0700"
    flags: str = "\\Seen"
    received: bool = True
    labels: str = ""


class Peer:
    """The server's end of one connection."""

    def __init__(self, server: "ScriptedImap", connected: socket.socket) -> None:
        self.server = server
        self.socket = connected
        self._heard = connected.makefile("rb")

    def say(self, *lines: bytes) -> None:
        """Send lines, each with its CR LF."""
        self.send(b"".join(line + b"\r\n" for line in lines))

    def send(self, octets: bytes) -> None:
        """Send octets as they are, at once."""
        self.socket.sendall(octets)

    def trickle(self, octets: bytes) -> None:
        """Send octets one by one, each in a segment of its own (TCP_NODELAY is set)."""
        for place in range(len(octets)):
            self.send(octets[place : place + 1])

    def hear(self) -> bytes:
        """The next line of the client, without its CR LF."""
        line = self._heard.readline()
        if not line:
            raise HangUp
        self.server.heard.append(line.rstrip(b"\r\n"))
        return line.rstrip(b"\r\n")

    def stay_silent(self) -> None:
        """Say nothing until the client goes or the server ends."""
        with contextlib.suppress(HangUp):
            while not self.server.ending.is_set():
                self.hear()
        raise HangUp

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self._heard.close()
        self.socket.close()


Routine = Callable[[Peer, bytes, bytes], None]
"""Answers one command; gets the peer, the tag and the command without its tag."""


@dataclass(slots=True)
class ScriptedImap:
    """The server; a context manager. `heard` are all lines of all clients, `connections` counts.

    `rules` are tried in their order before the server's own answers; keys are patterns for the
    whole command, without regard to case.
    """

    rules: Mapping[str, Routine] = field(default_factory=dict)
    mails: dict[int, Mail] = field(default_factory=lambda: {1: Mail(), 2: Mail(), 3: Mail()})
    capabilities: str = "IMAP4rev1 AUTH=PLAIN IDLE"
    greeting: bytes = b"* OK ready"
    folders: Sequence[bytes] = (rb'* LIST (\HasNoChildren) "/" INBOX',)
    shape: Callable[[int, Mail, bytes], bytes] | None = None
    heard: list[bytes] = field(default_factory=list)
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

    def commands(self, pattern: str) -> list[bytes]:
        """What clients said that fits a pattern."""
        return [line for line in self.heard if re.search(pattern.encode(), line, re.IGNORECASE)]

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
            peer.say(self.greeting)
            while True:
                self._answer(peer, peer.hear())
        peer.close()

    def _answer(self, peer: Peer, line: bytes) -> None:
        command = _COMMAND.match(line)
        if command is None:
            peer.say(b"* BAD what?")
            return
        tag, rest = command["tag"], command["rest"]
        for pattern, routine in self.rules.items():
            if re.match(pattern.encode() + rb"\Z", rest, re.IGNORECASE | re.DOTALL):
                routine(peer, tag, rest)
                return
        word = b" ".join(rest.upper().split(b" ")[: 2 if rest.upper().startswith(b"UID ") else 1])
        OWN_ANSWERS.get(word, _unknown)(peer, tag, rest)

    def answer_fetch(self, rest: bytes) -> Iterator[tuple[int, bytes]]:
        """The UIDs and responses that a UID FETCH asks for."""
        asked = _RANGE.match(rest)
        assert asked, rest
        highest = max(self.mails, default=1)
        low, high = (
            highest if text == b"*" else int(text)
            for text in (asked["low"], asked["high"] or asked["low"])
        )
        for number, (uid, mail) in enumerate(sorted(self.mails.items()), start=1):
            if low <= uid <= high or (asked["high"] == b"*" and uid == highest):
                shape = self.shape or usual_form
                yield uid, b"* %d FETCH (%s)" % (number, shape(uid, mail, asked["items"]))


def usual_form(uid: int, mail: Mail, items: bytes) -> bytes:
    """A FETCH response's items as Dovecot writes them."""
    shown = [b"UID %d" % uid]
    if b"INTERNALDATE" in items:
        shown.append(b'INTERNALDATE "%s" FLAGS (%s)' % (mail.stamp.encode(), mail.flags.encode()))
    if names := re.search(rb"BODY\.PEEK(\[HEADER\.FIELDS \([^)]*\)\])", items):
        shown.append(b"BODY%s {%d}\r\n%s" % (names[1], len(mail.header), mail.header))
    if b"(RECEIVED)]<0.8>" in items:
        octets = b"Received" if mail.received else b"\r\n"
        shown.append(b"BODY[HEADER.FIELDS (RECEIVED)]<0> {%d}\r\n%s" % (len(octets), octets))
    if b"X-GM-LABELS" in items:
        shown.append(b"X-GM-LABELS (%s)" % mail.labels.encode())
    return b" ".join(shown)


def saying(*lines: bytes) -> Routine:
    """A routine that says lines; `TAG` in them is the command's tag."""
    return lambda peer, tag, _rest: peer.say(*(line.replace(b"TAG", tag) for line in lines))


def silence(peer: Peer, _tag: bytes, _rest: bytes) -> None:
    """A routine that says nothing any more."""
    peer.stay_silent()


def hang_up(_peer: Peer, _tag: bytes, _rest: bytes) -> None:
    """A routine that closes the connection."""
    raise HangUp


def fetched(peer: Peer, tag: bytes, rest: bytes) -> None:
    """The server's own answer to UID FETCH."""
    for _, response in peer.server.answer_fetch(rest):
        peer.say(response)
    peer.say(tag + b" OK fetched")


def done(peer: Peer) -> None:
    """Hear until the client ends its IDLE."""
    while peer.hear().upper() != b"DONE":
        pass


def _unknown(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(tag + b" BAD unknown command")


def _capability(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(b"* CAPABILITY " + peer.server.capabilities.encode(), tag + b" OK that is all")


def _authenticate(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(b"+ ")
    peer.hear()
    peer.say(tag + b" OK welcome")


def _list(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(*peer.server.folders, tag + b" OK listed")


def _examine(peer: Peer, tag: bytes, _rest: bytes) -> None:
    mails = peer.server.mails
    peer.say(
        b"* %d EXISTS" % len(mails),
        b"* 0 RECENT",
        b"* OK [UIDVALIDITY 42] valid",
        b"* OK [UIDNEXT %d] next" % (max(mails, default=0) + 1),
        tag + b" OK [READ-ONLY] opened",
    )


def _status(peer: Peer, tag: bytes, rest: bytes) -> None:
    mails = peer.server.mails
    name = rest.split(b" ", 1)[1].rsplit(b" (", 1)[0]
    counts = (len(mails), max(mails, default=0) + 1)
    peer.say(
        b"* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY 42)" % (name, *counts),
        tag + b" OK counted",
    )


def _idle(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(b"+ idling")
    done(peer)
    peer.say(tag + b" OK idled")


def _logout(peer: Peer, tag: bytes, _rest: bytes) -> None:
    peer.say(b"* BYE see you", tag + b" OK bye")
    raise HangUp


OWN_ANSWERS: Mapping[bytes, Routine] = {
    b"CAPABILITY": _capability,
    b"AUTHENTICATE": _authenticate,
    b"LOGIN": saying(b"TAG OK welcome"),
    b"ID": saying(b'* ID ("name" "scripted")', b"TAG OK pleased to meet you"),
    b"NOOP": saying(b"TAG OK nothing"),
    b"LIST": _list,
    b"EXAMINE": _examine,
    b"STATUS": _status,
    b"UID FETCH": fetched,
    b"IDLE": _idle,
    b"LOGOUT": _logout,
}
"""What the server does where no rule fits."""
