"""The demo's subscriber waits for events, and says what is wrong where none come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from krmd.base.errors import TryLaterError
from krmd.demo.subscriber import events_in

PATH = "/feed/abc.ics"
EVENT = b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"


@contextmanager
def serving(*answers: tuple[int, bytes]) -> Iterator[str]:
    """A server that answers one after the other, the last for ever; yields the feed's address."""
    left = list(answers)

    class Answers(BaseHTTPRequestHandler):
        """What is left, in its order."""

        def do_GET(self) -> None:
            """Answer."""
            status, octets = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status if self.path == PATH else 500)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()


def test_events_are_counted_as_soon_as_there_are_some() -> None:
    """A feed that isn't there yet, or is empty yet, is asked again."""
    with serving((404, b""), (200, b"BEGIN:VCALENDAR\r\n"), (200, EVENT * 3)) as url:
        assert 3 == events_in(url, 20.0)


def test_a_feed_without_events_is_told() -> None:
    """It isn't waited for without end."""
    with (
        serving((200, b"BEGIN:VCALENDAR\r\n")) as url,
        pytest.raises(TryLaterError, match="no eve"),
    ):
        events_in(url, 0.3)


def test_nobody_who_answers_is_told() -> None:
    """With the system's own words."""
    with serving((200, EVENT)) as url:
        pass
    with pytest.raises(TryLaterError, match="refused"):
        events_in(url, 0.3)
