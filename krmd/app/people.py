"""Contacts come, change and go: added, kept, edited, dropped; addresses claimed and shared."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

from krmd.app.made import Made
from krmd.app.steps import (
    CategoryStands,
    Changes,
    ClaimStands,
    ContactSet,
    ContactStands,
    DeclinedStands,
    FactStands,
    Membership,
)
from krmd.app.who import Correspondent, find_contact, find_person
from krmd.base.address import EmailAddress, parse_address
from krmd.base.command import AddContact, EditContact
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId
from krmd.intake.birthday_words import read_birthday
from krmd.intake.person_names import normalise_name
from krmd.ledger.cadence import check_cadence
from krmd.ledger.category import category_key
from krmd.ledger.identity import ANY_NAME
from krmd.store import categories, contacts, identities
from krmd.store.contacts import ContactRow
from krmd.store.identities import Identity

ATTENTION = ("less", "normal", "more", "muted")
LONGEST_NAME = 200
LONGEST_TEXT = 10_000
"""Of the owner's own words, so many characters are kept."""
OWNER = "owner"
"""The source of what the owner said."""
# Halves of surrogate pairs too, which a shell or JSON lets through and no database takes.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def add(changes: Changes, command: AddContact, new_uuid: Callable[[], UUID]) -> Made:
    """Make a contact, or complete the one who has the address already."""
    addresses = [_address(text) for text in command.addresses]
    name = clean(command.name)
    if not name and not addresses:
        raise UserError("a contact needs a name or an address")
    uuid = _holder(changes, addresses, name)
    sentences: list[str] = []
    if uuid is None:
        name = name or _known_name(changes, addresses[0])
        uuid = new_uuid().hex
        changes.take(ContactStands(uuid, name, normalise_name(name), OWNER, stands=True))
        changes.take(ClaimStands("self", uuid, ANY_NAME, uuid, stands=True))
        sentences.append(f"Added {name}.")
    else:
        name = changes.contact(uuid).name
        changes.take(ContactSet(uuid, "kept", value=True))
        sentences.append(f"{name} is known already.")
    for address in addresses:
        sentences += claim_address(changes, uuid, address)
    sentences += _details(
        changes,
        uuid,
        EditContact(
            uuid,
            add_categories=command.categories,
            add_phones=command.phones,
            birthday=command.birthday,
            cadence_days=command.cadence_days,
            note=command.note,
        ),
    )
    return Made(_public(uuid), tuple(sentences))


def edit(changes: Changes, command: EditContact) -> Made:
    """Change what is known of a contact."""
    row = find_contact(changes.tx, command.who)
    sentences: list[str] = []
    if command.name is not None:
        sentences += _rename(changes, row.uuid, clean(command.name))
    for text in command.remove_addresses:
        sentences += release_address(changes, row.uuid, _address(text))
    for text in command.add_addresses:
        sentences += claim_address(changes, row.uuid, _address(text))
    sentences += _details(changes, row.uuid, command)
    name = changes.contact(row.uuid).name
    return Made(_public(row.uuid), tuple(sentences) or (f"Nothing to change for {name}.",))


def keep(changes: Changes, who: str, new_uuid: Callable[[], UUID]) -> Made:
    """Make a contact of a correspondent, or bring a dropped contact back."""
    person = find_person(changes.tx, who)
    if isinstance(person, Correspondent):
        made = AddContact(name=person.identity.name, addresses=(person.identity.value,))
        changes.take(DeclinedStands(person.identity.value, stands=False))
        return add(changes, made, new_uuid)
    if not changes.take(ContactSet(person.uuid, "kept", value=True)):
        return Made(_public(person.uuid), (f"{person.name} is kept already.",))
    return Made(_public(person.uuid), (f"Kept {person.name} again.",))


def drop(changes: Changes, who: str) -> Made:
    """No longer a contact; the history stays."""
    row = find_contact(changes.tx, who)
    if not changes.take(ContactSet(row.uuid, "kept", value=False)):
        return Made(_public(row.uuid), (f"{row.name} is no contact already.",))
    return Made(_public(row.uuid), (f"Dropped {row.name}; the history stays.",))


def decline(changes: Changes, who: str) -> Made:
    """Don't propose this correspondent any more."""
    person = find_person(changes.tx, who)
    if not isinstance(person, Correspondent):
        raise UserError(f"{person.name} is a contact; use drop")
    changes.take(DeclinedStands(person.identity.value, stands=True))
    return Made(None, (f"{person.name} <{person.identity.value}> won't be proposed again.",))


def make(changes: Changes, identity: Identity, new_uuid: Callable[[], UUID]) -> str:
    """Make a contact of a correspondent nobody claims; returns the contact's UUID."""
    uuid = new_uuid().hex
    name = clean(identity.name) or identity.value
    changes.take(ContactStands(uuid, name, normalise_name(name), OWNER, stands=True))
    changes.take(ClaimStands("self", uuid, ANY_NAME, uuid, stands=True))
    changes.take(ClaimStands(identity.kind, identity.value, ANY_NAME, uuid, stands=True))
    return uuid


def clean(text: str, *, most: int = LONGEST_NAME) -> str:
    """A text as it may be kept: one line, without control and bidi characters."""
    return " ".join(_CONTROL.sub(" ", text).split())[:most]


def claim_address(changes: Changes, uuid: str, address: EmailAddress) -> list[str]:
    """Let a contact have an address; one that others have is shared, told apart by display name."""
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


def release_address(changes: Changes, uuid: str, address: EmailAddress) -> list[str]:
    """Take an address from a contact; who is left alone with it has it under any name."""
    contact = changes.contact(uuid)
    identity = identities.find(changes.tx, "email", address)
    standing = identities.claims_on(changes.tx, [identity.id] if identity else [])
    claims = standing[identity.id] if identity and identity.id in standing else ()
    mine = [claim for claim in claims if claim.contact == contact.id]
    if not mine:
        raise UserError(f"{address} is not {contact.name}'s")
    for claim in mine:
        changes.take(ClaimStands("email", address, claim.name_key, uuid, stands=False))
    share_no_more(changes)
    return [f"{address} is {contact.name}'s no more."]


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


def _rename(changes: Changes, uuid: str, name: str) -> list[str]:
    row = changes.contact(uuid)
    if not name:
        raise UserError("a name can't be empty")
    if name == row.name:
        return []
    key = normalise_name(name)
    for claim in identities.claims_of(changes.tx, [row.id]).get(row.id, ()):
        if claim.name_key != ANY_NAME:
            identity = identities.by_ids(changes.tx, [claim.identity])[claim.identity]
            _check_apart(changes, identity, row, key)
            changes.take(ClaimStands(identity.kind, identity.value, key, uuid, stands=True))
    changes.take(ContactSet(uuid, "name", name))
    changes.take(ContactSet(uuid, "name_key", key))
    return [f"{row.name} is {name} now."]


def _check_apart(changes: Changes, identity: Identity, row: ContactRow, key: str) -> None:
    """UserError where somebody else who shares the identity is known there by that name."""
    for claim in identities.claims_on(changes.tx, [identity.id]).get(identity.id, ()):
        if claim.contact != row.id and claim.name_key == key:
            other = contacts.get(changes.tx, claim.contact)
            raise UserError(
                f"{identity.value} is shared with {other.name} (c_{other.uuid[:12]}), and by the"
                " same name the two can't be told apart"
            )


def _details(changes: Changes, uuid: str, command: EditContact) -> list[str]:
    sentences = [
        *_set_columns(changes, uuid, command),
        *_change_facts(changes, uuid, command),
    ]
    for category in command.add_categories:
        key = category_key(category)
        known = categories.find(changes.tx, key)
        if known is None:
            changes.take(CategoryStands(clean(category), key, stands=True))
        if changes.take(Membership(uuid, key, stands=True)):
            sentences.append(f"In {known.name if known else clean(category)}.")
    for category in command.remove_categories:
        key = category_key(category)
        if categories.find(changes.tx, key) is None:
            raise UserError(f"there is no category “{category}”")
        if changes.take(Membership(uuid, key, stands=False)):
            sentences.append(f"No longer in {category}.")
    return sentences


def _set_columns(changes: Changes, uuid: str, command: EditContact) -> list[str]:
    sentences = []
    if command.cadence_days is not None:
        check_cadence(command.cadence_days)
        if changes.take(ContactSet(uuid, "cadence_days", command.cadence_days or None)):
            days = command.cadence_days
            sentences.append(f"Every {days} days." if days else "Cadence of its own removed.")
    if command.attention is not None:
        if command.attention not in ATTENTION:
            raise UserError(f"attention is one of {', '.join(ATTENTION)}")
        if changes.take(ContactSet(uuid, "attention", command.attention)):
            sentences.append(f"Attention: {command.attention}.")
    if command.no_mailings is not None and changes.take(
        ContactSet(uuid, "no_mailings", command.no_mailings)
    ):
        sentences.append("No mailings." if command.no_mailings else "Mailings again.")
    if command.deceased is not None and changes.take(
        ContactSet(uuid, "deceased", command.deceased)
    ):
        sentences.append("Deceased: nothing is sent or due." if command.deceased else "Alive.")
    return sentences


def _change_facts(changes: Changes, uuid: str, command: EditContact) -> list[str]:
    sentences = []
    sentences += [
        f"Phone {clean(phone)}."
        for phone in command.add_phones
        if changes.take(FactStands(uuid, "phone", clean(phone), OWNER, stands=True))
    ]
    for phone in command.remove_phones:
        for fact in _facts(changes, uuid, "phone"):
            if fact.value == clean(phone):
                changes.take(FactStands(uuid, "phone", fact.value, fact.source, stands=False))
                sentences.append(f"Phone {fact.value} removed.")
    if command.birthday is not None:
        for fact in _facts(changes, uuid, "birthday"):
            changes.take(FactStands(uuid, "birthday", fact.value, fact.source, stands=False))
        if command.birthday:
            birthday = read_birthday(command.birthday, now=changes.now)
            changes.take(FactStands(uuid, "birthday", birthday, OWNER, stands=True))
            sentences.append(f"Birthday {birthday}.")
    if command.note and changes.take(
        FactStands(uuid, "note", clean(command.note, most=LONGEST_TEXT), OWNER, stands=True)
    ):
        sentences.append("Noted.")
    return sentences


def _facts(changes: Changes, uuid: str, field: str) -> list[contacts.FactRow]:
    contact = changes.contact(uuid)
    known = contacts.facts_of(changes.tx, [contact.id]).get(contact.id, [])
    return [fact for fact in known if fact.field == field]


def _address(text: str) -> EmailAddress:
    address = parse_address(text)
    if address is None:
        raise UserError(f"“{text}” is no email address")
    return address


def _holder(changes: Changes, addresses: list[EmailAddress], name: str) -> str | None:
    """The contact who has one of these addresses alone, unless another name is given for them."""
    for address in addresses:
        identity = identities.find(changes.tx, "email", address)
        claims = identities.claims_on(changes.tx, [identity.id] if identity else [])
        for claim in claims.get(identity.id, ()) if identity else ():
            row = contacts.get(changes.tx, claim.contact)
            if not name or normalise_name(name) == row.name_key:
                return row.uuid
    return None


def _known_name(changes: Changes, address: EmailAddress) -> str:
    identity = identities.find(changes.tx, "email", address)
    return clean(identity.name) if identity and identity.name else address


def _public(uuid: str) -> str:
    return str(PublicId("c", UUID(hex=uuid)))
