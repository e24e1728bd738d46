"""A store comes to the shape this version needs, by whichever way, and a newer one is refused."""

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from krmd.base.errors import StoreError
from krmd.store import migrate, search
from krmd.store.engine import Store, make_place_for
from krmd.store.migrate import HEAD, REVISIONS, shape, upgrade
from krmd.store.search_watch import STALE
from krmd.store.tables import metadata
from krmd.store.whole import faults

INDEX = {
    STALE,
    *(
        f"search_{shelf}{part}"
        for shelf in search.SHELVES
        for part in ("", "_config", "_content", "_data", "_idx")
    ),
}
"""The search index, whose tables differ by database, with those that FTS5 lays beside them."""


@pytest.fixture
def empty(store_url: str) -> Iterator[Store]:
    """A store nobody has been at."""
    store = Store(store_url)
    yield store
    store.close()


def differences(store: Store) -> list[object]:
    """What Alembic would have to do to come from the store to the tables of this version."""
    with store.reading() as tx:
        context = MigrationContext.configure(
            tx.connection,
            opts={
                "compare_type": True,
                "compare_server_default": False,
                "include_name": lambda name, kind, _parents: kind != "table" or name not in INDEX,
            },
        )
        return list(compare_metadata(context, metadata))


def described(store: Store) -> dict[str, object]:
    """Columns, keys, indexes and checks of every table."""
    with store.reading() as tx:
        there = inspect(tx.connection)
        return {
            name: (
                {it["name"]: (str(it["type"]), it["nullable"]) for it in there.get_columns(name)},
                tuple(there.get_pk_constraint(name)["constrained_columns"]),
                sorted(
                    (tuple(it["constrained_columns"]), it["referred_table"])
                    for it in there.get_foreign_keys(name)
                ),
                sorted(
                    (tuple(it["column_names"]), bool(it["unique"]))
                    for it in there.get_indexes(name)
                ),
                sorted(tuple(it["column_names"]) for it in there.get_unique_constraints(name)),
                sorted(
                    (str(it["name"]), re.sub(r"[\s()\"]", "", it["sqltext"]))
                    for it in there.get_check_constraints(name)
                ),
            )
            for name in there.get_table_names()
            if name not in INDEX
        }


def test_a_new_store_has_exactly_the_tables_of_this_version(empty: Store) -> None:
    """Nothing to add, nothing to take away, on either database."""
    assert "empty" == shape(empty)
    assert "empty" == upgrade(empty)
    assert [] == differences(empty)
    assert {*metadata.tables, "alembic_version"} == set(described(empty))
    assert "current" == shape(empty)
    assert "current" == upgrade(empty)
    assert [] == faults(empty)


def test_a_store_made_by_the_migrations_is_the_same(empty: Store, tmp_path: Path) -> None:
    """The revisions one after the other lead to the tables that a new store begins with."""
    make_place_for(empty)
    with empty.transaction() as tx:
        migrate._migrate(tx)
    assert "current" == shape(empty)
    assert [] == differences(empty)
    by_revisions = described(empty)
    if empty.is_sqlite:
        at_once = Store(f"sqlite:///{tmp_path}/other.sqlite3")
    else:
        with empty.transaction() as tx:
            search.drop(tx)
            for table in by_revisions:
                tx.execute(text(f"DROP TABLE {table} CASCADE"))
        at_once = empty
    upgrade(at_once)
    assert described(at_once) == by_revisions
    at_once.close()


def test_head_is_the_newest_revision_in_the_package() -> None:
    """The constants that every command trusts stand beside the files they speak of."""
    folder = Path(migrate.__file__).parent / "migrations" / "versions"
    found = [
        re.findall(r'^revision(?:: str)? = "([^"]+)"', file.read_text(), re.MULTILINE)[0]
        for file in sorted(folder.glob("r*.py"))
    ]
    assert list(REVISIONS) == found
    assert found[-1] == HEAD


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    """With the way out in the sentence."""
    with store.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    before = described(store)
    with pytest.raises(StoreError, match=r"newer krmd \(revision 0999"):
        upgrade(store)
    assert before == described(store)


def test_tables_of_another_program_are_refused(empty: Store) -> None:
    """Nothing is made beside them."""
    make_place_for(empty)
    with empty.transaction() as tx:
        tx.execute(text("CREATE TABLE recipes (name TEXT)"))
    with pytest.raises(StoreError, match="not krmd's"):
        upgrade(empty)
    assert {"recipes"} == set(described(empty))


_UPGRADER = """
import sys
from krmd.store.engine import Store, make_place_for
from krmd.store.migrate import upgrade
sys.stdin.readline()
print(upgrade(Store(sys.argv[1])))
"""


def test_processes_that_upgrade_at_once_do_not_meet(empty: Store) -> None:
    """Four start together: one makes the tables, none fails."""
    url = empty.url.render_as_string(hide_password=False)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _UPGRADER, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    said = [(racer.communicate(timeout=60), racer.returncode) for racer in racers]
    assert {0} == {code for _, code in said}, said
    assert [] == differences(empty)
    assert [] == faults(empty)


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Folder 0700, file 0600, whatever the umask; what SQLite lays beside it too."""
    store = Store(f"sqlite:///{tmp_path}/state/krmd.sqlite3")
    upgrade(store)
    with store.transaction() as tx:
        tx.execute(text("INSERT INTO meta (name, value) VALUES ('a', 'b')"))
    place = tmp_path / "state"
    assert 0o700 == stat.S_IMODE(place.stat().st_mode)
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in place.iterdir()}
    store.close()


def test_the_checks_of_the_tables_hold(store: Store) -> None:
    """A cursor whose interval is upside down can't be written, on either database."""
    with store.transaction() as tx:
        tx.execute(text("INSERT INTO accounts (name) VALUES ('home')"))
    insert = text(
        "INSERT INTO folders (account, wire, name, role, uidvalidity, low, high)"
        " VALUES ('home', 'INBOX', 'INBOX', 'inbox', 1, 9, 3)"
    )
    with pytest.raises(IntegrityError), store.transaction() as tx:
        tx.execute(insert)
