"""A folder's counters out of EXAMINE and STATUS (RFC 3501 6.3.2, 6.3.10; RFC 7162; RFC 5819)."""

import re
from collections.abc import Iterable, Sequence

from krmd.intake.mailbox import FolderState
from krmd.wire.imap.grammar import UnreadableError, Untagged, parse

_EXISTS = re.compile(rb"(\d+) EXISTS\b", re.IGNORECASE)
_CODE = re.compile(rb"OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d+)\]", re.IGNORECASE)


class Counters:
    """What was said of one folder, bit by bit; servers leave out what they like."""

    __slots__ = ("messages", "modseq", "uidnext", "uidvalidity")

    def __init__(self) -> None:
        self.uidvalidity: int | None = None
        self.uidnext: int | None = None
        self.messages: int | None = None
        self.modseq: int | None = None

    def note(self, name: bytes, value: int) -> None:
        """One counter by its protocol name."""
        upper = name.upper()
        if upper == b"UIDVALIDITY":
            self.uidvalidity = value
        elif upper == b"UIDNEXT":
            self.uidnext = value
        elif upper in {b"MESSAGES", b"EXISTS"}:
            self.messages = value
        elif upper == b"HIGHESTMODSEQ":
            # Zero means that this folder keeps none (RFC 7162 3.1.2.2), as NOMODSEQ does.
            self.modseq = value or None

    def complete(self, other: "Counters") -> None:
        """Take from another what is missing here."""
        for name in self.__slots__:
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))

    def state(self, *, fallback_uidnext: int = 1) -> FolderState:
        """The counters as a value; no UIDVALIDITY is 0."""
        return FolderState(
            uidvalidity=self.uidvalidity or 0,
            uidnext=self.uidnext or fallback_uidnext,
            messages=self.messages or 0,
            modseq=self.modseq,
        )


def examined(responses: Iterable[Untagged]) -> Counters:
    """What the answers to EXAMINE say."""
    counters = Counters()
    for response in responses:
        if exists := _EXISTS.match(response.text):
            counters.note(b"EXISTS", int(exists[1]))
        elif code := _CODE.match(response.text):
            counters.note(code[1], int(code[2]))
    return counters


def statuses(responses: Iterable[Untagged]) -> dict[bytes, Counters]:
    """What STATUS responses say, by the folder's wire bytes; unreadable ones are passed over."""
    found: dict[bytes, Counters] = {}
    for response in responses:
        if response.text[:7].upper() != b"STATUS ":
            continue
        try:
            values = parse(response.parts)
        except UnreadableError:
            continue
        if len(values) < 3 or not isinstance(values[2], list):
            continue
        name = b"NIL" if values[1] is None else values[1]
        if isinstance(name, bytes):
            found[name] = _counted(values[2])
    return found


def _counted(pairs: Sequence[object]) -> Counters:
    counters = Counters()
    for name, value in zip(pairs[::2], pairs[1::2], strict=False):
        if isinstance(name, bytes) and isinstance(value, bytes) and value.isdigit():
            counters.note(name, int(value))
    return counters
