"""The steps of one command carried out, each giving back its inverse, which is how undo works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from krmd.app.steps import (
    AddressState,
    CategorySet,
    CategoryStands,
    ClaimStands,
    ContactSet,
    ContactStands,
    DeclinedStands,
    EntryStands,
    FactStands,
    FactWithdrawn,
    FeedGeneration,
    FeedSet,
    FeedStands,
    KeyStands,
    Membership,
    MergedInto,
    Moved,
    Step,
    SuggestionDeclined,
    TombstoneStands,
)
from krmd.base.address import AddressSet
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.ledger.feed import FeedPlan, feed_detail, feed_key, feed_kinds, feed_language
from krmd.ledger.identity import Claim
from krmd.store import (
    categories,
    contacts,
    feed_watch,
    feeds,
    identities,
    ledger,
    sources,
    suggestions,
    tombstones,
)
from krmd.store.contacts import ContactRow, FactRow
from krmd.store.engine import Transaction
from krmd.store.feeds import FeedRow
from krmd.store.sources import SourceKey
from krmd.store.tables import interactions
from krmd.store.tombstones import Tombstone

_CONTACT_COLUMNS = frozenset(
    {
        "name",
        "name_key",
        "kept",
        "attention",
        "no_mailings",
        "deceased",
        "cadence_days",
        "added",
    }
)
_CATEGORY_COLUMNS = frozenset({"name", "name_key", "cadence_days", "description"})

NOBODY = AddressSet(())


class Changes:
    """The steps of one command as they are taken, within one transaction.

    `inverse` takes them back when taken in its order; `identities` and `contacts` are those whose
    recency must be folded anew. `owner` are the addresses that can't be anybody else's; `key` is
    krmd's, by which those who were forgotten are known.
    """

    def __init__(
        self,
        tx: Transaction,
        now: Instant,
        owner: AddressSet = NOBODY,
        key: Callable[[], Key] | None = None,
    ) -> None:
        self.tx = tx
        self.key = key
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
            case ClaimStands() | FactStands() | FactWithdrawn() | KeyStands() | Membership():
                gone = contacts.by_uuid(self.tx, step.contact) is None
                if isinstance(step, Membership) and not step.stands:
                    gone |= categories.find(self.tx, step.category_key) is None
                return gone
            case FeedSet():
                return feeds.by_uuid(self.tx, step.uuid) is None
            case MergedInto() | Moved():
                return contacts.by_uuid(self.tx, step.contact) is None
            case _:
                return False

    def _carry_out(self, step: Step) -> Step | None:
        return self._WAYS[type(step)](self, step)

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
        if contacts.merged_into(self.tx, row.id):
            raise UserError(f"others were merged into {row.name} since; unmerge them first")
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
            since = self.now if step.since is None else step.since
            identities.claim(self.tx, claim, since)
            return replace(step, stands=False, since=None)
        return replace(step, stands=True, since=identities.unclaim(self.tx, claim))

    def _fact(self, step: FactStands) -> Step | None:
        contact = self.contact(step.contact)
        since = self.now if step.since is None else step.since
        fact = FactRow(
            contact.id, step.field, step.value, step.label, step.source, step.key, since
        )._replace(withdrawn=step.withdrawn)
        known = contacts.find_fact(self.tx, fact)
        if (known is not None) == step.stands:
            return None
        if known is None:
            contacts.state_fact(self.tx, fact)
            return replace(step, stands=False)
        contacts.remove_fact(self.tx, fact)
        return replace(step, stands=True, since=known.since, withdrawn=known.withdrawn)

    def _fact_withdrawn(self, step: FactWithdrawn) -> Step | None:
        contact = self.contact(step.contact)
        fact = FactRow(
            contact.id, step.field, step.value, step.label, step.source, step.key, self.now
        )
        known = contacts.find_fact(self.tx, fact)
        if known is None or known.withdrawn == step.withdrawn:
            return None
        contacts.state_fact(self.tx, fact._replace(withdrawn=step.withdrawn))
        return replace(step, withdrawn=known.withdrawn)

    def _key(self, step: KeyStands) -> Step | None:
        contact = self.contact(step.contact)
        known = sources.find(self.tx, step.source, step.key)
        if not step.stands:
            sources.remove(self.tx, step.source, step.key)
        else:
            row = SourceKey(step.source, step.key, contact.id, step.digest, self.now)
            if known is not None and known._replace(seen=self.now) == row:
                return None
            sources.put(self.tx, [row])
        if known is None:
            return replace(step, stands=False) if step.stands else None
        before = contacts.get(self.tx, known.contact_id).uuid
        return KeyStands(step.source, step.key, before, known.digest, stands=True)

    def _membership(self, step: Membership) -> Step | None:
        contact = self.contact(step.contact)
        category = categories.find(self.tx, step.category_key)
        if category is None:
            raise UserError(f"there is no category “{step.category_key}” any more")
        who, where = contact.id, category.id
        if (
            step.at is not None
            and step.stands
            and categories.return_to(self.tx, who, where, at=step.at)
        ):
            return replace(step, stands=False, at=None)
        if step.at is not None and not step.stands:
            done = categories.was_never_in(self.tx, who, where, at=step.at)
            return replace(step, stands=True, at=None) if done else None
        if step.stands:
            done = categories.join(self.tx, who, where, since=self.now, source=step.source)
        else:
            done = categories.leave(self.tx, who, where, until=self.now)
        return replace(step, stands=not step.stands, at=self.now) if done else None

    def _merged_into(self, step: MergedInto) -> Step | None:
        row = self.contact(step.contact)
        before = None if row.merged_into is None else contacts.get(self.tx, row.merged_into).uuid
        if before == step.into:
            return None
        into = None if step.into is None else self.contact(step.into).id
        contacts.change(self.tx, row.id, {"merged_into": into})
        return MergedInto(step.contact, before)

    def _moved(self, step: Moved) -> Step | None:
        source, target = self.contact(step.contact).id, self.contact(step.to).id
        moved = Moved(
            step.to,
            step.contact,
            facts=tuple(contacts.move_facts(self.tx, step.facts, source, target)),
            memberships=tuple(categories.move(self.tx, step.memberships, source, target)),
            keys=tuple(sources.move(self.tx, step.keys, source, target)),
        )
        return moved if moved.facts or moved.memberships or moved.keys else None

    def _category(self, step: CategoryStands) -> Step | None:
        row = categories.find(self.tx, step.name_key)
        if (row is not None) == step.stands:
            return None
        if row is None:
            categories.add(self.tx, step.name, step.name_key, self.now)
        else:
            if categories.members(self.tx, row.id):
                if step.unless_used:
                    return None
                raise UserError(f"people were put into {row.name} since; remove it instead")
            categories.remove(self.tx, row.id)
        return replace(step, stands=not step.stands)

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

    def _suggestion_declined(self, step: SuggestionDeclined) -> Step | None:
        if suggestions.is_declined(self.tx, step.key) == step.stands:
            return None
        suggestions.decline(self.tx, step.key, self.now if step.stands else None)
        return SuggestionDeclined(step.key, not step.stands)

    def _tombstone(self, step: TombstoneStands) -> Step | None:
        stone = Tombstone(step.mark, step.kind, step.at, step.suppressed)
        if tombstones.is_there(self.tx, step.mark) == step.stands:
            return None
        if step.stands:
            tombstones.put_back(self.tx, stone)
        else:
            tombstones.remove(self.tx, stone)
        return replace(step, stands=not step.stands)

    def _address_state(self, step: AddressState) -> Step | None:
        identity = identities.ensure(self.tx, "email", step.address)
        if identity.state == step.state:
            return None
        before = identities.set_state(self.tx, identity.id, step.state, step.since)
        return AddressState(step.address, identity.state, before)

    def _feed(self, step: FeedStands) -> Step | None:
        row = feeds.by_uuid(self.tx, step.uuid)
        if (row is not None) == step.stands:
            return None
        if row is not None:
            feeds.remove(self.tx, row.id)
            return FeedStands(row.uuid, row.name, *row.plan, stands=True)
        # Whoever has no feed pays nothing for those of others.
        feed_watch.watch(self.tx)
        feeds.add(
            self.tx,
            uuid=step.uuid,
            name=step.name,
            name_key=feed_key(step.name),
            plan=_plan(step),
            now=self.now,
        )
        return replace(step, stands=False)

    def _feed_set(self, step: FeedSet) -> Step | None:
        row = self._feed_of(step.uuid)
        if (row.name, row.plan) == (step.name, _plan(step)):
            return None
        feeds.change(self.tx, row.id, {"name": step.name, "name_key": feed_key(step.name)})
        feeds.change_plan(self.tx, row.id, _plan(step))
        return FeedSet(row.uuid, row.name, *row.plan)

    def _feed_generation(self, step: FeedGeneration) -> Step | None:
        row = self._feed_of(step.uuid)
        feeds.change(self.tx, row.id, {"generation": step.generation})
        return FeedGeneration(row.uuid, row.generation)

    def _feed_of(self, uuid: str) -> FeedRow:
        row = feeds.by_uuid(self.tx, uuid)
        if row is None:
            raise UserError("there is no such feed any more")
        return row

    _WAYS: ClassVar[Mapping[type[Any], Callable[[Any, Any], Step | None]]] = {
        EntryStands: _entry,
        ContactStands: _contact,
        ContactSet: _contact_set,
        ClaimStands: _claim,
        FactStands: _fact,
        FactWithdrawn: _fact_withdrawn,
        KeyStands: _key,
        Membership: _membership,
        MergedInto: _merged_into,
        Moved: _moved,
        CategoryStands: _category,
        CategorySet: _category_set,
        DeclinedStands: _declined,
        SuggestionDeclined: _suggestion_declined,
        TombstoneStands: _tombstone,
        AddressState: _address_state,
        FeedStands: _feed,
        FeedSet: _feed_set,
        FeedGeneration: _feed_generation,
    }


def _plan(step: FeedStands | FeedSet) -> FeedPlan:
    return FeedPlan(
        feed_kinds(step.kinds),
        step.audience,
        feed_detail(step.detail),
        feed_language(step.language),
        step.alarm_minutes,
    )
