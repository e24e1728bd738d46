"""Multistatus answers (RFC 4918 13) read piece by piece, one response at a time.

A listing of 34,000 cards is 14 MB of XML; no more than one response of it is held. What is no
complete, plain document is refused: no DTD, no entities, no deep nesting, no endless token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

DAV = "DAV:}"
CARD = "urn:ietf:params:xml:ns:carddav}"
CALENDAR_SERVER = "http://calendarserver.org/ns/}"

_DEEPEST = 24
_MOST_ELEMENTS = 2000
_LONGEST_TOKEN = 1 << 20
_LONGEST_LINE = 4096
_MOST_CONDITIONS = 20


class BadXmlError(Exception):
    """The octets are no multistatus; the text says what is wrong, in a few words."""


class Response(NamedTuple):
    """What one resource said. `href` is as the server wrote it.

    `status` is its own, None where properties have one each. `properties` are those that it has, by
    `namespace}name`.
    """

    href: str
    status: int | None
    properties: dict[str, Element]

    def text(self, name: str) -> str:
        """A property's text without blanks around it; "" where it has none."""
        found = self.properties.get(name)
        return (found.text or "").strip() if found is not None else ""

    def hrefs(self, name: str) -> list[str]:
        """The hrefs within a property."""
        found = self.properties.get(name)
        return (
            [] if found is None else [(e.text or "").strip() for e in found.findall(DAV + "href")]
        )

    def names(self, name: str) -> frozenset[str]:
        """The names of the elements within a property, at any depth."""
        found = self.properties.get(name)
        return frozenset() if found is None else frozenset(e.tag for e in found.iter())


class MultistatusReader:
    """Takes octets by `feed`, hands each response to `take`, and is ended by `close`.

    Afterwards `token` is the collection's sync token (RFC 6578 6.2) or "". Where the document is a
    DAV error instead, `conditions` are its preconditions and no response was handed out.
    """

    def __init__(self, take: Callable[[Response], None]) -> None:
        self.token = ""
        self.root = ""
        self._conditions: list[str] = []
        self._take = take
        self._ready: list[Response] = []
        self._fed = 0
        self._depth = 0
        self._elements = 0
        self._builder: TreeBuilder | None = None
        self._parser = parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype

    @property
    def conditions(self) -> frozenset[str]:
        """Names of preconditions, without namespace."""
        return frozenset(self._conditions)

    def feed(self, octets: bytes) -> None:
        """Take more of the document; raises BadXmlError."""
        self._parse(octets, last=False)
        self._fed += len(octets)
        # An unfinished token is scanned again with every piece, which is quadratic (expat < 2.6).
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TOKEN:
            raise BadXmlError("it holds something endless")

    def close(self) -> None:
        """The document has ended; raises BadXmlError where it isn't complete."""
        self._parse(b"", last=True)

    def _parse(self, octets: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(octets, last)
        except expat.ExpatError as error:
            cut = error.code in _CUT
            raise BadXmlError(
                "it ends in the middle" if cut else f"it is no XML: {expat.ErrorString(error.code)}"
            ) from error
        except (LookupError, ValueError) as error:
            raise BadXmlError("its characters are in an unknown encoding") from error
        ready, self._ready = self._ready, []
        for response in ready:
            self._take(response)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise BadXmlError("it is nested too deeply")
        if self._builder is not None:
            self._elements += 1
            if self._elements > _MOST_ELEMENTS:
                raise BadXmlError("one of its responses holds too much")
            self._builder.start(name, {})
        elif self._depth == 1:
            if name not in {DAV + "multistatus", DAV + "error"}:
                raise BadXmlError("it is about something else")
            self.root = name
        elif self._depth == 2 and self.root == DAV + "error":
            if len(self._conditions) < _MOST_CONDITIONS:
                self._conditions.append(name.rpartition("}")[2][:100])
        elif self._depth == 2 and name in {DAV + "response", DAV + "sync-token"}:
            self._begin(name)

    def _begin(self, name: str) -> None:
        self._elements = 0
        self._builder = TreeBuilder()
        self._builder.start(name, {})
        self._parser.CharacterDataHandler = self._builder.data

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._builder is None:
            return
        self._builder.end(name)
        if self._depth == 1:
            element = self._builder.close()
            self._builder = None
            self._parser.CharacterDataHandler = None
            self._ended(element)

    def _ended(self, element: Element) -> None:
        if element.tag == DAV + "response":
            self._ready += _responses(element)
            return
        self.token = (element.text or "").strip()
        if len(self.token) > _LONGEST_LINE:
            raise BadXmlError("its sync token is too long")

    @staticmethod
    def _doctype(*_: object) -> None:
        raise BadXmlError("it brings a DTD, which no server has a use for")


_CUT = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)


def _responses(element: Element) -> list[Response]:
    """A response for each of its hrefs: one status may be said of several (RFC 4918 14.24)."""
    status = element.find(DAV + "status")
    properties: dict[str, Element] = {}
    for propstat in element.findall(DAV + "propstat"):
        if (_code(propstat.find(DAV + "status")) or 200) // 100 == 2:
            for prop in propstat.findall(DAV + "prop"):
                properties |= {found.tag: found for found in prop}
    hrefs = [(href.text or "").strip() for href in element.findall(DAV + "href")]
    if any(len(href) > _LONGEST_LINE for href in hrefs):
        raise BadXmlError("one of its hrefs is too long")
    return [Response(href, _code(status), properties) for href in hrefs if href]


def _code(status: Element | None) -> int | None:
    """The number of `HTTP/1.1 404 Not Found`; None where there is none."""
    words = (status.text or "").split(maxsplit=2) if status is not None else []
    if len(words) < 2 or len(words[1]) != 3 or not words[1].isdecimal():
        return None
    return int(words[1])
