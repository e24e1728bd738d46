"""A made-up book of people in which some stand twice, as books get them: and who those are.

Seeded. Names are of many languages, with frequent and rare ones (Zipf); there are families with
one mailbox, colleagues with one switchboard, namesakes by chance. The truth follows from how a
second card was made, never from krmd's own rules.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from krmd.intake.person_names import normalise_name
from krmd.ledger.candidates import Sketch
from krmd.ledger.phones import phone_key

SHARED_DOMAINS = frozenset(("gmail.com", "gmx.de", "web.de", "hotmail.com", "yahoo.com"))

_GIVEN = (
    "Anna Michael Thomas Maria Peter Andreas Christian Stefan Julia Martin John David Sarah"
    " Daniel Katharina Robert Alexander Elisabeth William Josef James Franziska Wolfgang Emma"
    " Lukas Sophie Jürgen Matteo Giulia Pierre Chloé José Lucía Antonio Carmen João Beatriz"
    " Sven Linnea Søren Mette Øyvind Ingrid Pekka Aino Piotr Agnieszka Jiří Zuzana Mateusz"
    " László Zsófia Ivan Ольга Сергей Γιώργος Ελένη Mehmet Ayşe Fatima Yusuf Rajesh Priya Wei"
    " Xiu Hiroshi Yuki 健太 花子 Thabo Wanjiru Aoife Oisín Siobhán Gwendolyn Dafydd Hamish Isla"
    " Amara Kwame Leïla Tariq Noor Arash Shirin Eitan Noa Kalani Moana Xóchitl Itzel Quirin"
    " Walburga Gottlieb Kunigunde Valentin Ottilie Bartholomäus Severin Philomena Konstantin"
    " Theodora Leopold Rosalie Benedikt"
).split()
_FAMILY_BEGIN = (
    "Acker Alten Bach Berg Birken Blumen Brand Brunn Busch Damm Dorn Eber Eich Elsen Falken"
    " Feld Fels Finken Frauen Gold Grün Hagen Harten Hasel Hirsch Hoch Hohen Holz Kalten Kirch"
    " Klee Klein Krähen Lang Linden Löwen Mai Moos Mühl Neu Nieder Ober Oster Pfaffen Rosen"
    " Roth Sand Schön Schwarz See Sommer Stein Stern Tannen Thal Ulmen Vogel Wald Wasser"
    " Weiden Weißen Winter Wolfs Ziegen"
).split()
_FAMILY_END = (
    "bach bauer baum berg berger brunner burg dorf eck egger feld felder fels furt garten"
    " graber haus hauser heim hofer holz huber kamp kirchner leitner linger mann mayer meier"
    " moser müller ner quist reiter richter ried rieder rod schmidt sen son stein stetter"
    " strand ström stätter thaler wald walder weg wieser"
).split()
_FAMILY = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Smith Jones"
    " Williams Brown Taylor Davies Evans Martin Bernard Dubois Durand Rossi Russo Ferrari"
    " García Fernández González Rodríguez Silva Santos Jansen Bakker Nielsen Hansen Andersson"
    " Johansson Korhonen Nowak Kowalski Novák Svoboda Nagy Horváth Popescu Иванов Петрова"
    " Papadopoulos Yılmaz Kaya Sharma Patel Singh Wang Li Chen Tanaka Suzuki 佐藤 山田 Nguyen Kim"
    " Okafor Mensah Dlamini O'Brien Murphy Walsh MacDonald Campbell Haddad Cohen Levi"
    " Hernández Quispe"
).split()
_TOWNS = (
    "Berlin Hamburg München Köln Zürich Wien Graz London Leeds Dublin Paris Lyon Madrid"
    " Sevilla Roma Milano Lisboa Amsterdam København Oslo Stockholm Helsinki Warszawa Praha"
    " Budapest Athina Ankara Mumbai Osaka Boston Denver Portland Nairobi"
).split()
_THINGS = "Engine Loom Anvil Quill Prism Comet Delta Ember Fathom Garnet Harbor Indigo".split()
_TRADES = "Works Systems Partners Media Trading Labs Foods Textiles Optics Logistics".split()
_SHORT = {
    "Robert": "Bob", "William": "Bill", "Josef": "Sepp", "Elisabeth": "Lisa", "Katharina": "Kathi",
    "Michael": "Mike", "Thomas": "Tom", "Alexander": "Sascha", "Franziska": "Franzi",
    "Wolfgang": "Wolf", "Andreas": "Andi", "James": "Jim", "José": "Pepe", "Daniel": "Dan",
    "Christian": "Chris", "Сергей": "Sergej", "Martin": "Marty", "David": "Dave",
}  # fmt: skip


class Card(NamedTuple):
    """What one card says; `person` is whose it is."""

    person: int
    given: str
    family: str
    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    towns: tuple[str, ...]
    companies: tuple[str, ...]
    birthday: str | None


class Book(NamedTuple):
    """The cards as sketches, and the pairs of ids that are one person's."""

    sketches: list[Sketch]
    truth: set[tuple[int, int]]


def book(people: int, *, seed: int, twice: float = 0.08) -> Book:
    """A book of `people`, of whom a part `twice` has a second card."""
    rng = random.Random(seed)
    cards = _households(rng, people)
    for card in rng.sample(cards, int(len(cards) * twice)):
        cards.append(rng.choice(_WAYS)(card, rng))
    rng.shuffle(cards)
    by_person: dict[int, list[int]] = {}
    for number, card in enumerate(cards):
        by_person.setdefault(card.person, []).append(number)
    truth = {(it[0], it[1]) for it in by_person.values() if len(it) == 2}
    return Book([_sketch(number, card) for number, card in enumerate(cards)], truth)


def _sketch(number: int, card: Card) -> Sketch:
    return Sketch(
        number,
        normalise_name(card.name),
        card.emails,
        tuple(map(phone_key, card.phones)),
        tuple(sorted({it.rpartition("@")[2] for it in card.emails})),
        card.towns,
        card.companies,
        (),
        card.birthday,
    )


class _Names:
    """Names to draw from: a few are borne by many."""

    def __init__(self, rng: random.Random) -> None:
        made = [begin + end for begin in _FAMILY_BEGIN for end in _FAMILY_END]
        rng.shuffle(made)
        self._rng = rng
        self._family = _FAMILY + made
        self._given_weights = list(accumulate(1 / (place + 3) for place in range(len(_GIVEN))))
        self._family_weights = list(
            accumulate(1 / (place + 12) for place in range(len(self._family)))
        )

    def given(self) -> str:
        return self._rng.choices(_GIVEN, cum_weights=self._given_weights)[0]

    def family(self) -> str:
        return self._rng.choices(self._family, cum_weights=self._family_weights)[0]


def _households(rng: random.Random, people: int) -> list[Card]:
    names = _Names(rng)
    companies = [
        f"{a} {b}{n or ''}" for a in _THINGS for b in _TRADES for n in range(max(1, people // 2500))
    ]
    weights = list(accumulate(1 / (place + 2) for place in range(len(companies))))
    cards: list[Card] = []
    while len(cards) < people:
        family, town = names.family(), rng.choice(_TOWNS)
        size = rng.choices((1, 2, 3), (88, 9, 3))[0]
        home_phone, home_mail = _phone(rng), f"{_ascii(family)}{rng.randrange(10**6)}@gmx.de"
        given = {names.given() for _ in range(size)}
        if size == 1 and rng.random() < 0.1:
            given = {f"{names.given()}-{names.given()}"}
        for first in sorted(given):
            company = rng.choices(companies, cum_weights=weights)[0] if rng.random() < 0.6 else ""
            card = _card(rng, len(cards), (first, family), company)
            phones = (*card.phones, home_phone) if len(given) > 1 else card.phones
            emails = (*card.emails, home_mail) if len(given) > 1 else card.emails
            towns = (town,) if rng.random() < 0.6 else ()
            cards.append(card._replace(phones=phones, emails=emails, towns=towns))
    return cards


def _card(rng: random.Random, person: int, name: tuple[str, str], company: str) -> Card:
    given, family = name
    emails, phones = [], []
    domain = f"{company.replace(' ', '').lower()}.example"
    local = f"{_ascii(given)}.{_ascii(family)}{person}"
    if company and rng.random() < 0.8:
        emails.append(f"{local}@{domain}" if rng.random() < 0.98 else f"info@{domain}")
    if rng.random() < 0.7 or not emails:
        provider = rng.choice(sorted(SHARED_DOMAINS))
        emails.append(f"{local}@{provider}")
    if rng.random() < 0.5:
        phones.append(_phone(rng))
    if company and rng.random() < 0.3:  # the switchboard
        phones.append(f"+49 30 {random.Random(company).randrange(10**6, 10**7)}")
    return Card(
        person,
        given,
        family,
        f"{given} {family}",
        tuple(emails),
        tuple(phones),
        (),
        (company,) if company else (),
        _birthday(rng) if rng.random() < 0.35 else None,
    )


def _phone(rng: random.Random) -> str:
    return f"+49 {rng.randrange(150, 999)} {rng.randrange(10**6, 10**8)}"


def _birthday(rng: random.Random) -> str:
    day = f"{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    return f"{rng.randrange(1940, 2005)}-{day}" if rng.random() < 0.7 else f"--{day}"


def _ascii(text: str) -> str:
    return "".join(it for it in normalise_name(text) if it.isascii() and it.isalnum()) or "x"


def _respelled(card: Card, rng: random.Random) -> str:
    """The same name as another program or another hand has it."""
    given, family = card.given, card.family
    ways = [
        f"{family}, {given}",
        f"{family} {given}",
        f"{given} {family}".upper(),
        f"{_SHORT.get(given, given)} {family}",
        f"Dr. {given} {family}",
        f"{given} {rng.choice('ABCDEFGH')}. {family}",
        f"{given} {family}".replace("ü", "ue").replace("ö", "oe").replace("ä", "ae"),
        f"{given} {family}",
        f"{given} {family}",
    ]
    return rng.choice(ways)


def _slip(text: str, rng: random.Random) -> str:
    """One letter wrong, missing or twice, inside a word."""
    if len(text) < 6:
        return text
    place = rng.randrange(1, len(text) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _same_address(card: Card, rng: random.Random) -> Card:
    name = rng.choice(
        (_respelled(card, rng), f"{card.given[0]}. {card.family}", card.given, "", card.name)
    )
    return card._replace(name=name, emails=card.emails[:1], phones=(), birthday=None, companies=())


def _same_phone(card: Card, rng: random.Random) -> Card:
    phone = card.phones[0] if card.phones else ""
    if not phone:
        return _same_address(card, rng)
    local = "0" + phone.partition(" ")[2].replace(" ", "/")
    return card._replace(name=_respelled(card, rng), emails=(), phones=(local,), companies=())


def _new_address_at_work(card: Card, rng: random.Random) -> Card:
    domains = [it.rpartition("@")[2] for it in card.emails if it.endswith(".example")]
    if not domains:
        return _same_address(card, rng)
    name = rng.choice((_respelled(card, rng), f"{_slip(card.family, rng)}, {card.given}"))
    email = f"{_ascii(card.given)[0]}{_ascii(card.family)}{card.person}@{domains[0]}"
    return card._replace(name=name, emails=(email,), phones=(), companies=(), birthday=None)


def _from_a_network(card: Card, rng: random.Random) -> Card:
    """Name and company only, or name and birthday, as networks export them."""
    if card.companies:
        company = rng.choice((card.companies[0], f"{card.companies[0]} GmbH"))
        return card._replace(
            name=_respelled(card, rng), emails=(), phones=(), companies=(company,), towns=()
        )
    if card.birthday:
        return card._replace(name=_respelled(card, rng), emails=(), phones=())
    return _same_phone(card, rng)


def _married(card: Card, rng: random.Random) -> Card:
    family = rng.choice(_FAMILY)
    return card._replace(name=f"{card.given} {family}", emails=card.emails[:1], phones=())


_WAYS: tuple[Callable[[Card, random.Random], Card], ...] = (
    _same_address,
    _same_address,
    _same_phone,
    _same_phone,
    _new_address_at_work,
    _from_a_network,
    _married,
)
