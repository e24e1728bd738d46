"""The embedded mail servers of the demo: started, filled, fed and stopped from outside their loop.

They live in one thread with an asyncio loop of its own and listen on loopback only. What they are
made of stands in `embedded` and is imported at the start, so that krmd without its demo extra can
say what is missing.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from krmd.base.errors import UserError
from krmd.demo.mail import FOLDERS, DemoMail
from krmd.demo.world import World

if TYPE_CHECKING:
    from krmd.demo.embedded import MailHost

USER = "ada"
_READY_WITHIN = 30.0
_APPENDED_WITHIN = 10.0
_STOPPED_WITHIN = 5.0


class EmbeddedServers:
    """An IMAP server holding a world's mails and an SMTP server that keeps what it is sent.

    A context manager: on entering, both listen on free ports of 127.0.0.1 and every mail is there;
    on leaving, connections are cut, ports closed and the thread is gone. Raises UserError where
    pymap or aiosmtpd aren't installed.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._password = secrets.token_urlsafe(12)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._host: MailHost | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="demo-servers", daemon=True)

    def __enter__(self) -> Self:
        _require_servers()
        self._thread.start()
        if not self._ready.wait(_READY_WITHIN):
            raise UserError("The demo's mail servers didn't start within 30 seconds; try again.")
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        host, loop = self._running()
        loop.call_soon_threadsafe(host.stop)
        self._thread.join(_STOPPED_WITHIN)

    @property
    def user(self) -> str:
        """Who logs in, on both servers."""
        return USER

    @property
    def password(self) -> str:
        """Random, and new for each run."""
        return self._password

    @property
    def imap_port(self) -> int:
        """Where the IMAP server listens on 127.0.0.1."""
        return self._running()[0].imap_port

    @property
    def smtp_port(self) -> int:
        """Where the SMTP server listens on 127.0.0.1."""
        return self._running()[0].smtp_port

    @property
    def sent(self) -> tuple[bytes, ...]:
        """The mails the SMTP server has taken so far, as they came."""
        return tuple(self._running()[0].sink.taken)

    def append(self, mail: DemoMail) -> None:
        """Put a new mail into its folder; whoever idles there hears of it at once."""
        host, loop = self._running()
        asyncio.run_coroutine_threadsafe(host.append(mail), loop).result(_APPENDED_WITHIN)

    def _running(self) -> tuple[MailHost, asyncio.AbstractEventLoop]:
        if self._host is None or self._loop is None:
            raise RuntimeError("the demo's servers aren't running")
        return self._host, self._loop

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as failure:  # noqa: BLE001  # handed to the thread that waits for us
            self._failure = failure
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        from krmd.demo.embedded import MailHost

        host = MailHost(USER, self._password)
        await host.fill(FOLDERS, self._world.mails)
        async with host.listening():
            self._host, self._loop = host, asyncio.get_running_loop()
            self._ready.set()
            await host.stopped()


def _require_servers() -> None:
    try:
        import krmd.demo.embedded  # noqa: F401
    except ImportError as missing:
        raise UserError(
            f"The demo needs a mail server of its own, and {missing.name} isn't installed:"
            " pip install 'krmd[demo]'"
        ) from missing
