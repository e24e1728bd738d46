"""`GET /healthz`: whether all is well, for what watches krmd; on an address of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from krmd.base.errors import KrmdError
from krmd.logs import get_logger
from krmd.web.answers import GUARDS, not_allowed, not_found
from krmd.web.beside import Aside

log = get_logger()

BELIEVED_SECONDS = 1.0
LOOK_SECONDS = 5.0
"""So long a look may take before that alone is bad news."""

_METHODS = ("GET", "HEAD")


class Health(NamedTuple):
    """How krmd is; `told` is what stands beside `ok` in the answer."""

    ok: bool
    told: dict[str, object]


class HealthPage:
    """Answers on the metrics address. `look` blocks, and may raise KrmdError of the store."""

    def __init__(self, look: Callable[[], Health], aside: Aside) -> None:
        self._look = look
        self._aside = aside
        self._known = Health(ok=False, told={})
        self._until = 0.0
        self._looking: asyncio.Future[None] | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any request there is."""
        if request.raw_path.partition("?")[0] != "/healthz":
            return not_found()
        if request.method not in _METHODS:
            return not_allowed(", ".join(_METHODS))
        health = await self._health()
        body = json.dumps({"ok": health.ok, **health.told}, ensure_ascii=False).encode() + b"\n"
        return web.Response(
            status=200 if health.ok else 503,
            headers=(
                *GUARDS,
                ("Content-Type", "application/json"),
                ("Cache-Control", "no-store"),
            ),
            body=body,
        )

    async def _health(self) -> Health:
        if time.monotonic() < self._until:
            return self._known
        if self._looking is None:
            self._looking = asyncio.ensure_future(self._look_again())
        done, _ = await asyncio.wait((self._looking,), timeout=LOOK_SECONDS)
        if done:
            return self._known
        return Health(ok=False, told={"errors": ["the store doesn't answer"]})

    async def _look_again(self) -> None:
        try:
            self._known = await self._aside(self._look, name="health")
        except KrmdError as error:
            self._known = Health(ok=False, told={"errors": [error.message]})
        except Exception:
            log.exception("web.bug")
            self._known = Health(ok=False, told={"errors": ["krmd has a bug; its log says more"]})
        finally:
            self._until = time.monotonic() + BELIEVED_SECONDS
            self._looking = None
