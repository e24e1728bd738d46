"""Where in a mail its sender's signature stands, and whether it is theirs at all.

A block is believed only if the sender's name stands in it or right above, and no stranger's address
does: better none than somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from krmd.intake.person_names import normalise_name
from krmd.intake.quoting import own_lines
from krmd.intake.signature_words import CLOSINGS, END, GREETINGS

MOST_LINES = 20
LONGEST_LINE = 160
_LONGEST_NAME_LINE = 60
_NAME_WITHIN = 4
_LAST_LINES = 25
_LEAST_NAME = 3

_SEPARATORS = frozenset(("--", "—", "–", "- -"))
_RULE = re.compile(r"[-_=*~#.+\s]{5,}\Z")
_LETTERS = re.compile(r"[^\W\d_]+")
_AROUND = " \t,.!;:*_~-–—()"
_BEHIND_NAME = re.compile(r"\s*[,|•·(]|\s[-–—]\s")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_CLOSING_WORDS = frozenset(CLOSINGS)
_END = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, END)) + ")", re.IGNORECASE)


class Sender(NamedTuple):
    """Whose signature is looked for: the words of the name, lowered, and the address."""

    words: frozenset[str]
    address: str


class Block(NamedTuple):
    """A signature's lines, none of them empty, and the place of the line that bears the name; -1
    where it stands above.
    """

    lines: tuple[str, ...]
    name_line: int


def sender_of(name: str, address: str) -> Sender:
    """The sender by display name, or by what stands before the @ where there is none."""
    words = [it for it in normalise_name(name).split() if len(it) > 1]
    if not words or "@" in name:
        words = [it.lower() for it in _LETTERS.findall(address.partition("@")[0])]
        words = [it for it in words if len(it) >= _LEAST_NAME]
    return Sender(frozenset(words), address.lower())


def signature_block(text: str, sender: Sender) -> Block | None:
    """The signature in a mail's text, None where none is the sender's for certain."""
    if not sender.words:
        return None
    lines = own_lines(text)
    for start, above in _beginnings(lines, sender):
        block = _cut(lines[start:])
        near = [it for it in lines[max(above - 2, 0) : start] if it]
        name_line = _name_line(block, sender)
        if name_line is None and any(_bears_name(it, sender) for it in near):
            name_line = -1
        if block and name_line is not None:
            return Block(block, name_line) if _is_theirs(block, sender) else None
    return None


def _beginnings(lines: Sequence[str], sender: Sender) -> Iterator[tuple[int, int]]:
    """Where a signature may begin, and the line that says so: behind the separator (RFC 3676 4.3),
    behind the last words of farewell, with the sender's name alone on a line.
    """
    for place, line in enumerate(lines):
        if line in _SEPARATORS:
            yield place + 1, place
    for place in reversed(range(len(lines))):
        if _is_closing(lines[place], sender):
            yield place + 1, place
    for place in range(max(len(lines) - _LAST_LINES, 0), len(lines)):
        if _is_name_line(_BEHIND_NAME.split(lines[place])[0], sender, alone=True):
            yield place, place


def _is_closing(line: str, sender: Sender) -> bool:
    """`Best regards,`, `Viele Grüße, Ada`, `LG Ada`."""
    if not line or len(line) > _LONGEST_NAME_LINE:
        return False
    plain = line.lower().strip(_AROUND)
    if plain in _CLOSING_WORDS:
        return True
    words = plain.replace(",", " ").split()
    for count in range(1, min(len(words), 6)):
        if " ".join(words[:count]).strip(_AROUND) in _CLOSING_WORDS:
            return _bears_name(" ".join(words[count:]), sender)
    return False


def _bears_name(line: str, sender: Sender) -> bool:
    """Whether a word of the sender's name stands in a short line."""
    if len(line) > LONGEST_LINE:
        return False
    return not sender.words.isdisjoint(normalise_name(line).split())


def _is_name_line(line: str, sender: Sender, *, alone: bool = False) -> bool:
    """Whether a line begins with the sender's name, or is it `alone`: nothing before it but titles,
    and initials within.
    """
    if not line or len(line) > _LONGEST_NAME_LINE or "@" in line:
        return False
    words = [it for it in normalise_name(line).split() if len(it) > 1]
    wanted = len(words) if alone else min(len(sender.words), 2)
    return bool(words) and len(words) >= wanted and set(words[:wanted]) <= sender.words


def _name_line(block: Sequence[str], sender: Sender) -> int | None:
    first = [place for place in range(min(len(block), _NAME_WITHIN)) if "@" not in block[place]]
    full = [place for place in first if _is_name_line(block[place], sender)]
    some = [place for place in first if _bears_name(block[place], sender)]
    return next(iter(full or some), None)


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    """The block's lines up to where something else begins."""
    kept: list[str] = []
    empty = 0
    for line in lines:
        if not line:
            empty += 1
            if empty > 1 and kept:
                break
            continue
        if len(kept) >= MOST_LINES or _ends_block(line, bool(kept)):
            break
        empty = 0
        if not _RULE.match(line):
            kept.append(line)
    return tuple(kept)


def _ends_block(line: str, begun: bool) -> bool:
    """A disclaimer, a sentence, the next mail's beginning, a second separator."""
    if len(line) > LONGEST_LINE or (begun and line in _SEPARATORS) or _END.search(line):
        return True
    first = line.lower().partition(" ")[0].strip(_AROUND)
    return first in GREETINGS


def _is_theirs(block: Sequence[str], sender: Sender) -> bool:
    """Whether all addresses in it may be the sender's: the same, of their name, or of an office in
    the same domain.
    """
    domain = sender.address.rpartition("@")[2]
    for address in _ADDRESS.findall("\n".join(block).lower()):
        local, _, of = address.rpartition("@")
        words = set(_LETTERS.findall(local))
        named = any(word in local for word in sender.words if len(word) >= _LEAST_NAME)
        offices = {"info", "office", "contact", "kontakt", "mail", "kanzlei", "praxis", "hello"}
        if address != sender.address and not named and not (of == domain and words & offices):
            return False
    return True
