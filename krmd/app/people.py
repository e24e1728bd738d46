"""Contacts come, change and go: added, kept, edited, dropped; addresses claimed and shared."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from krmd.app.changes import Changes
from krmd.app.claiming import claim_address, release_address, rename
from krmd.app.keeping_out import lift
from krmd.app.made import Made
from krmd.app.owners_word import change_facts, unsay
from krmd.app.steps import (
    OWNER,
    CategoryStands,
    ClaimStands,
    ContactSet,
    ContactStands,
    DeclinedStands,
    FactStands,
    Membership,
)
from krmd.app.who import Correspondent, find_contact, find_person
from krmd.base.address import EmailAddress, parse_address
from krmd.base.command import AddContact, Decline, Drop, EditContact, Keep
from krmd.base.errors import UserError
from krmd.base.identifier import PublicId
from krmd.intake.person_names import normalise_name
from krmd.ledger.cadence import check_cadence
from krmd.ledger.category import category_key
from krmd.ledger.identity import ANY_NAME
from krmd.ledger.portrait import clean
from krmd.store import categories, contacts, identities
from krmd.store.identities import Identity

ATTENTION = ("less", "normal", "more", "muted")

PeopleCommand = AddContact | EditContact | Keep | Drop | Decline


def change_people(changes: Changes, command: PeopleCommand, new_uuid: Callable[[], UUID]) -> Made:
    """Carry out a command about one person."""
    match command:
        case AddContact():
            return add(changes, command, new_uuid)
        case EditContact():
            return edit(changes, command)
        case Keep():
            return keep(changes, command.who, new_uuid)
        case Drop():
            return drop(changes, command.who)
        case Decline():
            return decline(changes, command.who)


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
        sentences += _with_address(changes, uuid, address)
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
            say=command.say,
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
        sentences += _without_address(changes, row.uuid, _address(text))
    for text in command.add_addresses:
        sentences += _with_address(changes, row.uuid, _address(text))
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
    changes.take(FactStands(uuid, "email", identity.value, OWNER, stands=True))
    return uuid


def _rename(changes: Changes, uuid: str, name: str) -> list[str]:
    before = changes.contact(uuid).name
    if not name:
        raise UserError("a name can't be empty")
    return [f"{before} is {name} now."] if rename(changes, uuid, name) else []


def _with_address(changes: Changes, uuid: str, address: EmailAddress) -> list[str]:
    sentences = claim_address(changes, uuid, address)
    changes.take(FactStands(uuid, "email", address, OWNER, stands=True))
    return [*sentences, *lift(changes, "email", address)]


def _without_address(changes: Changes, uuid: str, address: EmailAddress) -> list[str]:
    name = changes.contact(uuid).name
    if not release_address(changes, uuid, address):
        raise UserError(f"{address} is not {name}'s")
    unsay(changes, uuid, "email", address)
    return [f"{address} is {name}'s no more."]


def _details(changes: Changes, uuid: str, command: EditContact) -> list[str]:
    sentences = [
        *_set_columns(changes, uuid, command),
        *change_facts(changes, uuid, command),
        *(it for phone in command.add_phones for it in lift(changes, "phone", phone)),
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
