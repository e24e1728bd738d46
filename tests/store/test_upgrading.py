"""A store that an earlier version filled comes along whole."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from krmd.store.engine import Store, make_place_for
from krmd.store.migrate import upgrade
from krmd.store.whole import faults


def _made_by_revision(store: Store, revision: str) -> None:
    make_place_for(store)
    with store.transaction() as tx:
        config = Config()
        config.set_main_option("script_location", "krmd.store:migrations")
        config.attributes["connection"] = tx.connection
        command.upgrade(config, revision)


def test_people_of_the_first_version_keep_all_that_is_said_of_them(store_url: str) -> None:
    """Facts, memberships and claims stand; an address that was claimed is the owner's word."""
    store = Store(store_url)
    _made_by_revision(store, "0001")
    with store.transaction() as tx:
        for statement in (
            (
                "INSERT INTO contacts (id, uuid, name, name_key, kept, added, source)"
                " VALUES (7, 'aa', 'Ada Example', 'ada example', true, 5, 'owner')"
            ),
            "INSERT INTO identities (id, kind, value) VALUES (3, 'email', 'ada@example.com')",
            "INSERT INTO identities (id, kind, value) VALUES (4, 'self', 'aa')",
            "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (3, '', 7, 5)",
            "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (4, '', 7, 5)",
            "INSERT INTO categories (id, name, name_key, added) VALUES (1, 'japan', 'japan', 5)",
            (
                "INSERT INTO memberships (contact_id, category_id, since, source)"
                " VALUES (7, 1, 5, 'owner')"
            ),
            (
                "INSERT INTO contact_facts (contact_id, field, value, source, since, edited)"
                " VALUES (7, 'note', 'likes Riesling', 'owner', 6, true)"
            ),
        ):
            tx.connection.exec_driver_sql(statement)
    assert "older" == upgrade(store)
    with store.reading() as tx:
        facts = tx.connection.exec_driver_sql(
            "SELECT contact_id, field, value, label, source, source_key, since, withdrawn"
            " FROM contact_facts ORDER BY field"
        )
        assert [
            (7, "email", "ada@example.com", "", "owner", "", 5, None),
            (7, "note", "likes Riesling", "", "owner", "", 6, None),
        ] == [tuple(row) for row in facts]
        counts = (
            tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608
            for table in ("contacts", "claims", "memberships")
        )
        assert [1, 2, 1] == list(counts)
    assert [] == faults(store)
    store.close()


def test_the_upgraded_file_is_the_same_file(tmp_path: Path) -> None:
    """Nothing is copied elsewhere: whoever backs the file up goes on doing so."""
    store = Store(f"sqlite:///{tmp_path}/krmd.sqlite3")
    _made_by_revision(store, "0001")
    before = (tmp_path / "krmd.sqlite3").stat().st_ino
    upgrade(store)
    assert before == (tmp_path / "krmd.sqlite3").stat().st_ino
    store.close()
