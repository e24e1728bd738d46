"""What events say, in each language."""

import datetime as dt
import re
import string
from typing import get_args
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.instant import Instant
from krmd.ledger.feed import LANGUAGES, Language
from krmd.ledger.interaction import Kind
from krmd.ledger.occasion import Occasion
from krmd.ledger.occasion_labels import LABEL_KINDS
from krmd.ledger.partial_date import PartialDate
from krmd.outputs.calendar import LONGEST_DESCRIPTION
from krmd.outputs.calendar_phrases import PHRASES, Phrases
from krmd.outputs.calendar_spelling import cut, plural, spelled_date
from krmd.outputs.calendar_words import (
    MOST_PHONES,
    Context,
    category_words,
    description,
    due_title,
    mailto_link,
    occasion_title,
)
from tests.outputs.drafts import texts

PLACEHOLDERS = {
    "turns": {"name", "number"},
    "years": {"number"},
    "every": {"number"},
    "since": {"date"},
    "called": {"name"},
}
BORN = Occasion("birthday", "birthday", "", PartialDate(1986, 5, 1), Instant(0))
languages = st.sampled_from(LANGUAGES)


def dated(label: str) -> Occasion:
    """A date of somebody, under that label."""
    return Occasion("date", "date-0", label, PartialDate(2001, 1, 1), Instant(0))


def title(label: str, number: int | None, language: Language = "en") -> str:
    """What a date is called."""
    return occasion_title("Ada Example", dated(label), number, language)


def told(language: Language, **known: object) -> list[str]:
    """The lines of a description."""
    return description(Context(**known), language).split("\n")  # type: ignore[arg-type]


def holes(phrase: str) -> set[str]:
    """What is filled into a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_all_phrases(language: Language) -> None:
    """None empty, but where there is nothing to spell otherwise; the same holes in each."""
    words = PHRASES[language]
    assert set(LABEL_KINDS) == set(words.dates)
    assert set(get_args(Kind)) == set(words.kinds)
    assert set(PHRASES["en"].phone_words) == set(words.phone_words)
    for field in Phrases._fields:
        value = getattr(words, field)
        phrases = [value] if isinstance(value, str) else list(value.values())
        assert all(phrases) or field == "first_of_month"
        expected = PLACEHOLDERS.get(field, set())
        forms = value if isinstance(value, dict) else {"other": value}
        assert expected == holes(forms.get("other", ""))
        assert all(holes(phrase) <= expected for phrase in phrases)
    assert all("other" in it for it in (words.turns, words.years, words.every))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (None, "Ada Example"),
        (0, "Ada Example (birth)"),
        (1, "Ada Example (1)"),
        (18, "Ada Example (18) ★"),
        (40, "Ada Example (40) ★"),
        (41, "Ada Example (41)"),
        (75, "Ada Example (75) ★"),
    ],
)
def test_a_birthday_is_titled_by_name_and_age(number: int | None, expected: str) -> None:
    """Round ones are marked; who has no year has no age."""
    assert expected == occasion_title("Ada Example", BORN, number, "en")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Ada (birth)"),
        ("de", "Ada (Geburt)"),
        ("fr", "Ada (naissance)"),
        ("es", "Ada (nacimiento)"),
    ],
)
def test_the_day_of_birth_is_said_in_words(language: Language, expected: str) -> None:
    """Nobody turns 0."""
    assert expected == occasion_title("Ada", BORN, 0, language)


@pytest.mark.parametrize(
    ("label", "number", "expected"),
    [
        ("wedding", 12, "Ada Example: wedding anniversary (12)"),
        ("Hochzeitstag", 25, "Ada Example: wedding anniversary (25) ★"),
        ("wedding", 0, "Ada Example: wedding"),
        ("wedding", None, "Ada Example: wedding anniversary"),
        ("anniversary", 12, "Ada Example: anniversary (12)"),
        ("anniversary", 0, "Ada Example: anniversary"),
        ("anniversary", 18, "Ada Example: anniversary (18)"),
        ("name day", 12, "Ada Example: name day"),
        ("first met", 10, "Ada Example: first met (10) ★"),
        ("Todestag", 10, "Ada Example: anniversary of death (10)"),
        ("", 3, "Ada Example: special day (3)"),
        ("Abitur", 3, "Ada Example: Abitur (3)"),
    ],
)
def test_dates_have_titles_of_their_own(label: str, number: int | None, expected: str) -> None:
    """Name days are counted by nobody; what nobody knows is called as it is said."""
    assert expected == title(label, number)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Ada Example: wedding anniversary (12)"),
        ("de", "Ada Example: Hochzeitstag (12)"),
        ("fr", "Ada Example\u00a0: anniversaire de mariage (12)"),
        ("es", "Ada Example: aniversario de boda (12)"),
    ],
)
def test_titles_are_in_the_language_of_the_feed(language: Language, expected: str) -> None:
    """Whatever language the label is in."""
    assert expected == title("Wedding Anniversary", 12, language)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Ada: get in touch"),
        ("de", "Ada: mal wieder melden"),
        ("fr", "Ada\u00a0: reprendre contact"),
        ("es", "Ada: ponerse en contacto"),
    ],
)
def test_who_is_due_is_titled_by_what_to_do(language: Language, expected: str) -> None:
    """Not by how late it is, which changes each day."""
    assert expected == due_title("Ada", language)


def test_a_long_name_is_cut_before_the_age() -> None:
    """And one of nothing that can be shown is called so."""
    assert f"{'A' * 99}… (41)" == occasion_title("A" * 2000, BORN, 41, "en")
    assert "no name (41)" == occasion_title("\x00\u202e", BORN, 41, "en")


def test_a_description_is_what_one_needs_before_calling() -> None:
    """All of it, in lines."""
    expected = [
        "Ada Example turns 40, a round birthday",
        "Born: 1 May 1986",
        "",
        "Phone: +44 1632 960 118 (mobile)",
        "Phone: +44 1632 960 119",
        "",
        "Met: the night train to Vienna, 2016",
        "Circles: personal, technology",
        "Last contacted: 3 July 2026 (call) – choir rehearsal",
        "",
        "Note (3 February 2025): Likes tea.",
        "Has a dog.",
        "",
        "Log the call: mailto:log@krmd.example?subject=Called",
    ]
    assert expected == told(
        "en",
        name="Ada Example",
        number=40,
        date=PartialDate(1986, 5, 1),
        phones=(("+44 1632 960 118", "mobile"), ("+44 1", "home fax"), ("+44 1632 960 119", "")),
        met="the night train to Vienna, 2016",
        categories=("personal", "technology"),
        last_contacted=dt.date(2026, 7, 3),
        last_kind="call",
        about="choir rehearsal",
        note="Likes tea.\nHas a dog.",
        note_day=dt.date(2025, 2, 3),
        mailto="mailto:log@krmd.example?subject=Called",
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "de",
            (
                "Ada wird 40, ein runder Geburtstag|Geboren: 1. Mai 1986"
                "||Telefon: +44 1632 960 118 (mobil)||Kennengelernt: Wien|Kreise: privat"
                "|Zuletzt in Kontakt: 1. Juli 2026 (Anruf) – Chor"
            ),
        ),
        (
            "fr",
            (
                "Ada fête ses 40 ans, un chiffre rond|Naissance : 1er mai 1986"
                "||Téléphone : +44 1632 960 118 (mobile)||Première rencontre : Wien"
                "|Cercles : privat|Dernier contact : 1er juillet 2026 (appel) – Chor"
            ),
        ),
        (
            "es",
            (
                "Ada cumple 40 años, un número redondo|Nacimiento: 1 de mayo de 1986"
                "||Teléfono: +44 1632 960 118 (móvil)||Primer encuentro: Wien|Círculos: privat"
                "|Último contacto: 1 de julio de 2026 (llamada) – Chor"
            ),
        ),
    ],
)
def test_a_description_is_in_the_language_of_the_feed(language: Language, expected: str) -> None:
    """Dates too; in French the first of a month is one, and a colon keeps its distance."""
    lines = told(
        language,
        name="Ada",
        number=40,
        date=PartialDate(1986, 5, 1),
        phones=(("+44 1632 960 118", "mobile"),),
        met="Wien",
        categories=("privat",),
        last_contacted=dt.date(2026, 7, 1),
        last_kind="call",
        about="Chor",
    )
    assert expected == "|".join(lines).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Wedding anniversary: 1 year, since 3 May 2025", "In touch: every day"]),
        ("de", ["Hochzeitstag: 1 Jahr, seit dem 3. Mai 2025", "Melden: jeden Tag"]),
        (
            "fr",
            ["Anniversaire de mariage : 1 an, depuis le 3 mai 2025", "Contact : tous les jours"],
        ),
        ("es", ["Aniversario de boda: 1 año, desde el 3 de mayo de 2025", "Contacto: cada día"]),
    ],
)
def test_one_is_one_in_every_language(language: Language, expected: list[str]) -> None:
    """By the plural rules of the language."""
    date = PartialDate(2025, 5, 3)
    lines = [
        *told(language, kind="date", label="wedding", number=1, date=date),
        *told(language, kind="due", cadence_days=1),
    ]
    assert expected == [it.replace("\u00a0", " ") for it in lines]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, ""),
        ({"name": "Ada Example"}, ""),
        ({"name": "Ada", "number": 0}, ""),
        ({"name": "Ada", "number": 18}, "Ada turns 18 and is of age"),
        ({"date": PartialDate(None, 3, 12)}, ""),
        ({"date": PartialDate(None, 2, 29)}, "Born: 29 February"),
        ({"kind": "date", "label": "name day", "number": 12}, ""),
        ({"kind": "date", "label": "Abitur", "number": 20}, "Abitur: 20 years, a round number"),
        ({"kind": "date", "label": "Todestag", "number": 20}, "Anniversary of death: 20 years"),
        ({"kind": "due", "cadence_days": 30}, "In touch: every 30 days"),
        ({"never_contacted": True}, "Last contacted: never"),
        ({"last_contacted": dt.date(2026, 7, 3)}, "Last contacted: 3 July 2026"),
        ({"phones": (("+44 1", "Telefax"),)}, ""),
        ({"phones": (("+44 1", "Home mobile"),)}, "Phone: +44 1 (home mobile)"),
        ({"phones": (("+44 1", "boat"),)}, "Phone: +44 1 (boat)"),
        ({"note": "Likes tea."}, "Note: Likes tea."),
    ],
)
def test_what_is_not_known_is_not_spoken_of(known: dict[str, object], expected: str) -> None:
    """No empty headings."""
    assert expected == "\n".join(told("en", **known))


def test_a_long_note_ends_at_a_word() -> None:
    """After some five hundred characters."""
    (line,) = told("en", note="word " * 300)
    assert line.endswith(" word…")
    assert 480 < len(line) <= 510


def test_markup_in_somebodys_subject_is_no_markup() -> None:
    """Google shows descriptions as HTML; a heart is a heart."""
    (line,) = told(
        "en", last_contacted=dt.date(2026, 7, 3), about='<a href="//evil.example">tea</a> <3'
    )
    assert 'Last contacted: 3 July 2026 – ‹a href="//evil.example">tea‹/a> <3' == line
    assert ["‹b>Tea‹/b>: 3 years"] == told("en", kind="date", label="<b>Tea</b>", number=3)


@given(texts, languages)
def test_any_texts_make_a_title_and_lines(text: str, language: Language) -> None:
    """One line for each but the note, and no more than a calendar takes."""
    one = occasion_title(text, dated(text), 41, language)
    assert 0 < len(one) <= 255
    assert [one] == one.splitlines()
    context = Context(
        name=text,
        number=41,
        phones=((text, text),) * 99,
        met=text,
        categories=(text,) * 99,
        last_contacted=dt.date(2026, 7, 3),
        about=text,
    )
    told = description(context, language)
    assert len(told) < LONGEST_DESCRIPTION
    assert len(told.splitlines()) <= len(
        ("turns", "", *range(MOST_PHONES), "", "met", "in", "last")
    )


@given(texts, languages)
def test_a_link_opens_a_mail_that_logs_a_call(name: str, language: Language) -> None:
    """RFC 6068: one address, a subject, a command as its body; nothing but ASCII."""
    who = f"c_{7:032x}"
    link = mailto_link("log+ada@krmd.example", who, name, language)
    assert re.fullmatch(r"mailto:[A-Za-z0-9._~%@-]+\?[A-Za-z0-9._~%=&-]+", link)
    parts = urlsplit(link)
    assert "log%2Bada@krmd.example" == parts.path
    asked = parse_qs(parts.query, strict_parsing=True)
    assert ({"subject", "body"}, [f"called {who}: "]) == (set(asked), asked["body"])
    assert asked["subject"] == asked["subject"][0].splitlines()


def test_the_words_that_programs_colour_by_are_the_same_in_each_language() -> None:
    """One for each kind of event."""
    expected = [("BIRTHDAY",), ("ANNIVERSARY",), ("DUE",)]
    assert expected == [category_words(it) for it in ("birthday", "date", "due")]


@given(st.dates(min_value=dt.date(1583, 1, 1)), languages)
def test_every_day_can_be_spelled(day: dt.date, language: Language) -> None:
    """With its year and without."""
    words = PHRASES[language]
    whole = spelled_date(day, words)
    assert str(day.year) in whole
    assert whole.startswith(spelled_date(PartialDate(None, day.month, day.day), words))


@given(st.integers(0, 10_000_000), languages)
def test_every_number_has_a_plural(number: int, language: Language) -> None:
    """Also where a language has a form for millions."""
    assert plural(PHRASES[language].years, number, PHRASES[language]).startswith(str(number))


@given(st.text(), st.integers(2, 40))
def test_what_is_cut_is_short_and_a_beginning(text: str, most: int) -> None:
    """With an ellipsis behind."""
    kept = cut(text, most)
    assert len(kept) <= most
    assert text == kept or (kept[-1] == "…" and text.startswith(kept[:-1]))


def test_a_family_is_not_cut_apart() -> None:
    """Nor an accent from its letter."""
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    assert "ab…" == cut(f"ab{family}cdefgh", 6)
    assert "abc…" == cut("abce\u0301fgh", 5)
