"""What the daemon makes of what happens in a mailbox while it runs."""

import time
from collections.abc import Sequence
from dataclasses import replace

from krmd.base.errors import UnreachableError
from krmd.daemon.job import AccountJob
from krmd.intake.mailbox import Folder, FolderState
from tests.daemon.conftest import HURRIED, Home, eventually, imap_threads, while_running
from tests.fakes.mailbox import FakeMailbox, letter


def letters(count: int, name: str = "old") -> list[bytes]:
    """So many mails, numbered from old0."""
    return [letter(key=f"{name}{number}") for number in range(count)]


def is_caught_up(home: Home) -> bool:
    """Whether the account's mail is all read."""
    return home.account().state == "ok" and all(f.is_complete for f in home.folders().values())


def test_everything_there_is_read_and_the_state_says_so(home: Home) -> None:
    """After a start all folders are read back to the beginning, and `read_to` is set."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive", "Junk")
    for folder in ("INBOX", "Sent", "Archive", "Junk"):
        mailbox.deliver_many(letters(30, folder), folder)
    began = home.clock.now()

    code, _ = while_running(
        home.daemon(home.job(mailbox)), lambda: eventually(lambda: is_caught_up(home))
    )

    assert 0 == code
    assert 90 == len(home.recorded())
    assert "Junk" not in home.folders()
    assert (home.account().read_to or 0) >= began
    assert [] == imap_threads()
    assert 0 == mailbox.live_sessions


def test_new_mail_in_inbox_and_sent_is_recorded_at_once(home: Home) -> None:
    """A delivery to a watched folder is in the ledger within moments, not at the next look."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive")

    def script() -> float:
        eventually(lambda: len(imap_threads()) == 3 and mailbox.asked("wait") == 2)
        began = time.monotonic()
        mailbox.deliver(letter(key="in"))
        mailbox.deliver(letter(key="out"), "Sent")
        eventually(lambda: home.recorded() == ["in", "out"])
        return time.monotonic() - began

    _, took = while_running(home.daemon(home.job(mailbox)), script)

    assert took < 1.0


def test_a_new_mail_costs_one_fetch_on_the_folder_already_open(sqlite_home: Home) -> None:
    """After the news there is one FETCH without an end, and then the next wait."""
    mailbox = FakeMailbox()
    mailbox.deliver(letter(key="known"))

    def script() -> list[str]:
        eventually(lambda: is_caught_up(sqlite_home) and mailbox.asked("wait") == 2)
        before = len(mailbox.commands)
        mailbox.deliver(letter(key="new"))
        eventually(lambda: "new" in sqlite_home.recorded())
        eventually(lambda: mailbox.commands[-1].name == "wait")
        return [f"{it.name} {it.about}" for it in mailbox.commands[before:]]

    _, asked = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert ["fetch INBOX 2:4294967295", "wait INBOX"] == asked


def test_mail_nobody_told_of_is_found_when_the_wait_ends(sqlite_home: Home) -> None:
    """Some servers forget to tell; the end of each IDLE looks for itself."""
    mailbox = FakeMailbox()
    mailbox.tells_news = False

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2)
        mailbox.deliver(letter(key="unsaid"))
        eventually(lambda: sqlite_home.recorded() == ["unsaid"])

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox, idle_seconds=1)), script)


def test_other_folders_are_looked_at_now_and_then(sqlite_home: Home) -> None:
    """What is filed into a folder nobody watches is read at the next look, renamed or new too."""
    mailbox = FakeMailbox("INBOX", "Sent", "Friends")

    def script() -> None:
        eventually(lambda: is_caught_up(sqlite_home))
        mailbox.deliver(letter(key="filed"), "Friends")
        eventually(lambda: sqlite_home.recorded() == ["filed"])
        mailbox.add_folder("Later")
        mailbox.deliver(letter(key="later"), "Later")
        mailbox.rename_folder("Friends", "Old friends")
        eventually(lambda: sqlite_home.recorded() == ["filed", "later"])
        eventually(lambda: {"INBOX", "Sent", "Later", "Old friends"} == set(sqlite_home.folders()))

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox, poll_seconds=1)), script)


def test_a_backfill_under_way_does_not_keep_new_mail_waiting(sqlite_home: Home) -> None:
    """While thousands of mails are read back, a new one is recorded at once."""
    mailbox = FakeMailbox("INBOX", "Sent", "Archive")
    mailbox.deliver_many(letters(12_000), "Archive")

    def script() -> tuple[float, bool]:
        eventually(lambda: len(sqlite_home.recorded()) >= 1000 and mailbox.asked("wait") == 2)
        began = time.monotonic()
        mailbox.deliver(letter(key="new"))
        eventually(lambda: "new" in sqlite_home.recorded())
        took = time.monotonic() - began
        return took, sqlite_home.folders()["Archive"].is_complete

    _, (took, complete) = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert not complete
    assert took < 2.0


def test_a_folder_with_another_uidvalidity_is_begun_anew_and_watched_again(home: Home) -> None:
    """After a renumbering nothing is lost or doubled, and new mail is heard of as before."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letters(20))

    def script() -> None:
        eventually(lambda: is_caught_up(home))
        new = mailbox.renumber("INBOX")
        eventually(lambda: home.folders()["INBOX"].uidvalidity == new)
        mailbox.deliver(letter(key="new"))
        eventually(lambda: "new" in home.recorded())
        eventually(lambda: is_caught_up(home))

    while_running(home.daemon(home.job(mailbox, poll_seconds=1)), script)

    assert sorted([f"old{n}" for n in range(20)] + ["new"]) == home.recorded()


def test_after_an_outage_it_catches_up_by_itself(home: Home) -> None:
    """Connections that end are made again, and what came meanwhile is read."""
    mailbox = FakeMailbox()

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2)
        mailbox.refuse(UnreachableError("mail.example doesn't answer"))
        mailbox.disconnect()
        mailbox.deliver(letter(key="meanwhile"))
        eventually(lambda: home.account().state == "error")
        assert home.account().error == "mail.example doesn't answer"
        mailbox.refuse(None)
        eventually(lambda: home.recorded() == ["meanwhile"])
        eventually(lambda: home.account().state == "ok" and home.account().error is None)
        eventually(lambda: mailbox.live_sessions == 3)

    while_running(home.daemon(home.job(mailbox)), script)


def test_an_outage_is_counted_once_however_many_connections_it_ends(sqlite_home: Home) -> None:
    """Three threads that lose their lines don't log in three times as often."""
    mailbox = FakeMailbox()

    def script() -> int:
        eventually(lambda: mailbox.asked("wait") == 2)
        before = mailbox.logins
        mailbox.refuse(UnreachableError("mail.example doesn't answer"))
        mailbox.disconnect()
        time.sleep(0.5)  # 50 s of the policy's time: after 2, 4, 8, 16 s and more
        return mailbox.logins - before

    _, attempts = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert 2 <= attempts <= 6


def test_one_mail_that_cannot_be_had_stops_nothing(home: Home) -> None:
    """It is set aside with its reason; the mails around it are read, and those after it."""
    mailbox = FakeMailbox()
    mailbox.deliver_many(letters(5))
    mailbox.poison("INBOX", 3)

    def script() -> None:
        eventually(lambda: is_caught_up(home) and mailbox.asked("wait") == 2)
        assert ["old0", "old1", "old3", "old4"] == home.recorded()
        mailbox.poison("INBOX", 6)
        mailbox.deliver(letter(key="poisoned"))
        mailbox.deliver(letter(key="after"))
        eventually(lambda: "after" in home.recorded())

    while_running(home.daemon(home.job(mailbox)), script)

    assert [3, 6] == sorted(home.quarantined())


def test_one_folder_that_cannot_be_read_stops_no_other(sqlite_home: Home) -> None:
    """A folder the server won't open is named in the account's state; all others are read."""
    mailbox = FakeMailbox("INBOX", "Sent", "Locked", "Archive")
    mailbox.lock("Locked")
    for folder in ("Locked", "Archive"):
        mailbox.deliver_many(letters(5, folder), folder)

    def script() -> None:
        eventually(lambda: len(sqlite_home.recorded()) == 5)
        eventually(lambda: sqlite_home.account().state == "error")
        assert "Locked" in (sqlite_home.account().error or "")
        mailbox.unlock("Locked")
        eventually(lambda: len(sqlite_home.recorded()) == 10)
        eventually(lambda: sqlite_home.account().state == "ok")

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox, poll_seconds=1)), script)


def test_the_same_mail_in_two_accounts_is_one_interaction(home: Home) -> None:
    """Two accounts are read side by side into one ledger."""
    one, two = FakeMailbox(), FakeMailbox()
    jobs: list[AccountJob] = [home.job(one, "one"), home.job(two, "two")]

    def script() -> None:
        eventually(lambda: one.asked("wait") == 2 and two.asked("wait") == 2)
        one.deliver(letter(key="both"))
        two.deliver(letter(key="both"))
        two.deliver(letter(key="second"))
        eventually(lambda: home.recorded() == ["both", "second"])

    while_running(home.daemon(*jobs), script)


def test_where_all_mail_lies_in_one_folder_that_one_is_watched(sqlite_home: Home) -> None:
    r"""Gmail: \All alone is read and watched, and labels tell where a mail lies."""
    mailbox = FakeMailbox("INBOX", "Sent", "[Gmail]/All Mail")

    def script() -> list[str]:
        eventually(lambda: mailbox.asked("wait") == 1)
        mailbox.deliver(letter(key="new"), "[Gmail]/All Mail", labels=("\\Inbox",))
        eventually(lambda: sqlite_home.recorded() == ["new"])
        return imap_threads()

    _, threads = while_running(sqlite_home.daemon(sqlite_home.job(mailbox)), script)

    assert ["imap-home", "imap-home-[Gmail]/All Mail"] == threads
    assert ["[Gmail]/All Mail"] == list(sqlite_home.folders())


def test_between_looks_far_apart_the_worker_keeps_no_connection(sqlite_home: Home) -> None:
    """Servers end what says nothing for half an hour; the watchers' connections stay."""
    mailbox = FakeMailbox()
    pace = replace(HURRIED, longest_silence=0.5)

    def script() -> None:
        eventually(lambda: mailbox.asked("wait") == 2 and mailbox.live_sessions == 2)
        eventually(lambda: mailbox.logins == 4)

    job = sqlite_home.job(mailbox, poll_seconds=1)
    while_running(sqlite_home.daemon(job, pace=pace), script)


def test_a_folder_that_vanishes_is_watched_no_more(sqlite_home: Home) -> None:
    """Its history stays; its watcher ends, and comes back with it."""
    mailbox = FakeMailbox()
    mailbox.deliver(letter(key="kept"), "Sent")

    def script() -> None:
        eventually(lambda: sqlite_home.recorded() == ["kept"] and mailbox.asked("wait") == 2)
        mailbox.remove_folder("Sent")
        eventually(lambda: imap_threads() == ["imap-home", "imap-home-INBOX"])
        mailbox.add_folder("Sent")
        eventually(lambda: len(imap_threads()) == 3)
        mailbox.deliver(letter(key="again"), "Sent")
        eventually(lambda: sqlite_home.recorded() == ["again", "kept"])

    while_running(sqlite_home.daemon(sqlite_home.job(mailbox, poll_seconds=1)), script)


def test_a_folder_made_anew_under_the_reader_is_not_asked_in_a_loop(sqlite_home: Home) -> None:
    """Between the look and the reading UIDVALIDITY changed: one attempt, then the next look."""
    mailbox = FakeMailbox("INBOX", "Archive")
    mailbox.deliver_many(letters(10), "Archive")
    job = sqlite_home.job(mailbox, poll_seconds=1)

    class Meddling:
        """The session of somebody whose other client renumbers after every look but the third."""

        def __init__(self) -> None:
            self._session = mailbox.connect()

        def __getattr__(self, name: str) -> object:
            return getattr(self._session, name)

        def states(self, folders: Sequence[Folder]) -> dict[str, FolderState]:
            found = self._session.states(folders)
            if mailbox.asked("states") < 3:
                mailbox.renumber("Archive")
            return found

    def script() -> None:
        eventually(lambda: is_caught_up(sqlite_home))

    jobs = replace(job, connect=Meddling)  # type: ignore[arg-type]  # the rest by __getattr__
    while_running(sqlite_home.daemon(jobs), script)

    assert 10 == len(sqlite_home.recorded())
    assert mailbox.asked("open") < 12


def test_mail_numbered_by_the_clock_is_read_back_in_few_steps(sqlite_home: Home) -> None:
    """Two thousand mails among a hundred million UIDs take some dozens of slices."""
    mailbox = FakeMailbox("INBOX", "Archive")
    for number in range(1500):
        mailbox.skip_uids("Archive", 60_000)
        mailbox.deliver(letter(key=f"old{number}"), "Archive")

    while_running(
        sqlite_home.daemon(sqlite_home.job(mailbox)),
        lambda: eventually(lambda: is_caught_up(sqlite_home), 30),
    )

    assert 1500 == len(sqlite_home.recorded())
    assert mailbox.asked("open") < 60
