"""Five hundred people, and what a calendar must say of each in each year; reckoned here, by hand.

Nothing of krmd and no date library is used: the table is what the feed is measured by.
"""

import random
from collections.abc import Iterator
from typing import NamedTuple

Day = tuple[int | None, int, int]
"""Year (None: unknown), month, day."""

COUNT = 500
STAR = " ★"
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_GIVEN = "Ada Bo Chidi Dana Emeka Farah Goran Hina Ivo Jun Kofi Lena Mia Nils Oda Pia".split()
_FAMILY = "Berg Costa Dahl Eriks Fofana Gomez Hale Ito Jansen Kim Lund Moreau Novak".split()

HOSTILE = (
    # As it stands in the vCard; as an owner must see it.
    (r"Comma\, Semi\; Back\\slash", "Comma, Semi; Back\\slash"),
    (r"Line\nBreak", "Line Break"),
    (r"END:VEVENT\nEND:VCALENDAR\nBEGIN:VEVENT", "END:VEVENT END:VCALENDAR BEGIN:VEVENT"),
    (r"Back\\nslash \\N \\, end\\", "Back\\nslash \\N \\, end\\"),
    (
        "😀 Smile 🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂",
        "😀 Smile 🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂🎂",
    ),
    ("שלום עולם مرحبا", "שלום עולם مرحبا"),
    ("Over\u202eride", "Over ride"),
    ("Nul\x00l Bell\x07", "Nul l Bell"),
    ("Para\u2029SUMMARY:graph", "Para SUMMARY:graph"),
    ('"Quoted" <b>Bold</b> & Co', '"Quoted" <b>Bold</b> & Co'),
    ("=1+1", "=1+1"),
    (r"DTSTART\;VALUE=DATE:20200101", "DTSTART;VALUE=DATE:20200101"),
)
LONG = "Long " + "ﾖÿ" * 1000
"""2,000 characters; how far it is told is the feed's to say."""


class Words(NamedTuple):
    """What a language says in titles."""

    colon: str
    birth: str
    dates: dict[str, str]


WORDS = {
    "en": Words(
        ": ",
        "birth",
        {
            "wedding": "wedding anniversary",
            "the wedding": "wedding",
            "name day": "name day",
            "met": "first met",
        },
    ),
    "de": Words(
        ": ",
        "Geburt",
        {
            "wedding": "Hochzeitstag",
            "the wedding": "Hochzeit",
            "name day": "Namenstag",
            "met": "Kennenlerntag",
        },
    ),
    "fr": Words(
        " : ",
        "naissance",
        {
            "wedding": "anniversaire de mariage",
            "the wedding": "mariage",
            "name day": "fête",
            "met": "première rencontre",
        },
    ),
    "es": Words(
        ": ",
        "nacimiento",
        {
            "wedding": "aniversario de boda",
            "the wedding": "boda",
            "name day": "santo",
            "met": "primer encuentro",
        },
    ),
}
_LABELS = {"wedding": ("wedding", "Hochzeitstag"), "name day": ("Namenstag", "name day")}


class Person(NamedTuple):
    """One row. `raw` and `name` as in HOSTILE; `born` may be text that no calendar can use.

    `gone`: deceased, died, muted, dropped, or "".
    """

    number: int
    raw: str
    name: str
    born: Day | str | None
    dates: tuple[tuple[str, Day], ...] = ()
    gone: str = ""

    @property
    def address(self) -> str:
        """By which commands name them."""
        return f"p{self.number}@people.example"


class _Said(NamedTuple):
    """A row before it is numbered and named."""

    born: Day | str | None
    dates: tuple[tuple[str, Day], ...] = ()
    gone: str = ""
    named: tuple[str, str] | None = None


def people(today: tuple[int, int, int]) -> list[Person]:
    """All of them, on a day of some zone: 500 rows."""
    rng = random.Random(4)
    rows: list[Person] = []
    said = [*_born(today, rng), *_with_dates(today, rng), *_odd()]
    said += [_Said((1952 + number * 4, 2, 29)) for number in range(COUNT - len(said))]
    for number, it in enumerate(said):
        plain = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)} {number}"
        raw, name = it.named or (plain, plain)
        rows.append(Person(number, raw, name, it.born, it.dates, it.gone))
    return rows


def _born(today: tuple[int, int, int], rng: random.Random) -> Iterator[_Said]:
    year = today[0]
    for month, day in _days_of(2000):  # every day of the year, 29 February among them
        born = rng.randrange(1930, year)
        yield _Said((born if (month, day) != (2, 29) else 1984, month, day))
    leaping: tuple[int | None, ...] = (1920, 1908, 1996, 2000, 2020, 1584, None, None)
    for some in leaping:
        yield _Said((some, 2, 29))
    for born in (year, year - 1, year - 2, year - 18, year - 25, year - 100, year - 101, 1583):
        yield _Said((born, 1, 1))
        yield _Said((born if born < year else None, 12, 31))
    yield _Said(today)
    yield _Said(_before(today))
    yield _Said(_after(today))  # lies in the future yet
    yield _Said((None, *_after(today)[1:]))
    for number in range(24):
        yield _Said((None, number % 12 + 1, number + 1))


def _with_dates(today: tuple[int, int, int], rng: random.Random) -> Iterator[_Said]:
    for number in range(30):
        some: Day = (rng.randrange(1950, today[0]), number % 12 + 1, rng.randrange(1, 29))
        yield _Said(None, (("wedding", (today[0] - number, 1, 1) if number < 3 else some),))
    for number in range(10):
        met: Day = (2010 + number, 2, 28 if (2010 + number) % 4 else 29)
        yield _Said((1980, 5, 5), (("name day", (None, 6, number + 1)), ("met", met)))


def _odd() -> Iterator[_Said]:
    for named in (*HOSTILE, (LONG, LONG)):
        yield _Said((1985, 3, 12), named=named)
    for text in ("1990-04-31", "1985", "--04", "1582-10-15", "1999-02-29", "soon"):
        yield _Said(text)
    for gone in ("deceased", "died", "muted", "dropped"):
        for _ in range(3):
            yield _Said((1950, 7, 7), (("wedding", (1970, 8, 8)),), gone)


def expected(
    rows: list[Person],
    today: tuple[int, int, int],
    *,
    years: range,
    leap_day: tuple[int, int],
    language: str,
) -> list[tuple[str, str]]:
    """Day and title of every event there must be, sorted."""
    words, told = WORDS[language], []
    for row in rows:
        if row.gone:
            continue
        occasions = [("birthday", row.born), *row.dates]
        for kind, date in occasions:
            if date is None or isinstance(date, str) or _lies_ahead(date, today):
                continue
            for year in years:
                if date[0] is not None and year < date[0]:
                    continue
                day = leap_day if date[1:] == (2, 29) and not _is_leap(year) else date[1:]
                number = None if date[0] is None else year - date[0]
                told.append((_spelled((year, *day)), _title(row.name, kind, number, words)))
    return sorted(told)


def unusable(rows: list[Person], today: tuple[int, int, int]) -> list[str]:
    """The names of those whose birthday is in no calendar, though one is said."""
    return sorted(
        row.name
        for row in rows
        if not row.gone
        and row.born is not None
        and (isinstance(row.born, str) or _lies_ahead(row.born, today))
    )


def cards(rows: list[Person]) -> str:
    """All of them as vCards."""
    return "".join("\r\n".join([*_card(row), ""]) for row in rows)


def _card(row: Person) -> Iterator[str]:
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"UID:person-{row.number}", f"FN:{row.raw}")
    yield f"EMAIL:{row.address}"
    if row.born is not None:
        yield f"BDAY:{row.born if isinstance(row.born, str) else _written(row.born)}"
    for place, (kind, date) in enumerate(row.dates, start=1):
        labels = _LABELS.get(kind, (kind,))
        yield f"item{place}.X-ABDATE:{_written(date)}"
        yield f"item{place}.X-ABLabel:{labels[row.number % len(labels)]}"
    if row.gone == "died":
        yield "DEATHDATE:2019-05-02"
    yield "END:VCARD"


def _lies_ahead(date: Day, today: tuple[int, int, int]) -> bool:
    year, month, day = date
    return year is not None and (year, month, day) > today


def _title(name: str, kind: str, number: int | None, words: Words) -> str:
    if kind == "birthday":
        if number is None:
            return name
        if number == 0:
            return f"{name} ({words.birth})"
        return f"{name} ({number}){STAR if _is_round(number) or number == 18 else ''}"
    if kind == "wedding" and number == 0:
        return f"{name}{words.colon}{words.dates['the wedding']}"
    counted = ""
    if number and kind != "name day":
        counted = f" ({number}){STAR if _is_round(number) else ''}"
    return f"{name}{words.colon}{words.dates[kind]}{counted}"


def _is_round(number: int) -> bool:
    return number % 10 == 0 or number % 25 == 0


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and _is_leap(year) else _MONTHS[month - 1]


def _days_of(year: int) -> Iterator[tuple[int, int]]:
    for month in range(1, 13):
        for day in range(1, _days_in(year, month) + 1):
            yield month, day


def _after(day: tuple[int, int, int]) -> tuple[int, int, int]:
    year, month, number = day
    if number < _days_in(year, month):
        return year, month, number + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def _before(day: tuple[int, int, int]) -> tuple[int, int, int]:
    year, month, number = day
    if number > 1:
        return year, month, number - 1
    return (year, month - 1, _days_in(year, month - 1)) if month > 1 else (year - 1, 12, 31)


def _spelled(day: tuple[int, int, int]) -> str:
    return "{:04}-{:02}-{:02}".format(*day)


def _written(day: Day) -> str:
    year = "-" if day[0] is None else f"{day[0]:04}"
    return f"{year}-{day[1]:02}-{day[2]:02}"
