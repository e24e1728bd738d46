"""`krmd run` as a process, on Dovecot and on each database: what an owner would see."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from krmd.store.engine import Store
from krmd.store.migrate import upgrade
from tests.daemon.conftest import Ledger
from tests.daemon.process import Process, account_table, write_config
from tests.fakes.mailbox import letter
from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.postgres import Postgres


@pytest.fixture
def ledger(store_url: str) -> Iterator[Ledger]:
    """A look at the store the processes write."""
    store = Store(store_url)
    upgrade(store)
    yield Ledger(store)
    store.close()


@pytest.fixture
def config(tmp_path: Path, store_url: str, mailbox: Mailbox) -> Path:
    """Settings with one account, `home`."""
    return write_config(tmp_path, store_url, home=mailbox)


def test_mail_delivered_or_saved_is_in_the_ledger_within_two_seconds(
    config: Path, mailbox: Mailbox, ledger: Ledger
) -> None:
    """INBOX by delivery and Sent by APPEND; and no flag in the mailbox has changed."""
    mailbox.put(letter(key="old"))
    with Process(config) as krmd:
        krmd.until(lambda: ledger.account().state == "ok")
        flags = mailbox.flags()

        mailbox.put(letter(key="delivered"))
        assert krmd.until(lambda: "delivered" in ledger.recorded()) < 2.0
        mailbox.append(letter(key="saved"), "Sent", flags=["\\Seen"])
        assert krmd.until(lambda: "saved" in ledger.recorded()) < 2.0

        after = mailbox.flags()
        assert flags == {uid: after[uid] for uid in flags}


def test_after_dovecot_is_killed_and_restarted_it_catches_up_by_itself(
    config: Path, mailbox: Mailbox, ledger: Ledger
) -> None:
    """What was delivered while the server was down is read when it is back."""
    with Process(config) as krmd:
        krmd.until(lambda: ledger.account().state == "ok")
        mailbox.server.kill()
        mailbox.put(letter(key="meanwhile"))
        time.sleep(1.0)
        mailbox.server.start()

        assert krmd.until(lambda: ledger.recorded() == ["meanwhile"]) < 15.0
        mailbox.put(letter(key="after"))
        krmd.until(lambda: "after" in ledger.recorded())


def test_a_wrong_password_parks_its_account_and_no_other(
    config: Path, mailbox: Mailbox, dovecot: Dovecot, ledger: Ledger
) -> None:
    """The other account is read; a corrected password and SIGHUP bring the first back."""
    dovecot.add_user("grace", "correct")
    grace = Mailbox(dovecot, "grace", "wrong")
    config.write_text(config.read_text() + account_table("other", grace))
    grace.put(letter(key="hers"))
    mailbox.put(letter(key="ours"))

    with Process(config) as krmd:
        krmd.until(lambda: ledger.account("other").state == "parked")
        krmd.until(lambda: ledger.recorded() == ["ours"])
        assert "grace" in (ledger.account("other").error or "")

        config.write_text(config.read_text().replace('"wrong"', '"correct"'))
        krmd.signal(signal.SIGHUP)
        krmd.until(lambda: ledger.recorded() == ["hers", "ours"])
        krmd.until(lambda: ledger.account("other").state == "ok")
        assert 3 == sum(ev["host"] == "127.0.0.1" for ev in krmd.events("imap.connected")[:3])


def test_sighup_takes_in_a_new_account_and_refuses_broken_settings(
    config: Path, mailbox: Mailbox, dovecot: Dovecot, ledger: Ledger
) -> None:
    """Broken settings are told with file and line, and change nothing."""
    dovecot.add_user("edsger", "secret")
    other = Mailbox(dovecot, "edsger", "secret")
    other.put(letter(key="theirs"))
    good = config.read_text()

    with Process(config) as krmd:
        krmd.until(lambda: ledger.account().state == "ok")
        config.write_text(good + "[accounts.other]\nimapp = 1\n")
        krmd.signal(signal.SIGHUP)
        krmd.until(lambda: bool(krmd.events("settings.unusable")))
        krmd.until(lambda: krmd.said("READY=1") == 2)
        assert "krmd.toml:" in str(krmd.events("settings.unusable")[0]["problem"])

        config.write_text(good + account_table("other", other))
        krmd.signal(signal.SIGHUP)
        krmd.until(lambda: ledger.recorded() == ["theirs"])
        (event,) = krmd.events("settings.reloaded")
        assert ([], ["other"]) == (event["stopped"], event["started"])


def test_sigterm_in_the_middle_of_a_backfill_ends_it_in_order(
    config: Path, mailbox: Mailbox, ledger: Ledger
) -> None:
    """Within 5 s, with 0, and with the cursor where the ledger is."""
    for number in range(4000):
        mailbox.put(letter(key=f"old{number}"), "Archive")

    with Process(config) as krmd:
        krmd.until(lambda: len(ledger.recorded()) >= 1000)
        code, took = krmd.end()

    assert (0, True) == (code, took < 5.0)
    archive = ledger.folders()["Archive"]
    assert archive.high - archive.low + 1 == len(ledger.recorded())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_each_signal_has_its_exit_code(
    tmp_path: Path, mailbox: Mailbox, number: signal.Signals, code: int
) -> None:
    """SIGTERM is the orderly end, SIGINT an interruption."""
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", home=mailbox)
    with Process(config) as krmd:
        krmd.signal(number)
        assert code == krmd.wait(5.0)


def test_the_watchdog_is_fed_while_dovecot_stands_still(tmp_path: Path, mailbox: Mailbox) -> None:
    """A stopped server is no fault of krmd's; READY=1 came once, STOPPING=1 at the end."""
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", home=mailbox)
    with Process(config, watchdog_seconds=1.0) as krmd:
        stopped = mailbox.server.processes()
        for process in stopped:
            process.suspend()
        try:
            mailbox.put(letter(key="unseen"))
            fed = krmd.said("WATCHDOG=1")
            began = time.monotonic()
            krmd.until(lambda: time.monotonic() - began > 6.0)
            assert krmd.said("WATCHDOG=1") - fed >= 12
            code, took = krmd.end()
        finally:
            for process in stopped:
                process.resume()
        krmd.listen()

        assert (0, True) == (code, took < 5.0)
        assert 1 == krmd.said("READY=1")


def test_an_idle_daemon_takes_little_memory_and_no_time(tmp_path: Path, mailbox: Mailbox) -> None:
    """Under 90 MB, without what only other commands need; quiet in the log."""
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", home=mailbox)
    with Process(config) as krmd:
        krmd.until(lambda: len(krmd.events("imap.connected")) == 3)
        time.sleep(1.0)
        before = krmd.output()
        process = psutil.Process(krmd.pid)
        busy = process.cpu_times()
        time.sleep(6.0)
        used = process.cpu_times()
        assert process.memory_info().rss < 90 * 2**20
        assert used.user + used.system - busy.user - busy.system < 0.3
        assert before == krmd.output()


def test_a_second_daemon_on_one_sqlite_store_says_who_holds_it(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    """It ends with 75 and names the process; the first one reads on."""
    config = write_config(tmp_path, f"sqlite:///{tmp_path}/krmd.sqlite3", home=mailbox)
    with Process(config) as first, Process(config, ready=False) as second:
        assert 75 == second.wait(20.0)
        assert f"process {first.pid} " in second.output()
        assert "Traceback" not in second.output()


def test_on_postgresql_an_account_is_taken_over_when_its_holder_dies(
    tmp_path: Path, mailbox: Mailbox, postgres: Postgres
) -> None:
    """Of two daemons one reads and one waits; killed, the first is followed by the second."""
    url = postgres.create_database()
    config = write_config(tmp_path, url, home=mailbox)
    store = Store(url)
    upgrade(store)
    ledger = Ledger(store)
    try:
        with Process(config) as first:
            first.until(lambda: ledger.account().state == "ok")
            with Process(config) as second:
                second.until(lambda: bool(second.events("account.waiting")))
                mailbox.put(letter(key="one"))
                first.until(lambda: ledger.recorded() == ["one"])
                assert [] == second.events("imap.connected")

                os.kill(first.pid, signal.SIGKILL)
                mailbox.put(letter(key="two"))
                second.until(lambda: ledger.recorded() == ["one", "two"], 30.0)
                assert 2 == ledger.account().epoch
    finally:
        store.close()
        postgres.drop_database(url)


def test_a_lost_database_session_loses_the_account_and_no_mail(
    tmp_path: Path, mailbox: Mailbox, postgres: Postgres
) -> None:
    """Cut off by the database, both go on: one of them reads, and each mail is there once."""
    url = postgres.create_database()
    config = write_config(tmp_path, url, home=mailbox)
    store = Store(url)
    upgrade(store)
    ledger = Ledger(store)
    try:
        with Process(config) as first:
            first.until(lambda: ledger.account().state == "ok")
            with Process(config) as second:
                second.until(lambda: bool(second.events("account.waiting")))
                postgres.end_sessions(url)
                second.until(lambda: bool(second.events("imap.connected")), 30.0)
                for number in range(3):
                    mailbox.put(letter(key=f"mail{number}"))
                second.until(lambda: ledger.recorded() == ["mail0", "mail1", "mail2"])
                first.until(lambda: bool(first.events("account.taken")))
                first.until(lambda: bool(first.events("account.waiting")))
                assert [] == first.events("account.bug") + second.events("account.bug")
                assert (0, 0) == (first.end()[0], second.end()[0])
        assert [] == ledger.quarantined()
    finally:
        store.close()
        postgres.drop_database(url)


def test_a_database_that_goes_down_is_waited_for(
    tmp_path: Path, mailbox: Mailbox, postgres: Postgres
) -> None:
    """Killed and started again, it finds the daemon where it was; what came meanwhile is read."""
    url = postgres.create_database()
    config = write_config(tmp_path, url, home=mailbox)
    store = Store(url)
    upgrade(store)
    ledger = Ledger(store)
    try:
        with Process(config) as krmd:
            krmd.until(lambda: ledger.account().state == "ok")
            postgres.kill()
            mailbox.put(letter(key="meanwhile"))
            krmd.until(lambda: bool(krmd.events("store.failed")))
            time.sleep(1.0)
            postgres.start()
            krmd.until(lambda: ledger.recorded() == ["meanwhile"], 40.0)
            assert [] == krmd.events("account.bug")
    finally:
        if not postgres.running:
            postgres.start()
        store.close()
        postgres.drop_database(url)
