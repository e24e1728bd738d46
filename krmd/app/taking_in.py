"""People whom a source tells of are taken into the book: known again, changed, or made.

In one transaction, and twice is once. What belongs to nobody known becomes a contact; thousands of
those are written together, since each on its own would take a minute for a book of 30,000.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from krmd.app.changes import Changes
from krmd.app.claiming import claim_address
from krmd.app.heard import Heard, Taken, difference, marks, statement, without
from krmd.app.matching import Known, addresses_in, uuid_in
from krmd.app.saying import columns_of, ensure_category, say
from krmd.app.source_keys import Keys
from krmd.app.steps import ContactSet, ContactStands, KeyStands
from krmd.base.address import EmailAddress
from krmd.base.errors import UserError
from krmd.formats.reading import Skipped
from krmd.intake.person_names import normalise_name
from krmd.ledger.portrait import Fact, Portrait
from krmd.store import categories, contacts, newcomers, people_index, sources
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.newcomers import Newcomer
from krmd.store.sources import SourceKey
from krmd.store.tombstones import Forgotten, nobody

AT_A_TIME = 2000
"""So many newcomers are written at once: it bounds memory."""


class _Meant(NamedTuple):
    heard: Heard
    key: str
    uuid: str


class TakingIn:
    """Takes in what one source says. `taken` and `left_out` tell what became of it, of newcomers
    only `detailed` what they bring: of a whole book that is as much as the book.
    """

    def __init__(
        self,
        changes: Changes,
        source: str,
        *,
        new_uuid: Callable[[], UUID],
        forgotten: Forgotten = nobody,
        detailed: bool = False,
    ) -> None:
        self._changes = changes
        self._detailed = detailed
        self._source = source
        self._new_uuid = new_uuid
        self._forgotten = forgotten
        self._keys = Keys(changes.tx, source)
        self.left_out = self._keys.left_out
        self._groups: dict[str, int | UserError] = {}
        self.taken: list[Taken] = []

    @property
    def tx(self) -> Transaction:
        """The transaction it works in."""
        return self._changes.tx

    def pass_over(self, key: str) -> None:
        """Leave alone whom a key means: the source says of them to the letter what it said."""
        self._keys.pass_over(key)

    def take(self, heard: Iterable[Heard]) -> None:
        """Take these in: the newcomers first, so that others may turn out to be one of them."""
        usable = list(self._usable(heard))
        known = Known(self._changes.tx, [it.portrait for it in usable])
        again: list[_Meant] = []
        new: list[_Meant] = []
        keyed = list(self._keys.keyed(usable))
        roots = self._keys.roots([key for _, key in keyed])
        for it, key in keyed:
            uuid = roots.get(key) or known.find(it.portrait)
            if uuid is not None:
                again.append(_Meant(it, key, uuid))
                continue
            uuid = self._fresh_uuid(it.portrait.key)
            new.append(_Meant(it, key, uuid))
            known.add(uuid, it.portrait)
        self._make(new)
        self._change(again)

    def silence(self, keys: Collection[str]) -> None:
        """Let the source say nothing any more of whom these keys mean (a card was deleted).

        Whom nobody else speaks of is dropped, and all that was said of them stays, as with Drop.
        """
        tx = self._changes.tx
        for key in keys:
            stands = self._keys.get(key)
            if stands is None or not stands.digest:
                continue
            row = contacts.root_of(tx, contacts.get(tx, stands.contact_id))
            who = (self._source, key)
            if _is_only_known_by(self._changes, row, who):
                self._changes.take(ContactSet(row.uuid, "kept", value=False))
                self._changes.take(KeyStands(*who, row.uuid, "", stands=True))
                detail = "dropped; the history stays"
            else:
                said = people_index.said_by(tx, self._source, [row.id]).get((row.id, key), set())
                say(self._changes, row, who, before=said, now=frozenset())
                self._changes.take(KeyStands(*who, row.uuid, "", stands=False))
                detail = f"no longer in {self._source}"
            self.taken.append(Taken(0, "updated", row.name, row.uuid, (detail,)))

    def _usable(self, heard: Iterable[Heard]) -> Iterator[Heard]:
        """Without who was forgotten and who is the owner."""
        every = list(heard)
        gone = self._gone([it.portrait for it in every])
        for it in every:
            portrait = it.portrait
            if gone and gone.intersection(marks(portrait, self._source)):
                reason = "was forgotten; krmd contacts add takes them in again"
                self.left_out.append(Skipped(it.line, reason))
                continue
            addresses = addresses_in(portrait)
            own = [address for address in addresses if address in self._changes.owner]
            if own and len(own) == len(addresses):
                self.left_out.append(Skipped(it.line, f"is yourself ({own[0]})"))
                continue
            yield without(it, own) if own else it

    def _gone(self, portraits: Sequence[Portrait]) -> set[tuple[str, str]]:
        values: dict[str, set[str]] = {}
        for portrait in portraits:
            for kind, value in marks(portrait, self._source):
                values.setdefault(kind, set()).add(value)
        return {(kind, it) for kind in values for it in self._forgotten(kind, values[kind])}

    def _fresh_uuid(self, key: str) -> str:
        """The UUID that the key spells, so that an export keeps its ids, else another."""
        return uuid_in(key) or self._new_uuid().hex

    # What becomes of them.

    def _make(self, new: Sequence[_Meant]) -> None:
        taken: set[EmailAddress] = set()
        for start in range(0, len(new), AT_A_TIME):
            self._make_some(new[start : start + AT_A_TIME], taken)

    def _make_some(self, new: Sequence[_Meant], taken: set[EmailAddress]) -> None:
        changes = self._changes
        claimed = _claimed(changes, new)
        rows: list[Newcomer] = []
        shared: list[tuple[str, EmailAddress]] = []
        for it in new:
            facts, remarks, groups = self._cleared(it.heard)
            alone = []
            for address in addresses_in(it.heard.portrait):
                if address in taken or address in claimed:
                    shared.append((it.uuid, address))
                else:
                    alone.append(address)
                    taken.add(address)
            rows.append(_newcomer(it, facts, tuple(alone), groups))
            name = rows[-1].name
            told = tuple(difference(set(), facts)) if self._detailed else ()
            self.taken.append(Taken(it.heard.line, "created", name, it.uuid, told, remarks))
        changes.identities |= newcomers.add(changes.tx, rows, source=self._source, now=changes.now)
        changes.inverse[:0] = [
            ContactStands(it.uuid, it.name, it.name_key, self._source, stands=False) for it in rows
        ]
        self._share(shared)

    def _share(self, shared: Sequence[tuple[str, EmailAddress]]) -> None:
        """Let newcomers have addresses that others have too, told apart by name."""
        refused: dict[str, str] = {}
        for uuid, address in shared:
            try:
                claim_address(self._changes, uuid, address)
            except UserError as error:
                refused[uuid] = error.message
        for at, it in enumerate(self.taken):
            if it.uuid in refused:
                self.taken[at] = it._replace(remarks=(*it.remarks, refused[it.uuid]))

    def _cleared(self, heard: Heard) -> tuple[set[Fact], tuple[str, ...], tuple[int, ...]]:
        """What can be said of a newcomer, remarks about the rest, and the categories."""
        facts = statement(heard.portrait)
        remarks = list(heard.remarks)
        groups: dict[int, None] = {}
        for name in heard.portrait.values("category"):
            group = self._group(name)
            if isinstance(group, UserError):
                remarks.append(group.message)
                facts -= {it for it in facts if it[:2] == ("category", name)}
            else:
                groups[group] = None
        return facts, tuple(remarks), tuple(groups)

    def _group(self, name: str) -> int | UserError:
        """The id of a category, which is made where there is none; each is looked for once."""
        if name not in self._groups:
            try:
                key = ensure_category(self._changes, name)
            except UserError as error:
                self._groups[name] = error
            else:
                category = categories.find(self._changes.tx, key)
                assert category is not None
                self._groups[name] = category.id
        return self._groups[name]

    def _change(self, again: Sequence[_Meant]) -> None:
        rows = contacts.by_uuids(self._changes.tx, [it.uuid for it in again])
        ids = [row.id for row in rows.values()]
        said = people_index.said_by(self._changes.tx, self._source, ids)
        same: list[SourceKey] = []
        for heard, key, uuid in again:
            row = rows[uuid]
            before = said.get((row.id, key), set())
            now = statement(heard.portrait)
            stands = self._keys.get(key)
            if before == now and stands is not None and stands.digest:
                # Only spelled otherwise: nothing that undo would have to take back.
                same.append(stands._replace(digest=heard.digest))
                self.taken.append(
                    Taken(heard.line, "unchanged", row.name, uuid, remarks=heard.remarks)
                )
                continue
            remarks = say(self._changes, row, (self._source, key), before=before, now=now)
            self._changes.take(KeyStands(self._source, key, uuid, heard.digest, stands=True))
            if stands is not None and not stands.digest:
                self._changes.take(ContactSet(uuid, "kept", value=True))
            told = tuple(difference(before, now))
            self.taken.append(
                Taken(heard.line, "updated", row.name, uuid, told, (*remarks, *heard.remarks))
            )
        sources.put(self._changes.tx, same)


def _newcomer(
    it: _Meant, facts: set[Fact], addresses: tuple[EmailAddress, ...], groups: tuple[int, ...]
) -> Newcomer:
    name = it.heard.portrait.name or next(iter(it.heard.portrait.values("email")), "?")
    return Newcomer(
        it.uuid,
        name,
        normalise_name(name),
        it.key,
        it.heard.digest,
        tuple(_in_order(facts, it.heard.portrait)),
        addresses,
        groups,
        columns_of(facts),
    )


def _in_order(facts: set[Fact], portrait: Portrait) -> Iterator[Fact]:
    """As the source has them: the first address is the one it prefers."""
    if portrait.name:
        yield Fact("name", portrait.name)
    yield from (it for it in portrait.facts if it in facts)


def _claimed(changes: Changes, new: Sequence[_Meant]) -> set[str]:
    """Which of the addresses of these somebody has."""
    wanted = {it for one in new for it in one.heard.portrait.values("email")}
    ids = people_index.email_ids(changes.tx, wanted)
    return {ids[identity] for identity in people_index.claimed(changes.tx, list(ids))}


def _is_only_known_by(changes: Changes, row: ContactRow, who: tuple[str, str]) -> bool:
    """Whether nobody else, and not the owner, ever said anything of a contact."""
    others = [it for it in sources.of_contact(changes.tx, row.id) if (it.source, it.key) != who]
    facts = contacts.facts_of(changes.tx, [row.id]).get(row.id, ())
    return not any(it.digest for it in others) and all(
        (it.source, it.source_key) == who for it in facts
    )
