"""What is told about a feed's calendar beside its octets; made once for each edition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import formatdate
from unicodedata import normalize

from multidict import CIMultiDict

from krmd.app.feed_edition import Edition
from krmd.web.answers import GUARDS, SERVER

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class EditionHeaders:
    """Header fields of 200 (`whole`) and 304 (`same`), for plain and for gzip; both entity tags."""

    tags: tuple[str, str]
    whole: CIMultiDict[str]
    whole_gzip: CIMultiDict[str]
    same: CIMultiDict[str]
    same_gzip: CIMultiDict[str]


def headers_of(edition: Edition) -> EditionHeaders:
    """The header fields of an edition."""
    plain, gzip = edition.etag, edition.gzip_etag
    size = 0 if edition.gzip is None else edition.gzip.size
    name = file_name(edition.name)
    return EditionHeaders(
        (plain, gzip),
        _whole(edition, plain, name, edition.plain.size),
        _whole(edition, gzip, name, size, zipped=True),
        _same(edition, plain),
        _same(edition, gzip),
    )


def file_name(feed: str) -> str:
    """Under which name a browser keeps it: letters and digits that any system takes."""
    plain = normalize("NFKD", feed).encode("ascii", "ignore").decode()
    return (_UNSAFE.sub("-", plain).strip("-").lower() or "calendar") + ".ics"


def _same(edition: Edition, tag: str) -> CIMultiDict[str]:
    """What 304 must repeat (RFC 9110 15.4.5), and no more: what guards the copy came with it."""
    return CIMultiDict(
        (
            ("Server", SERVER),
            ("ETag", tag),
            ("Last-Modified", formatdate(edition.modified, usegmt=True)),
            # no-store would have Thunderbird ask without the tag, and fetch all of it.
            ("Cache-Control", "private, no-cache"),
            ("Vary", "Accept-Encoding"),
        )
    )


def _whole(
    edition: Edition, tag: str, name: str, size: int, *, zipped: bool = False
) -> CIMultiDict[str]:
    headers = _same(edition, tag)
    headers.update(GUARDS)
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Disposition"] = f'inline; filename="{name}"'
    headers["Content-Length"] = str(size)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return headers
