"""Judging the ledger again when the rules change, and comparing what is stored with what follows.

Each chunk is one transaction that keeps verdicts and recency together, so it may be interrupted
anywhere and begun again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from krmd.app import folding
from krmd.app.rewriting import judge_again
from krmd.app.rules import begin_judging, go_on_judging, mark_judged
from krmd.intake.classify import Judge
from krmd.ledger.when import happened_at
from krmd.store import ledger, recency
from krmd.store.engine import Store, Transaction
from krmd.store.tables import contacts, identities

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: mails looked at, verdicts and recencies that were otherwise."""

    mails: int
    verdicts: int
    recencies: int

    @property
    def was_right(self) -> bool:
        """Whether everything stored was as it follows from the facts."""
        return not (self.verdicts or self.recencies)


def rebuild(
    store: Store,
    judge: Judge,
    fingerprint: str,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Rebuilt:
    """Judge every mail again and fold every recency anew; `progress` hears done and total.

    Another process may read mail meanwhile by these rules, but not by others. Raises TryLaterError
    where one begins to judge by others.
    """
    with store.transaction() as tx:
        begin_judging(tx, fingerprint)
    verdicts, mails = _judge_everything(store, judge, fingerprint, progress)
    recencies = _fold_everything(store, fingerprint)
    with store.transaction() as tx:
        go_on_judging(tx, fingerprint)
        mark_judged(tx, fingerprint)
    return Rebuilt(mails, verdicts, recencies)


def _judge_everything(
    store: Store, judge: Judge, fingerprint: str, progress: Callable[[int, int], None]
) -> tuple[int, int]:
    verdicts = mails = 0
    first = 1
    while True:
        with store.transaction() as tx:
            go_on_judging(tx, fingerprint)
            total = ledger.next_id(tx) - 1
            ids = ledger.mail_ids(tx, first, _CHUNK)
            verdicts += judge_again(tx, ids, judge).differing
        mails += len(ids)
        if not ids:
            return verdicts, mails
        first = ids[-1] + 1
        progress(ids[-1], total)


def _fold_everything(store: Store, fingerprint: str) -> int:
    """Put right whatever recency isn't the fold; says how many. Who writes meanwhile keeps theirs
    right by themselves.
    """
    with store.reading() as tx:
        everyone, kept = _everybody(tx)
    nobody: list[int] = []
    chunks = [(chunk, nobody) for chunk in folding.in_chunks(everyone)]
    chunks += [(nobody, chunk) for chunk in folding.in_chunks(kept)]
    wrong = 0
    for identity_ids, contact_ids in chunks:
        with store.transaction() as tx:
            go_on_judging(tx, fingerprint)
            found = folding.differences(tx, identity_ids=identity_ids, contact_ids=contact_ids)
            for difference in list(found):
                recency.write(tx, difference.subject, {difference.id: difference.folded})
                wrong += 1
    return wrong


def compare(store: Store, judge: Judge) -> tuple[Rebuilt, list[str]]:
    """What a rebuild would change, changing nothing; a sentence for each of the first fifty."""
    sentences: list[str] = []
    mails = verdicts = 0
    with store.reading() as tx:
        first = 1
        while ids := ledger.mail_ids(tx, first, _CHUNK):
            for mail in ledger.recorded(tx, ids):
                said = judge.judge(mail.facts)
                stored = (mail.at, mail.rule, mail.reach, mail.direction, mail.roles)
                if stored != (happened_at(mail.date, mail.received), *said):
                    verdicts += 1
                    sentences.append(f"mail {mail.id}: {mail.rule} is stored, {said.rule} follows")
            mails += len(ids)
            first = ids[-1] + 1
        wrong = _recency_differences(tx, _everybody(tx))
        sentences += [f"{it.subject} {it.id}: {it.stored} ≠ {it.folded}" for it in wrong]
    return Rebuilt(mails, verdicts, len(wrong)), sentences[:50]


def _everybody(tx: Transaction) -> tuple[list[int], list[int]]:
    everyone = tx.execute(select(identities.c.id)).scalars().all()
    kept = tx.execute(select(contacts.c.id)).scalars().all()
    return list(everyone), list(kept)


def _recency_differences(
    tx: Transaction, people: tuple[list[int], list[int]]
) -> list[folding.Difference]:
    found: list[folding.Difference] = []
    for chunk in folding.in_chunks(people[0]):
        found += folding.differences(tx, identity_ids=chunk, contact_ids=())
    for chunk in folding.in_chunks(people[1]):
        found += folding.differences(tx, identity_ids=(), contact_ids=chunk)
    return found
