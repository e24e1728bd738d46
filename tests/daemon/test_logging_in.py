"""How often the daemon knocks at a server that doesn't let it in, and who else is kept waiting."""

import time

from krmd.base.errors import CertificateError, LoginError, UnreachableError
from tests.daemon.conftest import Home, eventually, while_running
from tests.fakes.mailbox import FakeMailbox, letter


def test_a_refused_login_parks_the_account_where_status_shows_it(home: Home) -> None:
    """The sentence for the owner stands in the account's row, and nobody hammers the server."""
    mailbox = FakeMailbox()
    mailbox.refuse(LoginError("mail.example refuses the login of ada: no"))

    def script() -> int:
        eventually(lambda: home.account().state == "parked")
        assert "mail.example refuses the login of ada: no" == home.account().error
        time.sleep(2.0)  # 200 s of the policy's time
        return mailbox.logins

    _, attempts = while_running(home.daemon(home.job(mailbox)), script)

    assert 1 <= attempts <= 2
    assert "parked" == home.account().state


def test_one_broken_account_never_stops_another(home: Home) -> None:
    """Beside an account that can't log in and one without a server the third is read."""
    wrong, away, well = FakeMailbox(), FakeMailbox(), FakeMailbox()
    wrong.refuse(LoginError("no"))
    away.refuse(CertificateError("the certificate is somebody else's"))
    jobs = [home.job(wrong, "wrong"), home.job(away, "away"), home.job(well, "well")]

    def script() -> None:
        eventually(lambda: well.asked("wait") == 2)
        well.deliver(letter(key="new"))
        eventually(lambda: home.recorded() == ["new"])
        eventually(lambda: home.account("wrong").state == "parked")
        eventually(lambda: home.account("away").state == "error")
        assert "ok" == home.account("well").state

    while_running(home.daemon(*jobs), script)


def test_a_server_that_asks_for_patience_gets_it(sqlite_home: Home) -> None:
    """Throttling's own number of seconds is waited before the next login."""
    mailbox = FakeMailbox()
    mailbox.refuse(UnreachableError("Suggested Backoff Time: 150 s", retry_after=150.0))

    def script() -> tuple[float, int]:
        eventually(lambda: mailbox.logins == 1)
        began = time.monotonic()
        mailbox.refuse(None)
        eventually(lambda: mailbox.logins > 1)
        return time.monotonic() - began, mailbox.logins

    _, (waited, _) = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert waited > 1.4  # a hundredth of what was asked for


def test_throttling_in_the_middle_of_reading_is_told_and_obeyed(sqlite_home: Home) -> None:
    """A server that throttles while it is read: said in the state, gone on with later."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letter(key=f"old{n}") for n in range(10))
    mailbox.fail_next("fetch", UnreachableError("[THROTTLED] later", retry_after=100.0))

    def script() -> None:
        eventually(lambda: sqlite_home.account().error == "[THROTTLED] later")
        eventually(lambda: len(sqlite_home.recorded()) == 10)
        eventually(lambda: sqlite_home.account().state == "ok")

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)


def test_a_server_that_lets_in_and_drops_is_not_hammered(sqlite_home: Home) -> None:
    """A good login doesn't forgive a connection that dies at once: the waits still grow."""
    mailbox = FakeMailbox()

    def connect_and_drop() -> object:
        session = mailbox.connect()
        session.cut("dropped")
        return session

    job = sqlite_home.job(mailbox, connect=connect_and_drop)  # type: ignore[arg-type]

    def script() -> int:
        time.sleep(2.0)  # 200 s of the policy's time
        return mailbox.logins

    _, logins = while_running(sqlite_home.daemon(job), script)

    assert 2 <= logins <= 6


def test_a_bug_in_one_thread_is_logged_and_tried_again(sqlite_home: Home) -> None:
    """What nobody foresaw ends neither the daemon nor the account."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letter(key=f"old{n}") for n in range(10))
    mailbox.fail_next("states", RuntimeError("unforeseen"))
    mailbox.fail_next("wait", RuntimeError("unforeseen too"))

    def script() -> None:
        eventually(lambda: len(sqlite_home.recorded()) == 10)
        eventually(lambda: mailbox.asked("wait") >= 3)
        mailbox.deliver(letter(key="new"))
        mailbox.deliver(letter(key="sent"), "Sent")
        eventually(lambda: len(sqlite_home.recorded()) == 12)

    code, _ = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert 0 == code
