"""kill -9 of `krmd sync` at any moment loses nothing and doubles nothing."""

import random
import time
from pathlib import Path

from tests.acceptance.owner import OTHER, OWNER, Owner
from tests.mailgen import generate, write_maildir
from tests.servers.dovecot import Mailbox

KILLS = 4


def test_a_sync_killed_again_and_again_ends_where_an_undisturbed_one_does(
    owner: Owner, mailbox: Mailbox, tmp_path: Path
) -> None:
    """Killed after a random while, each goes on where the last commit was."""
    who = mailbox.server.identity
    mails = generate(1500, 13, [OWNER, OTHER])
    write_maildir(mailbox.maildir(), mails, uid=who.uid, gid=who.gid)
    chance = random.Random(5)
    for _ in range(KILLS):
        process = owner.process("sync")
        time.sleep(chance.uniform(0.3, 1.4))
        process.kill()
        process.communicate()
        owner.assert_right()
    said = owner.krmd("sync")
    ends = time.monotonic() + 10
    # On PostgreSQL the killed one's session may live on for a moment.
    while said.code == 75 and time.monotonic() < ends:
        time.sleep(0.1)
        said = owner.krmd("sync")
    assert 0 == said.code, said
    (tmp_path / "calm").mkdir()
    calm = Owner(
        tmp_path / "calm", f"sqlite:///{tmp_path}/calm/krmd.sqlite3", accounts=owner.accounts
    )
    calm.sync()
    assert calm.ledger() == owner.ledger()
    assert {name: row.low for name, row in calm.folders().items()} == {
        name: row.low for name, row in owner.folders().items()
    }
    assert {name: calm.lying_in(name) for name in calm.folders()} == {
        name: owner.lying_in(name) for name in owner.folders()
    }
    assert 0 == owner.sync()
    owner.assert_right()
