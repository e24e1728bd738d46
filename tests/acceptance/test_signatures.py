"""Signatures in mails of contacts: read where the owner opted in, proposed, and never taken."""

from datetime import UTC, datetime
from email.utils import format_datetime

from tests.acceptance.owner import OWNER, Owner
from tests.servers.dovecot import Mailbox

BODIES = '\n[privacy]\nbodies = ["commands", "bounces", "invitations", "signatures"]\n'


def letter(sender: str, key: str, body: str) -> bytes:
    """A mail that came today."""
    now = format_datetime(datetime.now(UTC))
    return (
        f"Received: from mx.example; {now}\nFrom: {sender}\nTo: {OWNER}\nDate: {now}\n"
        f"Message-ID: <{key}@mail.example>\nSubject: {key}\nMIME-Version: 1.0\n"
        "Content-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"{body}\n"
    ).encode()


ADA = letter(
    "Ada Example <ada@a.example>",
    "one",
    "Hello,\n\nsee you on Friday.\n\n-- \nAda Example\nHead of Engines\nAnalytical GmbH\n"
    "Mobile: +49 171 1234567\n",
)
STRANGER = letter("Eve <eve@e.example>", "two", "-- \nEve Other\nPhone: +49 171 7654321\n")


def suggested(owner: Owner) -> list[str]:
    """What signatures led to, as sentences."""
    found = owner.ask("contacts", "suggestions", "--kind", "signature")["items"]
    return [it["sentence"] for it in found]


def test_a_new_phone_in_a_signature_is_proposed(owner: Owner, mailbox: Mailbox) -> None:
    """Of contacts only; accepted it is on the card, and not proposed again."""
    for mail in (ADA, STRANGER):
        mailbox.put(mail)
    before = mailbox.flags()
    owner.more = BODIES
    owner.ask("contacts", "add", "Ada Example", "--address", "ada@a.example")
    owner.sync()
    said = suggested(owner)
    assert any("+49 171 1234567" in it for it in said), said
    assert any("Analytical GmbH" in it for it in said), said
    assert not any("7654321" in it for it in said)
    assert before == mailbox.flags()

    phone = next(
        it["id"]
        for it in owner.ask("contacts", "suggestions", "--kind", "signature")["items"]
        if "1234567" in it["sentence"]
    )
    owner.ask("contacts", "suggestions", "--accept", phone)
    assert ["+49 171 1234567"] == owner.ask("show", "ada@a.example")["phones"]
    assert not any("1234567" in it for it in suggested(owner))
    company = owner.ask("contacts", "suggestions", "--kind", "signature")["items"][0]["id"]
    owner.ask("contacts", "suggestions", "--decline", company)
    assert company not in [
        it["id"] for it in owner.ask("contacts", "suggestions", "--kind", "signature")["items"]
    ]


def test_without_the_owners_word_no_body_is_read(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """By default signatures are nobody's business."""
    owner = sqlite_owner
    mailbox.put(ADA)
    owner.ask("contacts", "add", "Ada Example", "--address", "ada@a.example")
    owner.sync()
    assert [] == suggested(owner)
    assert b"Analytical" not in owner.store_file.read_bytes()


def test_nothing_of_a_body_is_kept(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """Only what is proposed stands in the store."""
    owner = sqlite_owner
    mailbox.put(ADA)
    owner.more = BODIES
    owner.ask("contacts", "add", "Ada Example", "--address", "ada@a.example")
    owner.sync()
    octets = owner.store_file.read_bytes()
    assert b"see you on Friday" not in octets
