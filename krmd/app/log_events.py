"""Past events of a calendar become entries: with whom a meeting was, and which events are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from krmd.app.folding import contact_of
from krmd.app.log_entries import Entry, Found, Ignored
from krmd.app.perform import Performer
from krmd.base.address import AddressSet, EmailAddress
from krmd.base.command import LogInteraction
from krmd.base.identifier import PublicId
from krmd.formats.attendees import Attendee
from krmd.formats.events import Calendar, Event, Remark, Series
from krmd.formats.occurrences import MOST_OCCURRENCES, Occurrence, Past
from krmd.formats.reading import Skipped
from krmd.intake.person_names import normalise_name
from krmd.ledger.identity import Claim
from krmd.store import contacts, identities
from krmd.store.engine import Transaction

NOBODY_KNOWN = "nobody_known"
NOT_OVER = "not_over"
CANCELLED = "cancelled"
DECLINED = "declined"
"""Why an event is no entry; `declined`: the owner did, or never answered."""

_AT_A_TIME = 200
_NO_PEOPLE = frozenset(("ROOM", "RESOURCE", "GROUP"))
"""CUTYPEs (RFC 5545 3.2.3) of what can't be met."""
_STAYED_AWAY = frozenset(("DECLINED", "DELEGATED"))
# Calendars, groups and rooms; nobody reads mail there.
_NO_MAILBOX = re.compile(r"@(?:[a-z]+\.)*calendar\.google\.com\Z")
_CALL_CATEGORIES = frozenset("call calls phone telephone anruf telefonat telefon".split())
_CALL = re.compile(
    r"(?:(?:phone|video|zoom|teams)[ -])?call\b(?! for\b)|(?:anruf|telefonat)\b|.*\b(?<!on )call\Z",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?:(?:phone |video )?call|meeting|breakfast|brunch|lunch|dinner|coffee|tea|drinks?|beers?"
    r"|walk|catch[ -]?up|1:1|frühstück|mittagessen|abendessen|kaffee|treffen|telefonat|spaziergang)"
    r" (?:with|w/|mit) ([^()\[\]<>|/,:;?!]+)",
    re.IGNORECASE,
)


class _Met(NamedTuple):
    """Who of an event is known, as WHO, and whether it was a group's."""

    who: tuple[str, ...]
    reach: str


def entries_of_events(octets: bytes, performer: Performer, *, many: int) -> Iterator[Found]:
    """An entry for each event that is over and that somebody known took part in.

    Known are contacts, and correspondents of the mail read. With more than `many` people, known or
    not, it is a group's and moves nobody's last contacted, as in the rules for mail. Raises
    UserError where the file holds more than can be read.
    """
    calendar = Calendar(octets, performer.zone)
    past = Past(calendar.zones, now=performer.clock.now(), zone=performer.zone)
    guests = _Guests(performer.owner, many)
    parts = calendar.series()
    while some := list(islice(parts, _AT_A_TIME)):
        # Read before anything of it is logged: no reader stands while a writer writes.
        with performer.store.reading() as tx:
            guests.learn(
                tx, [it for part in some if isinstance(part, Series) for it in part.events]
            )
            found = [it for part in some for it in _found(tx, part, past, guests)]
        yield from found
    yield from guests.remarks
    if past.left_out:
        yield Remark(
            1,
            f"of what recurs the newest {MOST_OCCURRENCES:,} occurrences were taken,"
            f" {past.left_out:,} left out; export a shorter span of time for them",
        )


def _found(
    tx: Transaction, part: Series | Skipped | Remark, past: Past, guests: _Guests
) -> list[Found]:
    if not isinstance(part, Series):
        return [part]
    met = {event.line: guests.met(tx, event) for event in part.events}
    reason = next((it for it in met.values() if isinstance(it, str)), NOT_OVER)
    if all(isinstance(it, str) for it in met.values()):
        # Most of a calendar: what nobody known took part in isn't looked at any closer.
        return [Ignored(part.line, reason)]
    try:
        over = past.of(part)
    except (ValueError, OverflowError) as error:
        return [Skipped(part.line, str(error))]
    entries: list[Found] = []
    for occurrence in over:
        it = met[occurrence.event.line]
        if isinstance(it, _Met):
            entries.append(Entry(occurrence.event.line, _command(occurrence, it)))
    return entries or [Ignored(part.line, reason if over else NOT_OVER)]


def _command(occurrence: Occurrence, met: _Met) -> LogInteraction:
    event = occurrence.event
    return LogInteraction(
        met.who,
        event.summary,
        kind="call" if _is_call(event) else "meeting",
        direction="mutual",
        at=occurrence.at,
        reach=met.reach,
        key=f"calendar:{occurrence.key}",
    )


def _is_call(event: Event) -> bool:
    categories = {it.lower() for it in event.categories}
    return bool(_CALL_CATEGORIES & categories or _CALL.match(event.summary))


class _Guests:
    """Says with whom an event was; what was asked of the store once is remembered."""

    def __init__(self, owner: AddressSet, many: int) -> None:
        self._owner = owner
        self._many = many
        self._claims: dict[EmailAddress, tuple[Claim, ...] | None] = {}
        self._known: dict[tuple[str, str], str | None] = {}
        self._by_name: dict[str, str] | None = None
        self.remarks: list[Remark] = []

    def learn(self, tx: Transaction, events: Iterable[Event]) -> None:
        """Look up all their addresses at once: most are strangers', and each costs a query."""
        asked = {it.address for event in events for it in event.attendees} - self._claims.keys()
        rows = tx.among(
            "SELECT value, id FROM identities WHERE kind = 'email' AND value {among}",
            sorted(asked),
        )
        known: dict[EmailAddress, int] = dict(map(tuple, rows))
        claims = identities.claims_on(tx, list(known.values()))
        self._claims.update(dict.fromkeys(asked))
        self._claims.update({it: claims.get(identity, ()) for it, identity in known.items()})

    def met(self, tx: Transaction, event: Event) -> _Met | str:
        """Who was met, or why the event is no entry."""
        if event.cancelled:
            return CANCELLED
        own = [it for it in event.attendees if it.address in self._owner]
        if own and all(map(_stayed_away, own)):
            return DECLINED
        others = [it for it in event.attendees if it.address not in self._owner]
        people = [it for it in others if _took_part(it)]
        known = dict.fromkeys(self._who(tx, it, event.line) for it in people)
        who = tuple(it for it in known if it is not None)
        if not who and not others:
            who = self._named(tx, event.summary)
        reach = "group" if len(people) > self._many else "one_to_one"
        return _Met(who, reach) if who else NOBODY_KNOWN

    def _who(self, tx: Transaction, attendee: Attendee, line: int) -> str | None:
        """Whose an address is under this name, as WHO; None for nobody known, or not clearly."""
        key = (attendee.address, normalise_name(attendee.name))
        if key not in self._known:
            self._known[key] = self._asked(tx, attendee, line)
        return self._known[key]

    def _asked(self, tx: Transaction, attendee: Attendee, line: int) -> str | None:
        claims = self._claims[attendee.address]
        if not claims:
            return None if claims is None else attendee.address
        contact = contact_of(claims, attendee.name)
        if contact is not None:
            return _public(contacts.get(tx, contact).uuid)
        sentence = f"whose {attendee.address} is, “{attendee.name}” doesn't tell; left out"
        self.remarks.append(Remark(line, sentence))
        return None

    def _named(self, tx: Transaction, summary: str) -> tuple[str, ...]:
        """The contact whom a title like “Lunch with Ada Example” names in full, and nobody else."""
        found = _WITH.fullmatch(summary)
        if found is None:
            return ()
        if self._by_name is None:
            self._by_name = _by_full_name(tx)
        who = self._by_name.get(normalise_name(found[1]))
        return () if who is None else (who,)


def _stayed_away(own: Attendee) -> bool:
    """Whether the owner declined, or left an invitation of somebody else's unanswered."""
    return own.answer in _STAYED_AWAY or (own.answer == "NEEDS-ACTION" and not own.organizes)


def _took_part(other: Attendee) -> bool:
    """Whether somebody was there as far as the event says: many never answer and come."""
    return not (
        other.answer in _STAYED_AWAY
        or other.kind in _NO_PEOPLE
        or other.role == "NON-PARTICIPANT"
        or _NO_MAILBOX.search(other.address)
    )


def _by_full_name(tx: Transaction) -> dict[str, str]:
    """The contacts kept by names of two words or more that only one of them has."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for row in contacts.everyone(tx):
        if row.kept and " " in row.name_key:
            if row.name_key in found:
                several.add(row.name_key)
            found[row.name_key] = _public(row.uuid)
    return {name: who for name, who in found.items() if name not in several}


def _public(uuid: str) -> str:
    return str(PublicId("c", UUID(hex=uuid)))
