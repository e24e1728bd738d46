"""The one place where commands are performed, whichever door they came through.

A command becomes steps; the steps, their inverse and what they touch are committed together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from krmd.app import people
from krmd.app.by_hand import log_interaction
from krmd.app.folding import refold
from krmd.app.groups import change_categories
from krmd.app.made import Made
from krmd.app.steps import NOBODY, Changes, from_json, to_json
from krmd.base.address import AddressSet
from krmd.base.command import (
    Actor,
    AddCategory,
    AddContact,
    Command,
    Decline,
    Drop,
    EditCategory,
    EditContact,
    Keep,
    LogInteraction,
    MergeCategories,
    Outcome,
    RemoveCategory,
    RenameCategory,
    Undo,
)
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId, parse_id
from krmd.base.instant import Clock
from krmd.store import journal, ledger
from krmd.store.engine import Store


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs commands on a store. `new_uuid` is where randomness comes from, `owner` are the
    addresses that can't become anybody else's.
    """

    store: Store
    clock: Clock
    new_uuid: Callable[[], UUID]
    zone: ZoneInfo
    owner: AddressSet = NOBODY

    def perform(self, command: Command, actor: Actor) -> Outcome:
        """Carry out a command in one transaction; UserError where it can't be, changing nothing."""
        with self.store.transaction() as tx:
            changes = Changes(tx, self.clock.now(), self.owner)
            made = self._steps(command, changes)
            refold(tx, changes.identities, changes.contacts)
            if not changes.inverse:
                return Outcome(None, made.subject, made.sentences)
            done = PublicId("x", self.new_uuid())
            journal.write(
                tx,
                journal.JournalEntry(
                    uuid=done.uuid.hex,
                    at=changes.now,
                    door=actor.door,
                    command=json.dumps({type(command).__name__: asdict(command)}),
                    summary="\n".join(made.sentences),
                    inverse="[]" if isinstance(command, Undo) else to_json(changes.inverse),
                    undone=None,
                ),
            )
            return Outcome(str(done), made.subject, made.sentences)

    def _steps(self, command: Command, changes: Changes) -> Made:
        match command:
            case LogInteraction():
                return log_interaction(changes, command, new_uuid=self.new_uuid, zone=self.zone)
            case AddContact():
                return people.add(changes, command, self.new_uuid)
            case EditContact():
                return people.edit(changes, command)
            case Keep():
                return people.keep(changes, command.who, self.new_uuid)
            case Drop():
                return people.drop(changes, command.who)
            case Decline():
                return people.decline(changes, command.who)
            case (
                AddCategory()
                | EditCategory()
                | RenameCategory()
                | MergeCategories()
                | RemoveCategory()
            ):
                return change_categories(changes, command)
            case Undo():
                return undo(changes, command)
            case _:
                assert_never(command)


def undo(changes: Changes, command: Undo) -> Made:
    """Take back the last command, the command with this id, or the one that made this entry."""
    entry = _to_undo(changes, command.id)
    if entry is None:
        raise UserError("there is nothing to undo")
    if entry.undone is not None:
        raise UserError(f"x_{entry.uuid[:12]} is undone already: {entry.summary}")
    steps = from_json(entry.inverse)
    if not steps:
        raise UserError(f"this can't be undone: {entry.summary}")
    for step in steps:
        if not changes.is_moot(step):
            changes.take(step)
    people.share_no_more(changes)
    journal.strike(changes.tx, entry.uuid, changes.now)
    return Made(None, (f"Undone: {entry.summary}",))


def _to_undo(changes: Changes, spelled: str | None) -> journal.JournalEntry | None:
    if spelled is None:
        return journal.newest_standing(changes.tx)
    beginning = parse_id(spelled)
    if beginning is None or beginning.prefix not in "xi":
        raise UserError(f"{spelled} is no id of a command (x_…) or of a logged entry (i_…)")
    if beginning.prefix == "x":
        found = journal.find(changes.tx, beginning.first, beginning.last)
        if len(found) != 1:
            raise UserError(f"{spelled} names {len(found) or 'no'} commands")
        return found[0]
    entries = ledger.find(changes.tx, beginning.first, beginning.last)
    if len(entries) != 1:
        raise UserError(f"{spelled} names {len(entries) or 'no'} entries")
    standing = journal.mentioning(changes.tx, entries[0][1].hex)
    if standing is None:
        raise UserError(
            f"{spelled} was read from mail, which can't be undone;"
            " ignore its sender by [counting] ignore"
        )
    return standing
