"""A folder that vdirsyncer keeps, filled from a real server: what the phone changes arrives."""

from pathlib import Path

import pytest

from krmd.intake.address_book import Collection
from krmd.wire.vdir import open_vdir
from tests.servers.radicale import RadicaleUser
from tests.servers.vdirsyncer import Vdirsyncer
from tests.wire.books import Follower


@pytest.fixture
def vdirsyncer(tmp_path: Path, dav_user: RadicaleUser) -> Vdirsyncer:
    """Set up between Radicale and an empty folder."""
    return Vdirsyncer(tmp_path, dav_user)


def test_a_folder_kept_by_vdirsyncer_is_followed(
    vdirsyncer: Vdirsyncer, dav_user: RadicaleUser
) -> None:
    """Its books by their names, and every card that came, changed or went."""
    friends, work = dav_user.make_book("friends", "Freunde"), dav_user.make_book("work", "Work")
    for name in ("Ada", "Kim", "Zoë"):
        friends.put(name, name)
    work.put("Boss", "The Boss")
    vdirsyncer.run("discover")
    vdirsyncer.run("metasync")
    vdirsyncer.run("sync")
    follower = Follower()
    with open_vdir(vdirsyncer.contacts) as books:
        named = {(collection.href, collection.name) for collection in books.collections()}
        follower.look(books)
    assert {("friends", "Freunde"), ("work", "Work")} == named
    assert ["Ada", "Kim", "The Boss", "Zoë"] == follower.names()

    friends.put("Kim", "Kim Park")
    friends.put("Lou", "Lou")
    friends.delete("Ada")
    vdirsyncer.run("sync")
    with open_vdir(vdirsyncer.contacts) as books:
        changes = {
            collection.href: follower.follow(books, collection)
            for collection in books.collections()
        }
    assert (2, 1) == (len(changes["friends"].changed), len(changes["friends"].removed))
    assert (0, 0) == (len(changes["work"].changed), len(changes["work"].removed))
    assert ["Kim Park", "Lou", "The Boss", "Zoë"] == follower.names()


def test_one_of_its_folders_alone_is_a_book_too(
    vdirsyncer: Vdirsyncer, dav_user: RadicaleUser
) -> None:
    """As khard is usually told: the folder in which the cards lie."""
    dav_user.make_book("friends", "Freunde").put("Ada", "Ada")
    vdirsyncer.run("discover")
    vdirsyncer.run("metasync")
    vdirsyncer.run("sync")
    follower = Follower()
    with open_vdir(vdirsyncer.contacts / "friends") as books:
        (collection,) = books.collections()
        assert isinstance(collection, Collection)
        assert (".", "Freunde") == (collection.href, collection.name)
        follower.follow(books, collection)
    assert ["Ada"] == follower.names()
