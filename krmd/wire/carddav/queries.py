"""The questions put to a server, as XML: what a place is, what a book holds, cards by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from xml.sax.saxutils import escape

from krmd.wire.carddav.multistatus import CALENDAR_SERVER, CARD, DAV

RESOURCE_TYPE = DAV + "resourcetype"
DISPLAY_NAME = DAV + "displayname"
PRINCIPAL = DAV + "current-user-principal"
HOME_SET = CARD + "addressbook-home-set"
SYNC_TOKEN = DAV + "sync-token"
REPORTS = DAV + "supported-report-set"
CTAG = CALENDAR_SERVER + "getctag"
ETAG = DAV + "getetag"
ADDRESS_DATA = CARD + "address-data"

IS_BOOK = CARD + "addressbook"
IS_COLLECTION = DAV + "collection"
SYNC_REPORT = DAV + "sync-collection"


class Query(NamedTuple):
    """A question that a multistatus answers."""

    method: str
    depth: str
    body: bytes


def describe(depth: int) -> Query:
    """What a place (depth 0) and what lies right below it (1) are, and where else to look."""
    asked = (
        RESOURCE_TYPE,
        DISPLAY_NAME,
        PRINCIPAL,
        HOME_SET,
        SYNC_TOKEN,
        REPORTS,
        CTAG,
    )
    return Query("PROPFIND", str(depth), _document("D:propfind", _prop(asked)))


def list_cards() -> Query:
    """Each card's etag."""
    return Query("PROPFIND", "1", _document("D:propfind", _prop((RESOURCE_TYPE, ETAG))))


def changes_since(token: str) -> Query:
    """What changed since a sync token, or everything with a first token where it is ""."""
    # RFC 6578 3.2: Depth must be 0, what it covers is said by sync-level.
    return Query(
        "REPORT",
        "0",
        _document(
            "D:sync-collection",
            f"<D:sync-token>{escape(token)}</D:sync-token><D:sync-level>1</D:sync-level>",
            _prop((ETAG,)),
        ),
    )


def cards(paths: Iterable[str]) -> Query:
    """Some cards and their etags, named by absolute paths: iCloud answers 400 to whole URLs."""
    hrefs = "".join(f"<D:href>{escape(path)}</D:href>" for path in paths)
    # RFC 6352 8.7: Depth 0, though what it covers is said by the hrefs.
    return Query(
        "REPORT", "0", _document("C:addressbook-multiget", _prop((ETAG, ADDRESS_DATA)), hrefs)
    )


_PREFIXES = {DAV: "D:", CARD: "C:", CALENDAR_SERVER: "S:"}


def _prop(names: Iterable[str]) -> str:
    elements = []
    for name in names:
        space, _, local = name.rpartition("}")
        elements.append(f"<{_PREFIXES[space + '}']}{local}/>")
    return f"<D:prop>{''.join(elements)}</D:prop>"


def _document(name: str, *inside: str) -> bytes:
    spaces = f'xmlns:D="DAV:" xmlns:C="{CARD.rstrip("}")}" xmlns:S="{CALENDAR_SERVER.rstrip("}")}"'
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<{name} {spaces}>{"".join(inside)}</{name}>'
    ).encode()
