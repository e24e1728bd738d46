"""A server's responses, cut into values: lines with their literals, then atoms, strings, lists.

Only what LIST, STATUS, EXAMINE and FETCH need (RFC 3501 9). imapclient's own parser walks octets
in Python (105 microseconds a mail) and makes a number of a folder that is called `007`.
"""

import re
from typing import NamedTuple, TypeAlias

from krmd.base.errors import UnreachableError
from krmd.wire.imap.stream import Stream
from krmd.wire.imap.throttle import goodbye, spoken

LARGEST_LITERAL = 1_000_000
_DEEPEST = 20

Value: TypeAlias = "bytes | Oversized | list[Value] | None"
"""Atoms and strings are bytes; NIL is None."""

_LITERAL = re.compile(rb"~?\{(\d{1,20})\+?\}\Z")
_TOKEN = re.compile(
    rb"""[ ]*+(?:
        (?P<open>\()
      | (?P<close>\))
      | "(?P<string>(?:[^"\\]++|\\.)*+)"
      | (?P<atom>(?:[^\s()"\[]++|\[[^\]]{0,8192}+\]|\[)++)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_TAGGED = re.compile(
    rb"(?P<tag>[^\s*+]\S*) (?P<status>OK|NO|BAD)(?: (?P<text>.*))?\Z", re.IGNORECASE | re.DOTALL
)


class Oversized(NamedTuple):
    """A literal too large to be kept; it was read and thrown away."""

    size: int


class Untagged(NamedTuple):
    """`* …`: the line's text pieces (even places) and literals (odd places), the star gone."""

    parts: tuple[bytes | Oversized, ...]

    @property
    def text(self) -> bytes:
        """The beginning of the line, up to the first literal."""
        first = self.parts[0]
        return first if isinstance(first, bytes) else b""


class Continuation(NamedTuple):
    """`+ …`: go on."""

    text: bytes


class Completion(NamedTuple):
    """`TAG OK|NO|BAD …`: the end of a command."""

    tag: bytes
    status: str
    text: str

    @property
    def ok(self) -> bool:
        """Whether the command did what it was asked."""
        return self.status == "OK"


Response: TypeAlias = Untagged | Continuation | Completion


class UnreadableError(ValueError):
    """A response that keeps to no grammar."""


def read_response(stream: Stream, host: str) -> Response:
    """The next whole response. A BYE, a broken line or one that isn't IMAP: UnreachableError."""
    line = stream.readline().rstrip(b"\r\n")
    if line.startswith(b"* "):
        response = Untagged(_with_literals(stream, line[2:]))
        if response.text[:3].upper() == b"BYE":
            raise goodbye(host, response.text[3:])
        return response
    if line.startswith(b"+"):
        return Continuation(line[1:].strip())
    tagged = _TAGGED.match(line)
    if tagged is None:
        raise UnreachableError(f"{host} says something that isn't IMAP: {spoken(line[:80])!r}")
    return Completion(
        tagged["tag"], tagged["status"].decode().upper(), spoken(tagged["text"] or b"")
    )


def parse(parts: tuple[bytes | Oversized, ...]) -> list[Value]:
    """The values of a response's pieces; raises UnreadableError."""
    top: list[Value] = []
    stack = [top]
    for place, part in enumerate(parts):
        if place % 2:
            stack[-1].append(part)
        else:
            assert isinstance(part, bytes)
            _parse_text(part, stack)
    if len(stack) != 1:
        raise UnreadableError("parentheses don't match")
    return top


def _parse_text(text: bytes, stack: list[list[Value]]) -> None:
    place, end = 0, len(text.rstrip(b" "))
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None:
            raise UnreadableError(f"can't read {spoken(text[place : place + 40])!r}")
        place = token.end()
        kind = token.lastgroup
        if kind == "open":
            if len(stack) > _DEEPEST:
                raise UnreadableError("too deep")
            inner: list[Value] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif kind == "close":
            stack.pop()
            if not stack:
                raise UnreadableError("parentheses don't match")
        elif kind == "string":
            stack[-1].append(_ESCAPED.sub(rb"\1", token["string"]))
        else:
            atom = token["atom"]
            stack[-1].append(None if atom.upper() == b"NIL" else atom)


def _with_literals(stream: Stream, line: bytes) -> tuple[bytes | Oversized, ...]:
    parts: list[bytes | Oversized] = []
    while announced := _LITERAL.search(line):
        parts.append(line[: announced.start()])
        size = int(announced[1])
        if size > LARGEST_LITERAL:
            stream.skip(size)
            parts.append(Oversized(size))
        else:
            parts.append(stream.read(size))
        line = stream.readline().rstrip(b"\r\n")
    parts.append(line)
    return tuple(parts)
