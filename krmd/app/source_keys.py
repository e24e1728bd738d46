"""Under which key a source knows each person it tells of: its own, or one made of the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from krmd.app.heard import Heard
from krmd.base.errors import UserError
from krmd.formats.reading import Skipped
from krmd.intake.person_names import normalise_name
from krmd.ledger.likeness import same_person
from krmd.ledger.portrait import Fact
from krmd.store import contacts, people_index, sources
from krmd.store.engine import Transaction
from krmd.store.sources import SourceKey


class Keys:
    """The keys of one source. `left_out` are people who stand in what it says a second time."""

    def __init__(self, tx: Transaction, source: str) -> None:
        self._tx = tx
        self._source = source
        self._keys = {it.key: it for it in sources.of_source(tx, source)}
        self._by_stem: dict[str, list[str]] = {}
        for key in self._keys:
            if key.startswith("name:"):
                self._by_stem.setdefault(f"{key.rpartition(':')[0]}:", []).append(key)
        self._used: dict[str, int] = {}
        self._named_by: dict[str, Heard] = {}
        self.left_out: list[Skipped] = []

    def get(self, key: str) -> SourceKey | None:
        """What the source meant by a key before."""
        return self._keys.get(key)

    def pass_over(self, key: str) -> None:
        """Leave alone whom a key means: the source says of them to the letter what it said."""
        self._used.setdefault(key, 0)

    def keyed(self, heard: Sequence[Heard]) -> Iterator[tuple[Heard, str]]:
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
        said = people_index.said_by(self._tx, self._source, ids) if ids else {}
        return {key: said.get((self._keys[key].contact_id, key), set()) for key in keys}

    def roots(self, keys: Sequence[str]) -> dict[str, str]:
        """Whom the source means by those of these keys that it used before."""
        meant = {key: self._keys[key].contact_id for key in keys if key in self._keys}
        rows = contacts.by_ids(self._tx, list(set(meant.values())))
        return {key: contacts.root_of(self._tx, rows[who]).uuid for key, who in meant.items()}
