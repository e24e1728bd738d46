"""`/healthz`, as what watches krmd asks for it."""

import contextlib
import http.client
import json
import threading

from krmd.base.errors import StoreError
from krmd.daemon.aside import aside
from krmd.web.health import Health, HealthPage
from krmd.web.listening import TcpPlace, listening
from tests.web.conftest import LoopThread


class _Told:
    """What the page is told, and how often it asked."""

    def __init__(self) -> None:
        self.health: Health | Exception = Health(ok=True, told={"late": []})
        self.asked = 0

    def look(self) -> Health:
        self.asked += 1
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    def serving(self) -> LoopThread:
        page = HealthPage(self.look, aside)
        return LoopThread(lambda: listening(TcpPlace("127.0.0.1", 0), page.answer))


def _get(server: LoopThread, path: str, method: str = "GET") -> tuple[int, bytes]:
    port = server.it.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as line:
        line.request(method, path)
        answer = line.getresponse()
        return answer.status, answer.read()


def test_all_is_well() -> None:
    """200, and JSON that says so."""
    with _Told().serving() as server:
        status, body = _get(server, "/healthz")
        assert (200, b"") == _get(server, "/healthz", "HEAD")

    assert 200 == status
    assert {"ok": True, "late": []} == json.loads(body)


def test_what_is_wrong_is_told() -> None:
    """503 with the sentences that `krmd status` has; where the store fails that is one."""
    told = _Told()
    told.health = Health(ok=False, told={"late": ["home was never read"]})
    with told.serving() as server:
        status, body = _get(server, "/healthz")
    assert (503, {"ok": False, "late": ["home was never read"]}) == (status, json.loads(body))

    told.health = StoreError("the store is damaged")
    with told.serving() as server:
        status, body = _get(server, "/healthz")
    assert (503, {"ok": False, "errors": ["the store is damaged"]}) == (status, json.loads(body))


def test_many_who_ask_at_once_ask_the_store_once() -> None:
    """And its answer is believed for a second."""
    told = _Told()
    with told.serving() as server:
        asking = [threading.Thread(target=_get, args=(server, "/healthz")) for _ in range(20)]
        for each in asking:
            each.start()
        for each in asking:
            each.join()

    assert told.asked <= 2


def test_nothing_else_is_there() -> None:
    """Not the feeds, and not the metrics yet."""
    with _Told().serving() as server:
        found = [_get(server, path)[0] for path in ("/", "/feed/x.ics", "/metrics", "/healthz/")]
        other = _get(server, "/healthz", "POST")[0]

    assert [404] * 4 == found
    assert 405 == other
