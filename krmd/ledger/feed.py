"""What a calendar feed tells: of whom, which days, how much, in which language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from krmd.base.errors import UserError

FeedKind = Literal["birthdays", "anniversaries", "due"]
"""Birthdays; other dates that come round (wedding, name day); the day somebody becomes due."""

Detail = Literal["name", "brief", "full"]
"""How much stands in an event: title and age; also circles and where met; all one needs to call."""

Language = Literal["en", "de", "fr", "es"]

LeapDay = Literal["02-28", "03-01"]
"""Where 29 February is kept in common years."""

KINDS: tuple[FeedKind, ...] = get_args(FeedKind)
DETAILS: tuple[Detail, ...] = get_args(Detail)
LANGUAGES: tuple[Language, ...] = get_args(Language)
LONGEST_NAME = 60
LONGEST_ALARM = 7 * 24 * 60
"""In minutes before the day begins: a week."""


class FeedPlan(NamedTuple):
    """What a feed tells. `audience` is a selector as in `krmd.app.audience`, None for everybody.

    `alarm_minutes`: so many minutes before its day begins an event reminds (at midnight in the
    subscriber's zone: the days are floating), None: it doesn't.
    """

    kinds: tuple[FeedKind, ...]
    audience: str | None
    detail: Detail
    language: Language
    alarm_minutes: int | None


def feed_name(text: str) -> str:
    """A feed's name as it is kept: NFC, printable, blanks folded; UserError where none."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(
            f"“{text[:LONGEST_NAME]}” can't be a feed's name; it has 1 to {LONGEST_NAME} printable"
            " characters"
        )
    return name


def feed_key(text: str) -> str:
    """A feed's name as it is compared: without regard to case."""
    return unicodedata.normalize("NFC", feed_name(text).casefold())


def feed_kinds(words: Iterable[str]) -> tuple[FeedKind, ...]:
    """Kinds in their order, each once; `everything` is all of them. UserError for another word."""
    wanted = set(words)
    if "everything" in wanted:
        wanted = (wanted - {"everything"}) | set(KINDS)
    if unknown := sorted(wanted - set(KINDS)):
        raise UserError(
            f"a feed can't tell of “{unknown[0]}”; there are {', '.join(KINDS)}, everything"
        )
    if not wanted:
        raise UserError(f"a feed tells of something: {', '.join(KINDS)} or everything")
    return tuple(kind for kind in KINDS if kind in wanted)


def feed_detail(word: str) -> Detail:
    """How much stands in an event; UserError for another word."""
    for detail in DETAILS:
        if word == detail:
            return detail
    raise UserError(f"“{word}” is no detail; there are {', '.join(DETAILS)}")


def feed_language(word: str) -> Language:
    """A language that titles can be in; UserError for another word."""
    for language in LANGUAGES:
        if word.lower().replace("_", "-").split("-")[0] == language:
            return language
    raise UserError(f"titles can't be in “{word}”; there are {', '.join(LANGUAGES)}")


def check_alarm(minutes: int) -> None:
    """Raise UserError where an event can't remind so long before its day.

    Never after the day began: Exchange takes the absolute value of a trigger (MS-OXCICAL).
    """
    if not 0 <= minutes <= LONGEST_ALARM:
        raise UserError("an event reminds before its day begins, a week before at the earliest")
