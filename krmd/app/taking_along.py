"""Everything krmd knows beside the people, as JSON values: the ledger, categories, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from krmd.app.by_hand import RULE, RULE_NO_ANSWER, RULE_TO_MANY
from krmd.app.perform import Performer
from krmd.base.command import Actor, EditCategory
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId
from krmd.base.instant import Instant, to_rfc3339
from krmd.ledger.category import category_key
from krmd.ledger.facts import MailKey
from krmd.store import categories, identities, whole_ledger
from krmd.store.engine import Transaction
from krmd.store.ledger import uuid_of
from krmd.store.whole_ledger import LedgerRow

Json = dict[str, object]


def ledger(tx: Transaction) -> Iterator[Json]:
    """Every entry of the ledger, with who took part in it and by which rule."""
    for row in whole_ledger.entries(tx):
        yield {
            "id": _id(row),
            "at": to_rfc3339(row.at),
            "received": to_rfc3339(row.received),
            "kind": row.kind,
            "direction": row.direction,
            "reach": row.reach,
            "rule": row.rule,
            "summary": row.summary,
            "message_id": row.message_id,
            "account": row.account,
            "folder": row.folder,
            "undone": _time(row.undone),
            "people": [
                {
                    "who": _who(part.kind, part.value),
                    "name": part.name,
                    "field": part.field,
                    "rule": part.rule,
                    "counts": part.counts,
                }
                for part in row.parts
            ],
        }


def logged(tx: Transaction) -> Iterator[Json]:
    """What the owner logged by hand and didn't take back, as `log-import` reads it."""
    for row in whole_ledger.entries(tx):
        if row.rule not in (RULE, RULE_NO_ANSWER, RULE_TO_MANY) or row.undone is not None:
            continue
        yield {
            "at": to_rfc3339(row.at),
            "kind": row.kind,
            "who": [_who(part.kind, part.value) for part in row.parts],
            "direction": row.direction,
            "text": row.summary or "",
            "id": _id(row),
        }


def groups(tx: Transaction) -> list[Json]:
    """The categories, with who is in them and was."""
    members: dict[str, list[Json]] = {}
    for row in whole_ledger.memberships(tx):
        members.setdefault(row.category, []).append(
            {
                "contact": f"urn:uuid:{UUID(hex=row.contact)}",
                "since": to_rfc3339(row.since),
                "until": _time(row.until),
                "source": row.source,
            }
        )
    return [
        {
            "name": it.name,
            "cadence_days": it.cadence_days,
            "description": it.description,
            "members": members.get(it.name, []),
        }
        for it in categories.all_of_them(tx)
    ]


def restore_groups(values: object, performer: Performer, actor: Actor) -> int:
    """Give categories the cadence and description that `groups` told of them, where they have none;
    returns how many were given something. Raises UserError where it isn't what `groups` gives.
    """
    if not isinstance(values, list) or not all(isinstance(it, dict) for it in values):
        raise UserError("it is no list of categories")
    with performer.store.reading() as tx:
        known = {it.name_key: it for it in categories.all_of_them(tx)}
    restored = 0
    for it in values:
        name, days, text = it.get("name"), it.get("cadence_days"), it.get("description")
        row = known.get(category_key(name)) if isinstance(name, str) else None
        if row is None:
            continue
        wanted = EditCategory(
            row.name,
            days if isinstance(days, int) and row.cadence_days is None else None,
            text if isinstance(text, str) and text and not row.description else None,
        )
        if wanted.cadence_days is not None or wanted.description is not None:
            restored += performer.perform(wanted, actor).changed
    return restored


def addresses(tx: Transaction) -> list[Json]:
    """Every address seen, with its best name and whether mail reaches it."""
    known = sorted(identities.emails(tx), key=lambda it: it.value)
    return [
        {
            "address": it.value,
            "name": it.name,
            "state": it.state,
            "declined": _time(it.declined),
        }
        for it in known
    ]


def _id(row: LedgerRow) -> str:
    return str(PublicId("i", uuid_of(MailKey(row.high, row.low))))


def _who(kind: str, value: str) -> str:
    """An address, or the id of the contact that an entry by hand hangs on."""
    return f"c_{value}" if kind == "self" else value


def _time(then: Instant | None) -> str | None:
    return None if then is None else to_rfc3339(then)
