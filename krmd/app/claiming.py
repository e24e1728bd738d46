"""Whose an address is: claimed, shared by several who are told apart by name, released."""

from __future__ import annotations

from krmd.app.changes import Changes
from krmd.app.steps import ClaimStands, ContactSet
from krmd.base.address import EmailAddress
from krmd.base.errors import UserError
from krmd.intake.person_names import normalise_name
from krmd.ledger.identity import ANY_NAME
from krmd.store import contacts, identities
from krmd.store.contacts import ContactRow
from krmd.store.identities import Identity


def claim_address(changes: Changes, uuid: str, address: EmailAddress) -> list[str]:
    """Let a contact have an address; one that others have is shared, told apart by display name.

    Raises UserError for the owner's own, and where nothing would tell those who share it apart.
    """
    if address in changes.owner:
        raise UserError(f"{address} is your own")
    contact = changes.contact(uuid)
    identity = identities.ensure(changes.tx, "email", address)
    standing = identities.claims_on(changes.tx, [identity.id]).get(identity.id, ())
    if any(claim.contact == contact.id for claim in standing):
        return []
    if not standing:
        changes.take(ClaimStands("email", address, ANY_NAME, uuid, stands=True))
        return [f"{address} is theirs."]
    others = contacts.by_ids(changes.tx, [claim.contact for claim in standing])
    for claim in standing:
        other = others[claim.contact]
        if other.name_key == contact.name_key:
            raise UserError(
                f"{address} is {other.name}'s already (c_{other.uuid[:12]}), and by the same name"
                " the two can't be told apart"
            )
        if claim.name_key == ANY_NAME:
            changes.take(ClaimStands("email", address, ANY_NAME, other.uuid, stands=False))
            changes.take(ClaimStands("email", address, other.name_key, other.uuid, stands=True))
    changes.take(ClaimStands("email", address, contact.name_key, uuid, stands=True))
    names = ", ".join(sorted(other.name for other in others.values()))
    return [f"{address} is shared with {names}; mail is told apart by the display name."]


def release_address(changes: Changes, uuid: str, address: str) -> bool:
    """Take an address from a contact; who is left alone with it has it under any name.

    False where it isn't theirs.
    """
    contact = changes.contact(uuid)
    identity = identities.find(changes.tx, "email", address)
    standing = identities.claims_on(changes.tx, [identity.id] if identity else [])
    claims = standing[identity.id] if identity and identity.id in standing else ()
    mine = [claim for claim in claims if claim.contact == contact.id]
    for claim in mine:
        changes.take(ClaimStands("email", address, claim.name_key, uuid, stands=False))
    share_no_more(changes)
    return bool(mine)


def share_no_more(changes: Changes) -> None:
    """Who is left alone with an identity that was shared has it under any name."""
    touched = identities.by_ids(changes.tx, list(changes.identities))
    for who, claims in identities.claims_on(changes.tx, list(touched)).items():
        if len({claim.contact for claim in claims}) > 1 or claims[0].name_key == ANY_NAME:
            continue
        identity, owner = touched[who], contacts.get(changes.tx, claims[0].contact).uuid
        for claim in claims:
            changes.take(
                ClaimStands(identity.kind, identity.value, claim.name_key, owner, stands=False)
            )
        changes.take(ClaimStands(identity.kind, identity.value, ANY_NAME, owner, stands=True))


def rename(changes: Changes, uuid: str, name: str) -> bool:
    """Give a contact another name, by which a shared address knows them too; False where it is
    theirs already. Raises UserError where somebody who shares an address bears it.
    """
    row = changes.contact(uuid)
    if name == row.name:
        return False
    key = normalise_name(name)
    for claim in identities.claims_of(changes.tx, [row.id]).get(row.id, ()):
        if claim.name_key != ANY_NAME:
            identity = identities.by_ids(changes.tx, [claim.identity])[claim.identity]
            _check_apart(changes, identity, row, key)
            changes.take(ClaimStands(identity.kind, identity.value, key, uuid, stands=True))
    changes.take(ContactSet(uuid, "name", name))
    changes.take(ContactSet(uuid, "name_key", key))
    return True


def _check_apart(changes: Changes, identity: Identity, row: ContactRow, key: str) -> None:
    """UserError where somebody else who shares the identity is known there by that name."""
    for claim in identities.claims_on(changes.tx, [identity.id]).get(identity.id, ()):
        if claim.contact != row.id and claim.name_key == key:
            other = contacts.get(changes.tx, claim.contact)
            raise UserError(
                f"{identity.value} is shared with {other.name} (c_{other.uuid[:12]}), and by the"
                " same name the two can't be told apart"
            )
