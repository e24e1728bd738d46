"""The invented people of a generated mailbox; every address lies in a reserved domain."""

import random
import unicodedata
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

GIVEN = (
    "Amara Bruno Chiara Dagný Emre Freya Gaël Hanako Ilse João Kirsi Leïla Mateusz Nuria Oisín "
    "Pilar Quirin Rūta Saoirse Tariq Ulla Věra Wanjiru Xiomara Yusuf Zsófia Ægir Øyvind Žofie "
    "Ольга Никита Ελένη 花子 健太 שרה ליאור"
).split()
FAMILY = (
    "Ahlgren Bāliņš Castellanos D'Amico Eriksdóttir Fitzgerald Grünwald Hołówka Ibarra Jónsson "
    "Kowalczyk Lefèvre Marchetti Nakamura O'Neill Papadaki Quintero Rześ Sánchez Tõnisson Ullmann "
    "Vuković Weißgerber Xanthopoulou Yıldız Zeman Ångström Łoś Иванова Петров 佐藤 山田"
).split()
DOMAINS = (
    "alpine.example post.meadow.example mail.harbour.test uni.lakeside.example cedar.test "
    "office.granite.example example.org home.willow.example freepost.example sub.dept.quarry.test"
).split()


class Person(NamedTuple):
    """Somebody who writes or is written to."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody: a few are written to often, most seldom (Zipf).

    `bystanders` only ever stand in Cc, and `posters` only ever write to lists: whoever counts
    those gets them wrong every time.
    """

    regulars: tuple[Person, ...]
    bystanders: tuple[Person, ...]
    posters: tuple[Person, ...]
    lists: tuple[Person, ...]
    senders: tuple[Person, ...]
    owners: tuple[str, ...]
    weights: tuple[float, ...]

    def regular(self, rng: random.Random) -> Person:
        """Somebody the owner knows, the popular ones more often."""
        return rng.choices(self.regulars, cum_weights=self.weights)[0]

    def circle(
        self, rng: random.Random, size: int, *, without: Person | None = None
    ) -> list[Person]:
        """That many different people the owner knows; fewer where there are no more."""
        taken = {without.address} if without else set()
        found: list[Person] = []
        for _ in range(size * 4):
            person = self.regular(rng)
            if person.address not in taken and len(found) < size:
                taken.add(person.address)
                found.append(person)
        return found


def make_cast(rng: random.Random, count: int, owners: tuple[str, ...]) -> Cast:
    """A cast for a mailbox of that many mails."""
    size = max(60, int(count**0.5 * 6))
    people = [_person(rng, number) for number in range(size)]
    posters = size // 10
    bystanders = size // 12
    regulars = people[posters + bystanders :]
    return Cast(
        regulars=tuple(regulars),
        bystanders=tuple(people[:bystanders]),
        posters=tuple(people[bystanders : posters + bystanders]),
        lists=tuple(Person(f"List {n}", f"talk{n}@lists{n}.example") for n in range(14)),
        senders=tuple(Person(f"The Weekly {n}", f"news{n}@bulk{n % 9}.example") for n in range(60)),
        owners=owners,
        weights=tuple(accumulate(1.0 / (n + 3) ** 0.9 for n in range(len(regulars)))),
    )


def stranger(rng: random.Random) -> Person:
    """Somebody met once, in a crowd."""
    return Person("", f"guest{rng.randrange(10**9)}@{rng.choice(DOMAINS)}")


def _person(rng: random.Random, number: int) -> Person:
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    local = f"{_ascii(given)}.{_ascii(family)}{number}"
    return Person(f"{given} {family}", f"{local}@{rng.choice(DOMAINS)}".lower())


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if c.isascii() and c.isalnum()) or "p"
