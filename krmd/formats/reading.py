"""What reading a file of people gives, whatever its format: portraits, and what wasn't taken.

A reader works in two steps, so that what is known to the letter needn't be understood again: it
cuts the file into raw pieces (a card, a row, an entry), and parses one piece. Both are total: bad
input costs its piece, named by line; only what is no file of this format at all raises UserError.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from krmd.ledger.portrait import Portrait

Octets = bytes | mmap.mmap
"""A file's contents; a memory map, so that a file of photos needn't fit into memory."""


class Raw(NamedTuple):
    """One piece of a file: the line it begins in (the first is 1), and its octets.

    `octets` decides what `parse` gives, together with the reader's `habits`.
    """

    line: int
    octets: bytes


class Read(NamedTuple):
    """A person who was read. `remarks` are sentences about what in the piece could not be used."""

    line: int
    portrait: Portrait
    remarks: tuple[str, ...] = ()


class Skipped(NamedTuple):
    """A piece that gave nobody: where, and why."""

    line: int
    reason: str


class PeopleReader(Protocol):
    """Reads one file of people."""

    @property
    def source(self) -> str:
        """What the owner would call where it comes from: `vcard`, `google`, `outlook` …"""
        ...

    @property
    def habits(self) -> bytes:
        """What the meaning of a piece depends on beside its octets: headings, options, version."""
        ...

    def pieces(self) -> Iterator[Raw | Skipped]:
        """The file's pieces in order, without what belongs to no person (preambles, lists)."""
        ...

    def parse(self, raw: Raw) -> Read | Skipped:
        """The person of one piece."""
        ...
