"""Categories come, change and go."""

from __future__ import annotations

from krmd.app.changes import Changes
from krmd.app.made import Made
from krmd.app.steps import CategorySet, CategoryStands, Membership
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
from krmd.store import categories, contacts
from krmd.store.categories import CategoryRow

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
    return Made(None, (f"{row.name} is called {name} now.",))


def _merge(changes: Changes, command: MergeCategories) -> Made:
    row, into = find_category(changes, command.name), find_category(changes, command.into)
    if row.id == into.id:
        raise UserError(f"{row.name} and {into.name} are one and the same")
    moved = 0
    for uuid in _members(changes, row):
        moved += changes.take(Membership(uuid, into.name_key, stands=True))
    _remove(changes, row.name)
    return Made(None, (f"{row.name} is merged into {into.name}: {moved} people joined it.",))


def _remove(changes: Changes, name: str) -> Made:
    row = find_category(changes, name)
    for uuid in _members(changes, row):
        changes.take(Membership(uuid, row.name_key, stands=False))
    changes.take(CategorySet(row.name_key, "cadence_days", None))
    changes.take(CategorySet(row.name_key, "description", ""))
    changes.take(CategoryStands(row.name, row.name_key, stands=False))
    return Made(None, (f"Category {row.name} removed; its people stay.",))


def _members(changes: Changes, row: CategoryRow) -> list[str]:
    members = contacts.by_ids(changes.tx, categories.members(changes.tx, row.id))
    return sorted(contact.uuid for contact in members.values())
