"""kill -9 at random moments loses nothing and doubles nothing."""

import random
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from krmd.store.tables import identities, interactions, locations, participants, recency
from tests.daemon.conftest import Ledger
from tests.daemon.process import Process, write_config
from tests.mailgen import GeneratedMail, generate, write_maildir
from tests.servers.dovecot import Mailbox

OWNER = "ada@example.org"
FOLDERS = ("INBOX", "Sent", "Archive")


class Everything(NamedTuple):
    """What a ledger says, in ids that don't depend on the order in which it was written."""

    interactions: set[tuple[object, ...]]
    participants: set[tuple[object, ...]]
    recency: set[tuple[object, ...]]
    places: int


def everything(store: Store) -> Everything:
    """All of a store's ledger; fails where a row stands twice."""
    mail, who = interactions.c, participants.c
    with store.reading() as tx:
        entries = tx.execute(
            select(mail.high, mail.low, mail.at, mail.rule, mail.direction, mail.reach)
        ).all()
        parts = tx.execute(
            select(mail.high, mail.low, identities.c.value, who.field, who.rule, who.counts)
            .join(interactions, mail.id == who.interaction_id)
            .join(identities, identities.c.id == who.identity_id)
        ).all()
        fold = [column for column in recency.c if column.name not in {"subject", "subject_id"}]
        dates = tx.execute(
            select(identities.c.value, *fold).join(
                identities, identities.c.id == recency.c.subject_id
            )
        ).all()
        places = len(tx.execute(select(locations.c.uid)).all())
    return Everything(_once(entries), _once(parts), _once(dates), places)


def _once(rows: Iterable[Sequence[object]]) -> set[tuple[object, ...]]:
    listed = [tuple(row) for row in rows]
    assert len(listed) == len(set(listed))
    return set(listed)


def mails(mailbox: Mailbox, count: int, seed: int) -> Iterator[GeneratedMail]:
    """Lay generated mail into the mailbox; gives back more, to be delivered in between."""
    generated = list(generate(count + 200, seed, [OWNER], folders=FOLDERS))
    who = mailbox.server.identity
    write_maildir(mailbox.maildir(), generated[:count], uid=who.uid, gid=who.gid)
    return iter(generated[count:])


def run_to_the_end(config: Path, ledger: Ledger, total: int) -> None:
    """Run undisturbed until all is read."""
    with Process(config) as krmd:
        krmd.until(lambda: ledger.account().state == "ok" and _places(ledger) == total, 120.0)
        assert 0 == krmd.end()[0]


def _places(ledger: Ledger) -> int:
    with ledger.store.reading() as tx:
        return len(tx.execute(select(locations.c.uid)).all())


def torture(
    config: Path, mailbox: Mailbox, later: Iterator[GeneratedMail], *, kills: int, ledger: Ledger
) -> int:
    """Start and kill it so often, while mail arrives; says how often it was still reading back."""
    rng = random.Random(11)
    reading = 0
    for _ in range(kills):
        with Process(config) as krmd:
            ends = time.monotonic() + rng.uniform(0.0, 0.5)
            while time.monotonic() < ends:
                if rng.random() < 0.2:
                    mail = next(later)
                    mailbox.put(mail.raw, mail.folder, internaldate=mail.internaldate)
                time.sleep(rng.uniform(0.0, 0.1))
            krmd.signal(signal.SIGKILL)
            krmd.wait()
        folders = ledger.folders().values()
        reading += not folders or any(not folder.is_complete for folder in folders)
    print(f"{reading} of {kills} kills while reading back")
    return reading


@pytest.mark.parametrize(
    "size",
    [(6_000, 5), pytest.param((40_000, 50), marks=[pytest.mark.soak, pytest.mark.timeout(0)])],
    ids=["short", "long"],
)
def test_after_kill_9_at_random_moments_the_ledger_is_as_if_undisturbed(
    store_url: str, mailbox: Mailbox, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Every entry, every participant and every date is the same, and each stands once."""
    count, kills = size
    later = mails(mailbox, count, seed=7)
    store = Store(store_url)
    upgrade(store)
    config = write_config(tmp_path, store_url, home=mailbox)
    reading = torture(config, mailbox, later, kills=kills, ledger=Ledger(store))
    assert reading > kills / 2
    total = sum(len(mailbox.files(folder)) for folder in FOLDERS)
    run_to_the_end(config, Ledger(store), total)
    disturbed = everything(store)
    store.close()

    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    other = Store(f"sqlite:///{undisturbed}/krmd.sqlite3")
    upgrade(other)
    run_to_the_end(
        write_config(undisturbed, other.url.render_as_string(), home=mailbox), Ledger(other), total
    )
    expected = everything(other)
    other.close()

    assert expected.interactions == disturbed.interactions
    assert expected.participants == disturbed.participants
    assert expected.recency == disturbed.recency
    assert (total, total) == (expected.places, disturbed.places)
