"""How far reading has come is told: by `status`, and beside answers that can't know all."""

import pytest

from krmd.base.instant import Instant
from krmd.bootstrap import open_krmd
from krmd.store import folders, ledger
from tests.cli.seeding import ALAN, NOW, Desk, Mail

READ = (["show", "grace"], ["due"], ["contacts", "list"], ["contacts", "review"])


@pytest.fixture
def halfway(friends: Desk) -> Desk:
    """A backfill that was interrupted: of 20,000 mails 2,649 are read, five of them friends'."""
    krmd = open_krmd(friends.config, friends.environ)
    with krmd.store.transaction() as tx:
        found = folders.Found("Old", "Old", "archive")
        row = folders.begin(tx, "home", found, uidvalidity=1, uidnext=20_001)
        old = Instant(int(NOW.timestamp()) - 400 * 86_400)
        folders.retreat(tx, row.id, low=17_352, read_back_to=old, since=None)
        folders.set_messages(tx, row.id, 20_000)
        ledger.locate(tx, [(row.id, uid, 1) for uid in range(17_357, 20_001)])
    krmd.close()
    return friends


def test_an_interrupted_backfill_is_not_all(halfway: Desk) -> None:
    """How many are read of how many, back to when; all is well is not all is read."""
    said = halfway.krmd("status")
    assert 0 == said.code
    assert "2,649 of 20,000 mails are read, back to " in said.out
    assert said.out.startswith("… home")
    assert "older mail is still to be read" in said.out
    account = halfway.krmd("status", "--json").json["accounts"][0]
    assert (False, 2_649, 20_000) == (account["complete"], account["read"], account["messages"])


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_answers_say_what_they_can_not_know_yet(halfway: Desk, words: list[str]) -> None:
    """One line on standard error; --quiet and JSON, which has `complete`, do without."""
    said = halfway.krmd(*words)
    assert 1 == said.err.count("Not complete yet: of home 2,649 of 20,000 mails are read, back to")
    assert "Not complete" not in said.out
    assert "" == halfway.krmd(*words, "--quiet").err
    assert "" == halfway.krmd(*words, "--json").err


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_answers_from_all_mail_say_nothing_beside(friends: Desk, words: list[str]) -> None:
    """Where all is read there is nothing to add."""
    assert "complete" not in friends.krmd(*words).err


def test_a_mailbox_never_read_has_one_mark(desk: Desk) -> None:
    """It isn't well, and that is said once."""
    said = desk.krmd("status")
    assert (1, 1) == (said.code, len(said.out.splitlines()))
    assert said.out.startswith("✗ home: never read")
    check = desk.krmd("status", "--json").json["checks"][0]
    assert ("home", False) == (check["name"], check["ok"])


def test_own_addresses_are_noticed_without_their_tags(desk: Desk) -> None:
    """Any number of ada+… is one address to add."""
    desk.record(
        [
            Mail(f"ada+{tag}@other.example", ALAN, number, tag)
            for number, tag in enumerate(("shop", "news", "list"))
        ],
        "sent",
    )
    noticed = desk.krmd("status", "--json").json["noticed"]
    assert ["ada@other.example"] == [it["address"] for it in noticed]
