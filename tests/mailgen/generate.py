"""The stream of mails: times, threads, ids and copies."""

import datetime as dt
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from typing import NamedTuple

from tests.mailgen.bodies import BodyMaker
from tests.mailgen.cast import Person, make_cast
from tests.mailgen.kinds import WEIGHTS, Sketch, letter_in, letter_out
from tests.mailgen.mail import GeneratedMail, Kind
from tests.mailgen.render import Chance, Letter, render, trace
from tests.mailgen.text import date_line, plain_date_line

UNTIL = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NEEDS = {Kind.JUNK: "Junk", Kind.TRASH: "Trash", Kind.SENT_ARCHIVED: "Archive"}
SHARED_IDS = (b"<1@localhost.example>", b"<000001c0$0000@desk.example>")


class _Thread(NamedTuple):
    """A letter that may be answered."""

    person: Person
    ids: tuple[bytes, ...]


def generate(
    count: int,
    seed: int,
    owner_addresses: Sequence[str],
    *,
    folders: Sequence[str] = ("INBOX", "Sent", "Archive"),
    until: dt.datetime = UNTIL,
    years: float = 10.0,
) -> Iterator[GeneratedMail]:
    """Yield `count` messages, copies counted, over the `years` before `until`, oldest first.

    The same arguments give the same bytes, on every Python. `folders` must hold INBOX and Sent;
    mail for Archive, Junk and Trash is made only where those are named too; a draft goes to
    Drafts, else to Archive, else to INBOX, and is flagged. Raises ValueError.
    """
    if not {"INBOX", "Sent"} <= set(folders):
        raise ValueError("a mailbox has at least the folders INBOX and Sent")
    owners = tuple(address.lower() for address in owner_addresses)
    maker = _Maker(random.Random(seed), count, owners, tuple(folders))
    span = years * 365.25 * 86400
    return islice(maker.stream(until - dt.timedelta(seconds=span), span / max(1, count)), count)


class _Maker:
    """The state of one generation: its chance, its people, what may be answered."""

    def __init__(
        self, rng: random.Random, count: int, owners: tuple[str, ...], folders: tuple[str, ...]
    ) -> None:
        self._rng = rng
        self._count = count
        self._folders = folders
        self._cast = make_cast(rng, count, owners)
        self._chance = Chance(rng, BodyMaker(rng))
        self._heard: deque[_Thread] = deque(maxlen=300)
        self._written: deque[_Thread] = deque(maxlen=300)
        self._recent_ids: deque[bytes] = deque(maxlen=50)
        self._kinds = [kind for kind in WEIGHTS if NEEDS.get(kind, "INBOX") in folders]
        self._weights = list(accumulate(WEIGHTS[kind][0] for kind in self._kinds))

    def stream(self, start: dt.datetime, step: float) -> Iterator[GeneratedMail]:
        """Mails with their copies, `step` seconds apart on average."""
        for serial in range(self._count):
            offset = serial * step + self._rng.uniform(0, min(step, 1800))
            yield from self._mails(serial, start + dt.timedelta(seconds=int(offset)))

    def _mails(self, serial: int, moment: dt.datetime) -> Iterator[GeneratedMail]:
        kind = self._rng.choices(self._kinds, cum_weights=self._weights)[0]
        sketch, references = self._sketch(kind)
        letter = self._letter(sketch, moment, references)
        internaldate = moment + self._delay(sketch)
        rest, oddity = render(letter, self._chance)
        head = self._trace(sketch, internaldate) if sketch.trace else []
        mail = GeneratedMail(
            serial=serial,
            folder=self._folder(sketch.folder),
            internaldate=internaldate,
            flags=self._flags(sketch),
            raw=b"\n".join([*head, rest]),
            kind=kind,
            date=letter.date.meaning,
            message_id=letter.message_id.decode() if letter.message_id else None,
            people=self._people(sketch),
            moves=sketch.moves,
            oddity=letter.date.oddity or oddity,
        )
        yield mail
        yield from self._copies(mail, sketch, rest)

    def _trace(self, sketch: Sketch, internaldate: dt.datetime) -> list[bytes]:
        named = (person.address for person in (*sketch.to, *sketch.cc))
        owner = next(filter(self._is_owner, named), self._cast.owners[0])
        return trace(sketch, owner, internaldate, chance=self._chance)

    def _sketch(self, kind: Kind) -> tuple[Sketch, tuple[bytes, ...]]:
        rng, cast = self._rng, self._cast
        threads = {Kind.REPLY_IN: self._written, Kind.REPLY_OUT: self._heard}.get(kind)
        if threads:
            person, ids = rng.choice(threads)
            make = letter_in if kind is Kind.REPLY_IN else letter_out
            return replace(make(rng, cast, person), kind=kind), ids
        return replace(WEIGHTS[kind][1](rng, cast), kind=kind), ()

    def _letter(self, sketch: Sketch, moment: dt.datetime, references: tuple[bytes, ...]) -> Letter:
        rng = self._rng
        domain = (sketch.sender.address if sketch.sender else "x@relay.example").rpartition("@")[2]
        fresh = b"<%x.%x@%b>" % (rng.getrandbits(60), rng.getrandbits(44), domain.encode())
        if sketch.tidy:
            return Letter(sketch, plain_date_line(moment), fresh, references)
        message_id, dice = fresh, rng.random()
        if dice < 0.01:
            return Letter(sketch, date_line(moment, rng), None, references)
        if dice < 0.02:
            message_id = rng.choice(self._recent_ids or SHARED_IDS)
        elif dice < 0.023:
            message_id = rng.choice(SHARED_IDS)
        self._recent_ids.append(message_id)
        self._remember(sketch, (*references, message_id))
        return Letter(sketch, date_line(moment, rng), message_id, references)

    def _remember(self, sketch: Sketch, ids: tuple[bytes, ...]) -> None:
        if sketch.kind in {Kind.LETTER_IN, Kind.REPLY_IN} and sketch.sender:
            self._heard.append(_Thread(sketch.sender, ids))
        elif sketch.kind in {Kind.LETTER_OUT, Kind.REPLY_OUT}:
            self._written.append(_Thread(sketch.to[0], ids))

    def _delay(self, sketch: Sketch) -> dt.timedelta:
        if not sketch.trace:
            return dt.timedelta(seconds=self._rng.randint(0, 5))
        late = self._rng.random() < 0.01
        return dt.timedelta(seconds=self._rng.randint(1, 3 * 86400 if late else 90))

    def _flags(self, sketch: Sketch) -> tuple[str, ...]:
        unread = self._rng.random() < 0.02
        return tuple(flag for flag in sketch.flags if not (unread and flag == "\\Seen"))

    def _people(self, sketch: Sketch) -> tuple[str, ...]:
        named = [*([sketch.sender] if sketch.sender else []), *sketch.to, *sketch.cc, *sketch.bcc]
        addresses = dict.fromkeys(person.address.lower() for person in named)
        return tuple(address for address in addresses if not self._is_owner(address))

    def _is_owner(self, address: str) -> bool:
        local, _, domain = address.partition("@")
        return f"{local.partition('+')[0]}@{domain}" in self._cast.owners

    def _folder(self, wanted: str) -> str:
        if wanted in self._folders:
            return wanted
        return "Archive" if "Archive" in self._folders else "INBOX"

    def _copies(self, mail: GeneratedMail, sketch: Sketch, rest: bytes) -> Iterator[GeneratedMail]:
        if mail.kind is Kind.SENT_TO_SELF_TOO:
            back = mail.internaldate + dt.timedelta(seconds=self._rng.randint(1, 60))
            raw = b"\n".join([*self._trace(sketch, back), rest])
            yield mail._replace(folder="INBOX", internaldate=back, raw=raw)
        elif (
            mail.folder in {"INBOX", "Sent"}
            and "Archive" in self._folders
            and self._rng.random() < 1 / 60
        ):
            yield mail._replace(folder="Archive")
