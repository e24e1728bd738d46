"""Start, stop, reload, and what the service manager hears of it."""

import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from krmd.app import rules
from krmd.base.errors import LoginError, Problem, SettingsError, TryLaterError
from krmd.daemon.job import AccountJob
from krmd.store import meta
from krmd.store.holding import Hold
from tests.daemon.conftest import HURRIED, Events, Home, eventually, imap_threads, while_running
from tests.fakes.mailbox import FakeMailbox, letter


def hang_up(home: Home) -> None:
    """SIGHUP, and wait until the daemon is ready again."""
    before = home.notices.count("READY=1")
    os.kill(os.getpid(), signal.SIGHUP)
    eventually(lambda: home.notices.count("READY=1") > before)


def test_sigterm_ends_a_backfill_within_a_second_and_keeps_what_was_read(home: Home) -> None:
    """The cursor stands where the ledger stands: the next start goes on from there."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive")
    mailbox.deliver_many((letter(key=f"old{n}") for n in range(9000)), "Archive")

    def script() -> float:
        eventually(lambda: len(home.recorded()) >= 1000)
        return time.monotonic()

    code, asked = while_running(home.daemon(home.job(mailbox)), script)

    assert time.monotonic() - asked < 2.5
    assert 0 == code
    archive = home.folders()["Archive"]
    assert not archive.is_complete
    assert archive.high - archive.low + 1 == len(home.recorded())

    while_running(
        home.daemon(home.job(mailbox)), lambda: eventually(lambda: len(home.recorded()) == 9000)
    )


def test_it_ends_in_time_though_the_server_has_fallen_silent(sqlite_home: Home) -> None:
    """Connections that hang are cut; no thread is left."""
    mailbox = FakeMailbox()

    def script() -> float:
        eventually(lambda: mailbox.asked("wait") == 2)
        mailbox.fall_silent()
        mailbox.deliver(letter(key="unread"))
        time.sleep(0.2)
        return time.monotonic()

    _, asked = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert time.monotonic() - asked < 2.0
    assert [] == imap_threads()


def test_a_thread_that_cannot_be_interrupted_is_left_behind(sqlite_home: Home) -> None:
    """A name lookup that hangs keeps neither the daemon nor another account from ending."""
    mailbox, silent = FakeMailbox(), FakeMailbox()
    hangs, ends = threading.Event(), threading.Event()

    def connect() -> object:
        hangs.set()
        ends.wait(20)
        return mailbox.connect()

    job = sqlite_home.job(mailbox, connect=connect)  # type: ignore[arg-type]

    def script() -> float:
        eventually(lambda: hangs.is_set() and silent.asked("wait") == 2)
        silent.fall_silent()
        return time.monotonic()

    try:
        other = sqlite_home.job(silent, "silent")
        _, asked = while_running(sqlite_home.daemon(job, other), script)
        assert time.monotonic() - asked < 3.5
        assert ["imap-home"] == imap_threads()
    finally:
        ends.set()
    eventually(lambda: imap_threads() == [])
    assert 0 == mailbox.live_sessions


def test_the_service_manager_hears_ready_once_and_stopping(sqlite_home: Home) -> None:
    """READY=1 when the threads are started, a status line, STOPPING=1 at the end."""
    mailbox = FakeMailbox()

    while_running(
        sqlite_home.daemon(sqlite_home.job(mailbox)),
        lambda: eventually(lambda: mailbox.asked("wait") == 2),
    )

    notices = sqlite_home.notices
    assert (1, 1) == (notices.count("READY=1"), notices.count("STOPPING=1"))
    assert any(line.startswith("STATUS=home: ") for line in notices.heard)
    assert 0 == notices.count("WATCHDOG=1")


def test_sighup_restarts_changed_accounts_and_leaves_the_others_alone(home: Home) -> None:
    """Who is in the new settings and is the same keeps its connections; the rest comes and goes."""
    same, other, gone, new = FakeMailbox(), FakeMailbox(), FakeMailbox(), FakeMailbox()
    before = [home.job(same, "same"), home.job(other, "other"), home.job(gone, "gone")]
    after = [
        home.job(same, "same"),
        home.job(other, "other", made_of="others"),
        home.job(new, "new"),
    ]

    def script() -> None:
        eventually(lambda: all(box.asked("wait") == 2 for box in (same, other, gone)))
        hang_up(home)
        eventually(lambda: other.logins == 6 and new.asked("wait") == 2)
        assert 3 == same.logins
        assert 0 == gone.live_sessions
        new.deliver(letter(key="new"))
        same.deliver(letter(key="same"))
        eventually(lambda: home.recorded() == ["new", "same"])

    while_running(home.daemon(*before, reload=lambda: after), script)

    heard = home.notices.heard
    assert 1 == heard.count("RELOADING=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in heard)
    assert 2 == heard.count("READY=1")


def test_sighup_lets_a_parked_account_try_again(sqlite_home: Home) -> None:
    """The password may be another now, though the settings look the same."""
    mailbox = FakeMailbox()
    mailbox.refuse(LoginError("no"))
    job = sqlite_home.job(mailbox)

    def script() -> None:
        eventually(lambda: sqlite_home.account().state == "parked")
        mailbox.refuse(None)
        hang_up(sqlite_home)
        eventually(lambda: sqlite_home.account().state == "ok")

    while_running(sqlite_home.daemon(job), script)


def test_settings_that_cannot_be_read_leave_the_old_ones_in_use(
    sqlite_home: Home, events: Events
) -> None:
    """Every problem is logged; reading goes on as before."""
    mailbox = FakeMailbox()

    def broken() -> list[AccountJob]:
        raise SettingsError((Problem("krmd.toml:3", "owner.name", "is missing"),))

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2)
        hang_up(sqlite_home)
        mailbox.deliver(letter(key="new"))
        eventually(lambda: sqlite_home.recorded() == ["new"])

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox), reload=broken), script)

    assert 3 == mailbox.logins
    (event,) = events.named("settings.unusable")
    assert "krmd.toml:3: owner.name: is missing" == event["problem"]


def test_other_rules_in_the_store_lead_to_a_reload_and_new_plans(home: Home) -> None:
    """Where another process judged by other settings, these are read, and nothing is lost."""
    mailbox = FakeMailbox()
    reloads: list[float] = []

    def reload() -> list[AccountJob]:
        reloads.append(time.monotonic())
        if len(reloads) == 1:
            raise TryLaterError("not yet")
        home.rules = "second"
        return [home.job(mailbox)]

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2)
        with home.store.transaction() as tx:
            meta.write(tx, "rules", rules.rules_of("second"))
        mailbox.deliver(letter(key="new"))
        eventually(lambda: home.recorded() == ["new"])
        time.sleep(0.3)

    while_running(home.daemon(home.job(mailbox), reload=reload), script)

    assert 2 == len(reloads)
    assert reloads[1] - reloads[0] > 0.15
    assert [] == home.quarantined()


def test_two_that_change_the_rules_again_and_again_do_not_spin(sqlite_home: Home) -> None:
    """The pause between two reloads doubles while the rules never come to rest."""
    mailbox = FakeMailbox()
    reloads: list[int] = []

    def reload() -> list[AccountJob]:
        reloads.append(1)
        return [replace(sqlite_home.job(mailbox))]  # still the first rules, which are others now

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2)
        with sqlite_home.store.transaction() as tx:
            meta.write(tx, "rules", rules.rules_of("theirs"))
        mailbox.deliver(letter(key="new"))
        time.sleep(2.0)

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox), reload=reload), script)

    assert 2 <= len(reloads) <= 5


def test_a_held_store_ends_a_second_daemon_at_once(sqlite_home: Home) -> None:
    """On SQLite nobody waits: it says who holds the accounts, and that it is to be tried later."""
    mailbox = FakeMailbox()

    with (
        Hold(sqlite_home.store, "home"),
        pytest.raises(TryLaterError, match=rf"held by process {os.getpid()}"),
    ):
        while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), lambda: time.sleep(5))

    assert 0 == mailbox.logins


def test_the_watchdog_is_fed_while_a_server_is_silent_but_not_while_work_hangs(
    sqlite_home: Home,
) -> None:
    """A server's silence is its own affair; a thread that breaks its promise is krmd's."""
    sqlite_home.notices.watchdog_seconds = 0.3
    mailbox, stuck = FakeMailbox(), FakeMailbox()
    entered, leave = threading.Event(), threading.Event()

    def connect() -> object:
        entered.set()
        leave.wait(20)
        return stuck.connect()

    jobs = [
        sqlite_home.job(mailbox, "well"),
        sqlite_home.job(stuck, "stuck", connect=connect),  # type: ignore[arg-type]
    ]
    pace = replace(HURRIED, longest_step=1.5)

    def script() -> tuple[int, int]:
        eventually(entered.is_set)
        eventually(lambda: sqlite_home.notices.count("WATCHDOG=1") >= 3)
        mailbox.fall_silent()
        time.sleep(0.5)
        while_silent = sqlite_home.notices.count("WATCHDOG=1")
        time.sleep(2.0)
        hung = sqlite_home.notices.count("WATCHDOG=1")
        time.sleep(1.0)
        leave.set()
        return while_silent, sqlite_home.notices.count("WATCHDOG=1") - hung

    try:
        _, (fed, while_hung) = while_running(sqlite_home.daemon(*jobs, pace=pace), script)
    finally:
        leave.set()

    assert fed >= 4
    assert 0 == while_hung
