"""Addresses and display names out of an address field, read with care (RFC 5322 3.4 and 4.4).

Takes groups, comments, quoted strings, obsolete routes, semicolons between addresses, unbalanced
quotes and brackets; where the grammar ends, anything of the form x@y is saved. The quick way for
ordinary fields is `parties`, which gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from krmd.base.address import MAX_ADDRESS, EmailAddress, parse_address
from krmd.intake.words import has_unwanted, readable
from krmd.ledger.facts import PARTIES_KEPT

NAME_KEPT = 200
"""So many characters of a display name are kept."""

MAX_TOKENS = 1200
"""So much of a field goes through the grammar; the rest is only searched for addresses."""

MAX_COUNTED = 10_000
"""So many addresses of a mail are counted."""

_COMMENT_LENGTH = 2000
"""A parenthesis that stays open for longer is no comment."""

_NAME_RAW = 1000
"""So many characters of a display name are decoded at most."""


class Mailbox(NamedTuple):
    """An address, and the name that stood beside it ("" for none)."""

    address: EmailAddress
    name: str


# Each alternative is possessive or a single character: no text makes it look back.
_TOKEN = re.compile(
    r"""(?P<blank>\s++)
      | (?P<word>(?:=\?[^?\s]++\?[bBqQ]\?[^?\s]*+\?=  # an encoded word may hold , and :
                   |[^\s"<>(),;:=]++|=)++)
      | (?P<quoted>"(?:[^"\\]|\\.)*+")
      | (?P<angle><[^<>]*+>)
      | (?P<separator>[,;])
      | (?P<colon>:)
      | (?P<opening>[("])
      | (?P<junk>.)""",
    re.VERBOSE | re.DOTALL,
)
_PARENTHESIS = re.compile(r"[()]|\\.", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_AROUND_AT = re.compile(r"\s*+([@.])\s*+")
_ANYTHING_AT = re.compile(
    r"(?<![^\s<>()\[\],;:\"\\])[^\s<>()\[\],;:\"\\@]++@[^\s<>()\[\],;:\"\\@]++"
)


def read_mailboxes(value: str, limit: int = MAX_COUNTED) -> tuple[Mailbox, ...]:
    """The mailboxes of a decoded, unfolded address field, in order, each address once.

    At most `limit`, the first PARTIES_KEPT with their names. Never raises; what spells no address
    is left out.
    """
    reader = _Reader(value)
    found: dict[EmailAddress, Mailbox] = {}
    for mailbox in reader.mailboxes():
        if not (known := found.get(mailbox.address)) or not known.name:
            found[mailbox.address] = mailbox
    for address in islice(addresses_in(reader.rest()), max(0, limit - len(found))):
        found.setdefault(address, Mailbox(address, ""))
    return tuple(islice(found.values(), limit))


def addresses_in(text: str) -> Iterator[EmailAddress]:
    """Whatever in `text` has the form x@y, without regard to any grammar."""
    for match in islice(_ANYTHING_AT.finditer(text), MAX_COUNTED):
        if address := read_address(match[0]):
            yield address


def read_address(text: str) -> EmailAddress | None:
    """The address `text` spells, without what senders wrap around it; None if it spells none."""
    if len(text) > 2 and text[0] == text[-1] == "'":  # Outlook: 'ada@example.org'
        text = text[1:-1]
    if len(text) > MAX_ADDRESS:  # parse_address remembers what it was asked
        return None
    if not text.isascii() and has_unwanted(text):
        return None  # an address that doesn't look like what it is
    return parse_address(text.rstrip("."))


def _closed_up(text: str) -> str:
    """`ada @ example . org` without its blanks (RFC 5322 4.4)."""
    return _AROUND_AT.sub(r"\1", text) if " " in text and len(text) <= _NAME_RAW else text


def display_name(phrase: str, address: EmailAddress) -> str:
    """The name a phrase gives: decoded, on one line, "" where it only repeats the address."""
    if not phrase:
        return ""
    name = readable(phrase[:_NAME_RAW], NAME_KEPT)
    if len(name) > 2 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return "" if name.lower() == address else name


class _Reader:
    """One pass over one field: tokens in, mailboxes out; the entry being read is its state."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._words: list[str] = []
        self._comment = ""
        self._found: list[Mailbox] = []
        self._unnamed = False  # the last mailbox came in <>, without a name: (Ada) may follow
        self._glue = False  # no blank since a quoted string: "ada"@example.org

    def mailboxes(self) -> list[Mailbox]:
        for _ in range(MAX_TOKENS):
            token = _TOKEN.match(self._text, self._position)
            if token is None:
                break
            self._position = token.end()
            kind, text = token.lastgroup, token[0]
            if kind == "word":
                self._word(text)
            elif kind == "quoted":
                self._words.append(_ESCAPED.sub(r"\1", text[1:-1]))
            elif kind == "angle":
                self._angle(text[1:-1])
            elif kind == "separator":
                self._end_entry()
            elif kind == "colon":
                self._words.clear()  # the name of a group, or a mailto:
            elif kind == "opening":
                self._opening(text, token.start())
            self._glue = kind == "quoted"
        self._end_entry()
        return self._found

    def rest(self) -> str:
        """What was not read."""
        return self._text[self._position :]

    def _word(self, text: str) -> None:
        if self._glue and text.startswith("@"):
            self._words[-1] += text
        else:
            self._words.append(text)

    def _opening(self, text: str, start: int) -> None:
        """A comment (they nest), or a quote or parenthesis that is never closed: then none is."""
        depth = 0
        if text == "(":
            for mark in _PARENTHESIS.finditer(self._text, start, start + _COMMENT_LENGTH):
                depth += {"(": 1, ")": -1}.get(mark[0], 0)
                if not depth:
                    self._comment_ends(self._text[start + 1 : mark.start()])
                    self._position = mark.end()
                    return
        self._text = self._text[:start] + self._text[start:].replace(text, " ")

    def _comment_ends(self, text: str) -> None:
        text = _ESCAPED.sub(r"\1", text)
        if self._unnamed and not self._words:
            last = self._found[-1]
            self._found[-1] = Mailbox(last.address, display_name(text, last.address))
            self._unnamed = False
        else:
            self._comment = text

    def _angle(self, text: str) -> None:
        """What stands in <>: an address, after an obsolete route (@a,@b:) or a mailto:."""
        text = text.rpartition(":")[2].strip()
        if text.startswith('"'):
            text = text.replace('"', "", 2)
        address = read_address(_closed_up(text))
        addresses = [address] if address else list(addresses_in(text))
        phrase = " ".join(self._words) or self._comment
        self._add(addresses, phrase)
        if addresses:
            self._start_entry()
            self._unnamed = not phrase

    def _end_entry(self) -> None:
        """An entry without <>: `ada@x.example (Ada)`, `Ada ada@x.example`, `ada @ x.example`."""
        words, comment = self._words, self._comment
        self._start_entry()
        if not words:
            return
        if any(word[:1] == "@" or word[-1:] == "@" for word in words):
            words = _closed_up(" ".join(words)).split()
        spelled = [(word, read_address(word)) for word in words if "@" in word]
        addresses = [address for _, address in spelled if address]
        if len(addresses) == 1:
            comment = " ".join(word for word in words if "@" not in word) or comment
        self._add(addresses, comment)

    def _add(self, addresses: list[EmailAddress], phrase: str) -> None:
        """One address with its name, or several that no name can belong to."""
        if len(addresses) != 1 or len(self._found) >= PARTIES_KEPT:
            phrase = ""
        self._found += [Mailbox(address, display_name(phrase, address)) for address in addresses]

    def _start_entry(self) -> None:
        self._words, self._comment, self._unnamed = [], "", False
