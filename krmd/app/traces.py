"""All that the store holds of somebody, found by reading alone: what of it goes, and what stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from krmd.app.journal_traces import Learned, Words, learn, once_theirs, scrubbed
from krmd.app.keeping_out import values_of
from krmd.app.mentioned import mentioned
from krmd.app.somebody import Names, Somebody, names_of
from krmd.app.taking_part import taking_part
from krmd.base.identifier import public_contact
from krmd.intake.person_names import normalise_name
from krmd.ledger.facts import MailKey
from krmd.ledger.mentions import Mentions, is_full_name
from krmd.store import contacts, identities, tables, whereabouts
from krmd.store.engine import Transaction
from krmd.store.erasing import Erasure
from krmd.store.ledger import uuid_of
from krmd.store.tombstones import Kind
from krmd.store.whereabouts import Cell

_LEAST_TEXT = 6
"""A fact of fewer characters is anybody's (`yes`, `en`), and not looked for elsewhere."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What is to be done so that nothing tells of somebody any more.

    `erasure` says it by the keys of the tables. `mails` are to be judged again without them, of
    `touched` identities the recency is to be folded anew. `kept_out` is what their tombstones stand
    for, and `suppressed` whose of these gets no mailings should they come back. `texts` counts the
    entries of others that name them, `undo` the commands that can't be taken back any more; `stays`
    are sentences.
    """

    who: Somebody
    names: tuple[str, ...]
    phones: tuple[str, ...]
    erasure: Erasure
    shared: int
    texts: int
    undo: int
    mails: tuple[int, ...]
    touched: frozenset[int]
    kept_out: frozenset[tuple[Kind, str]]
    suppressed: frozenset[str]
    stays: tuple[str, ...]


def traces_of(tx: Transaction, who: Somebody, *, owner_name: str) -> Traces:
    """Look through the whole store for somebody; changes nothing."""
    ids = _ids(tx, who)
    learned = learn(whereabouts.journal_rows(tx), ids)
    names, stays = _looked_for(tx, who, names_of(tx, who, learned.names), owner_name)
    phones = (*who.values("phone"), *(it.value for it in who.alone if it.kind == "phone"))
    addresses = {*who.addresses, *_released(tx, who, learned.addresses)}
    mentions = Mentions(names, (*addresses, *phones))
    entries = taking_part(tx, who)
    told = mentioned(tx, who, mentions, entries)
    by_hand = whereabouts.logged(tx, (*entries.alone, *entries.shared))
    journal = scrubbed(
        whereabouts.journal_rows(tx),
        Words(
            ids=frozenset((*ids, *_hex(by_hand.values()))),
            mentions=mentions,
            names=frozenset(it for it in names if not is_full_name(it) and "@" not in it),
            texts=frozenset(_texts(tx, who, learned)),
        ),
    )
    erasure = Erasure(
        contacts=who.ids,
        identities=tuple(it.id for it in who.alone),
        parts=entries.on_shared,
        entries=entries.alone,
        summaries=(*entries.shared, *told.summaries),
        message_ids=(*entries.authored, *told.message_ids),
        names=told.names,
        best_names=(*told.best_names, *(it.id for it in who.shared)),
        facts=told.facts,
        rows=(*told.rows, *map(_declined, sorted(journal.declined))),
        cells=told.cells,
        journal=journal.rows,
    )
    return Traces(
        who=who,
        names=tuple(names),
        phones=tuple(dict.fromkeys(phones)),
        erasure=erasure,
        shared=len(entries.shared),
        texts=len(told.summaries),
        undo=journal.undo,
        mails=tuple(it for it in entries.shared if it not in by_hand),
        touched=_touched(who, erasure),
        kept_out=values_of(tx, who, entries),
        suppressed=_suppressed(who),
        stays=(*stays, *told.stays),
    )


def _ids(tx: Transaction, who: Somebody) -> list[str]:
    """The UUIDs of their contacts, those that were taken back by undo too."""
    mine = [row.uuid for row in who.contacts]
    once = once_theirs(whereabouts.journal_rows(tx), who.addresses) - {*mine}
    return mine + sorted(once - contacts.by_uuids(tx, sorted(once)).keys())


def _looked_for(
    tx: Transaction, who: Somebody, names: Names, owner_name: str
) -> tuple[list[str], list[str]]:
    """The names that are theirs alone, and sentences about those that others bear too.

    A name that a contact who stays bears may be about that contact, and one that they were only
    seen under may be that of somebody who wrote from their address.
    """
    keys = {name: normalise_name(name) for name in names.said | names.seen}
    stays = []
    taken = {normalise_name(owner_name)}
    for contact, uuid, key in whereabouts.namesakes(tx, sorted(set(keys.values()))):
        if contact not in who.ids:
            taken.add(key)
            stays.append(
                f"another contact is called {key}, {public_contact(uuid)[:14]}: texts with that"
                " name stay"
            )
    mine = {it.id for it in (*who.alone, *who.shared)}
    borne = whereabouts.bearers(tx, sorted(names.seen))
    others = {name for identity, name in borne if identity not in mine}
    left = (it for it in keys if keys[it] not in taken and it not in others)
    return sorted(left), stays


def _released(tx: Transaction, who: Somebody, addresses: Iterable[str]) -> Iterator[str]:
    """Addresses that once were theirs and that no other contact has now."""
    shared = {it.value for it in who.shared}
    for address in sorted(addresses):
        known = identities.find(tx, "email", address)
        claims = identities.claims_on(tx, [known.id]) if known is not None else {}
        if address not in shared and not claims:
            yield address


def _texts(tx: Transaction, who: Somebody, learned: Learned) -> Iterator[str]:
    """Texts about them that are about nobody else."""
    said = {it.value for it in who.facts} | {it.key for it in who.keys} | learned.texts
    long = [it for it in sorted(said) if len(it) >= _LEAST_TEXT]
    others = whereabouts.others_say(tx, long, who.ids)
    yield from (it for it in long if it not in others)


def _touched(who: Somebody, erasure: Erasure) -> frozenset[int]:
    parts = (*erasure.parts, *erasure.names)
    return frozenset(part.identity for part in parts) - {it.id for it in who.alone}


def _suppressed(who: Somebody) -> frozenset[str]:
    everywhere = any(row.no_mailings for row in who.contacts)
    return frozenset(it.value for it in who.alone if everywhere or it.state == "suppressed")


def _hex(keys: Iterable[tuple[int, int]]) -> Iterator[str]:
    return (uuid_of(MailKey(*key)).hex for key in keys)


def _declined(key: str) -> Cell:
    return tables.declined_suggestions, "key", (("key", key),)
