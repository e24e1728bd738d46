"""A subscriber to the demo's feed: fetches it as calendars do, and counts its events."""

from __future__ import annotations

import http.client
import time
from urllib.parse import urlsplit

from krmd.base.errors import TryLaterError

_LOOK_AGAIN = 0.1
_ANSWER_WITHIN = 10.0
_EVENT = b"BEGIN:VEVENT\r\n"


def events_in(url: str, seconds: float) -> int:
    """How many events a feed on this machine has, as soon as it has any.

    Raises TryLaterError where it has none within so many seconds.
    """
    until = time.monotonic() + seconds
    trouble = "it has no events"
    while time.monotonic() < until:
        try:
            events = _fetched(url).count(_EVENT)
        except (OSError, http.client.HTTPException) as error:
            trouble = str(error)
        else:
            if events:
                return events
        time.sleep(_LOOK_AGAIN)
    raise TryLaterError(f"The feed doesn't answer: {trouble}.")


def _fetched(url: str) -> bytes:
    """Its octets, none where it isn't there yet; never by a proxy."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_ANSWER_WITHIN)
    try:
        connection.request("GET", parts.path, headers={"User-Agent": "krmd demo"})
        answer = connection.getresponse()
        return answer.read() if answer.status == http.client.OK else b""
    finally:
        connection.close()
