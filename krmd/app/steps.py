"""The smallest changes commands are made of, and how the journal keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

from krmd.base.instant import Instant
from krmd.ledger.identity import IdentityKind
from krmd.ledger.portrait import FactField
from krmd.store.tombstones import Kind as TombstoneKind

OWNER = "owner"
"""The source of what the owner said."""


@dataclass(frozen=True, slots=True)
class EntryStands:
    """An entry of the ledger counts, or is taken back."""

    uuid: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ContactStands:
    """A contact with this UUID and name is there, or not."""

    uuid: str
    name: str
    name_key: str
    source: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ContactSet:
    """A column of a contact has a value."""

    uuid: str
    column: str
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class ClaimStands:
    """A contact claims an identity under a name (or any), or doesn't; `since` as in a fact."""

    kind: IdentityKind
    value: str
    name_key: str
    contact: str
    stands: bool
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class FactStands:
    """Somebody says this of a person, or doesn't: the owner, or a source under its key for them.

    `since` is when it was first said, None for now; `withdrawn` as in a FactRow.
    """

    contact: str
    field: FactField
    value: str
    source: str
    stands: bool
    label: str = ""
    key: str = ""
    since: Instant | None = None
    withdrawn: Instant | None = None


@dataclass(frozen=True, slots=True)
class FactWithdrawn:
    """The owner says that what a source says of a person isn't so, or lets it be so again."""

    contact: str
    field: FactField
    value: str
    label: str
    source: str
    key: str
    withdrawn: Instant | None


@dataclass(frozen=True, slots=True)
class KeyStands:
    """A source means this contact by a key of its own, or nobody; `digest` of what it said last."""

    source: str
    key: str
    contact: str
    digest: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A contact is in a category from now on, or no longer.

    `at` takes back what was done then: as if they had not joined, or had not left.
    """

    contact: str
    category_key: str
    stands: bool
    source: str = OWNER
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class MergedInto:
    """A contact is one with another, in whom they are found from now on; None: with nobody."""

    contact: str
    into: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """What is said of one contact belongs to another: rows of facts and of memberships, and what
    a source says under these keys of its own, whatever that is by then.
    """

    contact: str
    to: str
    facts: tuple[int, ...] = ()
    memberships: tuple[int, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryStands:
    """A category is there, or not; `unless_used` leaves it where somebody is in it by then."""

    name: str
    name_key: str
    stands: bool
    unless_used: bool = False


@dataclass(frozen=True, slots=True)
class CategorySet:
    """A column of a category has a value."""

    name_key: str
    column: str
    value: str | int | None


@dataclass(frozen=True, slots=True)
class DeclinedStands:
    """A correspondent is not to be proposed, or may be."""

    address: str
    stands: bool


@dataclass(frozen=True, slots=True)
class SuggestionDeclined:
    """A suggestion, known by its key, is not to be made again, or may be."""

    key: str
    stands: bool


@dataclass(frozen=True, slots=True)
class TombstoneStands:
    """Somebody who was forgotten is kept out, by this mark of theirs, or let in again."""

    mark: str
    kind: TombstoneKind
    at: Instant
    suppressed: bool
    stands: bool


@dataclass(frozen=True, slots=True)
class AddressState:
    """Mail to an address is as it is: `ok`, `bounced`, `suppressed`, since then."""

    address: str
    state: str
    since: Instant | None


@dataclass(frozen=True, slots=True)
class FeedStands:
    """A feed with this UUID and name is there, or not; the rest as in an AddFeed command."""

    uuid: str
    name: str
    kinds: tuple[str, ...]
    audience: str | None
    detail: str
    language: str
    alarm_minutes: int | None
    stands: bool


@dataclass(frozen=True, slots=True)
class FeedSet:
    """A feed is called so and tells this."""

    uuid: str
    name: str
    kinds: tuple[str, ...]
    audience: str | None
    detail: str
    language: str
    alarm_minutes: int | None


@dataclass(frozen=True, slots=True)
class FeedGeneration:
    """A feed's secret address is the one of this generation."""

    uuid: str
    generation: int


Step = (
    EntryStands
    | ContactStands
    | ContactSet
    | ClaimStands
    | FactStands
    | FactWithdrawn
    | KeyStands
    | Membership
    | MergedInto
    | Moved
    | CategoryStands
    | CategorySet
    | DeclinedStands
    | SuggestionDeclined
    | TombstoneStands
    | AddressState
    | FeedStands
    | FeedSet
    | FeedGeneration
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Step)}


def to_json(steps: Sequence[Step]) -> str:
    """As the journal keeps them."""
    return f"[{', '.join(json.dumps(_spelled(step)) for step in steps)}]"


def _spelled(step: Step) -> dict[str, object]:
    # Not asdict, which copies deeply and takes five times as long: an import has 30,000 steps.
    return {
        "step": type(step).__name__,
        **{name: getattr(step, name) for name in step.__dataclass_fields__},
    }


def from_json(text: str) -> list[Step]:
    """Back from the journal; fields that a later version added are left out."""
    steps: list[Step] = []
    for spelled in json.loads(text):
        kind = _KINDS[spelled["step"]]
        known = {field.name for field in fields(kind)}
        steps.append(
            kind(**{name: _frozen(value) for name, value in spelled.items() if name in known})
        )
    return steps


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
