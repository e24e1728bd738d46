"""A file of people into the book: read piece by piece, taken in by one transaction, or shown only.

What a source says to the letter as it said before isn't even parsed: each piece is known by a
digest of its octets and of what their meaning depends on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from uuid import UUID

from krmd.app.changes import NOBODY, Changes
from krmd.app.folding import refold
from krmd.app.heard import Heard, Taken
from krmd.app.steps import to_json
from krmd.app.taking_in import TakingIn
from krmd.base.address import AddressSet
from krmd.base.command import Actor, ImportPeople
from krmd.base.instant import Clock
from krmd.formats.reading import PeopleReader, Skipped
from krmd.store import journal, sources
from krmd.store.engine import Store, Transaction
from krmd.store.tombstones import Forgotten, nobody


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: `skipped` are pieces that can't be understood, `left_out` people who
    must not come in (the owner, who was forgotten) or who stand in the file twice; `people` are
    those updated or taken with remarks, and newcomers of a dry run.
    """

    created: int
    updated: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    left_out: tuple[Skipped, ...]
    people: tuple[Taken, ...]


class _OnlyShown(Exception):
    """A dry run ends by rolling back all it did."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes in files of people. `forgotten` tells, within a transaction, who must stay away."""

    store: Store
    clock: Clock
    new_uuid: Callable[[], UUID]
    owner: AddressSet = NOBODY
    forgotten: Callable[[Transaction], Forgotten] = lambda _tx: nobody

    def read(
        self,
        reader: PeopleReader,
        actor: Actor,
        *,
        source: str | None = None,
        dry_run: bool = False,
        progress: Callable[[int], None] = lambda _people: None,
    ) -> Imported:
        """Take in what a reader reads, as one command that undo takes back. `source` names whose
        word it is, by default what kind of file it is; the same source may change its mind.

        `dry_run` does and tells it all and changes nothing. Raises UserError for what is no such
        file, before anything is written.
        """
        source = source or reader.source
        with self.store.reading() as tx:
            known = {it.digest: it.key for it in sources.of_source(tx, source)}
        heard, same, skipped = _heard(reader, known, progress)
        repeated = sum(same.values())
        found: list[Imported] = []
        try:
            with self.store.transaction() as tx:
                changes = self.changes(tx)
                taking = TakingIn(
                    changes,
                    source,
                    new_uuid=self.new_uuid,
                    forgotten=self.forgotten(tx),
                    detailed=dry_run,
                )
                for key in same:
                    taking.pass_over(key)
                taking.take(heard)
                done = _imported(taking, skipped, same=repeated)
                found.append(done)
                if dry_run:
                    raise _OnlyShown
                self.finish(changes, ImportPeople(source, done.created, done.updated), actor)
        except _OnlyShown:
            pass
        return found[0]

    def changes(self, tx: Transaction) -> Changes:
        """The changes of a command in the making, for who takes in people by other ways."""
        return Changes(tx, self.clock.now(), self.owner)

    def finish(self, changes: Changes, command: ImportPeople, actor: Actor) -> None:
        """Let dates follow what was taken in, and note the command. What comes by a rule isn't
        undone: its source would say it again.
        """
        refold(changes.tx, changes.identities, changes.contacts)
        if not changes.inverse:
            return
        journal.write(
            changes.tx,
            journal.JournalEntry(
                uuid=self.new_uuid().hex,
                at=changes.now,
                door=actor.door,
                command=json.dumps({ImportPeople.__name__: asdict(command)}),
                summary=f"{command.created:,} people from {command.source},"
                f" {command.updated:,} changed",
                inverse="[]" if actor.door == "rule" else to_json(changes.inverse),
                undone=None,
            ),
        )


def _heard(
    reader: PeopleReader, known: dict[str, str], progress: Callable[[int], None]
) -> tuple[list[Heard], Counter[str], list[Skipped]]:
    """What is said anew, the keys under which the same is said (how often), what gave nobody."""
    heard: list[Heard] = []
    same: Counter[str] = Counter()
    skipped: list[Skipped] = []
    stem = blake2b(reader.habits, digest_size=16)
    for number, piece in enumerate(reader.pieces(), 1):
        if isinstance(piece, Skipped):
            skipped.append(piece)
            continue
        digested = stem.copy()
        digested.update(piece.octets)
        digest = digested.hexdigest()
        if digest in known:
            same[known[digest]] += 1
        else:
            read = reader.parse(piece)
            if isinstance(read, Skipped):
                skipped.append(read)
            else:
                heard.append(Heard(read.line, read.portrait, digest, read.remarks))
        progress(number)
    return heard, same, skipped


def _imported(taking: TakingIn, skipped: list[Skipped], *, same: int) -> Imported:
    count = Counter(it.what for it in taking.taken)
    return Imported(
        count["created"],
        count["updated"],
        count["unchanged"] + same,
        tuple(sorted(skipped)),
        tuple(sorted(taking.left_out)),
        tuple(_told(taking.taken)),
    )


def _told(taken: list[Taken]) -> Iterator[Taken]:
    return (it for it in sorted(taken) if it.what == "updated" or it.details)
