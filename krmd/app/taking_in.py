"""People whom a source tells of are taken into the book: known again, changed, or made.

In one transaction, and twice is once. What belongs to nobody known becomes a contact; thousands of
those are written together, since each on its own would take a minute for a book of 30,000.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from krmd.app.changes import Changes
from krmd.app.claiming import claim_address
from krmd.app.matching import Known, addresses_in, uuid_in
from krmd.app.saying import columns_of, ensure_category, say
from krmd.app.steps import ContactSet, ContactStands, KeyStands
from krmd.base.address import EmailAddress
from krmd.base.errors import UserError
from krmd.formats.reading import Skipped
from krmd.intake.person_names import normalise_name
from krmd.ledger.likeness import same_person
from krmd.ledger.portrait import Fact, Portrait
from krmd.store import categories, contacts, newcomers, people_index, sources
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.newcomers import Newcomer
from krmd.store.sources import SourceKey
from krmd.store.tombstones import Forgotten, nobody, spelled_handle, spelled_key

AT_A_TIME = 2000
"""So many newcomers are written at once: it bounds memory."""


class Heard(NamedTuple):
    """What a source says of one person, the line it says so in, and the digest it is known by."""

    line: int
    portrait: Portrait
    digest: str
    remarks: tuple[str, ...] = ()


class Taken(NamedTuple):
    """What became of one person: what changed, and remarks about what could not be used."""

    line: int
    what: Literal["created", "updated", "unchanged"]
    name: str
    uuid: str
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def details(self) -> tuple[str, ...]:
        """Both."""
        return self.changes + self.remarks


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
        self._keys = {it.key: it for it in sources.of_source(changes.tx, source)}
        self._by_stem: dict[str, list[str]] = {}
        for key in self._keys:
            if key.startswith("name:"):
                self._by_stem.setdefault(f"{key.rpartition(':')[0]}:", []).append(key)
        self._used: dict[str, int] = {}
        self._named_by: dict[str, Heard] = {}
        self._groups: dict[str, int | UserError] = {}
        self.taken: list[Taken] = []
        self.left_out: list[Skipped] = []

    @property
    def tx(self) -> Transaction:
        """The transaction it works in."""
        return self._changes.tx

    def pass_over(self, digest_key: str) -> None:
        """Leave alone whom a key means: the source says of them to the letter what it said."""
        self._used.setdefault(digest_key, 0)

    def take(self, heard: Iterable[Heard]) -> None:
        """Take these in: the newcomers first, so that others may turn out to be one of them."""
        usable = list(self._usable(heard))
        known = Known(self._changes.tx, [it.portrait for it in usable])
        again: list[_Meant] = []
        new: list[_Meant] = []
        keyed = list(self._keyed(usable))
        roots = self._roots([key for _, key in keyed])
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

    # Whom it is about.

    def _usable(self, heard: Iterable[Heard]) -> Iterator[Heard]:
        """Without who was forgotten and who is the owner."""
        every = list(heard)
        gone = self._gone([it.portrait for it in every])
        for it in every:
            portrait = it.portrait
            if gone and gone.intersection(_marks(portrait, self._source)):
                reason = "was forgotten; krmd contacts add takes them in again"
                self.left_out.append(Skipped(it.line, reason))
                continue
            addresses = addresses_in(portrait)
            own = [address for address in addresses if address in self._changes.owner]
            if own and len(own) == len(addresses):
                self.left_out.append(Skipped(it.line, f"is yourself ({own[0]})"))
                continue
            yield _without(it, own) if own else it

    def _gone(self, portraits: Sequence[Portrait]) -> set[tuple[str, str]]:
        values: dict[str, set[str]] = {}
        for portrait in portraits:
            for kind, value in _marks(portrait, self._source):
                values.setdefault(kind, set()).add(value)
        return {(kind, it) for kind in values for it in self._forgotten(kind, values[kind])}

    def _keyed(self, heard: Sequence[Heard]) -> Iterator[tuple[Heard, str]]:
        """Each with the key it is known by. Who has none is known by name, and where the source has
        several of a name by what it said of them.
        """
        nameless: dict[str, list[Heard]] = {}
        named = self._named_by
        for it in heard:
            key = it.portrait.key
            if not key:
                nameless.setdefault(normalise_name(it.portrait.name), []).append(it)
            elif key in self._used:
                self._skip_twin(it, key)
            else:
                self._used[key] = it.line
                named[key] = it
                yield it, key
        for name, several in nameless.items():
            yield from self._named(name, several)

    def _skip_twin(self, it: Heard, key: str) -> None:
        """Pass over who comes a second time; UserError where the key means two people, since whom
        it meant would hang on their order.
        """
        first = self._named_by.get(key)
        one = normalise_name(first.portrait.name if first else it.portrait.name)
        if first and same_person(one, normalise_name(it.portrait.name)) == "unlike":
            raise UserError(
                f"line {first.line} and line {it.line} both claim to be {key[:60]}:"
                f" {first.portrait.name} and {it.portrait.name}; give one of them another UID,"
                " nothing was taken in"
            )
        where = f"line {first.line}" if first else "this file"
        self.left_out.append(Skipped(it.line, f"stands in {where} already, as {key[:60]}"))

    def _named(self, name: str, heard: list[Heard]) -> Iterator[tuple[Heard, str]]:
        stem = f"name:{name}:"
        free = [key for key in self._by_stem.get(stem, ()) if key not in self._used]
        said = self._said_under(free)
        numbers = (key for n in range(1, 1_000_000) if (key := f"{stem}{n}") not in self._keys)
        for it in heard:
            facts = set(it.portrait.facts)
            best = max(free, key=lambda key: (len(said[key] & facts), key), default=None)
            alone = len(heard) == len(said) == 1
            if best is not None and (alone or said[best] & facts):
                free.remove(best)
            else:
                best = next(numbers)
            self._used[best] = it.line
            yield it, best

    def _said_under(self, keys: Sequence[str]) -> dict[str, set[Fact]]:
        ids = [self._keys[key].contact_id for key in keys]
        said = people_index.said_by(self._changes.tx, self._source, ids) if ids else {}
        return {key: said.get((self._keys[key].contact_id, key), set()) for key in keys}

    def _roots(self, keys: Sequence[str]) -> dict[str, str]:
        """Whom the source means by those of these keys that it used before."""
        tx = self._changes.tx
        meant = {key: self._keys[key].contact_id for key in keys if key in self._keys}
        rows = contacts.by_ids(tx, list(set(meant.values())))
        return {key: contacts.root_of(tx, rows[who]).uuid for key, who in meant.items()}

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
            told = tuple(_difference(set(), facts)) if self._detailed else ()
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
        facts = _statement(heard.portrait)
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
            now = _statement(heard.portrait)
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
            told = tuple(_difference(before, now))
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


def _statement(portrait: Portrait) -> set[Fact]:
    named = {Fact("name", portrait.name)} if portrait.name else set()
    return named | set(portrait.facts)


def _without(heard: Heard, own: Collection[str]) -> Heard:
    """Without the owner's own addresses, which can't be anybody else's."""
    portrait = heard.portrait
    facts = tuple(it for it in portrait.facts if it.field != "email" or it.value not in own)
    remarks = tuple(f"{address} is your own" for address in own)
    return heard._replace(
        portrait=Portrait(portrait.name, facts, portrait.key), remarks=heard.remarks + remarks
    )


def _marks(portrait: Portrait, source: str) -> Iterator[tuple[str, str]]:
    """By what somebody who was forgotten is known again."""
    yield from (("email", it) for it in portrait.values("email"))
    yield from (("phone", it) for it in portrait.values("phone"))
    for it in portrait.facts:
        if it.field == "handle":
            yield "handle", spelled_handle(it.label, it.value)
    if portrait.key:
        yield "source_key", spelled_key(source, portrait.key)
        uuid = uuid_in(portrait.key)
        if uuid is not None:
            yield "contact", uuid
    elif not (portrait.values("email") or portrait.values("phone")):
        yield "source_key", spelled_key(source, f"name:{normalise_name(portrait.name)}:1")


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


def _difference(before: set[Fact], now: set[Fact]) -> Iterator[str]:
    for sign, facts in (("−", before - now), ("+", now - before)):
        for it in sorted(facts):
            yield f"{sign} {it.field}: {it.value[:80]}" + (f" ({it.label})" if it.label else "")
