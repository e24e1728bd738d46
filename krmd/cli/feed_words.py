"""What a feed tells, and to whom, in words for people and for JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from krmd.base.errors import UserError
from krmd.cli.listing import time_json
from krmd.ledger.feed import KINDS

if TYPE_CHECKING:
    from krmd.app.feed_overview import FeedOverview, FeedStanding
    from krmd.cli.feed_address import FeedAddress
    from krmd.ledger.feed import FeedPlan
    from krmd.store.feeds import Client

_DAY = 24 * 60
_TIME = re.compile(r"(\d{1,2}):(\d\d)")
_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_DETAILS = {
    "name": "title and age",
    "brief": "title and age, circles, where you met",
    "full": "all one needs before a call",
}
_PROGRAMS = (
    ("google-calendar", "Google"),
    ("thunderbird", "Thunderbird"),
    ("calendaragent", "Apple Calendar"),
    ("dataaccessd", "Apple Calendar"),
    ("icsx5", "ICSx5"),
    ("microsoft", "Outlook"),
    ("outlook", "Outlook"),
    ("evolution", "Evolution"),
    ("vdirsyncer", "vdirsyncer"),
    ("nextcloud", "Nextcloud"),
    ("curl/", "curl"),
)
"""What stands in a program's name for itself, in small letters, and what people call it."""


def kinds_told(plan: FeedPlan) -> str:
    """As "birthdays, due", "everything"."""
    return "everything" if plan.kinds == KINDS else ", ".join(plan.kinds)


def plan_told(plan: FeedPlan) -> str:
    """What a feed tells, of whom, how much, in one line."""
    of_whom = "everybody" if plan.audience is None else plan.audience
    parts = [
        f"{kinds_told(plan)} of {of_whom}",
        _DETAILS[plan.detail],
        f"in {_LANGUAGES[plan.language]}",
    ]
    if plan.alarm_minutes is not None:
        parts.append(f"alarm {alarm_told(plan.alarm_minutes)}")
    return "  ·  ".join(parts)


def read_alarm(text: str | None) -> int | None:
    """`18:00`, the evening before an event, in minutes before its day begins; None for `none`.

    UserError for anything else.
    """
    if text is None or text == "none":
        return None
    found = _TIME.fullmatch(text)
    minutes = _DAY + 1 if found is None else int(found[1]) * 60 + int(found[2])
    if minutes > _DAY or (found is not None and int(found[2]) > 59):
        raise UserError(f"“{text}” is no time of the day before: write 18:00, or none")
    return _DAY - minutes


def alarm_told(minutes: int) -> str:
    """As "18:00 the day before"."""
    if minutes > _DAY:
        return f"{minutes} minutes before"
    return f"{alarm_time(minutes)} the day before"


def alarm_time(minutes: int) -> str:
    """As `read_alarm` reads it, where it is within a day."""
    hours, rest = divmod(_DAY - minutes, 60)
    return f"{hours:02}:{rest:02}"


def standing_told(of: FeedStanding) -> str:
    """How a feed is, where that is to be told; "" where it is as it should be."""
    if of.standing == "trouble":
        return f"not kept up: {of.trouble}"
    if of.standing == "building":
        return f"drawn for {of.done:,} of {of.total:,} people so far"
    return ""


def client_told(agent: str) -> str:
    """A program's name for itself, shortened where it is a known one."""
    lowered = agent.lower()
    known = next((name for words, name in _PROGRAMS if words in lowered), None)
    return known or agent.partition(" ")[0]


def standing_json(of: FeedStanding) -> dict[str, object]:
    """How a feed is."""
    return {
        "feed": of.feed.name,
        "state": of.standing,
        "done": of.done,
        "total": of.total,
        "error": of.trouble,
    }


def feed_json(of: FeedOverview, address: FeedAddress | None) -> dict[str, object]:
    """A feed; its address is null unless asked for."""
    from uuid import UUID

    from krmd.base.identifier import PublicId

    feed, plan = of.feed, of.feed.plan
    alarm = plan.alarm_minutes
    last = of.clients[0] if of.clients else None
    return {
        "id": str(PublicId("f", UUID(hex=feed.uuid))),
        "name": feed.name,
        "kinds": list(plan.kinds),
        "audience": plan.audience,
        "detail": plan.detail,
        "language": plan.language,
        "alarm": None if alarm is None or alarm > _DAY else alarm_time(alarm),
        "alarm_minutes": alarm,
        "people": of.figures.people,
        "events": of.figures.events,
        "state": of.state.standing,
        "done": of.state.done,
        "total": of.state.total,
        "error": of.state.trouble,
        "added": time_json(feed.added),
        "changed": time_json(feed.modified),
        "fetched": None if last is None else time_json(last.last),
        "fetched_by": None if last is None else last.agent,
        "clients": [client_json(it) for it in of.clients],
        **address_json(address),
    }


def client_json(client: Client) -> dict[str, object]:
    """A program that fetched a feed."""
    return {
        "agent": client.agent,
        "address": client.address,
        "first": time_json(client.first),
        "last": time_json(client.last),
        "fetches": client.fetches,
    }


def address_json(address: FeedAddress | None) -> dict[str, object]:
    """Where a feed is; null where it has no address, or none was asked for."""
    return {
        "url": None if address is None else address.url,
        "webcal": None if address is None else address.webcal,
    }
