"""`krmd check` and `quarantine`: everything is looked at, a line each, and nothing is changed."""

from pathlib import Path

from krmd.base.instant import Instant
from krmd.store import folders, quarantine
from krmd.store.engine import Store
from tests.cli.seeding import ALAN, OWNER, Desk, Mail
from tests.cli.test_sync import desk_for
from tests.servers.dovecot import Mailbox


def test_all_is_well_with_a_mailbox_that_answers(tmp_path: Path, mailbox: Mailbox) -> None:
    """0; the login, the folders that are read and those that aren't, with their counts."""
    mailbox.put(b"From: grace@navy.example\r\nTo: ada@example.org\r\nMessage-ID: <1@x>\r\n\r\n")
    desk = desk_for(tmp_path, mailbox)
    said = desk.krmd("check", "--json")
    assert (0, "", True) == (said.code, said.err, said.json["ok"])
    details = {it["name"]: it["detail"] for it in said.json["checks"]}
    assert f"as {mailbox.user}" in details["home"]
    assert "INBOX (1)" in details["home: folders read"]
    assert "Junk (0)" in details["home: not read"]
    assert "no bodies" in details["privacy"]
    assert all({"name", "ok", "detail"} == set(it) for it in said.json["checks"])
    assert all(line[0] in "✓!" for line in desk.krmd("check").out.splitlines())


def test_a_login_that_fails_is_a_cross_and_1(tmp_path: Path, mailbox: Mailbox) -> None:
    """The other lines stand all the same."""
    said = desk_for(tmp_path, mailbox, password="mistaken").krmd("check")
    assert 1 == said.code
    assert "✗ home: " in said.out
    assert "✓ store: " in said.out
    assert "mistaken" not in said.out + said.err


def test_a_store_that_is_none_does_not_hide_the_rest(tmp_path: Path, mailbox: Mailbox) -> None:
    """A cross for the store, ticks for the mailbox."""
    desk = desk_for(tmp_path, mailbox)
    desk.store.write_bytes(b"nothing of ours " * 1000)
    said = desk.krmd("check")
    assert 1 == said.code
    assert "✗ store: " in said.out
    assert "✓ home: " in said.out


def test_what_only_the_owner_can_settle_is_named(tmp_path: Path, mailbox: Mailbox) -> None:
    """Own addresses, shared addresses and categories that differ are no fault, and told."""
    desk = desk_for(tmp_path, mailbox)
    desk.record([Mail("ada@other.example", ALAN, day, str(day)) for day in (1, 2, 3)], "sent")
    desk.record([Mail("The Office <both@x.example>", OWNER, 5)])
    for name in ("Ann Both", "Bob Both"):
        desk.krmd("contacts", "add", name, "--address", "both@x.example")
    desk.krmd("categories", "add", "japan", "--every", "30")
    desk.config.write_text(desk.config.read_text() + "\n[categories.japan]\ncadence_days = 90\n")
    said = desk.krmd("check")
    assert 0 == said.code, said.out
    assert "! owner: ada@other.example looks like yours" in said.out
    assert "! shared address: both@x.example is shared by Ann Both, Bob Both; 1 mail" in said.out
    assert "! category: japan: every 30 days in the store, 90 in krmd.toml" in said.out


def test_a_mail_in_quarantine_is_listed_and_dropped(friends: Desk) -> None:
    """Its id, place and reason; dropped, nobody hears of it any more."""
    store = Store(f"sqlite:///{friends.store}")
    with store.transaction() as tx:
        folder = folders.present(tx)[0]
        then = Instant(1_700_000_000)
        mail = quarantine.Quarantined(
            "ab" * 16, "home", folder.id, "INBOX;1", 77, "too \x1b[31mstrange", then, then, 1
        )
        quarantine.put(tx, mail)
    store.close()
    item = friends.krmd("quarantine", "list", "--json").items[0]
    assert ("q_" + "ab" * 16, "home", "INBOX", 77) == (
        item["id"],
        item["account"],
        item["folder"],
        item["uid"],
    )
    assert "\x1b" not in friends.krmd("quarantine", "list").out
    assert 1 == friends.krmd("status", "--json").json["quarantined"]
    assert 0 == friends.krmd("quarantine", "drop", item["id"][:12]).code
    assert [] == friends.krmd("quarantine", "list", "--json").items
    assert 2 == friends.krmd("quarantine", "drop", "q_000000").code


def test_a_mail_that_is_understood_at_last_leaves_the_quarantine(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    """`retry` reads it from the mailbox once more, and it is in the ledger."""
    mailbox.put(
        b"From: Grace <grace@navy.example>\r\nTo: ada@example.org\r\n"
        b"Date: Fri, 20 Nov 2020 18:03:00 +0000\r\nMessage-ID: <1@navy.example>\r\n\r\n"
    )
    desk = desk_for(tmp_path, mailbox)
    assert 0 == desk.krmd("sync").code
    store = Store(f"sqlite:///{desk.store}")
    with store.transaction() as tx:
        folder = next(row for row in folders.present(tx) if row.name == "INBOX")
        place = f"{folder.wire};{folder.uidvalidity}"
        then = Instant(1_700_000_000)
        quarantine.put(
            tx,
            quarantine.Quarantined(
                "cd" * 16, "home", folder.id, place, 1, "a fault of before", then, then, 1
            ),
        )
    store.close()
    said = desk.krmd("quarantine", "retry", "--json")
    assert (0, ["q_" + "cd" * 16]) == (said.code, said.json["released"])
    assert [] == desk.krmd("quarantine", "list", "--json").items
    assert 1 == len(desk.krmd("timeline", "grace@navy.example", "--json").items)
