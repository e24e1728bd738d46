"""What the label of a date means: files say `Hochzeitstag`, `wedding day`, `date de mariage`."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal, get_args

LabelKind = Literal[
    "plain",
    "birthday",
    "anniversary",
    "wedding",
    "engagement",
    "together",
    "name day",
    "met",
    "work",
    "baptism",
    "death",
]
"""`plain`: the label says nothing but that it is a date. `together`: since when two are a couple.
`met`: since when the owner knows them. `work`: since when they are where they work.
"""

LABEL_KINDS: tuple[LabelKind, ...] = get_args(LabelKind)

# English, German, French, Spanish, Italian; compared as `_folded` spells them.
_SAID: dict[LabelKind, str] = {
    "plain": "date|day|other|custom|event|special date|special day|important date|significant date"
    "|memorable day|datum|tag|andere|andere datum|sonstige|sonstiges|ereignis|autre|date|evenement"
    "|fecha|otro|otra|evento|altro|data",
    "birthday": "birthday|birth day|birth date|birthdate|date of birth|dob|bday|born|b day"
    "|geburtstag|geburtsdatum|geboren|geboren am|date de naissance|naissance|ne le|nee le"
    "|cumpleanos|fecha de nacimiento|nacimiento|compleanno|data di nascita",
    "anniversary": "anniversary|anniversaries|jubilaum|jahrestag|anniversaire|date anniversaire"
    "|anniversaire de mariage ou fete|aniversario|anniversario",
    "wedding": "wedding|wedding day|wedding date|wedding anniversary|anniversary of the wedding"
    "|marriage|marriage date|date of marriage|marriage anniversary|married|married on|married since"
    "|hochzeit|hochzeitstag|hochzeitsdatum|heirat|heiratsdatum|trauung|verheiratet"
    "|verheiratet seit|mariage|date de mariage|jour de mariage|anniversaire de mariage"
    "|noces|boda|fecha de boda|dia de la boda|aniversario de boda|aniversario de bodas|matrimonio"
    "|casamiento|nozze|anniversario di matrimonio",
    "engagement": "engagement|engaged|engagement day|engagement anniversary|verlobung"
    "|verlobungstag|verlobt|fiancailles|compromiso|fidanzamento",
    "together": "together|together since|couple since|relationship|relationship anniversary"
    "|zusammen|zusammen seit|ein paar seit|en couple|ensemble|ensemble depuis|juntos|juntos desde",
    "name day": "name day|nameday|names day|saints day|saint day|namenstag|fete|fete du prenom"
    "|jour du prenom|prenom|onomastico|santo|dia del santo|dia onomastico",
    "met": "met|met on|we met|first met|first meeting|met first|day we met|the day we met"
    "|known since|kennengelernt|kennengelernt am|kennenlerntag|kennenlernen|erstes treffen"
    "|bekannt seit|rencontre|premiere rencontre|rencontres|nos conocimos|primer encuentro"
    "|dia en que nos conocimos",
    "work": "work anniversary|joined|joined company|joined the company|start date|hire date|hired"
    "|employed since|first day at work|dienstjubilaum|firmenjubilaum|eintritt|eintrittsdatum"
    "|betriebszugehorigkeit|date dembauche|embauche|anniversaire professionnel"
    "|anniversaire de travail|fecha de contratacion|aniversario laboral",
    "baptism": "baptism|baptism day|christening|taufe|tauftag|bapteme|bautizo|bautismo|battesimo",
    "death": "death|died|died on|date of death|day of death|deathday|deceased|passed away"
    "|death anniversary|todestag|sterbetag|gestorben|verstorben|verstorben am|deces|mort|decede"
    "|date de deces|fallecimiento|muerte|defuncion|fecha de fallecimiento|morte|decesso",
}
_KIND_OF: dict[str, LabelKind] = {
    word: kind for kind, words in _SAID.items() for word in words.split("|")
}
_SAME: dict[LabelKind, LabelKind] = {"anniversary": "wedding"}
"""RFC 6350 6.2.6: an anniversary is "the date of marriage, or equivalent"."""


@lru_cache(maxsize=4096)
def label_kind(label: str) -> LabelKind | None:
    """What a label means, None where it is nobody's but the owner's own word."""
    folded = _folded(label)
    return _KIND_OF.get(folded) if folded else "plain"


@lru_cache(maxsize=4096)
def label_key(label: str) -> str:
    """What is the same for labels that mean one thing, also in several languages."""
    kind = label_kind(label)
    return _folded(label) if kind is None else _SAME.get(kind, kind)


def _folded(label: str) -> str:
    """Small letters without accents; apostrophes gone, other signs are blanks."""
    apart = unicodedata.normalize("NFKD", label.replace("'", "").replace("\u2019", ""))
    plain = "".join(it for it in apart if not unicodedata.combining(it)).casefold()
    return " ".join("".join(it if it.isalnum() else " " for it in plain).split())
