"""Addresses that can be had, and those that can't."""

import asyncio
import contextlib
import socket
import stat
from pathlib import Path

import psutil
import pytest
from aiohttp import web

from krmd.base.errors import TryLaterError
from krmd.web.connections import Limits
from krmd.web.listening import TcpPlace, UnixPlace, listening
from tests.daemon.conftest import eventually
from tests.web.conftest import LoopThread


async def _answer(_request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="here")


def _at(place: TcpPlace | UnixPlace) -> LoopThread:
    return LoopThread(lambda: listening(place, _answer))


def _asked(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        heard = b""
        while piece := line.recv(4096):
            heard += piece
        return heard


def test_a_socket_is_for_owner_and_group_and_goes_with_krmd(tmp_path: Path) -> None:
    """Mode 0660 while it is there; nothing is left of it."""
    path = tmp_path / "web.sock"
    with _at(UnixPlace(path)):
        assert 0o660 == stat.S_IMODE(path.stat().st_mode)
        assert _asked(path).endswith(b"here")
    assert not path.exists()


def test_a_socket_that_a_killed_krmd_left_is_taken_over(tmp_path: Path) -> None:
    """Nobody listens there any more."""
    path = tmp_path / "web.sock"
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(path))
    with _at(UnixPlace(path)):
        assert _asked(path).endswith(b"here")


def test_a_socket_that_is_listened_on_stays(tmp_path: Path) -> None:
    """It is another program's; so is a file."""
    path = tmp_path / "web.sock"
    with _at(UnixPlace(path)):
        assert "in use by another program" in _refusal(UnixPlace(path))
        assert _asked(path).endswith(b"here")
    path.write_text("mine")
    assert "is no socket" in _refusal(UnixPlace(path))
    assert "mine" == path.read_text()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (TcpPlace("192.0.2.1", 8470), "doesn't have the address 192.0.2.1:8470"),
        (TcpPlace("nowhere.invalid", 8470), "can't listen on nowhere.invalid:8470"),
        (UnixPlace(Path("/nowhere/at/all/web.sock")), "the folder of unix:/nowhere/at/all"),
    ],
)
def test_what_can_not_be_had_is_told_with_what_to_do(
    place: TcpPlace | UnixPlace, words: str
) -> None:
    """In a sentence that names the setting."""
    refusal = _refusal(place)

    assert words in refusal
    assert "[web]" in refusal


def test_an_address_in_use_is_told() -> None:
    """Which one, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refusal = _refusal(TcpPlace("127.0.0.1", port))

    assert refusal.startswith(f"127.0.0.1:{port} is in use by another program;")


def test_addresses_of_both_kinds_are_listened_on() -> None:
    """A name, and IPv6 in brackets."""
    assert "[::1]:8470" == str(TcpPlace("::1", 8470))
    with _at(TcpPlace("localhost", 0)) as there:
        assert isinstance(there.it, asyncio.Server)
        hosts = {each.getsockname()[0] for each in there.it.sockets}
    assert "127.0.0.1" in hosts


def _refusal(place: TcpPlace | UnixPlace) -> str:
    with pytest.raises(TryLaterError) as refused, _at(place):
        pass
    return refused.value.message


def test_who_never_takes_the_last_octets_is_cut_off(tmp_path: Path) -> None:
    """However few are left: an answer that is handed over holds its connection not for ever."""
    place = UnixPlace(tmp_path / "web.sock")
    left, quick = 8 * 1024, Limits(idle=0.5, answer=0.5)

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * (_taken() + left))

    with LoopThread(lambda: listening(place, answer, quick)), contextlib.ExitStack() as stack:
        for close in (b"close", b"keep-alive"):
            line = stack.enter_context(socket.socket(socket.AF_UNIX))
            line.connect(str(place.path))
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: " + close + b"\r\n\r\n")
        eventually(lambda: 3 == _sockets(place.path))
        eventually(lambda: 1 == _sockets(place.path))


def test_who_is_slow_when_it_ends_is_let_go(tmp_path: Path) -> None:
    """Where settings change, krmd listens elsewhere and runs on: nobody watches who is left."""
    place = UnixPlace(tmp_path / "web.sock")

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * (1 << 20))

    async def left(line: socket.socket) -> int:
        async with listening(place, answer):
            line.connect(str(place.path))
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(0.2)
            assert 2 == _sockets(place.path)
        await asyncio.sleep(0.1)
        return _sockets(place.path)

    with socket.socket(socket.AF_UNIX) as line:
        assert 0 == asyncio.run(left(line))


def _taken() -> int:
    """So many octets the system takes for a reader who reads none."""
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        return near.send(b"x" * (1 << 20))


def _sockets(path: Path) -> int:
    """How many the server has there: one to listen, one for each connection."""
    return sum(str(it.laddr) == str(path) for it in psutil.Process().net_connections("unix"))
