"""The one place where commands are performed, whichever door they came through.

A command becomes steps; the steps, their inverse and what they touch are committed together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from krmd.app import people
from krmd.app.by_hand import log_all, log_interaction
from krmd.app.changes import NOBODY, Changes
from krmd.app.claiming import share_no_more
from krmd.app.feeds import change_feeds
from krmd.app.folding import refold
from krmd.app.groups import change_categories
from krmd.app.made import Made
from krmd.app.merging import decline_suggestion, merge, unmerge
from krmd.app.steps import EntryStands, from_json, to_json
from krmd.base.address import AddressSet
from krmd.base.command import (
    Actor,
    AddCategory,
    AddContact,
    AddFeed,
    Command,
    Decline,
    DeclineSuggestion,
    Drop,
    EditCategory,
    EditContact,
    EditFeed,
    ImportLog,
    Keep,
    LogInteraction,
    MergeCategories,
    MergeContacts,
    Outcome,
    RemoveCategory,
    RenameCategory,
    RevokeFeed,
    RotateFeed,
    Undo,
    UnmergeContact,
)
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId, parse_id
from krmd.base.instant import Clock
from krmd.base.key import Key
from krmd.store import journal, ledger
from krmd.store.engine import Store

_FINAL = (Undo, UnmergeContact, RotateFeed, RevokeFeed)
"""What can't be undone: it can be done again, and a secret that leaked mustn't come back."""
_IN_THE_WAY = (RotateFeed.__name__, RevokeFeed.__name__)
"""Of these, whoever says undo right afterwards means them, and not what was before."""
_PART = 0xFFFF
"""The bits by which the ids of an import's parts differ; no two ids drawn by lot share the rest."""


@dataclass(frozen=True, slots=True)
class Performer:
    """Performs commands on a store. `new_uuid` is where randomness comes from, `owner` are the
    addresses that can't become anybody else's, `key` is krmd's.
    """

    store: Store
    clock: Clock
    new_uuid: Callable[[], UUID]
    zone: ZoneInfo
    owner: AddressSet = NOBODY
    key: Callable[[], Key] | None = None

    def perform(self, command: Command, actor: Actor) -> Outcome:
        """Carry out a command in one transaction; UserError where it can't be, changing nothing."""
        with self.store.transaction() as tx:
            changes = Changes(tx, self.clock.now(), self.owner, self.key)
            made = self._steps(command, changes)
            refold(tx, changes.identities, changes.contacts)
            if not changes.inverse:
                return Outcome(None, made.subject, made.sentences)
            uuid = self.new_uuid()
            self._journal(changes, command, actor, uuid=uuid, summary="\n".join(made.sentences))
            return Outcome(str(PublicId("x", uuid)), made.subject, made.sentences)

    def log_some(
        self, rows: Sequence[LogInteraction], actor: Actor, *, source: str, part: UUID
    ) -> list[bool | UserError]:
        """Log a part of a file in one transaction, as one command that undo takes back with the
        other parts; `part` is one of `parts_of(...)`. For each row: entered, known, or its error.
        """
        with self.store.transaction() as tx:
            changes = Changes(tx, self.clock.now(), self.owner, self.key)
            fates = log_all(changes, rows, new_uuid=self.new_uuid, zone=self.zone)
            refold(tx, changes.identities, changes.contacts)
            if changes.inverse:
                command = ImportLog(source, len(changes.inverse))
                summary = _entries(command.entries, source)
                self._journal(changes, command, actor, uuid=part, summary=summary)
            return fates

    def _journal(
        self,
        changes: Changes,
        command: Command | ImportLog,
        actor: Actor,
        *,
        uuid: UUID,
        summary: str,
    ) -> None:
        entry = journal.JournalEntry(
            uuid=uuid.hex,
            at=changes.now,
            door=actor.door,
            command=json.dumps({type(command).__name__: asdict(command)}),
            summary=summary,
            inverse="[]" if isinstance(command, _FINAL) else to_json(changes.inverse),
            undone=None,
        )
        journal.write(changes.tx, entry)

    def _steps(self, command: Command, changes: Changes) -> Made:
        match command:
            case LogInteraction():
                return log_interaction(changes, command, new_uuid=self.new_uuid, zone=self.zone)
            case AddContact() | EditContact() | Keep() | Drop() | Decline():
                return people.change_people(changes, command, self.new_uuid)
            case MergeContacts():
                return merge(changes, command)
            case UnmergeContact():
                return unmerge(changes, command)
            case DeclineSuggestion():
                return decline_suggestion(changes, command)
            case (
                AddCategory()
                | EditCategory()
                | RenameCategory()
                | MergeCategories()
                | RemoveCategory()
            ):
                return change_categories(changes, command)
            case AddFeed() | EditFeed() | RotateFeed() | RevokeFeed():
                return change_feeds(changes, command, self.new_uuid)
            case Undo():
                return undo(changes, command)
            case _:
                assert_never(command)


def parts_of(uuid: UUID) -> Iterator[UUID]:
    """The journal's ids for the parts of one import: alike but for their last bits, so that
    whoever names one of them by its beginning names all.
    """
    first = uuid.int & ~_PART
    return (UUID(int=first + number) for number in range(_PART + 1))


def undo(changes: Changes, command: Undo) -> Made:
    """Take back the last command, the command with this id, or the one that made this entry.

    Of an import the id of an entry takes back that entry alone.
    """
    if command.id is not None and command.id.startswith("i_"):
        return _undo_entry(changes, command.id)
    newest = (
        journal.newest_standing(changes.tx, final=_IN_THE_WAY)
        if command.id is None
        else _command(changes, command.id)
    )
    if newest is None:
        raise UserError("there is nothing to undo")
    return _undo(changes, newest)


def _undo(changes: Changes, newest: journal.JournalEntry) -> Made:
    if newest.undone is not None:
        raise UserError(f"x_{newest.uuid[:12]} is undone already: {newest.summary}")
    entries = _parts(changes, newest)
    parts = [from_json(entry.inverse) for entry in reversed(entries)]
    if not any(parts):
        raise UserError(f"this can't be undone: {newest.summary}")
    for step in chain.from_iterable(parts):
        if not changes.is_moot(step):
            changes.take(step)
    share_no_more(changes)
    for entry in entries:
        journal.strike(changes.tx, entry.uuid, changes.now)
    summary = newest.summary
    if len(entries) > 1:
        source = json.loads(newest.command)[ImportLog.__name__]["source"]
        summary = _entries(sum(map(len, parts)), source)
    return Made(None, (f"Undone: {summary}",))


def _parts(changes: Changes, entry: journal.JournalEntry) -> list[journal.JournalEntry]:
    """The command, with the other parts of its import that stand, in the order they were done."""
    number = UUID(hex=entry.uuid).int
    found = journal.find(changes.tx, UUID(int=number & ~_PART), UUID(int=number | _PART))
    return sorted((it for it in found if it.undone is None), key=lambda it: it.uuid)


def _command(changes: Changes, spelled: str) -> journal.JournalEntry:
    beginning = parse_id(spelled)
    if beginning is None or beginning.prefix != "x":
        raise UserError(f"{spelled} is no id of a command (x_…) or of a logged entry (i_…)")
    found = journal.find(changes.tx, beginning.first, beginning.last)
    if len({UUID(hex=it.uuid).int | _PART for it in found}) != 1:
        raise UserError(f"{spelled} names {len(found) or 'no'} commands")
    return next((it for it in found if it.undone is None), found[0])


def _undo_entry(changes: Changes, spelled: str) -> Made:
    beginning = parse_id(spelled)
    if beginning is None:
        raise UserError(f"{spelled} is no id of a logged entry (i_…)")
    entries = ledger.find(changes.tx, beginning.first, beginning.last)
    if len(entries) != 1:
        raise UserError(f"{spelled} names {len(entries) or 'no'} entries")
    uuid = entries[0][1]
    standing = journal.mentioning(changes.tx, uuid.hex)
    if standing is None:
        raise UserError(
            f"{spelled} was read from mail, which can't be undone;"
            " ignore its sender by [counting] ignore"
        )
    if ImportLog.__name__ not in json.loads(standing.command):
        return _undo(changes, standing)
    if not changes.entry_stands(uuid):
        raise UserError(f"{spelled} is undone already")
    changes.take(EntryStands(uuid.hex, stands=False))
    return Made(None, (f"Undone: {spelled}, one of {standing.summary}",))


def _entries(number: int, source: str) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'} from {source}"
