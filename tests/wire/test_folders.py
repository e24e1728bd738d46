"""Which folders there are, what each is for, and their counters."""

import pytest

from krmd.base.errors import TryLaterError, UnreachableError
from krmd.intake.mailbox import Folder, FolderRole, FolderState
from tests.servers.scripted import Peer, ScriptedImap, saying
from tests.wire.conftest import INBOX, Meet


def listed(
    meet: Meet, *lines: bytes, capabilities: str = "IMAP4rev1 AUTH=PLAIN"
) -> dict[str, Folder]:
    """The folders of a server that lists these lines, by name."""
    server = ScriptedImap(folders=lines, capabilities=capabilities)
    return {folder.name: folder for folder in meet(server).folders()}


def roles(folders: dict[str, Folder]) -> dict[str, FolderRole]:
    """What each is for."""
    return {name: folder.role for name, folder in folders.items()}


def test_special_use_is_what_the_server_says(meet: Meet) -> None:
    """RFC 6154, in any case of letters, whatever the folder is called."""
    found = listed(
        meet,
        rb'* LIST (\HasNoChildren \Sent) "/" Ausgang',
        rb'* LIST (\drafts) "/" Sent',
        rb'* LIST (\Junk) "/" x',
        rb'* LIST (\Trash) "/" y',
        rb'* LIST (\Archive) "/" z',
        rb'* LIST () "/" Inbox',
    )

    assert {
        "Inbox": "inbox",
        "Ausgang": "sent",
        "Sent": "drafts",
        "x": "junk",
        "y": "trash",
        "z": "archive",
    } == roles(found)
    assert ["Inbox"] == [*found][:1], "INBOX comes first"


def test_special_use_is_asked_for_where_it_must_be(meet: Meet) -> None:
    """Some give it only to LIST … RETURN (SPECIAL-USE)."""
    server = ScriptedImap(capabilities="IMAP4rev1 AUTH=PLAIN LIST-EXTENDED SPECIAL-USE")
    meet(server).folders()
    assert 1 == len(server.commands(r'LIST "" "\*" RETURN \(SPECIAL-USE\)$'))


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (b"Gesendete Objekte", "sent"),
        (b'"INBOX.Sent"', "sent"),
        ("Envoyés".encode(), "sent"),
        (b"&kAFP4W4IMH8-", "sent"),
        (b"SENT ITEMS", "sent"),
        (b'"Junk E-mail"', "junk"),
        (b"Papierkorb", "trash"),
        (b"&BCcENQRABD0EPgQyBDgEOgQ4-", "drafts"),
        (b"Postausgang", "outbox"),
        (b"Archief", "archive"),
        (b"Clients.Sent", "none"),
        (b"Sentimental", "none"),
    ],
)
def test_usual_names_are_known_in_many_languages(meet: Meet, name: bytes, role: str) -> None:
    """At the top or right below INBOX, whole names only."""
    if b" " in name and not name.startswith(b'"'):
        name = b'"' + name + b'"'
    found = listed(meet, rb'* LIST () "." INBOX', rb'* LIST () "." ' + name)

    assert [role] == [folder.role for folder in found.values() if folder.role != "inbox"]


def test_of_two_usual_names_none_is_guessed(meet: Meet) -> None:
    """A guess is made only where one name fits; and never against the server's own word."""
    assert {"none"} == {
        *roles(listed(meet, b'* LIST () "/" Sent', b'* LIST () "/" "Sent Items"')).values()
    }
    assert {"Sent": "none", "S": "sent"} == roles(
        listed(meet, b'* LIST () "/" Sent', rb'* LIST (\Sent) "/" S')
    )


@pytest.mark.parametrize("flag", [rb"\Noselect", rb"\NoSelect", rb"\NonExistent"])
def test_what_cannot_be_selected_holds_no_mail(meet: Meet, flag: bytes) -> None:
    """All three were seen."""
    found = listed(meet, b'* LIST () "/" INBOX', b"* LIST (" + flag + b') "/" Parent')
    assert not found["Parent"].holds_mail


def test_names_keep_the_server_s_bytes(meet: Meet) -> None:
    """Modified UTF-7, raw UTF-8, literals, numbers, quotes and brackets: shown decoded, and sent
    back as they came.
    """
    server = ScriptedImap(
        folders=(
            b'* LIST () "/" &ZeVnLIqe-',
            b'* LIST () "/" "' + "日本".encode() + b'"',
            b'* LIST () "/" {7}\r\na"b\\c d',
            b'* LIST () "/" 007',
            b'* LIST () NIL "R&-D"',
            b'* LIST () "/" [Gmail]/Sent',
            b'* LIST () "/" "\xff\xfe"',
        )
    )
    session = meet(server)
    found = session.folders()

    assert ["日本語", "日本", 'a"b\\c d', "007", "R&D", "[Gmail]/Sent", "ÿþ"] == [
        f.name for f in found
    ]
    assert "&ZeVnLIqe-" == found[0].wire
    for folder in found:
        session.open(folder)
    examined = [line.split(b"EXAMINE ")[1] for line in server.commands("EXAMINE")]
    assert b'"' + "日本".encode() + b'"' == examined[1]
    assert b'"a\\"b\\\\c d"' == examined[2]
    assert b'"007"' == examined[3]
    assert b'"\xff\xfe"' == examined[6]


def test_a_name_no_command_can_hold_is_left_out(meet: Meet) -> None:
    """A line break in a folder's name is a command to whoever repeats it."""
    found = listed(meet, b'* LIST () "/" INBOX', b'* LIST () "/" {9}\r\nx\r\nA1 NO!')
    assert ["INBOX"] == [*found]


def test_gmail_is_known_by_its_extension_and_all_mail(meet: Meet) -> None:
    """Both: others announce one of the two."""
    lines = (b'* LIST () "/" INBOX', rb'* LIST (\All) "/" "[Gmail]/Alle Nachrichten"')
    gmail = "IMAP4rev1 AUTH=PLAIN X-GM-EXT-1"
    for folders, capabilities, expected in (
        (lines, gmail, True),
        (lines[:1], gmail, False),
        (lines, "IMAP4rev1 AUTH=PLAIN", False),
    ):
        session = meet(ScriptedImap(folders=folders, capabilities=capabilities))
        found = session.folders()
        assert expected == session.is_gmail
        assert ("all" in {f.role for f in found}) == (len(folders) == 2)


def test_notes_are_mail_but_on_exchange(meet: Meet) -> None:
    """Elsewhere the owner's own folder may be called so."""
    lines = (
        b'* LIST () "/" INBOX',
        b'* LIST () "/" Notes',
        b'* LIST () "/" Kalender/2020',
        b'* LIST () "/" Kontakte',
    )
    assert {"INBOX", "Notes", "Kalender/2020", "Kontakte"} == {
        name for name, folder in listed(meet, *lines).items() if folder.holds_mail
    }

    exchange = ScriptedImap(
        folders=lines, greeting=b"* OK The Microsoft Exchange IMAP4 service is ready."
    )
    assert {"INBOX", "Kalender/2020"} == {f.name for f in meet(exchange).folders() if f.holds_mail}


def test_cyrus_collections_hold_no_mail(meet: Meet) -> None:
    """Calendars and address books are mailboxes to it."""
    found = listed(meet, b'* LIST () "." INBOX', b'* LIST () "." INBOX.#calendars.Default')
    assert not found["INBOX.#calendars.Default"].holds_mail


def test_an_empty_list_is_no_empty_mailbox(meet: Meet) -> None:
    """Nobody must take it for one and forget folders."""
    session = meet(ScriptedImap(folders=()))
    with pytest.raises(UnreachableError, match="no folders"):
        session.folders()


def test_open_tells_the_counters(meet: Meet) -> None:
    """UIDVALIDITY, UIDNEXT, messages and HIGHESTMODSEQ out of EXAMINE."""
    rules = {
        "EXAMINE .*": saying(
            b"* 7 exists", b"* OK [UIDVALIDITY 9] x", b"* OK [UIDNEXT 12] x",
            b"* OK [HIGHESTMODSEQ 715194045007] x", b"TAG OK [READ-ONLY] done",
        )
    }  # fmt: skip
    server = ScriptedImap(rules, capabilities="IMAP4rev1 AUTH=PLAIN CONDSTORE")

    assert FolderState(9, 12, 7, 715194045007) == meet(server).open(INBOX)
    assert 1 == len(server.commands(r'EXAMINE "INBOX" \(CONDSTORE\)$'))


def test_a_missing_uidnext_is_asked_for(meet: Meet) -> None:
    """Courier leaves it out of EXAMINE: STATUS knows it, or the last mail does."""
    bare = saying(b"* 3 EXISTS", b"* OK [UIDVALIDITY 9] x", b"* OK [NOMODSEQ] x", b"TAG OK done")
    assert FolderState(9, 4, 3, None) == meet(ScriptedImap({"EXAMINE .*": bare})).open(INBOX)

    rules = {"EXAMINE .*": bare, "STATUS .*": saying(b"* STATUS INBOX (MESSAGES 3)", b"TAG OK")}
    assert FolderState(9, 4, 3, None) == meet(ScriptedImap(rules)).open(INBOX)

    empty = saying(b"* 0 EXISTS", b"* OK [UIDVALIDITY 9] x", b"TAG OK done")
    assert FolderState(9, 1, 0, None) == meet(ScriptedImap(rules | {"EXAMINE .*": empty})).open(
        INBOX
    )


def test_a_folder_that_is_gone_is_left_for_later(meet: Meet) -> None:
    """One folder's trouble is no account's trouble."""
    gone = saying(b"TAG NO [NONEXISTENT] Mailbox doesn't exist")
    session = meet(ScriptedImap({"(EXAMINE|STATUS) .*": gone}))

    with pytest.raises(TryLaterError, match="Mailbox doesn't exist"):
        session.open(INBOX)
    with pytest.raises(TryLaterError):
        session.state(INBOX)
    session.noop()


def test_many_states_come_in_one_round_trip(meet: Meet) -> None:
    """LIST-STATUS; a folder that is gone is absent, INBOX is known in any case."""
    rules = {
        r"LIST .*STATUS.*": saying(
            b'* LIST () "/" Inbox',
            b"* STATUS Inbox (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)",
            b'* STATUS "A b" (UIDVALIDITY 6 MESSAGES 4 UIDNEXT 5 HIGHESTMODSEQ 7)',
            b"* STATUS other (MESSAGES 9 UIDNEXT 9 UIDVALIDITY 9)",
            b"TAG OK listed",
        )
    }
    server = ScriptedImap(rules, capabilities="IMAP4rev1 AUTH=PLAIN LIST-STATUS LIST-EXTENDED")
    others = [Folder(name, name, "none", "/", holds_mail=True) for name in ("A b", "gone")]

    states = meet(server).states([INBOX, *others])

    assert {"INBOX": FolderState(3, 2, 1, None), "A b": FolderState(6, 5, 4, 7)} == states
    assert 1 == len(server.commands("STATUS"))


def test_many_states_without_list_status_are_asked_in_a_row(meet: Meet) -> None:
    """Pipelined; a folder that is gone is absent."""

    def status(peer: Peer, tag: bytes, rest: bytes) -> None:
        name = rest.split(b" ")[1]
        if name == b'"gone"':
            peer.say(tag + b" NO no such folder")
        else:
            peer.say(b"* STATUS %s (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)" % name, tag + b" OK")

    names = [*(f"f{n}" for n in range(25)), "gone"]
    folders = [Folder(name, name, "none", "/", holds_mail=True) for name in names]

    states = meet(ScriptedImap({"STATUS .*": status})).states(folders)

    assert {name: FolderState(3, 2, 1, None) for name in names[:-1]} == states
    assert {} == meet(ScriptedImap()).states([])


def test_what_is_announced_and_refused_is_done_without(meet: Meet) -> None:
    """SPECIAL-USE, LIST-STATUS and CONDSTORE of a server that knows them by name alone."""
    rules = {
        "(LIST .*RETURN|EXAMINE .*CONDSTORE|STATUS .*MODSEQ).*": saying(b"TAG BAD what?"),
    }
    able = "IMAP4rev1 AUTH=PLAIN LIST-EXTENDED SPECIAL-USE LIST-STATUS CONDSTORE"
    session = meet(ScriptedImap(rules, capabilities=able))

    assert ["INBOX"] == [folder.name for folder in session.folders()]
    assert {"INBOX": FolderState(42, 4, 3, None)} == session.states([INBOX])
    assert FolderState(42, 4, 3, None) == session.open(INBOX)
    assert FolderState(42, 4, 3, None) == meet(ScriptedImap(rules, capabilities=able)).state(INBOX)


def test_kolab_s_annotations_say_what_is_no_mail(meet: Meet) -> None:
    """Whatever the folder is called; where INBOX has none, nobody else is asked."""

    def annotated(peer: Peer, tag: bytes, rest: bytes) -> None:
        name = rest.split(b" ")[1]
        kind = {b'"INBOX"': b"mail.inbox", b'"Feste"': b"event", b'"Notes"': b"mail"}[name]
        entry = b"/shared/vendor/kolab/folder-type"
        peer.say(b'* METADATA %s (%s "%s")' % (name, entry, kind), tag + b" OK")

    folders = tuple(b'* LIST () "/" ' + name for name in (b"INBOX", b"Feste", b"Notes"))
    able = "IMAP4rev1 AUTH=PLAIN METADATA"
    kolab = ScriptedImap({"GETMETADATA.*": annotated}, folders=folders, capabilities=able)
    assert {"INBOX", "Notes"} == {f.name for f in meet(kolab).folders() if f.holds_mail}

    other = ScriptedImap({"GETMETADATA.*": saying(b"TAG OK")}, folders=folders, capabilities=able)
    assert {"INBOX", "Feste", "Notes"} == {f.name for f in meet(other).folders() if f.holds_mail}
    assert 1 == len(other.commands("GETMETADATA"))


def test_a_status_without_uidnext_is_completed_by_opening(meet: Meet) -> None:
    """Courier and others leave it out; such a folder isn't empty for that."""

    def status(peer: Peer, tag: bytes, _rest: bytes) -> None:
        peer.say(b"* STATUS INBOX (MESSAGES 3 UIDVALIDITY 42)", tag + b" OK")

    session = meet(ScriptedImap({"STATUS .*": status}))

    assert {"INBOX": FolderState(42, 4, 3, None)} == session.states([INBOX])
