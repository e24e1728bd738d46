"""aiohttp's server with limits: how many connections, how large a head, how long an answer takes.

That a request comes in within its time is aiohttp's own doing.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from krmd.logs import get_logger
from krmd.web.answers import bad_request, not_found
from krmd.web.clients import peer_of

log = get_logger()

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LARGEST_HEAD = 64 * 1024
"""Octets of all header fields together; a Kerberos ticket alone may take 16 kB."""

_LARGEST_FIELD = 24 * 1024
_MOST_FIELDS = 100
_LINGER_SECONDS = 2.0
_LOOK_SECONDS = 1.0
_BUFFERED = 16 * 1024
"""A reader is waited for once so many octets of what was handed over are still here."""

_SWEPT_TOGETHER = 100
_NO_LINGERING = struct.pack("ii", 1, 0)

_silent = logging.getLogger("krmd.web.aiohttp")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False
# What aiohttp says may hold what somebody sent, and so a token.


class Limits(NamedTuple):
    """So many `connections` at once, well below the 1,024 files a process may have open by default.

    In seconds: how long a request may take to come in and how long a connection is kept for the
    next (`idle`); how long an `answer` may take, and longer where it has much to send, for a reader
    who takes at least `slowest` octets a second.
    """

    connections: int = 400
    idle: float = 30.0
    answer: float = 60.0
    slowest: int = 16 * 1024


class Connection(web.RequestHandler):
    """One connection: its request comes in, then its answer goes out, by `deadline`.

    `peer` is the address of another machine; None: it comes from this one.
    """

    __slots__ = ("clock", "deadline", "idle_since", "octets_in", "own_transport", "peer", "server")

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # as web.AppRunner has it
            logger=_silent,
            keepalive_timeout=server.limits.idle,
            lingering_time=_LINGER_SECONDS,
            max_field_size=_LARGEST_FIELD,
            max_headers=_MOST_FIELDS,
        )
        self.server = server
        self.clock = loop.time
        self.idle_since = loop.time()
        self.deadline: float | None = None
        self.octets_in = 0
        self.peer: str | None = None
        self.own_transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let it in, and perhaps another go."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.set_write_buffer_limits(high=_BUFFERED)
        self.own_transport = transport  # aiohttp forgets its own while octets are left to be sent
        super().connection_made(transport)
        self.peer = peer_of(transport)
        self.server.make_room()

    def data_received(self, data: bytes) -> None:
        """Take in octets of a request."""
        if self.deadline is None:
            self.octets_in += len(data)
            if self.octets_in > LARGEST_HEAD:
                self.abort()
                return
        super().data_received(data)

    def begin_answer(self) -> None:
        """The request is here."""
        self.octets_in = 0
        self.deadline = self.clock() + self.server.limits.answer

    def expect(self, octets: int) -> None:
        """So many octets are sent now; who takes them slowly may take longer."""
        limits = self.server.limits
        self.deadline = self.clock() + limits.answer + octets / limits.slowest

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send what is left of the answer."""
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self.deadline = None
            self.idle_since = self.clock()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,  # noqa: ARG002 - aiohttp's own signature
        exc: BaseException | None = None,  # noqa: ARG002
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """What isn't HTTP is told so, without a word about who says it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        return bad_request()

    def is_late(self, now: float) -> bool:
        """Whether its reader takes too long, be it for the last octets of an answer that is done.

        Closed as it may be by then, it would wait for them for ever.
        """
        if self.deadline is not None:
            return self.deadline < now
        return self.has_unsent and self.idle_since + self.server.limits.answer < now

    @property
    def has_unsent(self) -> bool:
        """Whether octets that were handed over are still here."""
        return self.own_transport is not None and self.own_transport.get_write_buffer_size() > 0

    def abort(self) -> None:
        """End it at once; what the system still had to send is dropped too."""
        if self.own_transport is not None:
            own = self.own_transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
            self.own_transport.abort()


class Server(web.Server):
    """Answers each request by one handler."""

    def __init__(self, handler: Handler, limits: Limits) -> None:
        super().__init__(self._answer, request_factory=_request)
        self._handler = handler
        self._ended = 0
        self.limits = limits

    def __call__(self) -> web.RequestHandler:
        """The protocol of a new connection."""
        return Connection(self, asyncio.get_running_loop())

    def make_room(self) -> None:
        """Where there are too many, the connection that is idle longest goes, else the newest.

        So who opens many and sends little is in nobody's way.
        """
        if len(self.connections) <= self.limits.connections:
            return
        present = self._present()
        if len(present) <= self.limits.connections:
            return
        idle = [it for it in present if it.deadline is None]
        leaving = min(idle, key=lambda it: it.idle_since) if idle else present[-1]
        leaving.abort()

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """A connection ended."""
        self._ended += 1
        super().connection_lost(handler, exc)

    async def end(self, seconds: float) -> None:
        """Let go of all connections; what is under way may take twice so many seconds."""
        self.pre_shutdown()
        present = self.connections
        await self.shutdown(seconds)
        for connection in present:
            if isinstance(connection, Connection) and connection.has_unsent:
                connection.abort()  # nobody watches it any more

    async def watch(self) -> None:
        """For ever: end connections whose answers are taken too slowly, clear away what ended.

        aiohttp leaves some 8 kB of each in circles, and krmd lets the collector look rarely.
        """
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = loop.time()
            for connection in self.connections:
                if isinstance(connection, Connection) and connection.is_late(now):
                    connection.abort()
            if self._ended >= _SWEPT_TOGETHER:
                self._ended = 0
                gc.collect(1)

    def _present(self) -> list[Connection]:
        """The connections that aren't on their way out."""
        return [
            it
            for it in self.connections
            if isinstance(it, Connection)
            and it.transport is not None
            and not it.transport.is_closing()
        ]

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, Connection)
        connection.begin_answer()
        try:
            return await self._handler(request)
        except ConnectionError:
            connection.abort()  # gone meanwhile
            raise
        except Exception:
            log.exception("web.bug")
            if request.writer.output_size > 0:
                connection.abort()
            # Subscribers give a calendar up for good where a server has trouble.
            return not_found()


def _request(  # noqa: PLR0917 - aiohttp's own signature
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    """As aiohttp makes it, but of a whole URL without its host: one like `xn--` would end the
    connection's task with an error for the log, and leave the connection as it is.
    """
    if message.url.absolute:
        message = message._replace(url=message.url.relative())
    return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop())
