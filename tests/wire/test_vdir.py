"""Address books in folders: what counts as a card, and what is an error rather than emptiness."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import Collection, FailedCard, FetchedCard
from krmd.wire.vdir import VdirBooks, open_vdir
from tests.servers.radicale import card
from tests.wire.books import Follower

ITSELF = Collection(".", "contacts", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    made = tmp_path / "contacts"
    made.mkdir()
    return made


@pytest.fixture
def books(folder: Path) -> Iterator[VdirBooks]:
    """The books in it."""
    with open_vdir(folder) as opened:
        yield opened


def write(folder: Path, name: str, full_name: str) -> Path:
    """A card as vdirsyncer writes it: beside its place, then into it."""
    made = folder / f"{name}.tmp"
    made.write_text(card(name, full_name), newline="")
    return made.rename(folder / f"{name}.vcf")


def hrefs(books: VdirBooks) -> list[str]:
    """All cards of the folder itself."""
    return sorted(state.href for state in books.changes(ITSELF, None, {}).changed)


def test_cards_come_change_and_go(folder: Path, books: VdirBooks) -> None:
    """Each pass names the difference alone."""
    write(folder, "ada", "Ada")
    write(folder, "kim", "Kim")
    follower = Follower()
    follower.look(books)
    assert ["Ada", "Kim"] == follower.names()
    assert all(not changes.changed and not changes.removed for changes in follower.look(books))
    write(folder, "ada", "Eda")  # of the same length
    (folder / "kim.vcf").unlink()
    write(folder, "zoe", "Zoë")
    (changes,) = follower.look(books)
    assert (2, ("kim.vcf",), True) == (len(changes.changed), changes.removed, changes.complete)
    assert ["Eda", "Zoë"] == follower.names()


def test_what_is_fetched_is_what_lies_there(folder: Path, books: VdirBooks) -> None:
    """Octets as they are, with the mark that the listing gives."""
    octets = b"BEGIN:VCARD\r\nFN:\xff\x00\r\nEND:VCARD"
    (folder / "a.vcf").write_bytes(octets)
    (state,) = books.changes(ITSELF, None, {}).changed
    assert [FetchedCard("a.vcf", state.etag, octets)] == list(books.fetch(ITSELF, ["a.vcf"]))


def test_only_cards_count(folder: Path, books: VdirBooks) -> None:
    """Dot files, files under way, descriptions, calendars, folders and pipes don't."""
    for name in (".hidden.vcf", "half.vcf.tmp", "a.tmp", "displayname", "color", "b.ics", "vcf"):
        (folder / name).write_text("x")
    (folder / "folder.vcf").mkdir()
    os.mkfifo(folder / "pipe.vcf")
    (folder / "GOOD.VCF").write_text("x")
    assert ["GOOD.VCF"] == hrefs(books)


def test_any_file_name_has_an_href_and_is_found_by_it(folder: Path, books: VdirBooks) -> None:
    """Blanks, line breaks, percent signs, octets that are no UTF-8."""
    names = [b"a b.vcf", b"50%41.vcf", b"line\nbreak.vcf", "zoë.vcf".encode(), b"\xff\xfe.vcf"]
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(name)
    found = hrefs(books)
    assert ["%FF%FE.vcf", "50%2541.vcf", "a%20b.vcf", "line%0Abreak.vcf", "zo%C3%AB.vcf"] == found
    cards = [fetched for fetched in books.fetch(ITSELF, found) if isinstance(fetched, FetchedCard)]
    assert sorted(names) == sorted(fetched.octets for fetched in cards)


def test_folders_below_are_books_and_so_is_one_with_cards(folder: Path) -> None:
    """By name; hidden ones aren't; a folder with cards and folders is both."""
    for name in ("work", "friends", ".git", "zoë"):
        (folder / name).mkdir()
    (folder / "friends" / "displayname").write_text("Frëunde\nsecond line\n")
    (folder / "work" / "displayname").write_text("\x1b[31m\u202e \n")
    (folder / "readme.txt").write_text("x")
    with open_vdir(folder) as books:
        assert [("friends", "Frëunde"), ("work", "[31m"), ("zo%C3%AB", "zoë")] == [
            (collection.href, collection.name) for collection in books.collections()
        ]
        write(folder, "ada", "Ada")
        assert [".", "friends", "work", "zo%C3%AB"] == [
            collection.href for collection in books.collections()
        ]


def test_an_empty_folder_is_an_empty_book(books: VdirBooks) -> None:
    """A new one, before the first sync."""
    (collection,) = books.collections()
    assert (".", "contacts") == (collection.href, collection.name)
    changes = books.changes(collection, None, {})
    assert ((), (), True) == (changes.changed, changes.removed, changes.complete)


def test_links_are_followed_to_plain_files_alone(
    folder: Path, books: VdirBooks, tmp_path: Path
) -> None:
    """A link to a file elsewhere is that card; to nothing, to itself, to a device it is none."""
    elsewhere = write(tmp_path, "elsewhere", "Ada")
    for name, target in {
        "good.vcf": elsewhere,
        "nothing.vcf": tmp_path / "nothing",
        "loop.vcf": folder / "loop.vcf",
        "device.vcf": Path("/dev/zero"),
        "folder.vcf": tmp_path,
    }.items():
        (folder / name).symlink_to(target)
    assert ["good.vcf"] == hrefs(books)
    asked = ["nothing.vcf", "loop.vcf", "device.vcf", "good.vcf"]
    assert ["good.vcf"] == [fetched.href for fetched in books.fetch(ITSELF, asked)]


def test_a_folder_that_vanished_is_an_error_and_not_an_empty_book(
    folder: Path, books: VdirBooks
) -> None:
    """Its disk may only be unmounted: every question says so."""
    folder.rmdir()
    for ask in (books.collections, lambda: books.changes(ITSELF, None, {"a.vcf": "1"})):
        with pytest.raises(UnreachableError, match="is its disk mounted"):
            ask()


def test_an_empty_folder_on_another_disk_is_an_error(folder: Path, books: VdirBooks) -> None:
    """The place where a disk is mounted is an empty folder of the disk below while it isn't."""
    write(folder, "ada", "Ada")
    before = books.changes(ITSELF, None, {})
    (folder / "ada.vcf").unlink()
    known = {state.href: state.etag for state in before.changed}
    assert ("ada.vcf",) == books.changes(ITSELF, before.token, known).removed
    with pytest.raises(UnreachableError, match="is its own disk mounted"):
        books.changes(ITSELF, "disk:another", known)


def test_a_path_that_is_a_file_is_named(tmp_path: Path) -> None:
    """A slip in the settings."""
    path = write(tmp_path, "ada", "Ada")
    with open_vdir(path) as books, pytest.raises(UnreachableError, match="is no folder"):
        books.collections()


def test_a_file_that_vanishes_before_it_is_read_is_simply_not_there(
    folder: Path, books: VdirBooks
) -> None:
    """And is named as removed by the next pass."""
    write(folder, "ada", "Ada")
    follower = Follower()
    follower.look(books)
    (folder / "ada.vcf").unlink()
    assert [] == list(books.fetch(ITSELF, ["ada.vcf"]))
    follower.look(books)
    assert {} == follower.cards


def test_a_file_of_many_megabytes_costs_that_card(folder: Path, books: VdirBooks) -> None:
    """It is named, and never held whole."""
    with (folder / "huge.vcf").open("wb") as file:
        file.truncate(1 << 33)
    write(folder, "ada", "Ada")
    huge, good = books.fetch(ITSELF, ["huge.vcf", "ada.vcf"])
    assert FailedCard("huge.vcf", "it is larger than 8 MB") == huge
    assert isinstance(good, FetchedCard)


@pytest.mark.parametrize(
    "href", ["..", ".", "", "../x.vcf", "%2e%2e%2fx.vcf", "/etc/passwd", "%00"]
)
def test_an_href_never_leads_out_of_its_folder(href: str, books: VdirBooks) -> None:
    """A store that was tampered with reads no other file."""
    with pytest.raises(UnreachableError, match="no file's name"):
        list(books.fetch(ITSELF, [href]))
    if href != ".":
        with pytest.raises(UnreachableError, match="no file's name"):
            books.changes(Collection(href, "x", None), None, {})


def test_a_card_that_the_listing_misses_is_looked_for_by_name(
    folder: Path, books: VdirBooks
) -> None:
    """A folder that is read while files are replaced may not show them; gone is what isn't there.

    A dot file stands for such a card here: it is there, and no listing shows it.
    """
    (folder / ".kim.vcf").write_text("x")
    changes = books.changes(ITSELF, None, {".kim.vcf": "1", "ada.vcf": "1"})
    assert ([".kim.vcf"], ("ada.vcf",)) == (
        [state.href for state in changes.changed],
        changes.removed,
    )


def test_nothing_is_written(folder: Path, books: VdirBooks) -> None:
    """The folder is as it was."""
    write(folder, "ada", "Ada")
    before = (folder.stat().st_mtime_ns, sorted(folder.iterdir()))
    Follower().look(books)
    assert before == (folder.stat().st_mtime_ns, sorted(folder.iterdir()))
