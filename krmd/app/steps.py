"""The smallest changes commands are made of; each knows its inverse, which is how undo works."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import select

from krmd.base.address import AddressSet
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.ledger.identity import Claim, IdentityKind
from krmd.store import categories, contacts, identities, ledger
from krmd.store.contacts import ContactRow, FactRow
from krmd.store.engine import Transaction
from krmd.store.tables import interactions


@dataclass(frozen=True, slots=True)
class EntryStands:
    """An entry of the ledger counts, or is taken back."""

    uuid: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ContactStands:
    """A contact with this UUID and name is there, or not."""

    uuid: str
    name: str
    name_key: str
    source: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ContactSet:
    """A column of a contact has a value."""

    uuid: str
    column: str
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class ClaimStands:
    """A contact claims an identity under a name (or any), or doesn't."""

    kind: IdentityKind
    value: str
    name_key: str
    contact: str
    stands: bool


@dataclass(frozen=True, slots=True)
class FactStands:
    """A fact about a person is recorded, or not."""

    contact: str
    field: str
    value: str
    source: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Membership:
    """A contact is in a category, or not."""

    contact: str
    category_key: str
    stands: bool


@dataclass(frozen=True, slots=True)
class CategoryStands:
    """A category is there, or not."""

    name: str
    name_key: str
    stands: bool


@dataclass(frozen=True, slots=True)
class CategorySet:
    """A column of a category has a value."""

    name_key: str
    column: str
    value: str | int | None


@dataclass(frozen=True, slots=True)
class DeclinedStands:
    """A correspondent is not to be proposed, or may be."""

    address: str
    stands: bool


Step = (
    EntryStands
    | ContactStands
    | ContactSet
    | ClaimStands
    | FactStands
    | Membership
    | CategoryStands
    | CategorySet
    | DeclinedStands
)

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        EntryStands,
        ContactStands,
        ContactSet,
        ClaimStands,
        FactStands,
        Membership,
        CategoryStands,
        CategorySet,
        DeclinedStands,
    )
}
_CONTACT_COLUMNS = frozenset(
    {"name", "name_key", "kept", "attention", "no_mailings", "deceased", "cadence_days"}
)
_CATEGORY_COLUMNS = frozenset({"name", "name_key", "cadence_days", "description"})


def to_json(steps: list[Step]) -> str:
    """As the journal keeps them."""
    return json.dumps([{"step": type(step).__name__, **asdict(step)} for step in steps])


def from_json(text: str) -> list[Step]:
    """Back from the journal; fields that a later version added are left out."""
    steps: list[Step] = []
    for spelled in json.loads(text):
        kind = _KINDS[spelled["step"]]
        known = {field.name for field in fields(kind)}
        steps.append(kind(**{name: value for name, value in spelled.items() if name in known}))
    return steps


NOBODY = AddressSet(())


class Changes:
    """The steps of one command as they are taken, within one transaction.

    `inverse` takes them back when taken in its order; `identities` and `contacts` are those whose
    recency must be folded anew. `owner` are the addresses that can't be anybody else's.
    """

    def __init__(self, tx: Transaction, now: Instant, owner: AddressSet = NOBODY) -> None:
        self.tx = tx
        self.now = now
        self.owner = owner
        self.inverse: list[Step] = []
        self.identities: set[int] = set()
        self.contacts: set[int] = set()

    def take(self, step: Step) -> bool:
        """Carry a step out; False where things stand so already."""
        inverse = self._carry_out(step)
        if inverse is None:
            return False
        self.inverse.insert(0, inverse)
        return True

    def is_moot(self, step: Step) -> bool:
        """Whether a step back is about somebody, or a category, that is no more: it was undone
        with them, and the rest of its command can still be.
        """
        match step:
            case ContactSet(uuid=uuid):
                return contacts.by_uuid(self.tx, uuid) is None
            case ClaimStands() | FactStands() | Membership():
                gone = contacts.by_uuid(self.tx, step.contact) is None
                if isinstance(step, Membership) and not step.stands:
                    gone |= categories.find(self.tx, step.category_key) is None
                return gone
            case _:
                return False

    def _carry_out(self, step: Step) -> Step | None:
        match step:
            case EntryStands():
                return self._entry(step)
            case ContactStands():
                return self._contact(step)
            case ContactSet():
                return self._contact_set(step)
            case ClaimStands():
                return self._claim(step)
            case FactStands():
                return self._fact(step)
            case Membership():
                return self._membership(step)
            case CategoryStands():
                return self._category(step)
            case CategorySet():
                return self._category_set(step)
            case DeclinedStands():
                return self._declined(step)
            case _:
                assert_never(step)

    def contact(self, uuid: str) -> ContactRow:
        """The contact of that UUID; UserError where it is no more."""
        row = contacts.by_uuid(self.tx, uuid)
        if row is None:
            raise UserError(f"there is no contact c_{uuid} any more")
        return row

    def entry_stands(self, uuid: UUID) -> bool | None:
        """Whether an entry stands or was taken back; None where there never was one."""
        found = ledger.find(self.tx, uuid, uuid)
        if not found:
            return None
        undone = select(interactions.c.undone).where(interactions.c.id == found[0][0])
        return self.tx.execute(undone).scalar_one() is None

    def _entry(self, step: EntryStands) -> Step | None:
        uuid = UUID(hex=step.uuid)
        found = ledger.find(self.tx, uuid, uuid)
        if not found:
            raise UserError(f"there is no entry i_{step.uuid} any more")
        entry = found[0][0]
        self.identities |= ledger.identities_in(self.tx, [entry])
        ledger.set_undone(self.tx, entry, None if step.stands else self.now)
        return EntryStands(step.uuid, not step.stands)

    def _contact(self, step: ContactStands) -> Step | None:
        row = contacts.by_uuid(self.tx, step.uuid)
        if (row is not None) == step.stands:
            return None
        if row is None:
            contacts.add(
                self.tx,
                uuid=step.uuid,
                name=step.name,
                name_key=step.name_key,
                added=self.now,
                source=step.source,
            )
        else:
            self._take_back(row)
        return ContactStands(step.uuid, step.name, step.name_key, step.source, not step.stands)

    def _take_back(self, row: ContactRow) -> None:
        mine = identities.find(self.tx, "self", row.uuid)
        if mine is not None and ledger.stands_in_entries(self.tx, mine.id):
            raise UserError(f"entries were logged with {row.name} since; drop them instead")
        for claim in identities.claims_of(self.tx, [row.id]).get(row.id, ()):
            self.identities.add(claim.identity)
        self.contacts.add(row.id)
        contacts.remove(self.tx, row.id)

    def _contact_set(self, step: ContactSet) -> Step | None:
        assert step.column in _CONTACT_COLUMNS
        row = self.contact(step.uuid)
        before = getattr(row, step.column)
        if before == step.value:
            return None
        contacts.change(self.tx, row.id, {step.column: step.value})
        return ContactSet(step.uuid, step.column, before)

    def _claim(self, step: ClaimStands) -> Step | None:
        contact = self.contact(step.contact)
        identity = identities.ensure(self.tx, step.kind, step.value)
        claim = Claim(identity.id, step.name_key, contact.id)
        standing = identities.claims_on(self.tx, [identity.id]).get(identity.id, ())
        if (claim in standing) == step.stands:
            return None
        self.identities.add(identity.id)
        self.contacts.add(contact.id)
        if step.stands:
            identities.claim(self.tx, claim, self.now)
        else:
            identities.unclaim(self.tx, claim)
        return ClaimStands(step.kind, step.value, step.name_key, step.contact, not step.stands)

    def _fact(self, step: FactStands) -> Step | None:
        contact = self.contact(step.contact)
        fact = FactRow(contact.id, step.field, step.value, step.source, "", self.now, edited=True)
        known = contacts.facts_of(self.tx, [contact.id]).get(contact.id, [])
        stands = any(
            (it.field, it.value, it.source) == (step.field, step.value, step.source) for it in known
        )
        if stands == step.stands:
            return None
        if step.stands:
            contacts.state_fact(self.tx, fact)
        else:
            contacts.withdraw_fact(self.tx, fact)
        return FactStands(step.contact, step.field, step.value, step.source, not step.stands)

    def _membership(self, step: Membership) -> Step | None:
        contact = self.contact(step.contact)
        category = categories.find(self.tx, step.category_key)
        if category is None:
            raise UserError(f"there is no category “{step.category_key}” any more")
        if step.stands:
            done = categories.join(self.tx, contact.id, category.id, since=self.now, source="owner")
        else:
            done = categories.leave(self.tx, contact.id, category.id, until=self.now)
        return Membership(step.contact, step.category_key, not step.stands) if done else None

    def _category(self, step: CategoryStands) -> Step | None:
        row = categories.find(self.tx, step.name_key)
        if (row is not None) == step.stands:
            return None
        if row is None:
            categories.add(self.tx, step.name, step.name_key, self.now)
        else:
            if categories.members(self.tx, row.id):
                raise UserError(f"people were put into {row.name} since; remove it instead")
            categories.remove(self.tx, row.id)
        return CategoryStands(step.name, step.name_key, not step.stands)

    def _category_set(self, step: CategorySet) -> Step | None:
        assert step.column in _CATEGORY_COLUMNS
        row = categories.find(self.tx, step.name_key)
        if row is None:
            raise UserError(f"there is no category “{step.name_key}” any more")
        before = getattr(row, step.column)
        if before == step.value:
            return None
        categories.change(self.tx, row.id, {step.column: step.value})
        key = str(step.value) if step.column == "name_key" else step.name_key
        return CategorySet(key, step.column, before)

    def _declined(self, step: DeclinedStands) -> Step | None:
        identity = identities.ensure(self.tx, "email", step.address)
        if (identity.declined is not None) == step.stands:
            return None
        identities.decline(self.tx, identity.id, self.now if step.stands else None)
        return DeclinedStands(step.address, not step.stands)
