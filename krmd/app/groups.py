"""Categories come, change and go."""

from __future__ import annotations

from krmd.app.audience import names_of, renamed
from krmd.app.changes import Changes
from krmd.app.made import Made
from krmd.app.steps import CategorySet, CategoryStands, FeedSet, Membership
from krmd.base.command import (
    AddCategory,
    EditCategory,
    MergeCategories,
    RemoveCategory,
    RenameCategory,
)
from krmd.base.errors import UserError
from krmd.ledger.cadence import check_cadence
from krmd.ledger.category import category_key, category_name
from krmd.ledger.portrait import LONGEST_TEXT, clean
from krmd.store import categories, contacts, feeds
from krmd.store.categories import CategoryRow
from krmd.store.feeds import FeedRow

CategoryCommand = AddCategory | EditCategory | RenameCategory | MergeCategories | RemoveCategory


def change_categories(changes: Changes, command: CategoryCommand) -> Made:
    """Carry out a command about categories."""
    match command:
        case AddCategory():
            return _add(changes, command)
        case EditCategory():
            return _edit(changes, command)
        case RenameCategory():
            return _rename(changes, command)
        case MergeCategories():
            return _merge(changes, command)
        case RemoveCategory():
            return _remove(changes, command.name)


def find_category(changes: Changes, text: str) -> CategoryRow:
    """The category of that name; UserError with the names there are."""
    row = categories.find(changes.tx, category_key(text))
    if row is None:
        names = tuple(it.name for it in categories.all_of_them(changes.tx))
        raise UserError(
            f"there is no category “{text}”; there are: {', '.join(names) or 'none'}",
            candidates=names,
        )
    return row


def _add(changes: Changes, command: AddCategory) -> Made:
    name, key = category_name(command.name), category_key(command.name)
    if not changes.take(CategoryStands(name, key, stands=True)):
        raise UserError(f"there is a category “{name}” already")
    _set(changes, key, command.cadence_days, command.description)
    return Made(None, (f"Category {name} made.",))


def _edit(changes: Changes, command: EditCategory) -> Made:
    row = find_category(changes, command.name)
    _set(changes, row.name_key, command.cadence_days, command.description)
    return Made(None, (f"Category {row.name} changed.",))


def _set(changes: Changes, key: str, cadence_days: int | None, description: str | None) -> None:
    if cadence_days is not None:
        check_cadence(cadence_days)
        changes.take(CategorySet(key, "cadence_days", cadence_days or None))
    if description is not None:
        changes.take(CategorySet(key, "description", clean(description, most=LONGEST_TEXT)))


def _rename(changes: Changes, command: RenameCategory) -> Made:
    row = find_category(changes, command.name)
    name, key = category_name(command.new_name), category_key(command.new_name)
    if key != row.name_key and categories.find(changes.tx, key) is not None:
        raise UserError(f"there is a category “{name}” already; merge the two instead")
    changes.take(CategorySet(row.name_key, "name", name))
    changes.take(CategorySet(row.name_key, "name_key", key))
    return Made(None, (f"{row.name} is called {name} now.", *_audiences_follow(changes, row, name)))


def _merge(changes: Changes, command: MergeCategories) -> Made:
    row, into = find_category(changes, command.name), find_category(changes, command.into)
    if row.id == into.id:
        raise UserError(f"{row.name} and {into.name} are one and the same")
    moved = 0
    for uuid in _members(changes, row):
        moved += changes.take(Membership(uuid, into.name_key, stands=True))
    follow = _audiences_follow(changes, row, into.name)
    _remove(changes, row.name)
    merged = f"{row.name} is merged into {into.name}: {moved} people joined it."
    return Made(None, (merged, *follow))


def _remove(changes: Changes, name: str) -> Made:
    row = find_category(changes, name)
    for uuid in _members(changes, row):
        changes.take(Membership(uuid, row.name_key, stands=False))
    changes.take(CategorySet(row.name_key, "cadence_days", None))
    changes.take(CategorySet(row.name_key, "description", ""))
    changes.take(CategoryStands(row.name, row.name_key, stands=False))
    stuck = (
        f"The feed {feed.name} is of {feed.plan.audience}, and stays as it is until that is"
        " another: krmd feed edit"
        for feed in _told_of(changes, row)
    )
    return Made(None, (f"Category {row.name} removed; its people stay.", *stuck))


def _audiences_follow(changes: Changes, row: CategoryRow, name: str) -> list[str]:
    """Let feeds whose audience names a category name it otherwise."""
    sentences = []
    for feed in _told_of(changes, row):
        audience = renamed(feed.plan.audience or "", row.name_key, name)
        changes.take(FeedSet(feed.uuid, feed.name, *feed.plan._replace(audience=audience)))
        sentences.append(f"The feed {feed.name} is of {audience} now.")
    return sentences


def _told_of(changes: Changes, row: CategoryRow) -> list[FeedRow]:
    """The feeds whose audience names a category."""
    return [
        feed
        for feed in feeds.all_of_them(changes.tx)
        if feed.plan.audience is not None and row.name_key in names_of(feed.plan.audience)
    ]


def _members(changes: Changes, row: CategoryRow) -> list[str]:
    members = contacts.by_ids(changes.tx, categories.members(changes.tx, row.id))
    return sorted(contact.uuid for contact in members.values())
