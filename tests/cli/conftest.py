"""A desk to call krmd from, empty or with friends in its store."""

from pathlib import Path

import pytest

from tests.cli.seeding import Desk, with_friends


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Settings and no store yet."""
    return Desk(tmp_path)


@pytest.fixture
def friends(desk: Desk) -> Desk:
    """A store with Grace, a contact, and Alan, a correspondent."""
    return with_friends(desk)
