"""A fresh, migrated store on each database."""

from collections.abc import Iterator

import pytest

from krmd.store.engine import Store
from krmd.store.migrate import upgrade


@pytest.fixture
def store(made_store_url: str) -> Iterator[Store]:
    """An empty store at the newest revision."""
    opened = Store(made_store_url)
    upgrade(opened)
    yield opened
    opened.close()
