"""Listening at an address for as long as a block lasts, and ending what is under way in time."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from krmd.base.errors import TryLaterError
from krmd.web.connections import Handler, Limits, Server

USUAL = Limits()

_BACKLOG = 128
_SOCKET_MODE = 0o660
_FINISH_SECONDS = 0.5
"""aiohttp waits twice so long for an answer that is under way."""


class TcpPlace(NamedTuple):
    """A host's name or address, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class UnixPlace(NamedTuple):
    """A socket in the file system."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


Place = TcpPlace | UnixPlace


@contextlib.asynccontextmanager
async def listening(
    place: Place, handler: Handler, limits: Limits = USUAL
) -> AsyncIterator[asyncio.Server]:
    """Answer requests by the handler within the block; raises TryLaterError where that can't be."""
    server = Server(handler, limits)
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        try:
            if isinstance(place, UnixPlace):
                own = stack.enter_context(_unix_socket(place.path))
                site = await loop.create_unix_server(server, sock=own, backlog=_BACKLOG)
            else:
                site = await loop.create_server(server, place.host, place.port, backlog=_BACKLOG)
        except OSError as error:
            raise TryLaterError(_why_not(place, error)) from error
        watching = loop.create_task(server.watch())
        try:
            yield site
        finally:
            watching.cancel()
            site.close()
            await server.end(_FINISH_SECONDS)


@contextlib.contextmanager
def _unix_socket(path: Path) -> Iterator[socket.socket]:
    """A bound socket, reachable for its owner and group; its file goes with the block."""
    _remove_stale(path)
    own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        own.setblocking(False)
        own.bind(str(path))
        mine = path.lstat()
        try:
            # Nobody can connect yet: nobody listens.
            path.chmod(_SOCKET_MODE)
            yield own
        finally:
            with contextlib.suppress(OSError):
                now = path.lstat()
                if (now.st_dev, now.st_ino) == (mine.st_dev, mine.st_ino):
                    path.unlink()
    finally:
        own.close()


def _remove_stale(path: Path) -> None:
    """Take away a socket that nobody listens at any more; raises OSError for anything else."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except BlockingIOError:
            pass  # somebody is there, and busy
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _why_not(place: Place, error: OSError) -> str:
    """A sentence for whom it concerns."""
    match error.errno:
        case errno.EADDRINUSE:
            return f"{place} is in use by another program; end it, or set another address in [web]"
        case errno.EACCES | errno.EPERM:
            return f"krmd may not listen on {place}; set another address in [web]"
        case errno.EADDRNOTAVAIL:
            return f"this machine doesn't have the address {place}; set another in [web]"
        case errno.EEXIST:
            return f"{place} is no socket; move it away, or set another address in [web]"
        case errno.ENOENT:
            return f"the folder of {place} isn't there; make it, or set another address in [web]"
    return f"krmd can't listen on {place}: {error.strerror or error}; set another address in [web]"
