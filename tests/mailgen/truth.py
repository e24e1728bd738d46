"""What a correct reader finds about each person, folded from how the mails were made."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tests.mailgen.mail import Direction, GeneratedMail

EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Truth:
    """One address; times in UTC, whole seconds, None for never. Counts are of personal mails."""

    last_contacted: dt.datetime | None = None
    last_outbound: dt.datetime | None = None
    last_inbound: dt.datetime | None = None
    email_outbound: int = 0
    email_inbound: int = 0


def truth(mails: Iterable[GeneratedMail]) -> dict[str, Truth]:
    """The truth for every address seen, the owner's left out; order of the mails doesn't matter.

    Addresses that only stand in what isn't an interaction, or far down in a crowd, have the empty
    Truth: a reader may not know them at all.
    """
    originals: dict[int, GeneratedMail] = {}
    received: dict[int, dt.datetime] = {}
    for mail in mails:
        originals.setdefault(mail.serial, mail._replace(raw=b""))
        known = received.get(mail.serial, mail.internaldate)
        received[mail.serial] = min(known, mail.internaldate)
    out: dict[str, list[dt.datetime]] = {}
    into: dict[str, list[dt.datetime]] = {}
    for serial, mail in originals.items():
        at = when_it_happened(mail.date, received[serial])
        for address in mail.people:
            out.setdefault(address, [])
            into.setdefault(address, [])
        for address, direction in mail.moves:
            (out if direction is Direction.OUTBOUND else into)[address].append(at)
    return {address: _fold(out[address], into[address]) for address in out}


def when_it_happened(date: dt.datetime | None, received: dt.datetime) -> dt.datetime:
    """The Date header if it lies between 1990 and *received*, else *received*."""
    return date if date is not None and EARLIEST <= date <= received else received


def _fold(out: list[dt.datetime], into: list[dt.datetime]) -> Truth:
    return Truth(
        last_contacted=max([*out, *into], default=None),
        last_outbound=max(out, default=None),
        last_inbound=max(into, default=None),
        email_outbound=len(out),
        email_inbound=len(into),
    )
