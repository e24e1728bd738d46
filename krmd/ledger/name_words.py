"""A name key taken apart for comparing: its words, how they sound, and whether a person bears it.

A name key is a display name as `krmd.intake.person_names` leaves it: lower case, without accents,
titles and punctuation, first name first. What comes out is for comparing, never for showing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

MOST_WORDS = 8
"""So many words of a name are looked at."""


class Name(NamedTuple):
    """A name's words, and the same words by spelling and by sound, in the same order.

    `words` is empty where the key names nobody (`info`, nothing at all). `collective` where it
    names several or none in particular: a family, a couple, a company.
    """

    key: str
    words: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    collective: bool = False


_OFFICES = frozenset(
    "accounting accueil admin administration anmeldung bestellung billing booking buchhaltung buero"
    " bureau buro commandes comptabilite contact contacto contatti desk einkauf email empfang"
    " gestion hallo hello help helpdesk hr info information infos jobs kontakt kundenservice mail"
    " mailbox marketing newsletter no noreply office oficina orders postmaster presse press"
    " recepcion reception redaktion reply rezeption root sales secretariat sekretariat service shop"
    " support ufficio unknown user vendite ventas vente verkauf vertrieb verwaltung web webmaster"
    " welcome zentrale".split()
)
_SEVERAL = frozenset(
    "ag association club community company corp couple ehepaar eheleute ev fam famiglia familia"
    " familie families family famille familj firma foundation gbr geschwister gmbh group gruppe"
    " hotel household inc institut institute kanzlei kg limited llc llp ltd netzwerk ohg plc praxis"
    " restaurant rodina rodzina sarl schule school spa srl stiftung team ug universitat university"
    " verein verlag семья".split()
)
_AND = frozenset("and et och og und ve".split())
_PARTICLES = frozenset(
    "af al av bin bint d da dal de degli dei del della den der di do dos du el ibn la las le los"
    " lo of op san st t ten ter van vd vom von y zu zum zur".split()
)

# Scientific transliterations differ from those in passports; what is left is evened out as sound.
_LATIN_LETTERS = str.maketrans(
    dict(zip("абвгдезиклмнопрстуфхыэіјґўα", "abvgdeziklmnoprstufhyeijgua", strict=True))
    | dict(zip("βγδεζηικλμνξοπρστυφω", "vgdeziiklmnxoprstyfo", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "є": "ye"}
    | {"ђ": "dj", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "θ": "th", "χ": "ch", "ψ": "ps"}
    | {"ъ": "", "ь": ""}
)
_UMLAUTS = re.compile(r"(?<=[aou])e|(?<=a)a")
_SOUNDS = (
    (re.compile(r"[jy]"), "i"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"t?sch|sh(?:ch)?|sz|z"), "s"),
    (re.compile(r"tch|cz|cs|ch|ck|qu|q|c"), "k"),
    (re.compile(r"dt|th"), "t"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"(?<=.)h"), ""),
    (re.compile(r"ei"), "ai"),
    (re.compile(r"ie"), "i"),
)


@lru_cache(maxsize=4096)
def read_name(key: str) -> Name:
    """The name of a key; total, whatever the text."""
    words = key.split(maxsplit=MOST_WORDS)[:MOST_WORDS]
    if all(word in _OFFICES for word in words):
        return Name(key)
    collective = not _SEVERAL.isdisjoint(words) or not _AND.isdisjoint(words[1:-1])
    if collective:
        words = sorted(set(words) - _SEVERAL - _AND) or words
    else:
        words = _without_particles(words)
    spelled = tuple(map(spelling, words))
    return Name(key, tuple(words), spelled, tuple(map(sound, spelled)), collective)


def _without_particles(words: list[str]) -> list[str]:
    """`ludwig beethoven` of `ludwig van beethoven`; the first word always stays."""
    rest = [word for word in words[1:] if word not in _PARTICLES]
    return words[:1] + (rest or words[1:])


@lru_cache(maxsize=8192)
def spelling(word: str) -> str:
    """A word as all usual ways to spell it without accents have it: `muller` for `mueller` and
    `muller`, Cyrillic and Greek in Latin letters.
    """
    latin = word if word.isascii() else word.translate(_LATIN_LETTERS)
    return _UMLAUTS.sub("", latin) or word


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Roughly how the spelling of a word sounds: `maier` for Meyer, Meier and Maier.

    Words of one sound are candidates for being one, no more.
    """
    for pattern, letters in _SOUNDS:
        word = pattern.sub(letters, word)
    return "".join([letter for letter, _ in groupby(word)]) or word
