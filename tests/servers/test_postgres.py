"""The PostgreSQL fixture itself."""

import psycopg
import pytest
import sqlalchemy as sa

from tests.servers.postgres import Postgres


def test_a_created_database_is_empty_and_its_own(postgres: Postgres) -> None:
    """Two databases don't see each other's tables; both speak UTF-8."""
    first, second = (sa.create_engine(postgres.create_database()) for _ in range(2))
    with first.begin() as connection:
        connection.execute(sa.text("CREATE TABLE word (text varchar)"))
        connection.execute(sa.text("INSERT INTO word VALUES ('Þóra')"))
        assert "Þóra" == connection.scalar(sa.text("SELECT text FROM word"))
    assert [] == sa.inspect(second).get_table_names()
    first.dispose()
    second.dispose()


def test_killed_and_started_again_it_has_what_was_committed(postgres: Postgres) -> None:
    """Connections end at SIGKILL, and a start on the same port brings the data back."""
    url = postgres.create_database()
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
        postgres.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    postgres.start()
    with psycopg.connect(plain) as connection:
        connection.execute("SELECT * FROM kept")
    postgres.restart()
    with psycopg.connect(plain) as connection:
        connection.execute("SELECT * FROM kept")


def test_sessions_can_be_cut(postgres: Postgres) -> None:
    """A failover looks like this to a client: its connection is gone, the server is there."""
    url = postgres.create_database()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        postgres.end_sessions(url)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    postgres.drop_database(url)


def test_the_store_is_empty_on_each_kind_of_database(store_url: str) -> None:
    """`store_url` gives a fresh SQLite file and a fresh PostgreSQL database in turn."""
    engine = sa.create_engine(store_url)
    assert [] == sa.inspect(engine).get_table_names()
    engine.dispose()
