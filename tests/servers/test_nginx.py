"""The nginx example in config/, in front of something that writes down what it hears."""

import http.client
import ssl
from collections.abc import Iterator

import pytest

from tests.conftest import NginxFactory
from tests.servers.nginx import Nginx
from tests.servers.processes import free_ports
from tests.servers.scripted_http import Heard, Peer, ScriptedHttp

SECRET = "sesamesesame"
PATH = f"/feed/{SECRET}.ics"


@pytest.fixture
def krmd() -> Iterator[ScriptedHttp]:
    """Answers any feed."""

    def feed(peer: Peer, heard: Heard) -> None:
        peer.answer(200, b"BEGIN:VCALENDAR", {"ETag": '"1"', "Content-Type": "text/calendar"})

    with ScriptedHttp([("GET", PATH, feed)]) as server:
        yield server


def get(nginx: Nginx, path: str) -> http.client.HTTPResponse:
    """One request through it, with a lie about where it comes from."""
    line: http.client.HTTPConnection
    if nginx.url.startswith("https"):
        trusting = ssl.create_default_context(cafile=str(nginx.certificates.ca))
        line = http.client.HTTPSConnection(nginx.host, nginx.port, timeout=10, context=trusting)
    else:
        line = http.client.HTTPConnection(nginx.host, nginx.port, timeout=10)
    try:
        line.request("GET", path, headers={"X-Forwarded-For": "192.0.2.7"})
        answer = line.getresponse()
        answer.read()
        return answer
    finally:
        line.close()


@pytest.mark.parametrize("under", ["", "/krmd"])
@pytest.mark.parametrize("tls", [False, True])
def test_a_feed_is_passed_on_and_nothing_else(
    nginx: NginxFactory, krmd: ScriptedHttp, *, under: str, tls: bool
) -> None:
    """By HTTP/1.1 under the path that krmd knows, with who asked; the secret is in no log."""
    front = nginx(f"127.0.0.1:{krmd.port}", under=under, tls=tls)
    answer = get(front, under + PATH)
    assert (200, '"1"') == (answer.status, answer.headers["ETag"])
    (heard,) = krmd.heard
    assert PATH == heard.path
    assert "127.0.0.1" == heard.headers["x-forwarded-for"]
    assert "close" != heard.headers.get("connection")

    for other in ("/", "/healthz", "/metrics", under + "/u/x", under + "/feed"):
        assert get(front, other).status in (301, 404), other
    assert 1 == len(krmd.heard)
    assert SECRET not in front.logs()
    assert "/healthz" in front.logs()


def test_a_feed_whose_krmd_is_away_is_not_found(nginx: NginxFactory) -> None:
    """No 502, after which Thunderbird never asks again; and the secret is in no log then either."""
    front = nginx(f"127.0.0.1:{free_ports(1)[0]}")
    assert [404, 404] == [get(front, path).status for path in (PATH, "/")]
    assert SECRET not in front.logs()
