"""Forgetting somebody: in one transaction out of the tables, then out of the store's files.

From then on tombstones keep them out: ingest and import ask those, and the owner may lift them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import inspect

from krmd.app.folding import refold
from krmd.app.forgetting_plan import ForgettingPlan, told
from krmd.app.rewriting import judge_again
from krmd.app.somebody import Somebody, of_contacts, somebody
from krmd.app.traces import Traces, traces_of
from krmd.app.who import Correspondent, find_person
from krmd.base.address import AddressSet, parse_address
from krmd.base.command import Actor
from krmd.base.errors import StoreError, UserError
from krmd.base.instant import Clock, to_rfc3339
from krmd.base.key import Key
from krmd.intake.classify import Judge
from krmd.ledger.identity import name_weight
from krmd.store import (
    contacts,
    erasing,
    identities,
    journal,
    meta,
    search,
    shredding,
    tombstones,
    whereabouts,
)
from krmd.store.engine import Store, Transaction
from krmd.store.search_watch import STALE
from krmd.store.tombstones import Forgotten

SUMMARY = "Forgot somebody."
_COMMAND = '{"Forget": {}}'
UNFINISHED = "forget.unfinished"
"""In `meta`: the store's files may hold traces; another value at each forgetting."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Forgets people. `owner_name` is never somebody else's; `key` gives krmd's key when it is
    needed, and makes it where nobody was forgotten yet; `books` are read besides.
    """

    store: Store
    clock: Clock
    new_uuid: Callable[[], UUID]
    judge: Judge
    key: Callable[[], Key]
    owner_name: str = ""
    books: tuple[str, ...] = ()

    def plan(self, who: str) -> ForgettingPlan:
        """What would go; changes nothing. Raises UserError where `who` isn't one person."""
        with self.store.reading() as tx:
            return self._told(self._traces(tx, who))

    def forget(self, who: str, actor: Actor) -> ForgettingPlan:
        """Let them go and keep them out; what is left in the files is for `finish`.

        Raises UserError, and StoreError where the key can't be had; nothing is changed then.
        """
        with self.store.reading() as tx:
            tombstones.key_of(tx, self.key)
        with self.store.transaction() as tx:
            traces = self._traces(tx, who)
            self._carry_out(tx, traces)
            entry = journal.JournalEntry(
                uuid=self.new_uuid().hex,
                at=self.clock.now(),
                door=actor.door,
                command=_COMMAND,
                summary=SUMMARY,
                inverse="[]",
                undone=None,
            )
            journal.write(tx, entry)
        return self._told(traces)

    def finish(self, *, patience: float = shredding.PATIENCE_SECONDS) -> str | None:
        """Let nothing be left in the store's files; None where that is done, else why not."""
        with self.store.reading() as tx:
            mark = meta.read(tx, UNFINISHED)
        if mark is None:
            return None
        trouble = shredding.shred(self.store, patience=patience)
        if trouble is None:
            with self.store.transaction() as tx:
                # Somebody else may have been forgotten meanwhile, whose traces are there yet.
                erasing.forget_mark(tx, UNFINISHED, mark)
        return trouble

    def apply(self, tx: Transaction) -> int:
        """Forget in this store whoever its tombstones name, as where an older backup came back;
        says how many. The caller commits, and calls `finish`.
        """
        forgotten = tombstones.memory(tx, self.key)
        if forgotten is tombstones.nobody:
            return 0
        found = list(_still_there(tx, forgotten, self.judge.owner))
        for who in found:
            self._carry_out(tx, traces_of(tx, who, owner_name=self.owner_name))
        return len(found)

    def give_up_key(self) -> int:
        """Forget who was forgotten, since the key is lost; says how many tombstones there were.

        Raises UserError where it isn't.
        """
        with self.store.transaction() as tx:
            if tombstones.stand(tx):
                with contextlib.suppress(StoreError):
                    tombstones.key_of(tx, self.key)
                    raise UserError("krmd's key is there, and nobody comes back: nothing is lost")
            return tombstones.let_go(tx)

    def _traces(self, tx: Transaction, who: str) -> Traces:
        owner, address = self.judge.owner, parse_address(who)
        if address is not None and address in owner:
            raise UserError(f"{address} is your own")
        if address is not None and identities.find(tx, "email", address) is None:
            stone = tombstones.find(tx, self.key, "email", address)
            if stone is not None:
                raise UserError(f"{address} was forgotten on {to_rfc3339(stone.at)[:10]} already")
        found = somebody(tx, find_person(tx, who), owner)
        if any(it in owner for it in found.addresses):
            raise UserError(f"{found.name} is you")
        return traces_of(tx, found, owner_name=self.owner_name)

    def _carry_out(self, tx: Transaction, traces: Traces) -> None:
        meta.write(tx, UNFINISHED, self.new_uuid().hex)
        erasing.erase(tx, traces.erasure)
        judge_again(tx, traces.mails, self.judge)
        _weigh_names_again(tx, traces.erasure.best_names)
        refold(tx, traces.touched)
        if inspect(tx.connection).has_table(STALE):
            search.erase(tx)
        key, now = tombstones.key_of(tx, self.key), self.clock.now()
        for suppressed in (False, True):
            values = [it for it in traces.kept_out if (it[1] in traces.suppressed) == suppressed]
            tombstones.put(tx, key, values, at=now, suppressed=suppressed)

    def _told(self, traces: Traces) -> ForgettingPlan:
        return told(traces, books=self.books, is_sqlite=self.store.is_sqlite)


def is_unfinished(tx: Transaction) -> bool:
    """Whether the store's files may hold traces of somebody forgotten."""
    return meta.read(tx, UNFINISHED) is not None


def _weigh_names_again(tx: Transaction, ids: tuple[int, ...]) -> None:
    """The best name of these identities, of those they are seen under still."""
    seen = whereabouts.names_seen(tx, ids)
    identities.offer_names(
        tx, [(who, name, name_weight(field, at)) for who, name, field, at in seen]
    )


def _still_there(tx: Transaction, forgotten: Forgotten, owner: AddressSet) -> Iterator[Somebody]:
    """Whoever is in the store and was forgotten: contacts by their ids and their sources' keys,
    and correspondents.
    """
    keys = {
        tombstones.spelled_key(source, key): contact
        for source, key, contact in whereabouts.every_source_key(tx)
    }
    uuids = whereabouts.every_contact(tx)
    meant = {keys[it] for it in forgotten("source_key", list(keys))}
    meant |= {uuids[it] for it in forgotten("contact", list(uuids))}
    for row in contacts.by_ids(tx, sorted(meant)).values():
        if row.merged_into not in meant:
            yield of_contacts(tx, [row], owner)
    known = {it.value: it for it in identities.emails(tx) if it.value not in owner}
    theirs = [known[it] for it in forgotten("email", list(known))]
    claims = identities.claims_on(tx, [it.id for it in theirs])
    for it in theirs:
        if it.id not in claims:
            yield somebody(tx, Correspondent(it), owner)
