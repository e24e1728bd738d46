"""Years of letters between the owner and one person, as their rhythm has it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from krmd.demo.envelope import Draft, Mailbox
from krmd.demo.letters import letter, reply
from krmd.demo.mail import DemoMail
from krmd.demo.person import OWNER_ZONE, Person, Rhythm
from krmd.demo.post import Post

_DRIFT: Final = 1.06
"""By how much each pause between letters of a friendship that tapers off outgrows the last."""
_ANSWERED: Final = (0.42, 0.15)
_ZONE: Final = ZoneInfo(OWNER_ZONE)


class Turn(NamedTuple):
    """One letter: when, who wrote it, and how many letters of the same thread came before it."""

    at: datetime
    by_owner: bool
    depth: int


def last_letter_at(rhythm: Rhythm, now: datetime, rng: random.Random) -> datetime:
    """The moment of the newest letter: `silent` days ago on the owner's calendar, in daytime."""
    day = now.astimezone(_ZONE).date() - timedelta(days=rhythm.silent)
    moment = datetime(day.year, day.month, day.day, rng.randrange(8, 21), tzinfo=_ZONE)
    moment += timedelta(seconds=rng.randrange(3600))
    return min(moment.astimezone(now.tzinfo), now - timedelta(minutes=5))


def turns(rhythm: Rhythm, now: datetime, rng: random.Random) -> tuple[Turn, ...]:
    """All letters in the order of time; the newest stands at `last_letter_at`."""
    newest = last_letter_at(rhythm, now, rng)
    written: list[Turn] = []
    moment = now - timedelta(days=rhythm.since, seconds=-rng.randrange(30 * 86400))
    pause = float(rhythm.every)
    while moment < newest - timedelta(days=1):
        written += _thread(moment, rhythm, rng)
        moment += timedelta(days=round(pause * rng.uniform(0.6, 1.4)), seconds=rng.randrange(86400))
        if rhythm.shape == "tapering":
            pause *= _DRIFT
    kept = sorted(turn for turn in written if turn.at < newest)
    return (*_begun_in_order(kept), Turn(newest, _begins(rhythm, rng), 0))


def _thread(moment: datetime, rhythm: Rhythm, rng: random.Random) -> list[Turn]:
    by_owner = _begins(rhythm, rng)
    thread = [Turn(moment, by_owner, 0)]
    if rhythm.shape in ("they_write", "you_write"):
        return thread
    for depth, chance in enumerate(_ANSWERED, start=1):
        if rng.random() >= chance:
            break
        moment += timedelta(minutes=rng.randrange(20, 2200))
        by_owner = not by_owner
        thread.append(Turn(moment, by_owner, depth))
    return thread


def _begins(rhythm: Rhythm, rng: random.Random) -> bool:
    if rhythm.shape in ("they_write", "you_write"):
        return rhythm.shape == "you_write"
    return rng.random() < 0.5


def _begun_in_order(written: list[Turn]) -> list[Turn]:
    """Threads that overlap are told apart no more: an answer answers the letter before it."""
    ordered = written[:1]
    for before, turn in pairwise(written):
        answers = turn.depth > 0 and turn.by_owner != before.by_owner
        ordered.append(turn._replace(depth=ordered[-1].depth + 1 if answers else 0))
    return ordered


def mailbox_of(person: Person, at: datetime, now: datetime) -> Mailbox:
    """The address a person used then: who has two moved to the second eighteen months ago."""
    addresses = person.card.addresses
    moved = now - at < timedelta(days=540)
    return (person.name, addresses[-1] if moved else addresses[0])


class Correspondence:
    """The letters with one person, growing letter by letter; remembers the thread they are in."""

    def __init__(self, person: Person, post: Post) -> None:
        self._person = person
        self._post = post
        self._subject = ""
        self._thread: tuple[str, ...] = ()

    def write(self, turn: Turn) -> DemoMail:
        """The mail of one letter: in Sent if the owner wrote it, else as it was delivered."""
        person, post = self._person, self._post
        other, owner = mailbox_of(person, turn.at, post.now), post.owner()
        if turn.depth and self._thread:
            text = reply(person, self._subject, post.rng, by_owner=turn.by_owner)
        else:
            text = letter(person, post.rng, by_owner=turn.by_owner)
            self._thread = ()
        sender, to = (owner, other) if turn.by_owner else (other, owner)
        draft = replace(post.draft(sender, [to], *text), references=self._thread)
        self._subject = text.subject
        self._thread = (*self._thread, draft.message_id or "")
        return self._posted(draft, turn)

    def _posted(self, draft: Draft, turn: Turn) -> DemoMail:
        if turn.by_owner:
            return self._post.sent(draft, turn.at)
        return self._post.delivered(replace(draft, writing=self._person.writing), turn.at)


def letters_with(person: Person, post: Post) -> tuple[DemoMail, ...]:
    """Every personal mail between the owner and the person, oldest first."""
    correspondence = Correspondence(person, post)
    return tuple(correspondence.write(t) for t in turns(person.rhythm, post.now, post.rng))
