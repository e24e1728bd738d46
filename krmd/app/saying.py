"""What a source says of a contact who is known: what is new in it, and what it no longer says.

Only the difference to what the same source said before changes anything, so that whatever the
owner changed since stays: a source that repeats itself is no news.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from krmd.app.changes import Changes
from krmd.app.claiming import claim_address, release_address, rename
from krmd.app.steps import CategoryStands, ContactSet, FactStands, Membership
from krmd.base.address import EmailAddress
from krmd.base.errors import UserError
from krmd.base.instant import from_rfc3339
from krmd.ledger.category import category_key
from krmd.ledger.portrait import Fact
from krmd.store import categories, people_index
from krmd.store.contacts import ContactRow

Who = tuple[str, str]
"""A source and its key for a person."""


def say(
    changes: Changes,
    row: ContactRow,
    who: Who,
    *,
    before: AbstractSet[Fact],
    now: AbstractSet[Fact],
) -> list[str]:
    """Let a source say `now` of a contact where it said `before`; returns remarks about what of it
    could not be.
    """
    remarks: list[str] = []
    for fact in sorted(before - now):
        _unsay(changes, row.uuid, who, fact)
    for fact in sorted(now - before):
        changes.take(_stands(row.uuid, who, fact, stands=True))
        try:
            _follow(changes, row.uuid, who, fact, before=before)
        except UserError as error:
            remarks.append(error.message)
    return remarks


def ensure_category(changes: Changes, name: str) -> str:
    """The key of a category, which is made where there is none; UserError where it can't be."""
    key = category_key(name)
    if categories.find(changes.tx, key) is None:
        changes.take(CategoryStands(" ".join(name.split()), key, stands=True, unless_used=True))
    return key


def columns_of(facts: AbstractSet[Fact]) -> dict[str, int | bool | str]:
    """The columns of a contact that some facts speak of; `kept` and `added` are a newcomer's."""
    found: dict[str, int | bool | str] = {}
    for fact in facts:
        if fact.field == "died":
            found["deceased"] = True
        elif fact.field == "no_mailings":
            found["no_mailings"] = fact.value == "true"
        elif fact.field == "cadence_days" and _is_cadence(fact.value):
            found["cadence_days"] = int(fact.value)
        elif fact.field == "dropped":
            found["kept"] = fact.value != "true"
        elif fact.field == "added" and (added := from_rfc3339(fact.value)) is not None:
            found["added"] = added
        elif fact.field == "attention" and fact.value in ("less", "normal", "more", "muted"):
            found["attention"] = fact.value
    return found


def _is_cadence(value: str) -> bool:
    return value.isascii() and value.isdecimal() and 0 < int(value[:6]) <= 36_500


def _follow(
    changes: Changes, uuid: str, who: Who, fact: Fact, *, before: AbstractSet[Fact]
) -> None:
    """What follows from a fact that is newly said. Raises UserError."""
    row = changes.contact(uuid)
    match fact.field:
        case "email":
            claim_address(changes, uuid, EmailAddress(fact.value))
        case "category":
            key = ensure_category(changes, fact.value)
            changes.take(Membership(uuid, key, stands=True, source=who[0]))
        case "name" if row.name in {it.value for it in before if it.field == "name"}:
            rename(changes, uuid, fact.value)
        case "died" | "no_mailings" | "cadence_days" | "attention":
            for column, value in columns_of({fact}).items():
                if getattr(row, column) in (None, False, "normal"):
                    changes.take(ContactSet(uuid, column, value))


def _unsay(changes: Changes, uuid: str, who: Who, fact: Fact) -> None:
    changes.take(_stands(uuid, who, fact, stands=False))
    row = changes.contact(uuid)
    if people_index.others_say(changes.tx, row.id, fact, but=who):
        return
    match fact.field:
        case "email":
            release_address(changes, uuid, fact.value)
        case "category":
            _leave(changes, row, who[0], fact.value)
        case "died" | "no_mailings" | "cadence_days" | "attention":
            for column, value in columns_of({fact}).items():
                if getattr(row, column) == value:
                    changes.take(ContactSet(uuid, column, _UNSAID[column]))


def _stands(uuid: str, who: Who, fact: Fact, *, stands: bool) -> FactStands:
    source, key = who
    return FactStands(uuid, fact.field, fact.value, source, stands, label=fact.label, key=key)


_UNSAID: dict[str, str | bool | None] = {
    "deceased": False,
    "no_mailings": False,
    "cadence_days": None,
    "attention": "normal",
}


def _leave(changes: Changes, row: ContactRow, source: str, name: str) -> None:
    """Out of a category, where it was this source that put them there."""
    category = categories.find(changes.tx, category_key(name))
    if category is None or categories.source_of(changes.tx, row.id, category.id) != source:
        return
    changes.take(Membership(row.uuid, category.name_key, stands=False, source=source))
