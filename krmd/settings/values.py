"""The values settings are made of, and how each is spelled in `krmd.toml`.

Every parser takes what stands in the file and raises ValueError with half a sentence that says what
is wrong and how to write it; the place is added by `krmd.settings.problems`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from krmd.base.address import EmailAddress, parse_address

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z", re.ASCII)
_RATE = re.compile(r"\s*([1-9]\d{0,6})\s*/\s*(second|minute|hour|day)\s*\Z", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Who a mail comes from: a display name, which may be empty, and an address."""

    name: str
    address: EmailAddress


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` letters in any `seconds`."""

    count: int
    seconds: int


def quoted(text: object) -> str:
    """What was written, short and harmless enough to be shown in a sentence."""
    shown = str(text)
    shown = _CONTROL.sub(
        "\N{REPLACEMENT CHARACTER}", shown if len(shown) <= 60 else shown[:57] + "…"
    )
    return f'"{shown}"'


def parse_line(value: object) -> str:
    """A single line of text without control or bidi characters, not blank."""
    text = text_of(value).strip()
    if not text:
        raise ValueError("is empty")
    if len(text) > 500:
        raise ValueError("is longer than 500 characters")
    if _CONTROL.search(text):
        raise ValueError(f"{quoted(text)} holds a control character")
    return text


def parse_name(value: object) -> str:
    """The name of an account, category or address book: a line in NFC (UAX 15)."""
    return unicodedata.normalize("NFC", parse_line(value))


def parse_email(value: object) -> EmailAddress:
    """One bare address."""
    address = parse_address(text_of(value))
    if address is None:
        raise ValueError(f"{quoted(value)} is no email address")
    return address


def parse_pattern(value: object) -> str:
    """An address, or a whole domain spelled `@example.org`; ASCII lowered, domain as A-labels."""
    text = text_of(value).strip()
    if not text.startswith("@"):
        address = parse_address(text)
        if address is None:
            raise ValueError(
                f"{quoted(text)} is neither an address nor a domain such as @example.org"
            )
        return address
    address = parse_address(f"x{text}")
    if address is None or text.count("@") > 1:
        raise ValueError(f"{quoted(text)} is no domain; write it as @example.org")
    return address[1:]


def parse_mailbox(value: object) -> Mailbox:
    """`Ada Example <ada@example.org>`, or a bare address."""
    text = parse_line(value)
    name, bracket, spelled = text.rpartition("<")
    if bracket and not text.endswith(">"):
        raise ValueError(f"{quoted(text)} has no > at its end")
    address = parse_address(spelled[:-1] if bracket else text)
    if address is None:
        raise ValueError(f"{quoted(text)} holds no email address")
    name = name.strip()
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return Mailbox(name, address)


def parse_time(value: object) -> time:
    """A time of day, `HH:MM`, or TOML's own local time; seconds are dropped."""
    if isinstance(value, time):
        return value.replace(second=0, microsecond=0)
    spelled = _TIME.match(text_of(value).strip())
    if spelled is None:
        raise ValueError(f"{quoted(value)} is no time of day; write HH:MM")
    return time(int(spelled[1]), int(spelled[2]))


def parse_day(value: object) -> str:
    """A weekday by its first three letters; longer English names are cut."""
    text = text_of(value).strip().lower()
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for short, name in zip(DAYS, names, strict=True):
        if text.startswith(short) and name.startswith(text):
            return short
    raise ValueError(f"{quoted(value)} is no weekday; write {', '.join(DAYS)}")


def parse_rate(value: object) -> Rate:
    """`30/minute`: so many in a second, minute, hour or day."""
    spelled = _RATE.match(text_of(value))
    if spelled is None:
        raise ValueError(
            f"{quoted(value)} is no rate; write a number, / and second, minute, hour or day"
        )
    return Rate(int(spelled[1]), _SECONDS[spelled[2]])


def parse_since(value: object) -> date:
    """A calendar day, as TOML has it or in quotes."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"{quoted(value)} is no date; write YYYY-MM-DD") from None
    if not isinstance(value, date):
        raise ValueError(f"must be a date, not {kind_of(value)}")  # noqa: TRY004 # as in text_of
    if value.year < 1970:
        raise ValueError("lies before 1970, when there was no such mail")
    return value


def parse_folder_pattern(value: object) -> str:
    """A folder's name with `*` and `?` in it; a leading `!` excludes."""
    text = text_of(value)
    if not text.removeprefix("!").strip():
        raise ValueError(f"{quoted(text)} names no folder")
    if _CONTROL.search(text):
        raise ValueError(f"{quoted(text)} holds a control character")
    return text


def parse_zone(value: object) -> ZoneInfo:
    """A time zone by its IANA name."""
    if isinstance(value, ZoneInfo):
        return value
    text = text_of(value).strip()
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError(
            f"{quoted(text)} is no time zone; write its IANA name, such as Europe/Berlin"
        ) from None


def parse_path(value: object, *, home: Path, folder: Path) -> Path:
    """A path; `~` is the user's home, and what is relative counts from the settings' folder."""
    text = text_of(value)
    if not text.strip() or "\x00" in text:
        raise ValueError(f"{quoted(text)} is no path")
    if text == "~" or text.startswith("~/"):
        return home / text[2:]
    return folder / text


def kind_of(value: object) -> str:
    """What TOML calls a value, in plain words."""
    words = {
        str: "text",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        list: "a list",
        tuple: "a list",
        dict: "a table",
        date: "a date",
        datetime: "a date with a time",
        time: "a time",
    }
    return words.get(type(value), "something else")


def text_of(value: object) -> str:
    """The value itself if it is text."""
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes, not {kind_of(value)}")  # noqa: TRY004 # pydantic gathers ValueErrors only
    return value
