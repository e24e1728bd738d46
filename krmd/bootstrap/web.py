"""What krmd shows over HTTP, put together: feeds at one address, its health at another."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_joining import Joiner
from krmd.app.feed_octets import pieces
from krmd.app.feed_shelf import Shelf
from krmd.app.status import Status, status
from krmd.base.instant import local_date
from krmd.bootstrap import Krmd
from krmd.daemon.aside import aside
from krmd.daemon.feeds import FeedJob
from krmd.daemon.listening import ListenJob
from krmd.outputs.calendar import write_events
from krmd.settings import state_folder
from krmd.settings.server import Listen, TcpListen, is_loopback
from krmd.store.changed import Changed

if TYPE_CHECKING:
    from krmd.web.listening import Place


class Shown:
    """Makes the jobs that build and show. What is ready to be served outlives a change of settings.

    `environ` says where large calendars may lie beside a store that is no file.
    """

    def __init__(self, krmd: Krmd, environ: Mapping[str, str]) -> None:
        self._krmd = krmd
        self._folder = _folder(krmd, environ)
        self._shelf = Shelf(krmd.store, krmd.clock, lambda: self._krmd.key)

    def jobs(self, krmd: Krmd) -> list[FeedJob | ListenJob]:
        """What is to be done under these settings; those from before count no more."""
        self._krmd = krmd
        web = krmd.settings.web
        jobs: list[FeedJob | ListenJob] = [self._feeds()]
        if web.listen is not None:
            jobs.append(self._public(web.listen, web.public_url))
        if web.metrics_listen is not None:
            jobs.append(self._health(web.metrics_listen))
        return jobs

    def _feeds(self) -> FeedJob:
        store, clock, style = self._krmd.store, self._krmd.clock, self._krmd.feed_style
        return FeedJob(
            builder=FeedBuilder(store, clock, style, write_events),
            joiner=Joiner(store, self._shelf, pieces, clock=clock, folder=self._folder),
            shelf=self._shelf,
            changed=Changed(store),
            today=lambda: local_date(clock.now(), style.zone),
            made_of=style,
        )

    def _public(self, listen: Listen, public_url: str | None) -> ListenJob:
        # Here, since no loop should wait while aiohttp is loaded.
        from krmd.web.feeds import Feeds
        from krmd.web.listening import listening

        path = urlsplit(public_url or "").path

        @contextlib.asynccontextmanager
        async def listen_there() -> AsyncIterator[None]:
            with contextlib.closing(Changed(self._krmd.store)) as changed:
                feeds = Feeds(self._shelf, version=changed.version, aside=aside, path=path)
                async with listening(place, feeds.answer):
                    yield

        place = _place(listen)
        return ListenJob(
            name="feeds",
            address=str(place),
            open=listen_there,
            may_open=lambda: self._shelf.is_stocked,
            is_exposed=isinstance(listen, TcpListen) and not is_loopback(listen.host),
            made_of=(listen, path),
        )

    def _health(self, listen: Listen) -> ListenJob:
        from krmd.web.health import Health, HealthPage
        from krmd.web.listening import listening

        def look() -> Health:
            found = _status(self._krmd)
            return Health(found.ok, {"late": list(found.late), "errors": list(_errors(found))})

        def listen_there() -> AbstractAsyncContextManager[object]:
            return listening(place, HealthPage(look, aside).answer)

        place = _place(listen)
        return ListenJob(
            name="health",
            address=str(place),
            open=listen_there,
            is_exposed=isinstance(listen, TcpListen) and not is_loopback(listen.host),
            made_of=listen,
        )


def _status(krmd: Krmd) -> Status:
    with krmd.store.reading() as tx:
        return status(
            tx,
            list(krmd.settings.accounts),
            owner=krmd.settings.owner.own,
            now=krmd.clock.now(),
            books=list(krmd.settings.contacts),
            style=krmd.feed_style,
        )


def _errors(found: Status) -> Iterator[str]:
    for name, error in (
        *((it.account, it.error) for it in found.accounts),
        *((it.book, it.error) for it in found.books),
        *((f"feed {it.feed.name}", it.trouble) for it in found.feeds),
    ):
        if error is not None:
            yield f"{name}: {error}"


def _place(listen: Listen) -> Place:
    from krmd.web.listening import TcpPlace, UnixPlace

    if isinstance(listen, TcpListen):
        return TcpPlace(listen.host, listen.port)
    return UnixPlace(listen.path)


def _folder(krmd: Krmd, environ: Mapping[str, str]) -> Path | None:
    """Where large calendars lie, in files without a name; None: where the system has them."""
    path = krmd.store.path
    folder = state_folder(environ) if path is None else path.parent
    return folder if os.access(folder, os.W_OK | os.X_OK) else None
