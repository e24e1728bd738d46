"""Tombstones tell who was forgotten to whoever has the key, and to nobody else."""

import pytest
from sqlalchemy import select

from krmd.base.errors import StoreError, UserError
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.store import tables, tombstones
from krmd.store.engine import Store
from krmd.store.tombstones import Kind

KEY = Key(bytes(range(32)))
NOW = Instant(1_790_000_000)
UUID = "0123456789abcdef0123456789abcdef"
UID = "urn:uuid:" + "a" * 32
PLACE = "href:/contacts/1.vcf"


def no_key() -> Key:
    """Of a store that needs none."""
    raise AssertionError


def put(store: Store, *values: tuple[Kind, str], suppressed: bool = False) -> None:
    """Forget these."""
    with store.transaction() as tx:
        tombstones.put(tx, KEY, values, at=NOW, suppressed=suppressed)


def test_a_store_where_nobody_was_forgotten_needs_no_key(store: Store) -> None:
    """One query, and nobody is asked for it."""
    with store.reading() as tx:
        assert tombstones.memory(tx, no_key) is tombstones.nobody
        assert set() == tombstones.forgotten(tx, no_key, "email", ["ada@a.example"])
        assert tombstones.find(tx, no_key, "email", "ada@a.example") is None
    assert frozenset() == tombstones.nobody("email", ["ada@a.example"])


def test_values_are_known_again_by_kind(store: Store) -> None:
    """An address is no phone, and a phone is one in any spelling."""
    put(store, ("email", "ada@a.example"), ("phone", "+49 30 555 12 34"), ("contact", UUID))
    with store.reading() as tx:
        known = tombstones.memory(tx, lambda: KEY)
        assert {"ada@a.example"} == known("email", ["ada@a.example", "bob@b.example", ""])
        assert {"030 5551234", "0049 30 5551234"} == known(
            "phone", ["030 5551234", "0049 30 5551234", "030 5551235", "12"]
        )
        assert set() == known("handle", ["ada@a.example"])
        assert {UUID} == known("contact", [UUID])
        assert set() == known("email", [])


def test_an_extension_is_nobody_s(store: Store) -> None:
    """A number of few digits would be many people's."""
    put(store, ("phone", "12"), ("email", "ada@a.example"))
    with store.reading() as tx:
        assert set() == tombstones.forgotten(tx, lambda: KEY, "phone", ["12"])


def test_a_source_s_key_is_known_where_it_can_be_nobody_else_s(store: Store) -> None:
    """A long one in any source, a short one or a place in its own, a name without its number, and
    krmd's own ids.
    """
    spelled = tombstones.spelled_key
    mine = [("vcard", UID), ("crm", "17"), ("csv", "name:ada example:1"), ("book:a", PLACE)]
    put(store, *(("source_key", spelled(*it)) for it in mine), ("contact", UUID))
    others = [
        ("phone", UID), ("other", "17"), ("csv", "name:ada example:3"), ("x", f"urn:uuid:{UUID}"),
        ("book:b", PLACE), ("x", "b" * 40),
    ]  # fmt: skip
    with store.reading() as tx:
        found = tombstones.forgotten(
            tx, lambda: KEY, "source_key", {spelled(*it) for it in (*mine, *others)}
        )
    known = {*(spelled(*it) for it in mine), UID, "name:ada example", f"urn:uuid:{UUID}"}
    assert known == found


def test_the_store_alone_tells_nobody_s_name(store: Store) -> None:
    """Marks are made with the key: under another they are others."""
    put(store, ("email", "ada@a.example"))
    with store.reading() as tx:
        rows = [tx.execute(select(it)).all() for it in (tables.tombstones, tables.meta)]
    assert "ada" not in repr(rows)
    with store.transaction() as tx:
        tombstones.put(tx, Key(bytes(32)), [("email", "ada@a.example")], at=NOW, suppressed=False)
        assert 2 == tombstones.count(tx)


def test_a_stop_of_mailings_outlives_another_forgetting(store: Store) -> None:
    """Once suppressed, an address stays so; the first day counts."""
    put(store, ("email", "ada@a.example"), suppressed=True)
    put(store, ("email", "ada@a.example"))
    with store.transaction() as tx:
        stone = tombstones.find(tx, lambda: KEY, "email", "ada@a.example")
        assert stone is not None
        assert ("email", NOW, True) == (stone.kind, stone.at, bool(stone.suppressed))
        tombstones.remove(tx, stone)
        assert tombstones.find(tx, no_key, "email", "ada@a.example") is None


def test_they_can_be_carried_into_another_store(store: Store) -> None:
    """As where a backup comes back: those that stand there stay."""
    put(store, ("email", "ada@a.example"))
    with store.transaction() as tx:
        stones = tombstones.all_of_them(tx)
        more = stones[0]._replace(suppressed=True)
        other = stones[0]._replace(mark="f" * 64)
        tombstones.carry(tx, [more, other, more], KEY)
        assert {more, other} == {
            it._replace(suppressed=bool(it.suppressed)) for it in tombstones.all_of_them(tx)
        }


def test_without_the_right_key_nothing_is_said(store: Store) -> None:
    """Lost or another: the way out is named."""

    def lost() -> Key:
        raise UserError("store.key: there is none")

    put(store, ("email", "ada@a.example"))
    for key in (lost, lambda: Key(bytes(32))):
        with store.reading() as tx, pytest.raises(StoreError, match="--lost-key"):
            tombstones.forgotten(tx, key, "email", ["ada@a.example"])
    with store.transaction() as tx:
        assert 1 == tombstones.let_go(tx)
        assert KEY == tombstones.key_of(tx, lambda: KEY)
        tombstones.put(tx, Key(bytes(32)), [("email", "x@x.example")], at=NOW, suppressed=False)
        assert Key(bytes(32)) == tombstones.key_of(tx, lambda: Key(bytes(32)))
