"""What events say, in the language of their feed: titles, and what one needs before calling."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import quote

from krmd.ledger.feed import Language
from krmd.ledger.interaction import Kind
from krmd.ledger.occasion import Occasion, is_round
from krmd.ledger.occasion_labels import label_kind
from krmd.ledger.partial_date import PartialDate
from krmd.ledger.portrait import clean, clean_lines
from krmd.outputs.calendar_phrases import PHRASES, Phrases
from krmd.outputs.calendar_spelling import cut, plural, spelled_date

EventKind = Literal["birthday", "date", "due"]

LONGEST_NAME = 100
LONGEST_LABEL = 60
LONGEST_LINE = 200
LONGEST_NOTE = 500
"""In characters; what is longer is cut at a word, an ellipsis behind."""
MOST_PHONES = 8
MOST_CATEGORIES = 30
_STAR = " \u2605"
_OF_AGE = 18
_LEAP_DAY = (None, 2, 29)
_CATEGORIES: dict[EventKind, tuple[str, ...]] = {
    "birthday": ("BIRTHDAY",),
    "date": ("ANNIVERSARY",),
    "due": ("DUE",),
}
_SILENT_PHONES = frozenset(("fax", "telefax", "pager", "telex", "tty", "modem"))
# Google shows descriptions as HTML: a subject in somebody's mail is no place for a link of theirs.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


class Context(NamedTuple):
    """What a description may tell; what is left at its default isn't spoken of.

    `detail = brief` fills name, kind, label, number, date, met and categories, `full` all. Texts
    are as they are kept: description cleans and cuts them.
    """

    kind: EventKind = "birthday"
    name: str = ""
    label: str = ""
    """Of an occasion of kind date, as in Occasion."""
    number: int | None = None
    """The age or count in the event's year, as `number_in` tells."""
    date: PartialDate | None = None
    """The day itself: born then, married then."""
    phones: tuple[tuple[str, str], ...] = ()
    """(number, label) as facts have them; faxes and pagers are left out here."""
    met: str = ""
    categories: tuple[str, ...] = ()
    last_contacted: dt.date | None = None
    """In the owner's zone."""
    never_contacted: bool = False
    """Says so in words, where last_contacted is None."""
    last_kind: Kind | None = None
    """Of the interaction that last_contacted stands for."""
    about: str = ""
    """What it was about: a subject, the words of a logged call."""
    cadence_days: int | None = None
    """How often the owner wants to be in touch."""
    note: str = ""
    note_day: dt.date | None = None
    mailto: str = ""
    """As `mailto_link` makes it."""


def occasion_title(name: str, occasion: Occasion, number: int | None, language: Language) -> str:
    """`Ada Example (41)`, `Ada Example (birth)`, `Ada Example: wedding anniversary (25) ★`.

    `number` is that of the event's year, None where it isn't known. Name days have none.
    """
    words = PHRASES[language]
    who = _who(name, words)
    if occasion.kind == "birthday":
        return who + _counted(words.birth if number == 0 else number)
    kind = label_kind(occasion.label)
    if kind == "wedding" and number == 0:
        return f"{who}{words.colon}{words.wedding_day}"
    counted = "" if kind == "name day" else _counted(number or None, plain=_is_plain(kind, number))
    return f"{who}{words.colon}{_called(occasion.label, words)}{counted}"


def due_title(name: str, language: Language) -> str:
    """`Ada Example: get in touch`."""
    words = PHRASES[language]
    return f"{_who(name, words)}{words.colon}{words.due}"


def description(context: Context, language: Language) -> str:
    """Plain lines, grouped by blank ones; "" where there is nothing to say."""
    words = PHRASES[language]
    groups = (
        _occasion_lines(context, words),
        _phone_lines(context, words),
        _person_lines(context, words),
        _note_lines(context, words),
        _log_lines(context, words),
    )
    told = ("\n".join(lines) for lines in groups)
    return "\n\n".join(text for text in told if text)


def category_words(kind: EventKind) -> tuple[str, ...]:
    """The values of CATEGORIES, which programs colour events by; the same in each language."""
    return _CATEGORIES[kind]


def mailto_link(address: str, contact_public_id: str, name: str, language: Language) -> str:
    """A mailto URI (RFC 6068) of a mail to `address` that logs a call with somebody."""
    local, _, domain = clean(address).rpartition("@")
    words = PHRASES[language]
    subject = words.called.format(name=_who(name, words))
    to = f"{quote(local, safe='')}@{quote(domain, safe='')}"
    body = quote(f"called {contact_public_id}: ", safe="")
    return f"mailto:{to}?subject={quote(subject, safe='')}&body={body}"


def _counted(number: int | str | None, *, plain: bool = False) -> str:
    if number is None:
        return ""
    star = isinstance(number, int) and not plain and is_round(number)
    return f" ({number}){_STAR if star else ''}"


def _is_plain(kind: str | None, number: int | None) -> bool:
    """Whether there is nothing to make of a count: people come of age, and the dead don't."""
    return kind == "death" or number == _OF_AGE


def _called(label: str, words: Phrases) -> str:
    kind = label_kind(label)
    return cut(clean(label), LONGEST_LABEL) if kind is None else words.dates[kind]


def _occasion_lines(context: Context, words: Phrases) -> Iterator[str]:
    match context.kind:
        case "birthday":
            yield from _birthday_lines(context, words)
        case "date":
            yield from _date_lines(context, words)
        case "due":
            if context.cadence_days:
                every = plural(words.every, context.cadence_days, words)
                yield f"{words.cadence}{words.colon}{every}"


def _birthday_lines(context: Context, words: Phrases) -> Iterator[str]:
    number = context.number
    if number and context.name:
        turns = plural(words.turns, number, words, name=_line(context.name, LONGEST_NAME))
        of_age = number == _OF_AGE
        yield turns + (words.of_age if of_age else words.round_birthday if is_round(number) else "")
    if day := _told_day(context.date, words):
        yield f"{words.born}{words.colon}{day}"


def _date_lines(context: Context, words: Phrases) -> Iterator[str]:
    said = _TAG.sub("\u2039", _called(context.label, words))
    head = f"{said[:1].upper()}{said[1:]}{words.colon}"
    kind = label_kind(context.label)
    day = _told_day(context.date, words)
    if not context.number or kind == "name day":
        if day:
            yield head + day
        return
    years = plural(words.years, context.number, words)
    since = words.since.format(date=day) if day else ""
    remarkable = is_round(context.number) and not _is_plain(kind, context.number)
    yield f"{head}{years}{since}{words.round_count if remarkable else ''}"


def _phone_lines(context: Context, words: Phrases) -> Iterator[str]:
    spoken = [it for it in context.phones if not _SILENT_PHONES & set(it[1].casefold().split())]
    for number, label in spoken[:MOST_PHONES]:
        said = [words.phone_words.get(it.casefold(), it) for it in clean(label).split()]
        behind = f" ({_line(' '.join(said), LONGEST_LABEL)})" if said else ""
        yield f"{words.phone}{words.colon}{_line(number)}{behind}"


def _person_lines(context: Context, words: Phrases) -> Iterator[str]:
    if met := _line(context.met):
        yield f"{words.met}{words.colon}{met}"
    if context.categories:
        named = [_line(it, LONGEST_LABEL) for it in context.categories[:MOST_CATEGORIES]]
        more = ", …" if len(context.categories) > MOST_CATEGORIES else ""
        yield f"{words.categories}{words.colon}{', '.join(named)}{more}"
    if context.last_contacted is not None:
        day = spelled_date(context.last_contacted, words)
        how = f" ({words.kinds[context.last_kind]})" if context.last_kind else ""
        about = f" \u2013 {about}" if (about := _line(context.about)) else ""
        yield f"{words.last_contacted}{words.colon}{day}{how}{about}"
    elif context.never_contacted:
        yield f"{words.last_contacted}{words.colon}{words.never}"


def _note_lines(context: Context, words: Phrases) -> Iterator[str]:
    note = _TAG.sub("\u2039", cut(clean_lines(context.note[: 4 * LONGEST_NOTE]), LONGEST_NOTE))
    if note:
        day = "" if context.note_day is None else f" ({spelled_date(context.note_day, words)})"
        yield f"{words.note}{day}{words.colon}{note}"


def _log_lines(context: Context, words: Phrases) -> Iterator[str]:
    if context.mailto:
        yield f"{words.log_call}{words.colon}{context.mailto}"


def _who(name: str, words: Phrases) -> str:
    return cut(clean(name), LONGEST_NAME) or words.no_name


def _line(text: str, most: int = LONGEST_LINE) -> str:
    return _TAG.sub("\u2039", cut(clean(text), most))


def _told_day(date: PartialDate | None, words: Phrases) -> str:
    """A date, where it says more than the day its event is on."""
    told = date is not None and (date.year is not None or date == _LEAP_DAY)
    return spelled_date(date, words) if date is not None and told else ""
