"""Judging what is recorded anew: other facts, an earlier arrival, other rules; recency follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from krmd.app.folding import refold
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.ledger.facts import Facts
from krmd.ledger.identity import name_weight
from krmd.ledger.interaction import Verdict
from krmd.ledger.when import happened_at
from krmd.store import identities, ledger
from krmd.store.engine import Transaction
from krmd.store.ledger import NewVerdict, PlainRow


class JudgedAgain(NamedTuple):
    """How many mails were otherwise, and the identities whose recency was folded anew."""

    differing: int
    touched: set[int]


class _Named(NamedTuple):
    """A mail whose copies together name others than were known."""

    id: int
    at: Instant
    facts: Facts
    verdict: Verdict


def judge_again(
    tx: Transaction,
    ids: Sequence[int],
    judge: Judge,
    *,
    changed: Mapping[int, tuple[Facts, Instant]] = MappingProxyType({}),
) -> JudgedAgain:
    """Judge recorded mails anew, some with `changed` facts and arrival.

    Recency follows in the same transaction.
    """
    anew: list[NewVerdict] = []
    roles: list[tuple[int, int, str, str, bool]] = []
    named: list[_Named] = []
    touched: set[int] = set()
    for mail in ledger.recorded(tx, ids):
        facts, received = changed.get(mail.id, (mail.facts, mail.received))
        at = happened_at(mail.date, received)
        verdict = judge.judge(facts)
        stands = (mail.at, mail.rule, mail.reach, mail.direction, mail.roles)
        if facts.parties != mail.facts.parties:
            touched.update(mail.identities)
            named.append(_Named(mail.id, at, facts, verdict))
        elif stands != (at, *verdict):
            touched.update(mail.identities)
            roles += [
                (mail.id, who, party.field, *role)
                for who, party, role in zip(
                    mail.identities, facts.parties, verdict.roles, strict=True
                )
            ]
        elif mail.id not in changed:
            continue
        anew.append(NewVerdict(mail.id, at, received, facts.marks, facts.people, *verdict[:3]))
    ledger.rewrite(tx, anew, roles)
    touched |= _name_again(tx, named)
    refold(tx, touched)
    return JudgedAgain(len(anew), touched)


def _name_again(tx: Transaction, named: Sequence[_Named]) -> set[int]:
    """Write the participants of mails anew whose copies name others than were known."""
    addresses = {party.address for it in named for party in it.facts.parties}
    ids = identities.email_ids(tx, list(addresses))
    ledger.remove_participants(tx, [it.id for it in named])
    rows: list[PlainRow] = []
    offers: list[tuple[int, str, int]] = []
    for mail, at, facts, verdict in named:
        for party, role in zip(facts.parties, verdict.roles, strict=True):
            identity = ids[party.address]
            rows.append((mail, identity, party.field, party.name, *role))
            if party.name and role.rule != "owner":
                offers.append((identity, party.name, name_weight(party.field, at)))
    ledger.add(tx, [], rows)
    identities.offer_names(tx, offers)
    return set(ids.values())
