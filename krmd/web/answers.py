"""The answers that say nothing: one for all that isn't there, and what every answer carries."""

from __future__ import annotations

from aiohttp import web
from multidict import CIMultiDict

SERVER = "krmd"
"""Of which version is nobody's business."""

GUARDS = (
    ("Server", SERVER),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
"""On every answer: no search engine, no address of the page passed on, no guessing."""

_PLAIN = CIMultiDict(
    (
        *GUARDS,
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
    )
)


def not_found() -> web.Response:
    """What isn't there, never was, or is no more: nobody learns which."""
    return web.Response(status=404, headers=_PLAIN, body=b"Not found.\n")


def not_allowed(methods: str) -> web.Response:
    """It is there, but not to be used so."""
    answer = web.Response(status=405, headers=_PLAIN, body=b"Not allowed.\n")
    answer.headers["Allow"] = methods
    return answer


def bad_request() -> web.Response:
    """What came is no HTTP; the connection ends."""
    answer = web.Response(status=400, headers=_PLAIN, body=b"Bad request.\n")
    answer.force_close()
    return answer
