"""By which rules and settings the ledger stands judged: a mark in the store."""

from __future__ import annotations

from krmd.base.errors import TryLaterError
from krmd.store import meta
from krmd.store.engine import Store, Transaction

RULES_VERSION = "1"
"""Raise it with every change of a rule: each ledger is judged again then."""

_MARK = "rules"
_UNFINISHED = " unfinished"


class RulesChangedError(Exception):
    """Another process judges by other settings now: read the settings again, then go on."""


def is_judged(store: Store, fingerprint: str) -> bool:
    """Whether the ledger was judged by these settings and the rules of this version."""
    with store.reading() as tx:
        return meta.read(tx, _MARK) == rules_of(fingerprint)


def require_rules(tx: Transaction, fingerprint: str) -> None:
    """Raise RulesChangedError where the ledger stands under other rules than these."""
    if meta.read(tx, _MARK) != rules_of(fingerprint):
        raise RulesChangedError


def begin_judging(tx: Transaction, fingerprint: str) -> None:
    """Note that the ledger is being judged by these settings: who judges by others stops at once.

    Without this, a mail they write behind the judge's back would keep their verdict for good.
    """
    if meta.read(tx, _MARK) != rules_of(fingerprint):
        meta.write(tx, _MARK, rules_of(fingerprint) + _UNFINISHED)


def go_on_judging(tx: Transaction, fingerprint: str) -> None:
    """Raise TryLaterError where another process has begun to judge by other rules than these."""
    ours = rules_of(fingerprint)
    if meta.read(tx, _MARK) not in (ours, ours + _UNFINISHED):
        raise TryLaterError("another krmd judges the ledger by other settings now; try again later")


def mark_judged(tx: Transaction, fingerprint: str) -> None:
    """Note that the ledger stands judged by these settings and the rules of this version."""
    meta.write(tx, _MARK, rules_of(fingerprint))


def rules_of(fingerprint: str) -> str:
    """What stands in the store while its verdicts are those of these settings and rules."""
    return f"{RULES_VERSION}:{fingerprint}"
