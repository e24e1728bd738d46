"""What goes with somebody who is forgotten, in numbers; what stays and what is out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from krmd.app.traces import Traces
from krmd.base.identifier import public_contact


@dataclass(frozen=True, slots=True)
class ForgettingPlan:
    """What goes. `merged` counts contacts that were merged into them; `entries` go wholly; `shared`
    entries stay, without them and without subject; `texts` and `others_facts` of others named them.
    `undo` counts commands that can't be taken back any more. `stays` is left in the store, `beyond`
    is out of krmd's reach, in sentences.
    """

    id: str | None
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    phones: tuple[str, ...]
    merged: int
    facts: int
    entries: int
    shared: int
    texts: int
    others_facts: int
    undo: int
    stays: tuple[str, ...]
    beyond: tuple[str, ...]


def told(traces: Traces, *, books: tuple[str, ...], is_sqlite: bool) -> ForgettingPlan:
    """The plan of what was found."""
    who, erasure = traces.who, traces.erasure
    shared = (f"{it.value} is others' too, and stays theirs" for it in who.shared)
    return ForgettingPlan(
        id=public_contact(who.contacts[0].uuid) if who.contacts else None,
        name=who.name,
        names=traces.names,
        addresses=who.addresses,
        phones=traces.phones,
        merged=max(0, len(who.contacts) - 1),
        facts=len(who.facts),
        entries=len(erasure.entries),
        shared=traces.shared,
        texts=traces.texts,
        others_facts=len(erasure.facts),
        undo=traces.undo,
        stays=(*shared, *traces.stays),
        beyond=tuple(_beyond(books, is_sqlite=is_sqlite)),
    )


def _beyond(books: tuple[str, ...], *, is_sqlite: bool) -> Iterator[str]:
    yield "your mailbox: their mails are still there, and won't be read again"
    if books:
        yield f"address books that are read besides ({', '.join(books)}): delete their card there"
    yield "files they were imported from, and exports"
    yield "backups made before, and snapshots of the disk"
    yield "calendars that subscribed to a feed: they keep what they fetched until they fetch anew"
    if not is_sqlite:
        yield "PostgreSQL's write-ahead log, its replicas and its backups"
    yield "others' mail that names them in its subject, or beside another address, when it is read"
    yield "a first name alone, in texts about others"
