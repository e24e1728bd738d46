"""Feeds as files: the bytes that are served, whole or not at all; foreign files are left alone."""

import os
import stat
from pathlib import Path

import pytest

from krmd.app.feed_building import FeedBuilder
from krmd.app.feed_files import MARK, FileWritten, FolderWritten, write_calendar, write_vdir
from krmd.app.feed_octets import pieces
from krmd.app.placing import place_file
from krmd.base.command import AddContact, AddFeed, Drop, EditContact
from krmd.base.errors import UserError
from krmd.outputs.calendar import write_events
from tests.app.conftest import Book
from tests.app.feeding import STYLE, feed

BEFORE = 1_000_000_000
"""A time long ago, in seconds: which file was touched shows by it."""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """An empty folder to write to."""
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


@pytest.fixture
def birthdays(book: Book) -> Book:
    """Two people with birthdays, and a feed that is drawn."""
    book.do(AddContact("Ada; Example,\r\nEND:VEVENT", birthday="1980-03-01"))
    book.do(AddContact("Bo", birthday="--12-24"))
    book.do(AddFeed("Birthdays"))
    draw(book)
    return book


def draw(book: Book) -> None:
    """Bring all feeds up to date."""
    assert FeedBuilder(book.store, book.clock, STYLE, write_events).run()


def to_file(book: Book, file: Path, name: str = "Birthdays") -> FileWritten:
    """Write a feed to a file."""
    with book.store.reading() as tx:
        return write_calendar(tx, feed(book, name), file)


def to_folder(book: Book, folder: Path, name: str = "Birthdays") -> FolderWritten:
    """Write a feed's events to a folder."""
    with book.store.reading() as tx:
        return write_vdir(tx, feed(book, name), folder)


def served(book: Book) -> bytes:
    """What is served of it."""
    with book.store.reading() as tx:
        return b"".join(pieces(tx, feed(book, "Birthdays")))


def age(folder: Path) -> None:
    """Make every file in a folder an old one."""
    for file in folder.iterdir():
        os.utime(file, (BEFORE, BEFORE))


def touched(folder: Path) -> set[str]:
    """The names of files that were written since they were made old."""
    return {file.name for file in folder.iterdir() if file.stat().st_mtime != BEFORE}


def test_a_file_holds_what_is_served_for_its_owner_alone(birthdays: Book, room: Path) -> None:
    """Nothing else is left beside it."""
    file = room / "birthdays.ics"
    written = to_file(birthdays, file)
    assert served(birthdays) == file.read_bytes()
    assert FileWritten(len(file.read_bytes()), changed=True, is_new=True) == written
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert [file] == list(room.iterdir())


def test_a_file_that_is_right_is_not_touched(birthdays: Book, room: Path) -> None:
    """So that whoever watches it isn't woken; a changed book is."""
    file = room / "birthdays.ics"
    to_file(birthdays, file)
    age(room)
    written = to_file(birthdays, file)
    assert (False, False, set()) == (written.changed, written.is_new, touched(room))
    birthdays.do(EditContact("Bo", birthday="--12-26"))
    draw(birthdays)
    assert to_file(birthdays, file).changed
    assert served(birthdays) == file.read_bytes()


def test_a_file_keeps_its_mode_and_a_link_stays_one(birthdays: Book, room: Path) -> None:
    """A web server that could read it still can."""
    file, link = room / "served.ics", room / "link.ics"
    file.write_bytes(b"old")
    file.chmod(0o644)
    link.symlink_to(file)
    assert not to_file(birthdays, link).is_new
    assert link.is_symlink()
    assert (0o644, served(birthdays)) == (stat.S_IMODE(file.stat().st_mode), file.read_bytes())


def test_a_file_longer_or_shorter_than_it_should_be_is_written(birthdays: Book, room: Path) -> None:
    """What begins alike isn't the same."""
    file = room / "birthdays.ics"
    for wrong in (b"", served(birthdays)[:-1], served(birthdays) + b"\n"):
        file.write_bytes(wrong)
        assert to_file(birthdays, file).changed
        assert served(birthdays) == file.read_bytes()


@pytest.mark.parametrize(
    ("place", "words"),
    [(".", "is no file"), ("nowhere/x.ics", "there is no folder"), ("x" * 300, "can't be")],
)
def test_a_place_where_no_file_can_be_is_refused(
    birthdays: Book, room: Path, place: str, words: str
) -> None:
    """With the reason, and nothing made."""
    with pytest.raises(UserError, match=words):
        to_file(birthdays, room / place)
    assert [] == list(room.iterdir())


def test_a_file_that_fails_half_way_leaves_the_old_one(room: Path) -> None:
    """And nothing beside it."""
    file = room / "x.ics"
    file.write_bytes(b"old")

    def breaks() -> object:
        yield b"new"
        raise UserError("the store broke")

    with pytest.raises(UserError, match="the store broke"):
        place_file(file, breaks())  # type: ignore[arg-type]  # an iterator of octets
    assert [file] == list(room.iterdir())
    assert b"old" == file.read_bytes()


def test_a_folder_has_a_whole_calendar_for_each_event(birthdays: Book, room: Path) -> None:
    """Named by its UID; together they hold each event that is served once."""
    folder = room / "new" / "vdir"
    assert FolderWritten(8, 0, 0) == to_folder(birthdays, folder)
    files = [file for file in folder.iterdir() if file.name != MARK]
    whole = served(birthdays)
    for file in files:
        octets = file.read_bytes()
        assert octets.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
        assert octets.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
        assert 1 == octets.count(b"BEGIN:VEVENT")
        event = octets[octets.index(b"BEGIN:VEVENT") : -len(b"END:VCALENDAR\r\n")]
        assert 1 == whole.count(event)
        assert f"UID:{file.stem}".encode() in octets.replace(b"\r\n ", b"")
    assert whole.count(b"BEGIN:VEVENT") == len(files)
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)


def test_only_what_changed_is_touched_in_a_folder(birthdays: Book, room: Path) -> None:
    """A changed name changes one person's events; who is dropped is gone; nothing else moves."""
    to_folder(birthdays, room)
    age(room)
    assert FolderWritten(0, 8, 0) == to_folder(birthdays, room)
    assert set() == touched(room)
    birthdays.do(EditContact("Bo", name="Bo Derek"))
    draw(birthdays)
    assert FolderWritten(4, 4, 0) == to_folder(birthdays, room)
    assert 4 == len(touched(room))
    age(room)
    birthdays.do(Drop("Bo Derek"))
    draw(birthdays)
    assert FolderWritten(0, 4, 4) == to_folder(birthdays, room)
    assert (set(), 5) == (touched(room), len(list(room.iterdir())))


def test_foreign_files_in_a_folder_are_left_alone(birthdays: Book, room: Path) -> None:
    """Whatever they are called but as krmd's own."""
    foreign = {
        "mine.ics": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "displayname": b"Birthdays",
        "birthday-1-2026@krmd.invalid.ics": b"not of krmd's making",
        f"birthday-{'0' * 32}-2026.ics": b"nor this",
    }
    for name, octets in foreign.items():
        (room / name).write_bytes(octets)
    (room / "folder.ics").mkdir()
    left_behind = room / f".birthday-{'0' * 32}-2026@krmd.invalid.ics.abc_1234"
    left_behind.write_bytes(b"half of an event, from a process that was killed")
    stale = room / f"birthday-{'0' * 32}-2026@krmd.invalid.ics"
    stale.write_bytes(b"of somebody who is no more")
    assert FolderWritten(8, 0, 1) == to_folder(birthdays, room)
    assert foreign == {name: (room / name).read_bytes() for name in foreign}
    assert (room / "folder.ics").is_dir()
    assert not left_behind.exists()
    assert not stale.exists()


def test_a_link_in_the_place_of_an_event_is_not_followed(birthdays: Book, room: Path) -> None:
    """What it leads to stays as it is."""
    folder, other = room / "vdir", room / "other"
    other.write_bytes(b"precious")
    to_folder(birthdays, folder)
    event = next(file for file in folder.iterdir() if file.suffix == ".ics")
    event.unlink()
    event.symlink_to(other)
    with pytest.raises(UserError, match="is in the way of an event's"):
        to_folder(birthdays, folder)
    assert b"precious" == other.read_bytes()


def test_a_folder_is_one_feeds(birthdays: Book, room: Path) -> None:
    """Another's events would be taken for those of people who are no more."""
    birthdays.do(AddFeed("Other"))
    draw(birthdays)
    to_folder(birthdays, room)
    with pytest.raises(UserError, match="another feed"):
        to_folder(birthdays, room, "Other")
    assert FolderWritten(0, 8, 0) == to_folder(birthdays, room)


def test_what_is_no_folder_is_refused(birthdays: Book, room: Path) -> None:
    """In a sentence that names it."""
    file = room / "file"
    file.write_bytes(b"")
    for place in (file, file / "inside"):
        with pytest.raises(UserError, match="is no folder"):
            to_folder(birthdays, place)
    assert b"" == file.read_bytes()
