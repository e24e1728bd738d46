"""Who was forgotten, as marks under krmd's key: whoever has the store alone learns nobody's name.

A mark stands for an address, a phone, an account elsewhere, a contact's UUID or a source's key of
theirs. It tells that a value belongs to somebody forgotten, and not what else there was.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from krmd.base.errors import StoreError, UserError
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.ledger.phones import phone_key
from krmd.store import meta, tables
from krmd.store.engine import Transaction
from krmd.store.tables import tombstones

Kind = Literal["email", "phone", "handle", "contact", "source_key"]

Forgotten = Callable[[str, Collection[str]], Collection[str]]
"""Which of these values of a kind belong to somebody forgotten.

`email`: an address, `shared(address)`, `shared(address, name_key)`. `phone`: in any spelling.
`handle`: as `spelled_handle`. `contact`: a UUID, 32 hex digits. `source_key`: as `spelled_key`.
"""

_PURPOSE = "tombstone"
_CHECK = "key"
"""In `meta`: a mark by which another key than the one the tombstones are made with is told."""
_SEPARATOR = "\x1f"
_LEAST_DIGITS = 7
"""A phone number of fewer digits is an extension, which many have."""
_NAME_AND_NUMBER = re.compile(r"(name:.*):\d+", re.DOTALL)
_PLACE = "href:"
"""Begins the key of a card that is known by where it lies in its book."""
_UUID_LENGTH = 32
_UNIQUE_LENGTH = 16
"""A source's key as long as that is nobody else's in any source; `17` is somebody's in each."""


class Tombstone(NamedTuple):
    """One value of somebody forgotten; `suppressed`: mailings to it are stopped all the same."""

    mark: str
    kind: Kind
    at: Instant
    suppressed: bool


_COLUMNS = tuple(tombstones.c[field] for field in Tombstone._fields)


def nobody(_kind: str, _values: Collection[str]) -> frozenset[str]:
    """Of a store in which nobody was forgotten."""
    return frozenset()


def memory(tx: Transaction, key: Callable[[], Key]) -> Forgotten:
    """What tells, for the time of a transaction, who was forgotten; `nobody` where nobody was.

    One query then, and the key isn't asked for. Raises StoreError where it can't be had.
    """
    return partial(forgotten, tx, key) if stand(tx) else nobody


def forgotten(
    tx: Transaction, key: Callable[[], Key], kind: str, values: Collection[str]
) -> set[str]:
    """Which of these values of a kind belong to somebody forgotten. Raises StoreError."""
    if not values or not stand(tx):
        return set()
    marks = _marks(key_of(tx, key), kind, values)
    found = {row[0] for row in tx.among("SELECT mark FROM tombstones WHERE mark {among}", [*marks])}
    return {value for mark in found for value in marks[mark]}


def find(tx: Transaction, key: Callable[[], Key], kind: str, value: str) -> Tombstone | None:
    """The tombstone of one value."""
    if not stand(tx):
        return None
    marks = _marks(key_of(tx, key), kind, [value])
    row = tx.execute(select(*_COLUMNS).where(tombstones.c.mark.in_(list(marks)))).first()
    return None if row is None else Tombstone._make(row)


def key_of(tx: Transaction, key: Callable[[], Key]) -> Key:
    """The key that the tombstones are made with. Raises StoreError where there are some and it
    isn't at hand, for then nothing may come in: it could be somebody who was forgotten.
    """
    if not stand(tx):
        return key()
    try:
        found = key()
    except UserError as error:
        raise StoreError(f"{error.message} ({_WAY_OUT})") from error
    if meta.read(tx, _CHECK) not in (None, _check_of(found)):
        raise StoreError(f"krmd's key is another than the one people were forgotten by; {_WAY_OUT}")
    return found


def put(
    tx: Transaction,
    key: Key,
    values: Iterable[tuple[Kind, str]],
    *,
    at: Instant,
    suppressed: bool,
) -> None:
    """Keep out whom these values belong to; what is suppressed already stays so."""
    kinds: dict[Kind, list[str]] = {}
    for kind, value in values:
        kinds.setdefault(kind, []).append(value)
    statement = (
        "INSERT INTO tombstones (mark, kind, at, suppressed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (mark) DO UPDATE SET suppressed ="
        " tombstones.suppressed OR excluded.suppressed"
    )
    rows = [
        (mark, kind, at, suppressed)
        for kind, several in kinds.items()
        for mark in _marks(key, kind, several)
    ]
    tx.insert_rows(statement, sorted(rows))
    meta.write(tx, _CHECK, _check_of(key))


def remove(tx: Transaction, stone: Tombstone) -> None:
    """Let whom it stands for in again."""
    tx.execute(delete(tombstones).where(tombstones.c.mark == stone.mark))


def is_there(tx: Transaction, mark: str) -> bool:
    """Whether that mark keeps somebody out."""
    return tx.execute(select(tombstones.c.at).where(tombstones.c.mark == mark)).first() is not None


def put_back(tx: Transaction, stone: Tombstone) -> None:
    """Keep whom it stands for out again."""
    tx.execute(insert(tombstones).values(**stone._asdict()))


def all_of_them(tx: Transaction) -> list[Tombstone]:
    """Every tombstone, to be carried into another store."""
    return [Tombstone._make(row) for row in tx.execute(select(*_COLUMNS))]


def carry(tx: Transaction, stones: Iterable[Tombstone], key: Key) -> None:
    """Put tombstones of another store under the same key here, beside those that stand."""
    for stone in stones:
        same = tombstones.c.mark == stone.mark
        stands = tx.execute(select(tombstones.c.suppressed).where(same)).scalar_one_or_none()
        if stands is None:
            tx.execute(insert(tombstones).values(**stone._asdict()))
        elif stone.suppressed:
            tx.execute(tombstones.update().where(same).values(suppressed=True))
    meta.write(tx, _CHECK, _check_of(key))


def stand(tx: Transaction) -> bool:
    """Whether anybody was forgotten."""
    return tx.execute(select(tombstones.c.mark).limit(1)).first() is not None


def count(tx: Transaction) -> int:
    """How many there are."""
    return int(tx.execute(select(func.count()).select_from(tombstones)).scalar_one())


def let_go(tx: Transaction) -> int:
    """Forget who was forgotten, since the key is lost; says how many tombstones there were."""
    number = count(tx)
    tx.execute(delete(tombstones))
    tx.execute(delete(tables.meta).where(tables.meta.c.name == _CHECK))
    return number


def shared(address: str, name_key: str = "") -> str:
    """An address that is others' too, of whom somebody under this name was forgotten; without a
    name: that anybody was.
    """
    return f"{address}{_SEPARATOR}{name_key}"


def spelled_handle(service: str, value: str) -> str:
    """An account elsewhere, as it is marked."""
    return f"{service}{_SEPARATOR}{value}".casefold()


def spelled_key(source: str, key: str) -> str:
    """A source's key for a person, as it is marked: by itself where it can't be another's. Where
    people are known by name alone (`name:ada example:1`), their number is of no account.
    """
    by_name = _NAME_AND_NUMBER.fullmatch(key)
    if by_name is not None:
        return by_name[1]
    is_unique = len(key) >= _UNIQUE_LENGTH and not key.startswith(_PLACE)
    return key if is_unique else f"{source}{_SEPARATOR}{key}"


def _marks(key: Key, kind: str, values: Iterable[str]) -> Mapping[str, list[str]]:
    """The values by their marks; those that say nothing of anybody have none."""
    marks: dict[str, list[str]] = {}
    for value in values:
        for compared in _compared(kind, value):
            marks.setdefault(key.mark(_PURPOSE, compared), []).append(value)
    return marks


def _compared(kind: str, value: str) -> Iterator[str]:
    """What a mark is made of."""
    if kind == "phone":
        digits = phone_key(value)
        if len(digits) >= _LEAST_DIGITS:
            yield f"{kind}{_SEPARATOR}{digits}"
        return
    if value:
        yield f"{kind}{_SEPARATOR}{value}"
    if kind == "source_key" and len(value) >= _UUID_LENGTH:
        # An export of krmd's own calls people by their UUIDs, as some address books do.
        with contextlib.suppress(ValueError):
            yield f"contact{_SEPARATOR}{UUID(value.lower().removeprefix('urn:uuid:')).hex}"


_WAY_OUT = (
    "people were forgotten by it, and without it they would come back: put the key back from a"
    " backup, or give it up with krmd forget --lost-key"
)


def _check_of(key: Key) -> str:
    return key.mark("check", "krmd")
