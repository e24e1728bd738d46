"""The phone's address book, on a real server and in a folder that vdirsyncer keeps."""

import random
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.cutting import CuttingProxy
from tests.acceptance.owner import Owner
from tests.daemon.process import Process
from tests.servers.radicale import PASSWORD, Radicale, RadicaleBook, RadicaleUser
from tests.servers.vdirsyncer import Vdirsyncer

ADA = (
    "EMAIL:ada@a.example\r\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-12-10\r\nCATEGORIES:Japan,Friends\r\n"
)


def carddav(url: str, user: RadicaleUser) -> str:
    """The settings of a book on a server."""
    return (
        f'\n[contacts.phone]\ncarddav = "{url}"\nuser = "{user.name}"\npassword = "{PASSWORD}"\n'
        "poll_seconds = 30\n"
    )


def contacts(owner: Owner) -> dict[str, Any]:
    """Who is kept, by name."""
    return {it["name"]: it for it in owner.ask("contacts", "list")["items"]}


def sync(owner: Owner) -> dict[str, Any]:
    """One pass over the book alone."""
    book: dict[str, Any] = owner.ask("sync", "--book", "phone")["books"][0]
    return book


@pytest.fixture
def phone(sqlite_owner: Owner, dav_book: RadicaleBook) -> RadicaleBook:
    """A book with Ada in it, which the owner's settings name."""
    dav_book.put("ada", "Ada Example", more=ADA)
    sqlite_owner.more = carddav(dav_book.url, dav_book.owner)
    return dav_book


def test_radicales_book_arrives_and_is_followed(
    sqlite_owner: Owner, phone: RadicaleBook, radicale: Radicale
) -> None:
    """Birthdays and categories by themselves, edits, deletions, a sync token that is forgotten."""
    owner = sqlite_owner
    assert 1 == sync(owner)["created"]
    ada = contacts(owner)["Ada Example"]
    assert ("--12-10", ["Friends", "Japan"]) == (ada["birthday"], ada["categories"])

    phone.put("ada", "Ada Example", more=ADA.replace("Japan,", "").replace("1604-12", "1604-11"))
    phone.put("bob", "Bob Example")
    assert (1, 1) == (sync(owner)["created"], contacts(owner).keys() >= {"Bob Example"})
    ada = contacts(owner)["Ada Example"]
    assert ("--11-10", ["Friends"]) == (ada["birthday"], ada["categories"])

    radicale.forget_tokens()
    said = sync(owner)
    assert (0, 0, None) == (said["created"], said["updated"], said["error"])

    phone.delete("bob")
    assert 1 == sync(owner)["updated"]
    assert ["Ada Example"] == list(contacts(owner))


def test_an_emptied_book_costs_nobody_until_the_owner_agrees(
    sqlite_owner: Owner, phone: RadicaleBook
) -> None:
    """It is said by sync, and by status with exit code 1."""
    owner = sqlite_owner
    sync(owner)
    phone.delete("ada")
    said = sync(owner)
    assert "is empty and had 1 cards" in said["doubt"]
    assert ["Ada Example"] == list(contacts(owner))
    status = owner.krmd("status")
    assert 1 == status.code
    assert "krmd sync --book phone --emptied" in status.out
    assert 0 == owner.krmd("sync", "--book", "phone", "--emptied").code
    assert [] == list(contacts(owner))


def test_a_cut_connection_is_told_and_the_next_pass_is_whole(
    sqlite_owner: Owner, phone: RadicaleBook, radicale: Radicale
) -> None:
    """Exit code 69, nobody half taken in."""
    owner = sqlite_owner
    unlike = random.Random(1).randbytes(8000).hex()  # so that compression doesn't make it small
    names = phone.fill(30, more=f"NOTE:{unlike}\r\n")
    with CuttingProxy(radicale.port, 4000) as proxy:
        owner.more = carddav(f"http://127.0.0.1:{proxy.port}{phone.path}", phone.owner)
        said = owner.krmd("sync", "--book", "phone", "--json")
        assert 69 == said.code
        assert said.json["books"][0]["error"]
    assert {} == contacts(owner)
    owner.more = carddav(phone.url, phone.owner)
    assert 30 == sync(owner)["created"]
    assert sorted(names) == sorted(contacts(owner))


def test_a_folder_that_vdirsyncer_keeps_is_followed(
    sqlite_owner: Owner, dav_user: RadicaleUser, tmp_path: Path
) -> None:
    """What is changed on the server is in krmd after vdirsyncer ran."""
    owner = sqlite_owner
    (tmp_path / "sync").mkdir()
    vdirsyncer = Vdirsyncer(tmp_path / "sync", dav_user)
    friends = dav_user.make_book("friends", "Friends")
    friends.put("ada", "Ada Example", more=ADA)
    friends.put("bob", "Bob Example")
    vdirsyncer.run("discover")
    vdirsyncer.run("sync")
    owner.more = f'\n[contacts.phone]\nvdir = "{vdirsyncer.contacts}"\n'
    assert 2 == sync(owner)["created"]
    friends.put("ada", "Ada King", more=ADA)
    friends.delete("bob")
    vdirsyncer.run("sync")
    assert 2 == sync(owner)["updated"]
    assert ["Ada King"] == list(contacts(owner))


def test_the_daemon_reads_the_book_by_itself(sqlite_owner: Owner, phone: RadicaleBook) -> None:
    """From the start, again when its time comes, and without it when the settings drop it."""
    owner = sqlite_owner
    owner.write()
    with Process(owner.config) as krmd:
        krmd.until(lambda: "Ada Example" in contacts(owner))
        phone.put("bob", "Bob Example")
        for more in ("", carddav(phone.url, phone.owner)):
            owner.more = more
            owner.write()
            before = len(krmd.events("settings.reloaded"))
            krmd.signal(signal.SIGHUP)
            krmd.until(lambda before=before: len(krmd.events("settings.reloaded")) > before)  # type: ignore[misc]
        krmd.until(lambda: "Bob Example" in contacts(owner))
        code, seconds = krmd.end()
    assert (0, True) == (code, seconds < 3.0)


def test_a_wrong_password_is_told_by_status(sqlite_owner: Owner, phone: RadicaleBook) -> None:
    """The mailboxes are read all the same; sync ends with 69."""
    owner = sqlite_owner
    owner.more = owner.more.replace(PASSWORD, "wrong")
    said = owner.krmd("sync", "--json")
    assert 69 == said.code
    assert said.json["accounts"][0]["error"] is None
    assert "password" in said.json["books"][0]["error"]
    check = owner.krmd("check")
    assert 1 == check.code
    assert "phone" in check.out
