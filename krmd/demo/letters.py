"""What the invented people write to each other, read from `letters.toml` beside this file."""

from __future__ import annotations

import random
import tomllib
from collections import defaultdict
from importlib.resources import files
from typing import Any, Final, NamedTuple

from krmd.demo.person import OWNER_NAME, Person


class Letter(NamedTuple):
    """A subject and a body; lines end with a bare LF. As read, `{you}` and `{me}` stand for the
    two names.
    """

    subject: str
    body: str


Pools = dict[str, tuple[Letter, ...]]
"""Letters by what `of` says: a tongue, or a tongue and a circle (`en japan`)."""


def _pools(rows: list[dict[str, Any]]) -> Pools:
    pools: defaultdict[str, list[Letter]] = defaultdict(list)
    for row in rows:
        pools[row["of"]].append(Letter(row.get("subject", ""), row["text"]))
    return {of: tuple(letters) for of, letters in pools.items()}


_TEXTS: Final = tomllib.loads(files("krmd.demo").joinpath("letters.toml").read_text("utf-8"))
_LETTERS: Final = _pools(_TEXTS["letter"])
_REPLIES: Final = _pools(_TEXTS["reply"])


def letter(person: Person, rng: random.Random, *, by_owner: bool) -> Letter:
    """A letter to begin with, from the person or, `by_owner`, from the owner to them."""
    chosen = rng.choice(_fitting(person))
    return chosen._replace(body=_filled(chosen.body, person, by_owner=by_owner))


def reply(person: Person, subject: str, rng: random.Random, *, by_owner: bool) -> Letter:
    """An answer to a letter with that subject, as `letter`."""
    answered = subject if subject.startswith("Re: ") else f"Re: {subject}"
    chosen = rng.choice(_REPLIES[person.tongue])
    return Letter(answered, _filled(chosen.body, person, by_owner=by_owner))


def _fitting(person: Person) -> tuple[Letter, ...]:
    """Colleagues and cousins write of their own matters, friends of anything."""
    circles = person.card.categories
    special = tuple(
        letter for circle in circles for letter in _LETTERS.get(f"{person.tongue} {circle}", ())
    )
    general = _LETTERS[person.tongue]
    return special if special and "personal" not in circles else special + general


def _filled(body: str, person: Person, *, by_owner: bool) -> str:
    owner, other = OWNER_NAME.split()[0], person.first_name
    you, me = (other, owner) if by_owner else (owner, other)
    return body.format(you=you, me=me)
