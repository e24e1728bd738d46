"""What becomes of a contact's row in a feed: which events stay as they are, change, or are new.

An event that says what it said before keeps its stamp and its octets. One that says something else
goes up in SEQUENCE and LAST-MODIFIED, without which subscribers leave what they have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from krmd.app.feed_people import PersonDrafts
from krmd.app.feed_style import FORM
from krmd.base.instant import Instant
from krmd.outputs.event import Draft, Stamp, Stamped, digest_of
from krmd.store.contacts import ContactRow
from krmd.store.feed_parts import Event, Part, PartRow, cut


class Renewal(NamedTuple):
    """A row as it shall be. Each event comes with its draft where it must be drawn, else with None;
    `stood` is how the row is; `octets` are its own, so far as any of them stay.
    """

    contact: int
    uuid: str
    events: tuple[tuple[Event, Draft | None], ...]
    good_until: int | None
    stood: PartRow | None
    octets: bytes = b""

    @property
    def drawn(self) -> Iterator[Stamped]:
        """What must be drawn of it, in its order."""
        for event, draft in self.events:
            if draft is not None:
                yield Stamped(draft, Stamp(event.sequence, event.modified))

    @property
    def keeps_some(self) -> bool:
        """Whether octets that are there are used again."""
        return any(draft is None for _, draft in self.events)

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing to keep a row for."""
        return not self.events and self.good_until is None

    @property
    def is_another(self) -> bool:
        """Whether the feed's octets are others with it."""
        stood = () if self.stood is None else self.stood.events
        return tuple(event for event, _ in self.events) != stood


def renew(
    row: ContactRow,
    made: PersonDrafts | None,
    stood: PartRow | None,
    *,
    now: Instant,
    first: bool,
) -> Renewal | None:
    """What becomes of a row, None where it stays as it is.

    `first`: all of the feed is made, so new events bear the time of the facts behind them, and the
    same book gives the same octets. Else they came into the calendar now.
    """
    known = {} if stood is None else {event.uid: event for event in stood.events}
    drafts = () if made is None else made.drafts
    since = now if made is None or not first else made.since
    renewal = Renewal(
        row.id,
        row.uuid,
        tuple(_event(draft, known.get(draft.uid), since, now) for draft in drafts),
        None if made is None else made.good_until,
        stood,
    )
    if stood is None:
        return None if renewal.is_gone else renewal
    stays = not renewal.is_another and stood.good_until == renewal.good_until
    return None if stays and not renewal.is_gone else renewal


def finish(renewal: Renewal, drawn: Iterator[bytes]) -> Part:
    """The row, with the octets that were drawn for it put where they belong."""
    stood = () if renewal.stood is None else renewal.stood.events
    kept = dict(cut(stood, renewal.octets))
    pieces = [kept[event.uid] if draft is None else next(drawn) for event, draft in renewal.events]
    events = tuple(
        event._replace(length=len(octets))
        for (event, _), octets in zip(renewal.events, pieces, strict=True)
    )
    return Part(renewal.contact, renewal.uuid, events, b"".join(pieces), renewal.good_until)


def _event(
    draft: Draft, known: Event | None, since: Instant, now: Instant
) -> tuple[Event, Draft | None]:
    digest = f"{FORM:x}.{digest_of(draft)}"
    if known is None:
        return Event(draft.uid, digest, 0, since, 0), draft
    if known.digest == digest:
        return known, None
    later = Instant(max(now, known.modified + 1))
    return Event(draft.uid, digest, known.sequence + 1, later, 0), draft
