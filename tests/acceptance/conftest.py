"""An owner on each database, with one account on a fresh Dovecot mailbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.acceptance.owner import Owner
from tests.servers.dovecot import Mailbox


@pytest.fixture
def owner(tmp_path: Path, made_store_url: str, mailbox: Mailbox) -> Owner:
    """Reads the mailbox as `home`; the test runs on SQLite and on PostgreSQL."""
    return Owner(tmp_path, made_store_url, accounts={"home": mailbox})


@pytest.fixture
def sqlite_owner(tmp_path: Path, mailbox: Mailbox) -> Owner:
    """As `owner`, on SQLite alone, where the database makes no difference."""
    return Owner(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", accounts={"home": mailbox})


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """Calls of krmd set up the log; the next test begins without."""
    yield
    structlog.reset_defaults()
