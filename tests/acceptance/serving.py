"""Feeds as their subscribers meet them: over HTTP, and event by event."""

import http.client
import re
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """What came back; names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    ca: Path | None = None,
) -> Answer:
    """One request on a connection of its own; `ca` is whom to trust."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        trusting = ssl.create_default_context(cafile=None if ca is None else str(ca))
        line = http.client.HTTPSConnection(host, port, timeout=30, context=trusting)
    else:
        line = http.client.HTTPConnection(host, port, timeout=30)
    try:
        line.request(method, parts.path, headers=dict(headers or {}))
        answer = line.getresponse()
        named = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, named, answer.read())
    finally:
        line.close()


def until(what: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until it is so; fails in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(0.05)


def events_of(calendar: bytes) -> dict[str, bytes]:
    """The octets of each event by its UID; asserts that no two have the same."""
    found = re.findall(rb"BEGIN:VEVENT\r\n.*?\r\nEND:VEVENT\r\n", calendar, re.DOTALL)
    named = {_value(event, "UID"): event for event in found}
    assert len(found) == len(named)
    return named


def sequence_of(event: bytes) -> int:
    """How often an event changed."""
    return int(_value(event, "SEQUENCE"))


def _value(event: bytes, name: str) -> str:
    unfolded = event.replace(b"\r\n ", b"")
    (value,) = re.findall(rb"^" + name.encode() + rb":(.*)\r$", unfolded, re.MULTILINE)
    return bytes(value).decode()
