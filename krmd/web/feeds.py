"""`GET /feed/TOKEN.ics`: a feed's calendar to whoever has its address, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

from aiohttp import web
from multidict import CIMultiDict

from krmd.app.feed_edition import Content, Edition
from krmd.app.feed_shelf import OnShelf, Shelf
from krmd.web.answers import not_allowed, not_found
from krmd.web.beside import Aside
from krmd.web.clients import address_of, agent_of, neighbourhood
from krmd.web.conditions import names_tag, seconds_of, takes_gzip
from krmd.web.connections import Connection
from krmd.web.feed_headers import EditionHeaders, headers_of
from krmd.web.freshness import Freshness
from krmd.web.slowing import Slowing

FIRST_BUILD_SECONDS = 20.0

_LOOK_AGAIN = 0.1
_AT_ONCE = 256 * 1024
"""The octets of a usual feed are handed over at once: in slices they wait for their reader."""
_SLICE = 64 * 1024
"""So much of a large one is held for each who reads slowly."""
_METHODS = ("GET", "HEAD")
_BEGINNING, _ENDING = "/feed/", ".ics"


class Feeds:
    """Serves the feeds of a shelf. `path` is that of the public URL, below which they are found
    too. `version` is another number when the store changed; it must not block. For `patience`
    seconds a request waits for a feed that was never built to its end.
    """

    def __init__(
        self,
        shelf: Shelf,
        *,
        version: Callable[[], int],
        aside: Aside,
        path: str = "",
        patience: float = FIRST_BUILD_SECONDS,
        slowing: Slowing | None = None,
    ) -> None:
        self._shelf = shelf
        self._freshness = Freshness(shelf, version, aside)
        self._beginnings = tuple({_BEGINNING: None, path.rstrip("/") + _BEGINNING: None})
        self._patience = patience
        self._slowing = slowing or Slowing()
        self._headers: WeakKeyDictionary[Edition, EditionHeaders] = WeakKeyDictionary()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any request there is."""
        token = self._token(request)
        if self._freshness.is_stale():
            await self._freshness.refresh()
        feed = self._shelf.find(token)
        if feed is None:
            return await self._refuse(request)
        if request.method not in _METHODS:
            return not_allowed(", ".join(_METHODS))
        edition = feed.edition
        if edition is None or not edition.is_whole:
            edition = await self._awaited(token, feed)
            if edition is None:
                return not_found()
        return await self._serve(request, feed.uuid, edition)

    def _token(self, request: web.BaseRequest) -> str:
        """The secret in the path; nothing where it isn't a feed's."""
        path = request.raw_path.partition("?")[0]
        if not path.startswith("/"):
            path = request.path  # a whole URL, as proxies are sent (RFC 9112 3.2.2)
        for beginning in self._beginnings:
            if path.startswith(beginning) and path.endswith(_ENDING):
                return path[len(beginning) : -len(_ENDING)].lower()
        return ""

    async def _refuse(self, request: web.BaseRequest) -> web.Response:
        waited = await self._slowing.wait(
            neighbourhood(address_of(_peer(request), request.headers))
        )
        answer = not_found()
        if not waited:
            answer.force_close()
        return answer

    async def _awaited(self, token: str, feed: OnShelf) -> Edition | None:
        """The edition as soon as nobody is missing in it; after a while what there is."""
        found: OnShelf | None = feed
        for _ in range(round(self._patience / _LOOK_AGAIN)):
            if found is None or (found.edition is not None and found.edition.is_whole):
                break
            await asyncio.sleep(_LOOK_AGAIN)
            found = self._shelf.find(token)
        return None if found is None else found.edition

    async def _serve(
        self, request: web.BaseRequest, uuid: str, edition: Edition
    ) -> web.StreamResponse:
        headers = self._headers.get(edition)
        if headers is None:
            headers = self._headers[edition] = headers_of(edition)
        asked = request.headers
        zipped = edition.gzip is not None and takes_gzip(asked.get("Accept-Encoding", ""))
        is_get = request.method == "GET"
        if is_get:
            self._shelf.note_fetch(uuid, agent_of(asked), address_of(_peer(request), asked))
        tags = asked.getall("If-None-Match", None)
        if (
            names_tag(tags, headers.tags)
            if tags
            else _is_as_old(asked.get("If-Modified-Since"), edition)
        ):
            same = headers.same_gzip if zipped else headers.same
            return web.Response(status=304, headers=same)
        content = edition.gzip if zipped and edition.gzip is not None else edition.plain
        told = headers.whole_gzip if zipped else headers.whole
        if not is_get:
            return web.Response(headers=told)
        return await _sent(request, told, content)


def _peer(request: web.BaseRequest) -> str | None:
    connection = request.protocol
    return connection.peer if isinstance(connection, Connection) else None


def _is_as_old(since: str | None, edition: Edition) -> bool:
    seconds = None if since is None else seconds_of(since)
    return seconds is not None and edition.modified <= seconds


async def _sent(
    request: web.BaseRequest, headers: CIMultiDict[str], content: Content
) -> web.StreamResponse:
    """The answer with its octets, handed over no faster than they are taken."""
    if content.memory is not None and content.size <= _AT_ONCE:
        return web.Response(headers=headers, body=content.memory)
    connection = request.protocol
    if isinstance(connection, Connection):
        connection.expect(content.size)
    answer = web.StreamResponse(headers=headers)
    await answer.prepare(request)
    for piece in content.slices(_SLICE):
        await answer.write(piece)
    await answer.write_eof()
    return answer
