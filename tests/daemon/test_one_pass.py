"""`krmd sync`: one pass over all accounts, whatever becomes of each."""

import threading

from krmd.app import rules
from krmd.base.errors import LoginError, TryLaterError
from krmd.daemon.one_pass import Pass
from krmd.store import meta
from krmd.store.holding import Hold
from tests.daemon.conftest import Home
from tests.fakes.mailbox import FakeMailbox, letter


def test_one_pass_reads_everything_and_a_second_records_nothing(home: Home) -> None:
    """Newest first or not: in the end all is there, once."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive")
    for folder in ("INBOX", "Sent", "Archive"):
        mailbox.deliver_many((letter(key=f"{folder}{n}") for n in range(1500)), folder)

    first = Pass(home.store, [home.job(mailbox)], clock=home.clock).run()[0]
    again = Pass(home.store, [home.job(mailbox)], clock=home.clock).run()[0]

    assert (True, None, 4500) == (first.complete, first.error, len(home.recorded()))
    assert (True, 0) == (again.complete, sum(it.recorded.seen for it in again.folders))


def test_a_broken_account_is_told_and_the_other_read(home: Home) -> None:
    """Each account has its own result and its own state."""
    broken, well = FakeMailbox(), FakeMailbox()
    broken.refuse(LoginError("no"))
    well.deliver(letter(key="read"))
    jobs = [home.job(broken, "broken"), home.job(well, "well")]

    results = {it.account: it for it in Pass(home.store, jobs, clock=home.clock).run()}

    assert isinstance(results["broken"].error, LoginError)
    assert ("parked", "ok") == (home.account("broken").state, home.account("well").state)
    assert results["well"].error is None
    assert ["read"] == home.recorded()


def test_an_account_somebody_holds_is_left_alone_with_its_state(home: Home) -> None:
    """Who doesn't hold an account has no say in how reading it goes."""
    mailbox = FakeMailbox()

    with Hold(home.store, "home"):
        (result,) = Pass(home.store, [home.job(mailbox)], clock=home.clock).run()

    assert isinstance(result.error, TryLaterError)
    assert ("new", None) == (home.account().state, home.account().error)


def test_rules_that_change_in_the_middle_end_the_pass_and_set_nothing_aside(home: Home) -> None:
    """What the guard refuses is no fault of the mails: they are read by the next pass."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letter(key=f"old{n}") for n in range(10))
    job = home.job(mailbox)
    with home.store.transaction() as tx:
        meta.write(tx, "rules", rules.rules_of("second"))

    (result,) = Pass(home.store, [job], clock=home.clock).run()

    assert isinstance(result.error, TryLaterError)
    assert ([], []) == (home.recorded(), home.quarantined())


def test_a_pass_that_is_stopped_is_not_complete(sqlite_home: Home) -> None:
    """What is read is kept; the next pass goes on."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letter(key=f"old{n}") for n in range(7000))
    stopping = threading.Event()

    def progress(_: object) -> None:
        reading.stop()
        stopping.set()

    reading = Pass(
        sqlite_home.store, [sqlite_home.job(mailbox)], clock=sqlite_home.clock, progress=progress
    )
    (result,) = reading.run()

    assert stopping.is_set()
    assert not result.complete
    assert 0 < len(sqlite_home.recorded()) < 7000
