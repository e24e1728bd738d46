"""What a source says of people, as it is heard, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple

from krmd.app.matching import uuid_in
from krmd.intake.person_names import normalise_name
from krmd.ledger.portrait import Fact, Portrait
from krmd.store.tombstones import spelled_handle, spelled_key


class Heard(NamedTuple):
    """What a source says of one person, the line it says so in, and the digest it is known by."""

    line: int
    portrait: Portrait
    digest: str
    remarks: tuple[str, ...] = ()


class Taken(NamedTuple):
    """What became of one person: what changed, and remarks about what could not be used."""

    line: int
    what: Literal["created", "updated", "unchanged"]
    name: str
    uuid: str
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def details(self) -> tuple[str, ...]:
        """Both."""
        return self.changes + self.remarks


def statement(portrait: Portrait) -> set[Fact]:
    """All that a portrait says, its name among it."""
    named = {Fact("name", portrait.name)} if portrait.name else set()
    return named | set(portrait.facts)


def without(heard: Heard, own: Collection[str]) -> Heard:
    """Without the owner's own addresses, which can't be anybody else's."""
    portrait = heard.portrait
    facts = tuple(it for it in portrait.facts if it.field != "email" or it.value not in own)
    remarks = tuple(f"{address} is your own" for address in own)
    return heard._replace(
        portrait=Portrait(portrait.name, facts, portrait.key), remarks=heard.remarks + remarks
    )


def marks(portrait: Portrait, source: str) -> Iterator[tuple[str, str]]:
    """By what somebody who was forgotten is known again."""
    yield from (("email", it) for it in portrait.values("email"))
    yield from (("phone", it) for it in portrait.values("phone"))
    for it in portrait.facts:
        if it.field == "handle":
            yield "handle", spelled_handle(it.label, it.value)
    if portrait.key:
        yield "source_key", spelled_key(source, portrait.key)
        uuid = uuid_in(portrait.key)
        if uuid is not None:
            yield "contact", uuid
    elif not (portrait.values("email") or portrait.values("phone")):
        yield "source_key", spelled_key(source, f"name:{normalise_name(portrait.name)}:1")


def difference(before: AbstractSet[Fact], now: AbstractSet[Fact]) -> Iterator[str]:
    """What is new and what is gone, a line each."""
    for sign, facts in (("−", before - now), ("+", now - before)):
        for it in sorted(facts):
            yield f"{sign} {it.field}: {it.value[:80]}" + (f" ({it.label})" if it.label else "")
