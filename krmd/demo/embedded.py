"""What the demo's servers are made of: pymap's in-memory backend for IMAP, aiosmtpd for SMTP.

Importing this needs the demo extra. Everything here belongs to the loop it runs in; `servers` is
the door for other threads.
"""

from __future__ import annotations

import asyncio
import logging
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxSet
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Flag
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from krmd.demo.mail import INBOX, DemoMail

LOOPBACK = "127.0.0.1"


class _QuietConfig(Config):
    """pymap's settings without its look-up of this machine's full name at each greeting, which
    asks a name server and may take seconds.
    """

    @property
    def greeting(self) -> bytes:
        return b"krmd demo ready"


class _NoThreads:
    """In the place of pymap's index of threads, which parses three header fields of each mail with
    the standard library's slow and fallible parser, for a THREADID nobody asks for.
    """

    def add(self, content: object) -> ObjectId:  # noqa: ARG002  # pymap's signature
        return ObjectId.random_thread_id()


class MailSink:
    """Takes every mail for whoever logged in, and keeps it in memory (aiosmtpd's handler)."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(  # noqa: N802  # aiosmtpd looks it up by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep the mail and answer 250 (RFC 5321 4.2)."""
        self.taken.append(envelope.original_content or b"")
        return "250 taken for good"


class MailHost:
    """Both servers of one user in the running loop."""

    def __init__(self, user: str, password: str) -> None:
        arguments = Namespace(passlib_cfg=None, proxy_protocol=None)
        self._user, self._password = user, password
        # aiosmtpd warns of its own deprecated attribute at each login.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._config = _QuietConfig(
            arguments,
            demo_data=False,
            demo_user=user,
            demo_password=password,
            host=LOOPBACK,
            port=0,
            tls_enabled=False,
            # A password that lives as long as this process gains nothing by 500,000 rounds.
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self._config.apply_context()
        self._folders = MailboxSet()
        self._folders._thread_cache = self._folders._inbox._thread_cache = _NoThreads()  # type: ignore[assignment]  # noqa: SLF001
        self._stop = asyncio.Event()
        self.sink = MailSink()
        self.imap_port = self.smtp_port = 0

    async def fill(self, folders: Iterable[str], mails: Iterable[DemoMail]) -> None:
        """Make the folders (INBOX is there already) and lay the mails in them in their order."""
        for folder in folders:
            if folder != INBOX:
                await self._folders.add_mailbox(folder)
        for mail in mails:
            await self.append(mail)

    async def append(self, mail: DemoMail) -> None:
        """Lay one mail into its folder and wake who idles there; KeyError if there is none."""
        folder = await self._folders.get_mailbox(mail.folder)
        flags = frozenset(Flag(flag.encode("ascii")) for flag in mail.flags)
        await folder.append(AppendMessage(mail.raw, mail.received, flags))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Both servers on free loopback ports; when it ends, no connection is left open."""
        login = await self._login()
        async with AsyncExitStack() as stack:
            self.imap_port = await _listen(stack, IMAPServer(login, self._config))
            self.smtp_port = await self._listen_smtp(stack)
            yield

    def stop(self) -> None:
        """Let `stopped` return; call it in the loop."""
        self._stop.set()

    async def stopped(self) -> None:
        """Wait until somebody calls `stop`."""
        await self._stop.wait()

    async def _login(self) -> Login:
        backend = DictBackend(Login(self._config), self._config)
        account = UserMetadata(self._config, self._user, password=self._password)
        await backend.login.demo_user_identity.set(account)
        self._config.set_cache[self._user] = (self._folders, FilterSet())
        return backend.login

    async def _listen_smtp(self, stack: AsyncExitStack) -> int:
        loop = asyncio.get_running_loop()

        def connection() -> SMTP:
            return SMTP(
                self.sink,
                hostname="localhost",
                auth_require_tls=False,
                authenticator=self._authenticate,
                loop=loop,
            )

        server = await loop.create_server(connection, LOOPBACK, 0)
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    def _authenticate(self, *asked: object) -> AuthResult:
        """The login by aiosmtpd's five positional arguments, of which the last is the login."""
        login = asked[-1]
        right = isinstance(login, LoginPassword) and (login.login, login.password) == (
            self._user.encode(),
            self._password.encode(),
        )
        return AuthResult(success=right)


async def _listen(stack: AsyncExitStack, serve: IMAPServer) -> int:
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await serve(reader, writer, SocketInfo.get(writer, None))
        except (ConnectionError, EOFError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            connections.discard(task)

    server = await asyncio.start_server(connected, LOOPBACK, 0)
    stack.push_async_callback(_cut, server, connections)
    return int(server.sockets[0].getsockname()[1])


async def _cut(server: asyncio.Server, connections: set[asyncio.Task[None]]) -> None:
    server.close()
    for task in tuple(connections):
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
