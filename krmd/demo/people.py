"""The cast of the demo, read from `people.toml` beside this file."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

from krmd.demo.person import Card, Celebration, Person, Rhythm


def _person(row: dict[str, Any]) -> Person:
    card = Card(
        name=row.pop("name"),
        addresses=tuple(row.pop("addresses")),
        categories=tuple(row.pop("categories", ())),
        phones=tuple(row.pop("phones", ())),
        birthday=row.pop("birthday", None),
        met=row.pop("met", ""),
    )
    if "celebrates" in row:
        row["celebrates"] = Celebration(**row["celebrates"])
    rhythm, traps = Rhythm(**row.pop("rhythm")), tuple(row.pop("traps", ()))
    return Person(card=card, rhythm=rhythm, traps=traps, **row)


def _cast() -> tuple[Person, ...]:
    text = files("krmd.demo").joinpath("people.toml").read_text("utf-8")
    return tuple(_person(row) for row in tomllib.loads(text)["person"])


CAST: Final = _cast()
"""Everybody around the owner, in the order of the file."""
