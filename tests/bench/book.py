"""A large address book as a vCard file: seeded, three addresses a person, some kept twice."""

import random
from pathlib import Path

from tests.mailgen.cast import FAMILY, GIVEN

TOWNS = "Denver Lyon Uppsala Kraków Porto Graz Leiden Bergen Nara Quito".split()
KEPT_TWICE = 100
"""Of so many people one has a second card."""


def write_book(path: Path, people: int, *, seed: int = 1) -> None:
    """Write cards of so many people; none of them real."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        for number in range(people):
            given = rng.choice(GIVEN)
            family = f"{rng.choice(FAMILY)}{rng.randrange(900):03}"
            file.write(_card(number, given, family, rng))


def _card(number: int, given: str, family: str, rng: random.Random) -> str:
    # The second card of somebody bears another address of theirs, and the same phone.
    of = number - 1 if number % KEPT_TWICE == 1 else number
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:person-{number}",
        f"FN:{given} {family}",
        f"N:{family};{given};;;",
        f"EMAIL;TYPE=HOME:p{number}@home.example",
        f"EMAIL;TYPE=WORK:p{number}@company{number % 700}.example",
        f"EMAIL:p{number}@third.test",
        f"TEL;TYPE=CELL:+49171{of:07}",
        f"ORG:Company {number % 700}",
        f"TITLE:{rng.choice(('Engineer', 'Baker', 'Judge', 'Pilot', 'Nurse'))}",
        f"BDAY:19{rng.randrange(40, 99)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        f"ADR;TYPE=HOME:;;Street {number};{rng.choice(TOWNS)};;{number:05};Freedonia",
        f"CATEGORIES:Circle {number % 12},Everybody",
        f"NOTE:Met at Expo {number % 20}",
        "END:VCARD",
        "",
    )
    return "\r\n".join(lines)
