"""Who is found by words: in Denver, or with something to do with tax law; warmest first.

Each word must stand with the person, by its beginning. A person is found by their card alone, or by
their card and one thing that happened with them: whatever words the card lacks stand in the subject
of a single mail, or in the text of a single entry by hand. Of mailings and newsletters nobody is
found, nor of what somebody forged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from krmd.app.folding import contact_of
from krmd.app.review import warmth
from krmd.app.who import Correspondent, find_person
from krmd.base.address import AddressSet
from krmd.base.errors import UserError
from krmd.base.identifier import public_contact
from krmd.base.instant import Instant
from krmd.intake.search_words import Word, read_query
from krmd.ledger.identity import ANY_NAME
from krmd.ledger.recency import NEVER, Recency
from krmd.store import contacts, identities, recency, search, search_entries
from krmd.store.contacts import ContactRow
from krmd.store.engine import Transaction
from krmd.store.identities import Identity
from krmd.store.search import Shelf

SPREAD = 4
"""So many words may be spread between a card and an entry; of more all stand in either."""
_AT_ONCE = 200
_COLD = (0.0, 0)

_Who = int
"""A contact by its key, a correspondent by the key of their address, negated."""
_Mask = int
"""Some of the words of a query: bit n is the one at place n."""


class Found(NamedTuple):
    """Somebody who was found, a contact or a correspondent.

    `lacking` are the words that their card lacks: one thing that happened with them has these.
    """

    person: ContactRow | Identity
    lacking: tuple[Word, ...]
    recency: Recency
    warmth: float

    @property
    def id(self) -> str:
        """A contact's public id, a correspondent's address."""
        if isinstance(self.person, ContactRow):
            return public_contact(self.person.uuid)
        return self.person.value

    @property
    def kept(self) -> bool:
        """Whether they are a contact whom the owner keeps."""
        return isinstance(self.person, ContactRow) and self.person.kept


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who was found, warmest first; those equally warm by their last contact, contacts first.

    A few may turn out to be nobody: the owner, or somebody who was merged into another.
    """

    words: tuple[Word, ...]
    people: tuple[_Who, ...]
    lacking: Mapping[_Who, _Mask]
    recency: Mapping[_Who, Recency]
    now: Instant


def find(tx: Transaction, query: str, *, now: Instant) -> Ranking:
    """Everybody who is found by all the words of a query.

    The index must be up to date (`indexing.catch_up`). A query without a word finds nobody.
    """
    words = read_query(query)
    lacking = _lacking(tx, words)
    seen = recency.read(tx, "contact", [who for who in lacking if who > 0])
    others = recency.read(tx, "identity", [-who for who in lacking if who < 0])
    seen.update((-key, it) for key, it in others.items())
    warm = {who: (-_warmth(it, now), -(it.last_contacted or 0)) for who, it in seen.items()}
    people = sorted(lacking, key=lambda who: (*warm.get(who, _COLD), who < 0, abs(who)))
    return Ranking(words, tuple(people), lacking, seen, now)


def those_found(
    tx: Transaction, ranking: Ranking, *, owner: AddressSet, after: str | None = None
) -> Iterator[Found]:
    """The people of a ranking in their order, read as they are asked for; from behind the one with
    the id `after` on. Raises UserError where that is none of them.
    """
    people = ranking.people
    start = 0 if after is None else _place(tx, people, after) + 1
    for begin in range(start, len(people), _AT_ONCE):
        some = people[begin : begin + _AT_ONCE]
        rows = contacts.by_ids(tx, [who for who in some if who > 0])
        others = identities.by_ids(tx, [-who for who in some if who < 0])
        for who in some:
            person = rows.get(who) or others.get(-who)
            if person is not None and _is_somebody(person, owner):
                seen = ranking.recency.get(who, NEVER)
                lacking = tuple(_of(ranking.words, ranking.lacking[who]))
                yield Found(person, lacking, seen, _warmth(seen, ranking.now))


def _place(tx: Transaction, people: Sequence[_Who], spelled: str) -> int:
    person = find_person(tx, spelled)
    who = -person.identity.id if isinstance(person, Correspondent) else person.id
    if who not in people:
        raise UserError(f"--after {spelled} names none of the list")
    return people.index(who)


def _is_somebody(person: ContactRow | Identity, owner: AddressSet) -> bool:
    if isinstance(person, ContactRow):
        return person.merged_into is None
    return person.kind == "email" and person.value not in owner


def _lacking(tx: Transaction, words: Sequence[Word]) -> dict[_Who, _Mask]:
    """Who is found, with the words that an entry has and their card lacks."""
    whole = (1 << len(words)) - 1
    has = _on_cards(tx, words)
    found = {who: 0 for who, mask in has.items() if mask == whole}
    rests = {whole, *(whole & ~mask for mask in has.values())} - {0}
    # The fewer words an entry must have, the more of them stand on the card.
    for rest in sorted(rests, key=lambda it: (it.bit_count(), it)):
        for who in _took_part(tx, list(_of(words, rest))):
            if has.get(who, 0) | rest == whole:
                found.setdefault(who, rest)
    return found


def _on_cards(tx: Transaction, words: Sequence[Word]) -> dict[_Who, _Mask]:
    """Which of the words stand on whose card."""
    has = _masks(tx, "cards", words)
    addresses = _masks(tx, "addresses", words)
    for identity in search_entries.correspondents(tx, addresses):
        has[-identity] = addresses[identity]
    return has


def _masks(tx: Transaction, shelf: Shelf, words: Sequence[Word]) -> dict[int, _Mask]:
    """Which of the words are found where; of more than can be spread only where all are."""
    if len(words) > SPREAD:
        return dict.fromkeys(search.having(tx, shelf, words), (1 << len(words)) - 1)
    found: dict[int, _Mask] = {}
    for place, word in enumerate(words):
        for it in search.having(tx, shelf, [word]):
            found[it] = found.get(it, 0) | 1 << place
    return found


def _of(words: Sequence[Word], mask: _Mask) -> Iterator[Word]:
    return (word for place, word in enumerate(words) if mask >> place & 1)


def _took_part(tx: Transaction, words: Sequence[Word]) -> Iterator[_Who]:
    """Who took part in an entry with these words; at an ambiguous address nobody."""
    alone: dict[int, int] = {}
    shared: set[int] = set()
    for identity, contact, name_key in search_entries.who_took_part(tx, words):
        if contact is None:
            yield -identity
        elif name_key == ANY_NAME and alone.setdefault(identity, contact) == contact:
            continue
        else:
            shared.add(identity)
    yield from (contact for identity, contact in alone.items() if identity not in shared)
    claims = identities.claims_on(tx, list(shared))
    for part in search_entries.newest_of(tx, words, shared) if shared else ():
        contact = contact_of(claims[part.identity], part.name)
        if contact is not None:
            yield contact


def _warmth(seen: Recency, now: Instant) -> float:
    """As of a correspondence, where a call or a meeting is worth a letter each way."""
    both = seen.call + seen.meeting
    alone = seen.message + seen.letter + seen.other
    if both or alone:
        seen = seen._replace(
            email_outbound=seen.email_outbound + both + alone,
            email_inbound=seen.email_inbound + both,
        )
    return warmth(seen, now)
