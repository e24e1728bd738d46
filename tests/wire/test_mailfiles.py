"""Mail in files: what is read, what is named, and that nothing is touched."""

import datetime as dt
import io
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.intake.mailbox import FailedUid, RawMail
from krmd.wire.mailfiles import maildir_folders, mbox_folder, read_maildir, read_mbox
from krmd.wire.mboxlines import mails_of

FROM = b"From ada@example.org Fri Jul 17 09:44:25 2020\n"
HEAD = b"From: ada@example.org\nSubject: one\n\n"
WIRE = b"From: ada@example.org\r\nSubject: one\r\n\r\n"
ARRIVED = 1594979065


def mbox(folder: Path, octets: bytes, name: str = "box.mbox") -> list[RawMail | FailedUid]:
    """What is read of a file with these octets."""
    path = folder / name
    path.write_bytes(octets)
    return list(read_mbox(path))


def mails(read: list[RawMail | FailedUid]) -> list[RawMail]:
    """Those that could be read."""
    return [mail for mail in read if isinstance(mail, RawMail)]


def test_an_mbox_is_read_like_a_mailbox(tmp_path: Path) -> None:
    """Headers as IMAP would hand them out, numbered, arrived when the From_ line says."""
    second = FROM + b"Received: from x\nFrom: bob@example.org\n\nhello\n"

    read = mbox(tmp_path, FROM + HEAD + b"body\n\n" + second)

    assert [
        RawMail(1, ARRIVED, WIRE, False, False, ()),  # type: ignore[arg-type]
        RawMail(2, ARRIVED, b"Received: from x\r\nFrom: bob@example.org\r\n\r\n", False, True, ()),  # type: ignore[arg-type]
    ] == read


@pytest.mark.parametrize(
    "line",
    [
        b"From - Fri Jul 17 09:44:25 2020",
        b"From ada@example.org  Fri Jul 17 09:44:25 2020",
        b"From ada@example.org Fri Jul 17 09:44:25 +0000 2020",
        b"From 1672649998@xxx Fri Jul 17 09:44:25 +0000 2020",
        b"From ada@example.org Fri Jul 17 11:44:25 2020 +0200",
        b"From ada@example.org Fri, 17 Jul 2020 02:44:25 -0700",
        b"From ada@2019.example Fri Jul 17 09:44:25 UTC 2020",
        b"From MAILER_DAEMON Fri Jul 17 09:44:25 2020\r",
    ],
)
def test_from_lines_tell_the_time_in_many_spellings(tmp_path: Path, line: bytes) -> None:
    """UTC where they name no offset."""
    assert [ARRIVED] == [mail.received for mail in mails(mbox(tmp_path, line + b"\n" + HEAD))]


def test_a_from_line_without_a_time_has_the_file_s(tmp_path: Path) -> None:
    """Some write `From nobody` and no more."""
    path = tmp_path / "x.mbox"
    path.write_bytes(b"From nobody\n" + HEAD + b"body\n\nFrom nobody\n" + HEAD)
    os.utime(path, (ARRIVED, ARRIVED))
    assert [ARRIVED, ARRIVED] == [m.received for m in read_mbox(path) if isinstance(m, RawMail)]


def test_a_line_of_text_that_begins_with_from_is_text(tmp_path: Path) -> None:
    """Mboxo writers don't quote it; mboxrd writers do."""
    body = (
        b"From here on it is mine.\n\nFrom the start\nFrom: me\n"
        b">From Monday at 10:30 on\n>>From x\n\nFrom 10:30 on we met\nNote: in May\n"
    )
    assert [WIRE, WIRE] == [
        m.header for m in mails(mbox(tmp_path, (FROM + HEAD + body + b"\n") * 2))
    ]


def test_content_length_is_not_believed(tmp_path: Path) -> None:
    """It is wrong as soon as somebody has edited the file."""
    head = b"From: a@x.example\nContent-Length: 999999\n\n"
    assert 3 == len(mbox(tmp_path, (FROM + head + b"body\n\n") * 3))


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """A mail without a header, one that ends in the midst."""
    read = mbox(
        tmp_path, FROM + HEAD + b"x\n\n" + FROM + b"\nonly a body\n\n" + FROM + b"From: cut"
    )

    assert [1, 3] == [mail.uid for mail in mails(read)]
    assert [FailedUid(2, f"the mail at octet {len(FROM + HEAD) + 3} has no header")] == [
        failed for failed in read if isinstance(failed, FailedUid)
    ]
    assert b"From: cut" == mails(read)[-1].header


def test_no_file_and_no_mbox_are_said_to_be_that(tmp_path: Path) -> None:
    """In a sentence; an empty file is an empty mailbox."""
    with pytest.raises(UserError, match="can't be read"):
        list(read_mbox(tmp_path / "missing"))
    with pytest.raises(UserError, match="no mbox"):
        mbox(tmp_path, b"PK\x03\x04 something else")
    assert [] == mbox(tmp_path, b"")


def test_a_header_beyond_the_cap_is_cut_off(tmp_path: Path) -> None:
    """256 KB; and the next mail is found."""
    read = mails(mbox(tmp_path, FROM + b"X: " + b"x" * 2_000_000 + b"\n\n" + FROM + HEAD))

    assert [262_144, len(WIRE)] == [len(mail.header) for mail in read]


def test_a_large_mbox_takes_little_memory(tmp_path: Path) -> None:
    """A few blocks, whatever its size."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(FROM + HEAD + b"x" * 76 + b"\n" + b"line\n" * 100_000 + b"\n")
    tracemalloc.start()

    read = sum(1 for _ in read_mbox(path))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 60 == read
    assert peak < 8_000_000


def test_takeout_labels_are_gmail_s(tmp_path: Path) -> None:
    """One file with all mail, in the user's language: only labels tell sent from received."""
    labels = b"X-Gmail-Labels: =?UTF-8?Q?Gesendet,Wichtig,_Entw=C3=BCrfe?=,\n Japan\n"
    head = labels + b"From: a@x.example\n\n"
    (mail,) = mails(mbox(tmp_path, FROM + head))
    assert ("\\Sent", "Wichtig", "\\Draft", "Japan") == mail.labels


@given(st.lists(st.binary(max_size=100) | st.sampled_from([FROM, HEAD, b"\n", b"From ", b"\r\n"])))
def test_any_octets_are_mails_or_named(pieces: list[bytes]) -> None:
    """Nothing is raised but for a file that is no mbox, and the numbers run on."""
    found = list(mails_of(io.BytesIO(b"".join([FROM, HEAD, *pieces]))))
    assert found[0].header == HEAD or found[0].header.startswith(HEAD)
    places = [mail.place for mail in found]
    assert sorted(set(places)) == places


@given(st.integers(1, 60), st.data())
def test_blocks_make_no_difference(count: int, data: st.DataObject) -> None:
    """Wherever a block ends, the same mails are found."""
    sizes = data.draw(st.lists(st.integers(0, 90_000), min_size=count, max_size=count))
    text = b"".join(
        FROM + b"X-N: %d\n\n" % n + b"y" * size + b"\n\n" for n, size in enumerate(sizes)
    )

    found = list(mails_of(io.BytesIO(text)))

    assert [b"X-N: %d\n\n" % n for n in range(count)] == [mail.header for mail in found]


def maildir(root: Path, *folders: str) -> Path:
    """An empty Maildir with subfolders."""
    for folder in ("", *folders):
        for part in ("cur", "new", "tmp"):
            (root / folder / part).mkdir(parents=True)
    return root


def lay(folder: Path, name: str, octets: bytes, changed: int = ARRIVED + 50) -> None:
    """A mail's file."""
    path = folder / name
    path.write_bytes(octets)
    os.utime(path, (changed, changed))


def test_a_maildir_is_read_like_a_mailbox(tmp_path: Path) -> None:
    """Cur and new; flags D and T; the file's own time, whatever its name says."""
    root = maildir(tmp_path / "Maildir")
    lay(root / "cur", f"{ARRIVED}.M1.host:2,DS", HEAD)
    lay(root / "new", f"{ARRIVED + 100}.M2.host", b"Received: x\n" + HEAD)
    lay(root / "cur", "strange-name:2,T", HEAD)
    lay(root / "tmp", f"{ARRIVED}.M3.host", HEAD)

    read = mails(list(read_maildir(root)))

    assert [1, 2, 3] == [mail.uid for mail in read]
    assert [ARRIVED + 50] * 3 == [mail.received for mail in read]
    assert [True, False, False] == [mail.draft for mail in read]
    assert [False, True, False] == [mail.has_received for mail in read]
    assert [(), (), ("\\Trash",)] == [mail.labels for mail in read]
    assert WIRE == read[0].header
    assert {"new": 1, "cur": 2, "tmp": 1} == {
        part: len(list((root / part).iterdir())) for part in ("new", "cur", "tmp")
    }


def test_a_maildir_s_folders_have_roles(tmp_path: Path) -> None:
    """Maildir++ with modified UTF-7, and plain nesting as mbsync writes it."""
    plus = maildir(tmp_path / "plus", ".Sent", ".Entw&APw-rfe", ".Lists.Dev", ".INBOX.Trash")
    assert {
        "INBOX": "inbox",
        "Sent": "sent",
        "Entwürfe": "drafts",
        "Lists/Dev": "none",
        "INBOX/Trash": "trash",
    } == {found.folder.name: found.folder.role for found in maildir_folders(plus)}

    nested = tmp_path / "nested"
    maildir(nested / "INBOX")
    maildir(nested / "Sent")
    maildir(nested / "Work" / "Sent")
    assert {"INBOX": "inbox", "Sent": "sent", "Work/Sent": "none"} == {
        found.folder.name: found.folder.role for found in maildir_folders(nested)
    }

    assert "sent" == maildir_folders(plus / ".Sent")[0].folder.role
    assert "sent" == mbox_folder(Path("Sent Items.mbox")).role
    assert "none" == mbox_folder(Path("2020.mbox")).role


def test_a_mail_s_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in a mail's place, an empty file."""
    root = maildir(tmp_path / "Maildir")
    (root / "cur" / "1.directory").mkdir()
    lay(root / "cur", "2.empty", b"")
    lay(root / "cur", "3.good", HEAD)

    read = list(read_maildir(root))

    assert [
        FailedUid(1, "1.directory: Is a directory"),
        FailedUid(2, "2.empty: no header"),
    ] == read[:2]
    assert 3 == read[2].uid


def test_what_is_no_maildir_is_said_to_be_that(tmp_path: Path) -> None:
    """In a sentence."""
    with pytest.raises(UserError, match="no Maildir"):
        maildir_folders(tmp_path)
    with pytest.raises(UserError, match="can't be read"):
        maildir_folders(tmp_path / "missing")
    with pytest.raises(UserError, match="no Maildir"):
        list(read_maildir(tmp_path))


@given(st.datetimes(dt.datetime(1991, 1, 1), dt.datetime(2030, 1, 1)))  # noqa: DTZ001 - as asctime
def test_asctime_means_its_instant(moment: dt.datetime) -> None:
    """With padding by blanks."""
    line = f"From a@x.example {moment.strftime('%a %b %e %H:%M:%S %Y')}\n"
    (found,) = mails_of(io.BytesIO(line.encode() + HEAD))
    assert int(moment.replace(tzinfo=dt.UTC).timestamp()) == found.received
