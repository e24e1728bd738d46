"""`--json`: one document, the fields of INTERFACE.md, by every command and for every error."""

import json
import re
from collections.abc import Mapping

import pytest

from tests.cli.seeding import Desk

CARD = {
    "id", "kept", "name", "addresses", "categories", "phones", "birthday", "deceased",
    "cadence_days", "added", "last_contacted", "last_outbound", "last_inbound", "last_mailed",
    "counts",
}  # fmt: skip
COUNTS = {
    "email_outbound", "email_inbound", "call", "meeting", "message", "letter", "other", "mailing",
}  # fmt: skip
ENTRY = {
    "id", "at", "kind", "direction", "reach", "role", "counts", "rule", "summary", "message_id",
    "account", "folder",
}  # fmt: skip
DUE = {
    "id", "name", "address", "last_contacted", "cadence_days", "days_since", "score", "reasons",
}  # fmt: skip
LIST = {"as_of", "read_to", "complete", "items"}


def fields(document: Mapping[str, object]) -> set[str]:
    """The names of a document's fields."""
    return set(document)


def test_a_card_has_the_fields_of_the_interface(friends: Desk) -> None:
    """`show --json` of a contact, in the words INTERFACE.md has."""
    card = friends.krmd("show", "grace", "--json").json
    assert fields(card) >= CARD
    assert COUNTS == fields(card["counts"])
    assert [{"address": "grace@navy.example", "state": "ok"}] == [
        {name: it[name] for name in ("address", "state")} for it in card["addresses"]
    ]
    assert (True, "Grace Hopper", ["navy"]) == (card["kept"], card["name"], card["categories"])
    assert ("1906-12-09", ["+1 555 0100"], 14) == (
        card["birthday"],
        card["phones"],
        card["cadence_days"],
    )
    assert (None, 1, 1) == (
        card["last_mailed"],
        card["counts"]["email_inbound"],
        card["counts"]["email_outbound"],
    )


def test_a_correspondents_card_says_that_they_are_not_kept(friends: Desk) -> None:
    """Unknown values are null and never absent."""
    card = friends.krmd("show", "alan@park.example", "--json").json
    assert fields(card) >= CARD
    assert (None, False, None, None) == (
        card["id"],
        card["kept"],
        card["added"],
        card["birthday"],
    )


def test_the_cadence_of_a_category_is_the_cards(friends: Desk) -> None:
    """`cadence_days` is one's own, else the strictest of one's categories."""
    friends.krmd("contacts", "edit", "grace", "--every", "0")
    friends.krmd("categories", "edit", "navy", "--every", "45")
    assert 45 == friends.krmd("show", "grace", "--json").json["cadence_days"]


def test_a_contacts_list_has_cards(friends: Desk) -> None:
    """Each item of `contacts list` is the card that `show` gives."""
    listed = friends.krmd("contacts", "list", "--json").json
    assert fields(listed) >= LIST
    assert True is listed["complete"]
    assert [friends.krmd("show", "grace", "--json").json] == listed["items"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["timeline", "grace"], ENTRY),
        (["due"], DUE),
        (["contacts", "review"], {"address", "name", "last_contacted"}),
        (["categories", "list"], {"name", "contacts", "cadence_days"}),
        (["birthdays", "--days", "365"], {"id", "name", "date", "age", "kind", "label", "phones"}),
        (["accounts", "list"], {"account", "state", "error", "read_to"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_lists_have_their_fields(friends: Desk, words: list[str], names: set[str]) -> None:
    """Every list comes with its time, how complete it is, and items with all their fields."""
    said = friends.krmd(*words, "--json")
    assert (0, "") == (said.code, said.err)
    assert fields(said.json) >= LIST
    assert said.items
    assert all(fields(item) >= names for item in said.items)


def test_why_names_the_entry_behind_each_date(friends: Desk) -> None:
    """Four dates, each null or with entry, rule, account, folder and Message-ID."""
    why = friends.krmd("why", "grace", "--json").json
    assert {"last_contacted", "last_outbound", "last_inbound", "last_mailed"} == fields(why)
    assert fields(why["last_contacted"]) >= {
        "at", "entry", "rule", "account", "folder", "message_id",
    }  # fmt: skip
    assert ("inbound", "INBOX") == (why["last_inbound"]["rule"], why["last_inbound"]["folder"])
    assert ("outbound_to", "Sent") == (why["last_outbound"]["rule"], why["last_outbound"]["folder"])
    assert None is why["last_mailed"]


def test_status_has_its_fields(friends: Desk) -> None:
    """`status --json`: the accounts and what is late."""
    said = friends.krmd("status", "--json")
    assert 0 == said.code
    assert fields(said.json) >= {"ok", "checks", "accounts", "quarantined", "outbox", "late"}
    assert fields(said.json["accounts"][0]) >= {
        "account", "read_to", "read_back_to", "state", "error",
    }  # fmt: skip


def test_a_command_that_changes_names_what_it_made(friends: Desk) -> None:
    """The id is one that other commands take: `undo` takes back what was logged."""
    logged = friends.krmd("log", "grace", "called:", "news", "--json").json
    assert (True, "i_") == (logged["changed"], logged["id"][:2])
    assert 1 == friends.krmd("show", "grace", "--json").json["counts"]["call"]
    assert 0 == friends.krmd("undo", logged["id"], "--json").code
    assert 0 == friends.krmd("show", "grace", "--json").json["counts"]["call"]


def test_rebuild_check_is_one_document(friends: Desk) -> None:
    """`rebuild --check` says whether all is well, by the exit code too."""
    said = friends.krmd("rebuild", "--check", "--json")
    assert (0, True) == (said.code, said.json["ok"])


@pytest.mark.parametrize(
    "words",
    [
        ["show", "nobody"],
        ["show"],
        ["nonsense"],
        ["contacts"],
        [],
        ["show", "grace", "--nonsense"],
        ["undo", "i_123"],
        ["contacts", "edit", "grace", "--birthday", "32 Foo"],
        ["contacts", "edit", "grace", "--attention", "shouting"],
        ["categories", "edit", "nowhere"],
        ["log", "grace"],
        ["log", "grace", "met", "--at", "tomorrow"],
        ["timeline", "grace", "--after", "i_ffffffff"],
        ["contacts", "list", "--limit", "0"],
        ["log-import", "no-such-file.csv"],
        ["birthdays", "--days", "1000"],
        ["feed"],
        ["feed", "show", "nobody"],
        ["feed", "add"],
    ],
    ids=" ".join,
)
def test_an_error_is_one_document_too(friends: Desk, words: list[str]) -> None:
    """Exit 2, `error`, `message` and `candidates` on standard output, nothing beside."""
    said = friends.krmd(*words, "--json")
    assert (2, "") == (said.code, said.err)
    assert {"error", "message", "candidates"} == fields(said.json)
    assert 1 == len(said.out.splitlines())


def test_several_people_of_a_name_are_the_candidates(friends: Desk) -> None:
    """The error names them, in JSON and one a line for people."""
    friends.krmd("contacts", "add", "Grace Kelly", "--address", "grace@monaco.example")
    said = friends.krmd("show", "grace", "--json")
    assert (2, 2) == (said.code, len(said.json["candidates"]))
    lines = friends.krmd("show", "grace").err.splitlines()
    assert "krmd: “grace” could be any of 2:" == lines[0]
    assert ["  Grace Hopper", "  Grace Kelly"] == [re.split(" <| c_", it)[0] for it in lines[1:]]


def test_lists_are_paged_by_id(friends: Desk) -> None:
    """`--limit` cuts, `--after` goes on behind an id or its beginning, and nothing is left out."""
    for number in range(5):
        friends.krmd("contacts", "add", f"Person {number}", "--address", f"p{number}@x.example")
    whole = [it["name"] for it in friends.krmd("contacts", "list", "--json").items]
    found: list[str] = []
    after: list[str] = []
    while True:
        page = friends.krmd("contacts", "list", "--limit", "2", *after, "--json").items
        found += [it["name"] for it in page]
        if len(page) < 2:
            break
        after = ["--after", page[-1]["id"]]
    assert whole == found
    entries = friends.krmd("timeline", "grace", "--json").items
    rest = friends.krmd("timeline", "grace", "--after", entries[0]["id"][:12], "--json").items
    assert entries[1:] == rest


def test_options_stand_before_or_behind_the_command(friends: Desk) -> None:
    """`--json` and `--config` are understood in both places."""
    before = friends.krmd("--json", "show", "grace")
    behind = friends.krmd("show", "grace", "--json")
    assert json.loads(before.out) == json.loads(behind.out)


def test_the_version_is_told(desk: Desk) -> None:
    """Without any settings, as packagers ask for it."""
    desk.config.unlink()
    said = desk.krmd("--version")
    assert (0, "krmd ") == (said.code, said.out[:5])
