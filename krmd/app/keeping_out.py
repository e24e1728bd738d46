"""Who was forgotten is kept out: taken off mails before they are recorded, until the owner says
otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from krmd.app.changes import Changes
from krmd.app.somebody import Somebody
from krmd.app.steps import AddressState, TombstoneStands
from krmd.app.taking_part import TakingPart
from krmd.app.understanding import ReadMail
from krmd.base.address import AddressSet
from krmd.base.instant import to_rfc3339
from krmd.intake.person_names import normalise_name
from krmd.ledger.facts import PEOPLE, Party
from krmd.ledger.phones import phone_key
from krmd.store import identities, people_index, tombstones
from krmd.store.engine import Store, Transaction
from krmd.store.tombstones import Forgotten, Kind, shared, spelled_handle, spelled_key

RULE = "forgotten"
"""Under which mails that are only about somebody forgotten are counted as ignored."""


def is_anybody(store: Store) -> bool:
    """Whether anybody is kept out, so that the key must be the one there was."""
    with store.reading() as tx:
        return tombstones.stand(tx)


def without_forgotten(
    mails: Sequence[ReadMail], forgotten: Forgotten, owner: AddressSet
) -> tuple[list[ReadMail], int]:
    """The mails without whoever was forgotten, and how many are left out since nobody else but the
    owner is on them.

    Others' mails stay theirs, without their subject, and without their id where somebody forgotten
    wrote them.
    """
    if forgotten is tombstones.nobody:
        return list(mails), 0
    gone = _gone({party for mail in mails for party in mail.message.parties}, forgotten, owner)
    if not gone:
        return list(mails), 0
    left = [_without(mail, gone, owner) for mail in mails]
    return [it for it in left if it is not None], left.count(None)


def _gone(parties: set[Party], forgotten: Forgotten, owner: AddressSet) -> set[tuple[str, str]]:
    """Which addresses, under which display name, are somebody's who was forgotten."""
    addresses = {party.address for party in parties if party.address not in owner}
    asked = addresses | {shared(it) for it in addresses}
    found = frozenset(forgotten("email", asked))
    if not found:
        return set()
    seen = {(it.address, it.name) for it in parties}
    names = {
        (address, name): shared(address, _words_of(name))
        for address, name in seen
        if shared(address) in found
    }
    by_name = frozenset(forgotten("email", set(names.values()))) if names else found
    return {it for it in seen if it[0] in found or names.get(it) in by_name}


def _without(mail: ReadMail, gone: set[tuple[str, str]], owner: AddressSet) -> ReadMail | None:
    message = mail.message
    left = tuple(it for it in message.parties if (it.address, it.name) not in gone)
    if len(left) == len(message.parties):
        return mail
    theirs = [it for it in message.parties if (it.address, it.name) in gone]
    others = any(it.field in PEOPLE and it.address not in owner for it in left)
    if not others and any(it.field in PEOPLE for it in theirs):
        return None
    wrote = any(it.field in ("from", "sender") for it in theirs)
    named = wrote or any(it.address in (message.message_id or "").lower() for it in theirs)
    message = message._replace(parties=left, message_id=None if named else message.message_id)
    return mail._replace(message=message, with_forgotten=True)


def values_of(tx: Transaction, who: Somebody, entries: TakingPart) -> frozenset[tuple[Kind, str]]:
    """What keeps somebody out: all that is theirs and nobody else's."""
    return frozenset((*_identities(tx, who), *_by_name(tx, who, entries), *_keys(who)))


def lift(changes: Changes, kind: Kind, value: str) -> list[str]:
    """Let somebody in again since the owner names them; returns sentences. An address that got no
    mailings gets none.

    Is to be called once the address is claimed. Raises StoreError.
    """
    stone = None if changes.key is None else tombstones.find(changes.tx, changes.key, kind, value)
    if stone is None:
        return []
    changes.take(TombstoneStands(*stone, stands=False))
    sentence = f"{value} was forgotten on {to_rfc3339(stone.at)[:10]}, and is known again."
    if kind != "email" or not stone.suppressed:
        return [sentence]
    changes.take(AddressState(value, "suppressed", changes.now))
    return [sentence, f"Mailings to {value} stay stopped, as they were."]


def _identities(tx: Transaction, who: Somebody) -> Iterator[tuple[Kind, str]]:
    for it in who.alone:
        if it.kind != "self":
            yield it.kind, it.value
    for row in who.contacts:
        yield "contact", row.uuid
    phones = who.values("phone")
    others = {
        phone_key(value)
        for contact, value in (people_index.phones(tx) if phones else ())
        if contact not in who.ids
    }
    # Of a family's or a company's number nobody could tell whose card is meant.
    yield from (("phone", it) for it in phones if phone_key(it) not in others)
    for fact in who.facts:
        if fact.field == "handle":
            yield "handle", spelled_handle(fact.label, fact.value)


def _by_name(tx: Transaction, who: Somebody, entries: TakingPart) -> Iterator[tuple[Kind, str]]:
    """Addresses that others have too, with the names they were seen under there."""
    claims = identities.claims_on(tx, [it.id for it in who.shared])
    for it in who.shared:
        names = {_words_of(claim.name_key) for claim in claims[it.id] if claim.contact in who.ids}
        names |= {_words_of(part.name) for part in entries.on_shared if part.identity == it.id}
        for name in names - {""}:
            yield "email", shared(it.value)
            yield "email", shared(it.value, name)


def _words_of(name: str) -> str:
    """A display name in whichever order its words are spelled."""
    return " ".join(sorted(normalise_name(name).split()))


def _keys(who: Somebody) -> Iterator[tuple[Kind, str]]:
    for it in who.keys:
        yield "source_key", spelled_key(it.source, it.key)
