"""The card of a person: for JSON as INTERFACE.md has it, for people at a glance before a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from krmd.app.cards import Card
from krmd.app.timeline import TimelineEntry
from krmd.base.instant import Instant, days_since
from krmd.cli import spoken
from krmd.cli.listing import time_json
from krmd.cli.terminal import Screen, cut, safe
from krmd.ledger.partial_date import read_partial_date
from krmd.ledger.portrait import Fact, FactField, parts_of
from krmd.ledger.recency import Recency

_COUNTS = (
    "email_outbound", "email_inbound", "call", "meeting", "message", "letter", "other", "mailing",
)  # fmt: skip
_LABEL = 16


def card_json(card: Card) -> dict[str, object]:
    """A card as INTERFACE.md has it."""
    seen = card.recency
    return {
        "id": card.id,
        "kept": card.kept,
        "name": card.name,
        "addresses": [
            {"address": it.address, "state": it.state, "shared": it.shared} for it in card.addresses
        ],
        "categories": list(card.categories),
        "phones": list(card.phones),
        "birthday": card.birthday,
        "deceased": card.deceased,
        "attention": card.attention,
        "no_mailings": card.no_mailings,
        "cadence_days": card.cadence_days,
        "cadence_of": card.cadence_of,
        "added": time_json(card.added),
        **recency_json(seen),
        "notes": list(card.notes),
        "facts": [
            {
                "field": it.fact.field,
                "value": it.fact.value,
                "label": it.fact.label,
                "sources": list(it.sources),
                "since": time_json(it.since),
            }
            for it in card.facts
        ],
    }


def recency_json(seen: Recency) -> dict[str, object]:
    """The four dates and the counts."""
    dates = ("last_contacted", "last_outbound", "last_inbound", "last_mailed")
    return {
        **{name: time_json(getattr(seen, name)) for name in dates},
        "counts": {name: getattr(seen, name) for name in _COUNTS},
    }


@dataclass(frozen=True, slots=True)
class Frame:
    """What a card is shown in: the screen, the time and the owner's zone."""

    screen: Screen
    now: Instant
    zone: ZoneInfo


def card_lines(card: Card, lately: Sequence[TimelineEntry], frame: Frame) -> Iterator[str]:
    """The card as lines for people: who, when last, how often, what of."""
    ink = frame.screen.ink
    head = [ink(safe(card.name), "bold"), *_standing(card)]
    yield "  ·  ".join(head)
    work = _work(card)
    if work:
        yield work
    for address in card.addresses:
        marks = [] if address.state == "ok" else [address.state]
        marks += ["shared with others"] if address.shared else []
        yield safe(address.address) + (f" ({', '.join(marks)})" if marks else "")
    yield from (_labelled(it.fact) for it in card.facts if it.fact.field in _WAYS)
    yield ""
    for label, text in (*_dates(card.recency, frame), *_facts(card, frame)):
        yield f"{ink(label.ljust(_LABEL), 'dim')}{text}"
    for label, text in _said(card):
        yield f"{ink(label.ljust(_LABEL), 'dim')}{text}"
    if lately:
        yield ""
        yield ink("Lately", "dim")
        yield from (f"  {line}" for line in (entry_line(entry, frame) for entry in lately))
    if card.id is not None:
        yield ""
        yield ink(card.id, "dim")


def entry_line(entry: TimelineEntry, frame: Frame) -> str:
    """One entry on one line: when, which way, what."""
    when = spoken.plain(entry.at, frame.zone)
    what = f"{when[:10]}  {way(entry.direction)} {entry.kind:<8} "
    text = safe(entry.summary or "")
    if frame.screen.is_terminal:
        text = cut(text, max(10, frame.screen.columns - len(what) - 2))
    return (what + text).rstrip()


def way(direction: str | None) -> str:
    """An arrow for a direction: from the owner, to the owner, both, or neither."""
    return {"outbound": "→", "inbound": "←", "mutual": "↔"}.get(direction or "", "·")


def _standing(card: Card) -> Iterator[str]:
    if card.deceased:
        yield "deceased"
    if not card.kept:
        yield "correspondent, not a contact" if card.id is None else "dropped"
    if card.categories:
        yield ", ".join(safe(name) for name in card.categories)
    if card.attention != "normal":
        yield f"attention: {card.attention}"
    if card.no_mailings:
        yield "no mailings"


def _dates(seen: Recency, frame: Frame) -> Iterator[tuple[str, str]]:
    rows = (
        ("Last contacted", seen.last_contacted),
        ("  you wrote", seen.last_outbound),
        ("  they wrote", seen.last_inbound),
    )
    for label, then in rows:
        yield label, _when(then, frame)
    if seen.last_mailed is not None:
        yield "  last mailed", _when(seen.last_mailed, frame)
    if seen.last_inbound is not None and seen.last_inbound > (seen.last_outbound or 0):
        yield "", "They were last: an answer may be owed."


def _when(then: Instant | None, frame: Frame) -> str:
    if then is None:
        return "never"
    how_long = spoken.ago(then, frame.now, frame.zone)
    return f"{how_long:<14}  {frame.screen.ink(spoken.moment(then, frame.zone), 'dim')}"


def _facts(card: Card, frame: Frame) -> Iterator[tuple[str, str]]:
    if card.cadence_days is not None:
        yield "Rhythm", _rhythm(card, frame)
    if card.birthday is not None:
        yield "Birthday", spoken.birthday(card.birthday)
    so_far = list(_counts(card.recency))
    if so_far:
        yield "So far", ", ".join(so_far)
    if card.added is not None:
        yield "Added", spoken.day(card.added, frame.zone)


def _work(card: Card) -> str:
    """What they do, where, and where they live."""
    told = {it.fact.field: it.fact.value for it in card.facts}
    parts = [told[field] for field in ("role", "department", "company") if field in told]
    towns = (place(it.fact.value) for it in card.facts if it.fact.field == "postal")
    return safe("  ·  ".join(filter(None, (", ".join(parts), *dict.fromkeys(towns)))))


def place(postal: str) -> str:
    """Town and country of a postal address, as "Denver, USA"."""
    parts = parts_of(postal, 7)
    return ", ".join(filter(None, (parts[3], parts[6])))


_WAYS: frozenset[FactField] = frozenset(("phone", "handle", "url"))
_ELSEWHERE: frozenset[FactField] = _WAYS | {
    "name", "structured_name", "email", "category", "birthday", "company", "department", "role",
    "postal", "cadence_days", "attention", "no_mailings", "added", "dropped",
}  # fmt: skip
"""What stands elsewhere on the card, or is a matter of files alone."""
_SAID: dict[FactField, str] = {
    "former_name": "Also called",
    "introduced_by": "Introduced by",
    "date_text": "Date",
    "custom": "",
    "date": "",
}
"""Headings that aren't the field's own name; "" for the fact's label."""


def _said(card: Card) -> Iterator[tuple[str, str]]:
    for it in card.facts:
        field, value, label = it.fact
        if field in _ELSEWHERE:
            continue
        heading = _SAID.get(field, field.replace("_", " ").capitalize()) or label.capitalize()
        if field == "note" and label:
            value = f"{label}: {value}"
        elif field in ("date", "died", "connected"):
            date = read_partial_date(value)
            value = spoken.partial_date(date) if date else value
            value += f" ({label})" if field == "connected" and label else ""
        yield safe(heading)[: _LABEL - 1], safe(value)


def _labelled(fact: Fact) -> str:
    return safe(f"{fact.value} ({fact.label})" if fact.label else fact.value)


def _rhythm(card: Card, frame: Frame) -> str:
    days = card.cadence_days or 0
    whose = f" (of {safe(card.cadence_of)})" if card.cadence_of else ""
    every = f"every {spoken.counted(days, 'day')}{whose}"
    since = card.recency.last_contacted or card.added
    if since is None or card.deceased or not card.kept:
        return every
    left = days - days_since(since, frame.now, frame.zone)
    if left > 0:
        return f"{every}, due in {spoken.counted(left, 'day')}"
    late = f"overdue by {spoken.counted(-left, 'day')}" if left else "due today"
    return f"{every}, {frame.screen.ink(late, 'yellow')}"


def _counts(seen: Recency) -> Iterator[str]:
    if seen.email_outbound:
        yield f"{spoken.counted(seen.email_outbound, 'mail')} to them"
    if seen.email_inbound:
        yield f"{spoken.counted(seen.email_inbound, 'mail')} from them"
    for kind in ("call", "meeting", "message", "letter"):
        if getattr(seen, kind):
            yield spoken.counted(getattr(seen, kind), kind)
    if seen.other:
        yield f"{seen.other} other"
    if seen.mailing:
        yield f"{spoken.counted(seen.mailing, 'mailing')} sent"
