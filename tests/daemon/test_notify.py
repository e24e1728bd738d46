"""What is told to the service manager, as it arrives at its socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from krmd.daemon.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket and NOTIFY_SOCKET for it, of either kind."""
    name = f"{tmp_path}/notify" if request.param == "path" else f"@krmd-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(name.replace("@", "\0", 1) if name[0] == "@" else name)
        receiver.settimeout(2.0)
        yield receiver, name


def test_each_notice_arrives_as_one_datagram(manager: tuple[socket.socket, str]) -> None:
    """READY=1 with its status in one; a line break in a status starts no other notice."""
    receiver, name = manager

    Notifier(name).ready("home: ok\nSTOPPING=1")

    assert b"READY=1\nSTATUS=home: ok STOPPING=1" == receiver.recv(1000)


def test_a_reload_says_since_when(manager: tuple[socket.socket, str]) -> None:
    """RELOADING=1 comes with the monotonic time, as notify-reload demands."""
    receiver, name = manager

    Notifier(name).reloading()

    first, second = receiver.recv(1000).split(b"\n")
    assert b"RELOADING=1" == first
    assert second.startswith(b"MONOTONIC_USEC=")
    assert int(second.split(b"=")[1]) > 0


def test_nobody_listening_is_no_trouble(tmp_path: Path) -> None:
    """Without NOTIFY_SOCKET, or with a manager that is gone, nothing is raised."""
    Notifier().ready("fine")
    Notifier(f"{tmp_path}/gone").stopping()


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_the_watchdog_is_meant_for_this_process_or_for_nobody(
    environ: dict[str, str], seconds: float | None
) -> None:
    """WATCHDOG_USEC counts unless WATCHDOG_PID names another process."""
    assert seconds == Notifier.of(environ).watchdog_seconds
