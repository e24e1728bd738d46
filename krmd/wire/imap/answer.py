"""Mails out of FETCH answers: a fast scan for the usual form, a careful reading for all others.

The fast scan takes two matches of a regular expression a mail and looks at no octet of a header;
what it doesn't recognise is left for `Gathered.add`, which takes items in any order, under any
spelling and in several pieces.
"""

import re
from dataclasses import dataclass, field

from krmd.intake.mailbox import RawMail
from krmd.wire.imap.gate import field_names
from krmd.wire.imap.grammar import Oversized, UnreadableError, Untagged, Value, parse
from krmd.wire.imap.internaldate import ArrivalTimes
from krmd.wire.imap.stream import LONGEST_LINE
from krmd.wire.modified_utf7 import decoded

# `* 7 FETCH (UID 7 INTERNALDATE "…" FLAGS (\\Seen) BODY[HEADER.FIELDS (…)] {512}`. Long stretches
# are complements of a single octet, which run several times as fast as any other pattern; a header
# that is NIL or a quoted string doesn't fit, so that no mail gets the next one's.
_UID_FIRST = re.compile(
    rb'\* \d+ FETCH \(UID (\d+) INTERNALDATE "([^"]*)" FLAGS \(([^)]*)\) '
    rb"BODY\[HEADER\.FIELDS [^]]*\] \{(\d{1,6})\}\r\n"
)
# Cyrus keeps to an order of its own, whatever was asked.
_FLAGS_FIRST = re.compile(
    rb'\* \d+ FETCH \(FLAGS \(([^)]*)\) UID (\d+) INTERNALDATE "([^"]*)" '
    rb"BODY\[HEADER\.FIELDS [^]]*\] \{(\d{1,6})\}\r\n"
)
# Each with the places of UID, stamp, flags and size among its groups.
_FORMS = ((_UID_FIRST, (1, 2, 3, 4)), (_FLAGS_FIRST, (2, 3, 1, 4)))
# What follows the header's octets when a Received field was asked for and is there.
_CAME_BY_NET = b" BODY[HEADER.FIELDS (RECEIVED)]<0> {8}\r\nReceived)\r\n"
# The same in other spellings; a blank line where there is no such field; or nothing asked.
_TAIL = re.compile(
    rb"(?: BODY\[HEADER\.FIELDS \(\"?RECEIVED\"?\)\]<0> "
    rb'(?:\{8\}\r\n([Rr][Ee][Cc][Ee][Ii][Vv][Ee][Dd])|(\{2\}\r\n\r\n|\{0\}\r\n|"")))?\)\r\n'
)
_FLAGS_KEPT = 1000
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SECTION = re.compile(rb"BODY\[HEADER\.FIELDS\s*\((.*)\)\](<\d+>)?\Z", re.IGNORECASE | re.DOTALL)


def items(header_fields: tuple[str, ...], *, received: bool, labels: bool) -> bytes:
    r"""The FETCH items that ask for what a RawMail holds.

    Always PEEK: without it \Seen is set (RFC 3501 6.4.5). Never ENVELOPE, which one hostile mail
    makes fail for a whole range. `received` asks whether a Received field is there, by its first
    eight octets. `labels` asks for Gmail's.
    """
    asked = [
        b"UID INTERNALDATE FLAGS",
        b"BODY.PEEK[HEADER.FIELDS (%s)]" % field_names(header_fields),
    ]
    if received:
        asked.append(b"BODY.PEEK[HEADER.FIELDS (RECEIVED)]<0.8>")
    if labels:
        asked.append(b"X-GM-LABELS")
    return b"(" + b" ".join(asked) + b")"


@dataclass(slots=True)
class _Piece:
    """What came so far of one mail that didn't come in the usual form."""

    stamp: bytes | None = None
    header: bytes | Oversized | None = None
    draft: bool = False
    received: bool | None = None
    labels: tuple[str, ...] = ()


@dataclass(slots=True)
class Gathered:
    """The mails of the commands in flight, by UID; unsolicited ones for other UIDs among them."""

    times: ArrivalTimes
    mails: dict[int, RawMail] = field(default_factory=dict)
    _pieces: dict[int, _Piece] = field(default_factory=dict)
    _uids: dict[bytes, int] = field(default_factory=dict)
    _drafts: dict[bytes, bool] = field(default_factory=dict)
    _form: int = 0

    def scan(self, buffer: bytes, place: int) -> tuple[int, int]:
        """Take all mails that stand in the usual form at `place`.

        Gives back the place behind them, and how many octets at least are missing until the scan
        can go on; 0 if what stands there is whole and not for the scan.
        """
        reached, missing = self._scan(self._form, buffer, place)
        if missing or reached > place:
            return reached, missing
        for form in range(len(_FORMS)):
            reached, missing = self._scan(form, buffer, place)
            if missing or reached > place:
                self._form = form
                return reached, missing
        return place, 0

    def _scan(self, form: int, buffer: bytes, place: int) -> tuple[int, int]:
        mails, drafts, at = self.mails, self._drafts, self.times.at
        (pattern, order), new = _FORMS[form], tuple.__new__
        head = pattern.match
        while found := head(buffer, place):
            uid_text, stamp, flags, size = found.group(*order)
            start = found.end()
            end = start + int(size)
            if buffer.startswith(_CAME_BY_NET, end):
                received: bool | None = True
                behind = end + len(_CAME_BY_NET)
            elif closing := _TAIL.match(buffer, end):
                received = True if closing[1] else (False if closing[2] else None)
                behind = closing.end()
            elif end + 3 > len(buffer):
                return place, end + 3 - len(buffer)
            else:
                return place, 0 if buffer.find(b")\r\n", end) >= 0 else 1
            uid = int(uid_text)
            draft = drafts.get(flags)
            if draft is None:
                draft = self._note_flags(flags)
            # Not RawMail(…), whose own __new__ is Python code and takes half as long again.
            mails[uid] = new(RawMail, (uid, at(stamp), buffer[start:end], draft, received, ()))
            place = behind
        whole = buffer.find(b"\r\n", place) >= 0 or len(buffer) - place > LONGEST_LINE
        return place, 0 if whole else 1

    def add(self, response: Untagged) -> bool:
        """Take a FETCH response in any form; false if it names a mail but can't be read.

        Other untagged responses are passed over, but an EXPUNGE: it moves sequence numbers, so
        that pieces without a UID can't be told apart any more.
        """
        words = response.text.split(b" ", 2)
        if len(words) < 2 or not words[0].isdigit():
            return True
        number, kind = words[0], words[1].upper()
        if kind == b"EXPUNGE":
            self._uids.clear()
        if kind != b"FETCH":
            return True
        try:
            values = parse(response.parts)
            self._merge(number, values[2])
        except (UnreadableError, IndexError):
            named = _UID.search(response.text)
            if named is None:
                return False
            self._pieces.setdefault(int(named[1]), _Piece())
        return True

    def settle(self, low: int, high: int) -> dict[int, str]:
        """Make mails of the pieces between two UIDs; the UIDs that stay incomplete, with a reason.

        Pieces of a mail that came whole besides are news of its flags and are dropped.
        """
        incomplete: dict[int, str] = {}
        for uid in [uid for uid in self._pieces if low <= uid <= high]:
            piece = self._pieces.pop(uid)
            if uid in self.mails:
                continue
            if isinstance(piece.header, bytes) and piece.stamp is not None:
                self.mails[uid] = RawMail(
                    uid,
                    self.times.at(piece.stamp),
                    piece.header,
                    piece.draft,
                    piece.received,
                    piece.labels,
                )
            else:
                incomplete[uid] = _lack(piece)
        return incomplete

    def take(self, low: int, high: int, *, pending: list[tuple[int, int]]) -> dict[int, RawMail]:
        """Hand out the mails between two UIDs, and drop all that no pending range asked for.

        `n:*` and its like bring mails that weren't asked for, and flags change meanwhile.
        """
        taken = {uid: mail for uid, mail in self.mails.items() if low <= uid <= high}
        if len(taken) == len(self.mails) and not self._pieces:
            self.mails.clear()
            return taken
        self.mails = {u: m for u, m in self.mails.items() if u not in taken and _within(u, pending)}
        self._pieces = {u: p for u, p in self._pieces.items() if _within(u, pending)}
        return taken

    def _note_flags(self, flags: bytes) -> bool:
        if len(self._drafts) >= _FLAGS_KEPT:
            self._drafts.clear()
        draft = self._drafts[flags] = b"\\draft" in flags.lower().split()
        return draft

    def _merge(self, number: bytes, attributes: Value) -> None:
        if not isinstance(attributes, list) or len(attributes) % 2:
            raise UnreadableError("attributes come in pairs")
        pairs = [
            (name, value)
            for name, value in zip(attributes[::2], attributes[1::2], strict=True)
            if isinstance(name, bytes)
        ]
        uid = next((int(v) for n, v in pairs if n.upper() == b"UID" and _is_number(v)), None)  # type: ignore[arg-type]
        if uid is None:
            uid = self._uids.get(number)
            if uid is None:
                return  # somebody changed a flag: nothing of ours
        self._uids[number] = uid
        piece = self._pieces.setdefault(uid, _Piece())
        for name, value in pairs:
            _take(piece, name, value)


def _take(piece: _Piece, name: bytes, value: Value) -> None:
    upper = name.upper()
    if upper == b"INTERNALDATE" and isinstance(value, bytes):
        piece.stamp = value
    elif upper == b"FLAGS" and isinstance(value, list):
        piece.draft = any(isinstance(v, bytes) and v.lower() == b"\\draft" for v in value)
    elif upper == b"X-GM-LABELS" and isinstance(value, list):
        piece.labels = tuple(decoded(label) for label in value if isinstance(label, bytes))
    elif section := _SECTION.match(name):
        asked = section[1].replace(b'"', b"").upper().split()
        if section[2] is not None and asked == [b"RECEIVED"]:
            piece.received = isinstance(value, bytes) and value[:8].lower() == b"received"
        elif isinstance(value, bytes | Oversized):
            piece.header = value


def _within(uid: int, ranges: list[tuple[int, int]]) -> bool:
    return any(low <= uid <= high for low, high in ranges)


def _is_number(value: Value) -> bool:
    return isinstance(value, bytes) and value.isdigit()


def _lack(piece: _Piece) -> str:
    if isinstance(piece.header, Oversized):
        return f"its header is {piece.header.size} octets long"
    if piece.header is None:
        return "the server answered without its header"
    return "the server answered without its time of arrival"
