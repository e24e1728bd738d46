"""mbox files and Maildirs say the same as the server they came from, and nothing twice."""

import time
from pathlib import Path

from tests.acceptance.owner import OTHER, OWNER, Owner
from tests.mailgen import GeneratedMail, generate, write_maildir
from tests.servers.dovecot import Mailbox

COUNT = 300


def filled(mailbox: Mailbox) -> list[GeneratedMail]:
    """The mails that were put there, with their bytes."""
    who = mailbox.server.identity
    mails = list(generate(COUNT, 5, [OWNER, OTHER]))
    write_maildir(mailbox.maildir(), mails, uid=who.uid, gid=who.gid)
    return mails


def exported(folder: Path, mails: list[GeneratedMail], *, into: str | None = None) -> list[Path]:
    """Write mboxrd files, one for each folder, or all into one."""
    folder.mkdir(exist_ok=True)
    paths: dict[str, Path] = {}
    for mail in mails:
        path = paths.setdefault(into or mail.folder, folder / f"{into or mail.folder}.mbox")
        lines = [
            b">" + line if line.lstrip(b">").startswith(b"From ") else line
            for line in mail.raw.splitlines(keepends=True)
        ]
        stamp = time.asctime(mail.internaldate.timetuple())
        with path.open("ab") as file:
            file.write(f"From MAILER-DAEMON {stamp}\n".encode())
            if "\\Draft" in mail.flags:
                file.write(b"X-Status: T\n")  # as UW's c-client and Dovecot say it
            file.write(b"".join(lines).rstrip(b"\n") + b"\n\n")
    return list(paths.values())


def as_options(paths: list[Path]) -> list[str]:
    """Each after its own --mbox."""
    return [word for path in paths for word in ("--mbox", str(path))]


def other(owner: Owner, name: str) -> Owner:
    """The same owner with an empty store."""
    folder = owner.folder / name
    folder.mkdir()
    return Owner(folder, f"sqlite:///{folder}/krmd.sqlite3", accounts=dict(owner.accounts))


def test_files_add_nothing_to_what_came_by_imap(owner: Owner, mailbox: Mailbox) -> None:
    """The server's own Maildir, an mbox for each folder, and one with everything in it: the ledger
    stays as it is, and no file is renamed.
    """
    mails = filled(mailbox)
    owner.sync()
    before = owner.ledger()
    files = {folder: sorted(mailbox.files(folder)) for folder in ("INBOX", "Sent", "Archive")}
    sources = [
        ["--maildir", str(mailbox.maildir())],
        as_options(exported(owner.folder / "each", mails)),
        as_options(exported(owner.folder / "one", mails, into="everything")),
    ]
    for words in sources:
        document = owner.ask("sync", *words)
        assert COUNT == sum(it["seen"] for it in owner.folders_read(document))
        assert 0 == sum(it["recorded"] for it in owner.folders_read(document))
        assert before == owner.ledger(), words
    assert files == {folder: sorted(mailbox.files(folder)) for folder in files}
    owner.assert_right()
    assert 0 == owner.sync()


def test_files_read_first_say_what_the_server_says_later(
    sqlite_owner: Owner, mailbox: Mailbox
) -> None:
    """From Maildir or mbox into an empty store: the same entries as by IMAP, which adds nothing."""
    mails = filled(mailbox)
    sqlite_owner.sync()
    expected = sqlite_owner.ledger()
    sources = {
        "maildir": ["--maildir", str(mailbox.maildir())],
        "mbox": as_options(exported(sqlite_owner.folder / "each", mails)),
    }
    for name, words in sources.items():
        reader = other(sqlite_owner, name)
        reader.ask("sync", *words)
        assert expected == reader.ledger(), name
        reader.ask("sync", *words)
        assert expected == reader.ledger(), name
        assert 0 == reader.sync()
        assert expected == reader.ledger(), name
        reader.assert_right()


def test_an_mbox_that_grew_gives_what_is_new(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """Read again after a few mails were added at its end."""
    mails = list(generate(40, 9, [OWNER, OTHER]))
    folder = sqlite_owner.folder / "growing"
    words = as_options(exported(folder, mails[:30], into="INBOX"))
    sqlite_owner.ask("sync", *words)
    first = len(sqlite_owner.ledger())
    exported(folder, mails[30:], into="INBOX")
    sqlite_owner.ask("sync", *words)
    assert first < len(sqlite_owner.ledger())
    fresh = other(sqlite_owner, "fresh")
    fresh.ask("sync", *words)
    assert fresh.ledger() == sqlite_owner.ledger()


def test_a_file_that_is_none_is_one_sentence_and_2(sqlite_owner: Owner) -> None:
    """No file, no mbox, no Maildir: said so, nothing recorded."""
    text = sqlite_owner.folder / "shopping.txt"
    text.write_text("milk\n")
    for words in (
        ["--mbox", str(sqlite_owner.folder / "absent.mbox")],
        ["--mbox", str(text)],
        ["--mbox", str(sqlite_owner.folder)],
        ["--maildir", str(text)],
        ["--maildir", str(sqlite_owner.folder)],
        ["--mbox", str(text), "--account", "home"],
    ):
        said = sqlite_owner.krmd("sync", *words)
        assert 2 == said.code, (words, said)
        assert 1 == len(said.err.splitlines()), said
        assert "Traceback" not in said.everything
