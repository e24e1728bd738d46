"""In which entries somebody took part, alone or beside others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from krmd.app.folding import contact_of
from krmd.app.somebody import Somebody
from krmd.ledger.facts import PEOPLE
from krmd.store import identities, whereabouts
from krmd.store.engine import Transaction
from krmd.store.whereabouts import Part


class TakingPart(NamedTuple):
    """Somebody's entries, as ids: those `alone` with the owner, those `shared` with others, and of
    these the ones they wrote (`authored`). `on_shared` are their parts by addresses that others
    have too, told apart by the display name.
    """

    alone: tuple[int, ...]
    shared: tuple[int, ...]
    authored: tuple[int, ...]
    on_shared: tuple[Part, ...]


def taking_part(tx: Transaction, who: Somebody) -> TakingPart:
    """Every entry of theirs, counted or not, undone or not."""
    on_shared = _by_name(tx, who)
    theirs = whereabouts.parts_of(tx, [it.id for it in who.alone]) + on_shared
    entries = sorted({part.interaction for part in theirs})
    named = {part.interaction for part in theirs if part.field in PEOPLE}
    with_others = _with_others(whereabouts.parts_in(tx, entries), theirs)
    alone = [it for it in entries if it in named and it not in with_others]
    shared = sorted({*entries} - {*alone})
    wrote = {part.interaction for part in theirs if part.field == "from"}
    return TakingPart(
        tuple(alone),
        tuple(shared),
        tuple(it for it in shared if it in wrote),
        tuple(on_shared),
    )


def _by_name(tx: Transaction, who: Somebody) -> list[Part]:
    ids = [it.id for it in who.shared]
    claims = identities.claims_on(tx, ids)
    return [
        part
        for part in whereabouts.parts_of(tx, ids)
        if contact_of(claims[part.identity], part.name) in who.ids
    ]


def _with_others(everybody: Sequence[Part], theirs: Sequence[Part]) -> set[int]:
    """The entries on which there are people besides them and the owner."""
    mine = {part[:3] for part in theirs}
    return {
        part.interaction
        for part in everybody
        if part.field in PEOPLE and part.rule != "owner" and part[:3] not in mine
    }
