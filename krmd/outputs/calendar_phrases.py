"""The words of events in each language: a table a language, and nothing but words in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from krmd.ledger.feed import Language
from krmd.ledger.interaction import Kind
from krmd.ledger.occasion_labels import LabelKind

Plural = Mapping[str, str]
"""A phrase by plural category (Unicode CLDR: one, few, many, other); `other` is always there."""


class Phrases(NamedTuple):
    """What a language needs. `locale` is babel's, for dates and plurals."""

    locale: str
    first_of_month: str
    """How the first day of a month is spelled in a date, "" where as a number."""
    colon: str
    birth: str
    """Behind the name, in the year somebody is born."""
    no_name: str
    dates: Mapping[LabelKind, str]
    """What a date is called in the title, after the name and a colon."""
    wedding_day: str
    """In place of the wedding anniversary, in the year of the wedding."""
    due: str
    turns: Plural
    """Of {name} and {number}."""
    years: Plural
    """Of {number}."""
    round_birthday: str
    of_age: str
    round_count: str
    born: str
    since: str
    """Of {date}, after a count of years."""
    phone: str
    phone_words: Mapping[str, str]
    met: str
    categories: str
    last_contacted: str
    never: str
    kinds: Mapping[Kind, str]
    cadence: str
    every: Plural
    """Of {number}, in days."""
    note: str
    log_call: str
    called: str
    """The subject of the mail that logs a call with {name}."""


PHRASES: Mapping[Language, Phrases] = {
    "en": Phrases(
        locale="en_GB",  # the day before the month, which nobody takes for something else
        first_of_month="",
        colon=": ",
        birth="birth",
        no_name="no name",
        dates={
            "plain": "special day",
            "birthday": "birthday",
            "anniversary": "anniversary",
            "wedding": "wedding anniversary",
            "engagement": "engagement",
            "together": "anniversary together",
            "name day": "name day",
            "met": "first met",
            "work": "work anniversary",
            "baptism": "baptism",
            "death": "anniversary of death",
        },
        wedding_day="wedding",
        due="get in touch",
        turns={"other": "{name} turns {number}"},
        years={"one": "{number} year", "other": "{number} years"},
        round_birthday=", a round birthday",
        of_age=" and is of age",
        round_count=", a round number",
        born="Born",
        since=", since {date}",
        phone="Phone",
        phone_words={
            "mobile": "mobile",
            "home": "home",
            "work": "work",
            "main": "main",
            "car": "car",
            "other": "other",
        },
        met="Met",
        categories="Circles",
        last_contacted="Last contacted",
        never="never",
        kinds={
            "email": "email",
            "call": "call",
            "meeting": "meeting",
            "message": "message",
            "letter": "letter",
            "other": "other",
        },
        cadence="In touch",
        every={"one": "every day", "other": "every {number} days"},
        note="Note",
        log_call="Log the call",
        called="Called {name}",
    ),
    "de": Phrases(
        locale="de_DE",
        first_of_month="",
        colon=": ",
        birth="Geburt",
        no_name="ohne Namen",
        dates={
            "plain": "besonderer Tag",
            "birthday": "Geburtstag",
            "anniversary": "Jahrestag",
            "wedding": "Hochzeitstag",
            "engagement": "Verlobungstag",
            "together": "Jahrestag als Paar",
            "name day": "Namenstag",
            "met": "Kennenlerntag",
            "work": "Dienstjubiläum",
            "baptism": "Tauftag",
            "death": "Todestag",
        },
        wedding_day="Hochzeit",
        due="mal wieder melden",
        turns={"other": "{name} wird {number}"},
        years={"one": "{number} Jahr", "other": "{number} Jahre"},
        round_birthday=", ein runder Geburtstag",
        of_age=" und ist volljährig",
        round_count=", eine runde Zahl",
        born="Geboren",
        since=", seit dem {date}",
        phone="Telefon",
        phone_words={
            "mobile": "mobil",
            "home": "privat",
            "work": "Arbeit",
            "main": "Zentrale",
            "car": "Auto",
            "other": "weitere",
        },
        met="Kennengelernt",
        categories="Kreise",
        last_contacted="Zuletzt in Kontakt",
        never="noch nie",
        kinds={
            "email": "E-Mail",
            "call": "Anruf",
            "meeting": "Treffen",
            "message": "Nachricht",
            "letter": "Brief",
            "other": "Sonstiges",
        },
        cadence="Melden",
        every={"one": "jeden Tag", "other": "alle {number} Tage"},
        note="Notiz",
        log_call="Anruf festhalten",
        called="Mit {name} telefoniert",
    ),
    "fr": Phrases(
        locale="fr_FR",
        first_of_month="1er",
        colon="\u00a0: ",
        birth="naissance",
        no_name="sans nom",
        dates={
            "plain": "date à retenir",
            "birthday": "anniversaire",
            "anniversary": "date anniversaire",
            "wedding": "anniversaire de mariage",
            "engagement": "fiançailles",
            "together": "anniversaire de couple",
            "name day": "fête",
            "met": "première rencontre",
            "work": "anniversaire professionnel",
            "baptism": "baptême",
            "death": "anniversaire de décès",
        },
        wedding_day="mariage",
        due="reprendre contact",
        turns={
            "one": "{name} fête son premier anniversaire",
            "other": "{name} fête ses {number} ans",
        },
        years={"one": "{number} an", "other": "{number} ans"},
        round_birthday=", un chiffre rond",
        of_age=", l’âge de la majorité",
        round_count=", un chiffre rond",
        born="Naissance",
        since=", depuis le {date}",
        phone="Téléphone",
        phone_words={
            "mobile": "mobile",
            "home": "domicile",
            "work": "travail",
            "main": "standard",
            "car": "voiture",
            "other": "autre",
        },
        met="Première rencontre",
        categories="Cercles",
        last_contacted="Dernier contact",
        never="jamais",
        kinds={
            "email": "e-mail",
            "call": "appel",
            "meeting": "rendez-vous",
            "message": "message",
            "letter": "lettre",
            "other": "autre",
        },
        cadence="Contact",
        every={"one": "tous les jours", "other": "tous les {number} jours"},
        note="Note",
        log_call="Noter l’appel",
        called="Appel avec {name}",
    ),
    "es": Phrases(
        locale="es_ES",
        first_of_month="",
        colon=": ",
        birth="nacimiento",
        no_name="sin nombre",
        dates={
            "plain": "fecha especial",
            "birthday": "cumpleaños",
            "anniversary": "aniversario",
            "wedding": "aniversario de boda",
            "engagement": "compromiso",
            "together": "aniversario de pareja",
            "name day": "santo",
            "met": "primer encuentro",
            "work": "aniversario laboral",
            "baptism": "bautizo",
            "death": "aniversario del fallecimiento",
        },
        wedding_day="boda",
        due="ponerse en contacto",
        turns={"one": "{name} cumple {number} año", "other": "{name} cumple {number} años"},
        years={"one": "{number} año", "other": "{number} años"},
        round_birthday=", un número redondo",
        of_age=", la mayoría de edad",
        round_count=", un número redondo",
        born="Nacimiento",
        since=", desde el {date}",
        phone="Teléfono",
        phone_words={
            "mobile": "móvil",
            "home": "casa",
            "work": "trabajo",
            "main": "centralita",
            "car": "coche",
            "other": "otro",
        },
        met="Primer encuentro",
        categories="Círculos",
        last_contacted="Último contacto",
        never="nunca",
        kinds={
            "email": "correo",
            "call": "llamada",
            "meeting": "encuentro",
            "message": "mensaje",
            "letter": "carta",
            "other": "otro",
        },
        cadence="Contacto",
        every={"one": "cada día", "other": "cada {number} días"},
        note="Nota",
        log_call="Anotar la llamada",
        called="Llamada con {name}",
    ),
}
