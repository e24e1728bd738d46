"""A header block becomes a `Message`: the one door through which mail enters.

Total: any bytes give a Message and the list of what was wrong with them, in bounded time and
memory, and the same on every Python. That is why nothing here leans on the `email` package, which
raises, hangs or guesses differently from version to version on hostile headers.
"""

from __future__ import annotations

from krmd.base.address import EmailAddress
from krmd.base.instant import Instant
from krmd.intake import fields, identity
from krmd.intake.authentication import marks_of_results
from krmd.intake.dates import parse_date
from krmd.intake.fields import HeaderFields
from krmd.intake.mailboxes import MAX_COUNTED
from krmd.intake.marks import EVIDENCE, marks_of_author
from krmd.intake.message import SUBJECT_KEPT, Message
from krmd.intake.parties import party_reader
from krmd.intake.words import clean, readable
from krmd.ledger.facts import PARTIES_KEPT, MailKey, Party

HEADER_FIELDS: tuple[str, ...] = fields.FETCHED
"""The fields a mailbox is asked for. Received is not among them: its presence is asked apart."""

# In the order in which parties are kept.
_PEOPLE = tuple((name, party_reader(name)) for name in ("from", "to", "cc", "bcc"))
_EVIDENCE = (
    ("sender", party_reader("sender")),
    ("reply-to", party_reader("reply_to")),
    ("delivered-to", party_reader("delivered_to")),
)
_REPEATABLE = frozenset({"received", "authentication-results", "delivered-to", "resent-from"})


def header_fields(authserv_id: str | None) -> tuple[str, ...]:
    """The fields to ask a mailbox for; with the server whose word counts, its results too."""
    return HEADER_FIELDS if authserv_id is None else (*HEADER_FIELDS, fields.AUTHENTICATION_RESULTS)


def parse_header(block: bytes, authserv_id: str | None = None) -> Message:
    """What a header block says; `authserv_id` names the server whose results are believed.

    `block` is a mail's header as it came, or the part of it that was fetched; a body behind it is
    ignored. Never raises.
    """
    header = fields.split_header(block)
    first, defects = header.first, header.defects
    if header.again:
        _join_repeated(header)
    parties, people = _parties(first, defects)
    date, moment = _date(first, defects)
    subject = readable(first.get("subject", ""), SUBJECT_KEPT)
    message_id = _message_id(first, defects)
    authors = [party.address for party in parties if party.field == "from"]
    rest = "" if message_id is not None else _rest(parties, subject)
    key = identity.mail_key(message_id, moment=moment, authors=",".join(authors), rest=rest)
    parent, thread = _references(first, key)
    return Message(
        key,
        message_id,
        date,
        subject,
        parties,
        people,
        _marks(header, authors, authserv_id),
        parent,
        thread,
        tuple(dict.fromkeys(defects)) if defects else (),
    )


def _join_repeated(header: HeaderFields) -> None:
    """Address fields that stand there twice are one; of all others the topmost counts."""
    repeated: dict[str, list[str]] = {}
    for name, value in header.again:
        repeated.setdefault(name, []).append(value)
    for name, _ in (*_PEOPLE, *_EVIDENCE):
        if name in repeated:
            header.first[name] = ",".join((header.first[name], *repeated[name]))
    header.defects.extend(f"{name}_repeated" for name in repeated if name not in _REPEATABLE)


def _parties(first: dict[str, str], defects: list[str]) -> tuple[tuple[Party, ...], int]:
    """Who stands in which field, and how many people in all (RFC 5322 3.6.2, 3.6.3)."""
    parties: list[Party] = []
    for name, read in _PEOPLE:
        if len(parties) >= MAX_COUNTED:
            defects.append("too_many_addresses")
            break
        if name in first:
            found = read(first[name], MAX_COUNTED - len(parties))
            parties += found
            if not found:
                _note_unreadable(name, first[name], defects)
    if "from" not in first:
        defects.append("from_missing")
    people = {address for _, address, _ in parties}
    for name, read in _EVIDENCE:
        if name in first:
            parties += read(first[name], PARTIES_KEPT)
    return tuple(parties[:PARTIES_KEPT]), min(len(people), MAX_COUNTED)


def _note_unreadable(name: str, value: str, defects: list[str]) -> None:
    """A field without addresses: all well where it is empty or a group without members."""
    if name == "from" or (value.strip() and ":" not in value):
        defects.append(f"{name}_unreadable")


def _date(first: dict[str, str], defects: list[str]) -> tuple[Instant | None, str]:
    """The date, and the text of it that goes into the mail's key."""
    value = first.get("date")
    if value is None:
        defects.append("date_missing")
        return None, ""
    date = parse_date(value)
    if date is None:
        defects.append("date_unreadable")
        return None, clean(value, SUBJECT_KEPT)
    return date, str(date)


def _message_id(first: dict[str, str], defects: list[str]) -> str | None:
    """Outlook's original id wins: the one in Message-ID was put there after sending."""
    for name in ("x-microsoft-original-message-id", "message-id"):
        value = first.get(name)
        if value is not None:
            message_id = identity.normalise_id(value)
            if message_id is not None:
                return message_id
            defects.append("message_id_unreadable")
    if "message-id" not in first:
        defects.append("message_id_missing")
    return None


def _rest(parties: tuple[Party, ...], subject: str) -> str:
    """What tells mails without a Message-ID apart besides date and authors."""
    to_and_cc = [f"{it.field}:{it.address}" for it in parties if it.field in ("to", "cc")]
    return "\0".join((*to_and_cc, subject))


def _references(first: dict[str, str], key: MailKey) -> tuple[int | None, int]:
    """The mail that is answered, and the one that began the thread (RFC 5322 3.6.4)."""
    answered, references = first.get("in-reply-to"), first.get("references")
    parent = identity.first_id(answered) if answered else None
    root = identity.first_id(references) if references else None
    if parent is None and references:
        parent = identity.last_id(references)
    if parent is None:
        return None, key.high
    parent_key = identity.reference_key(parent)
    thread = identity.reference_key(root) if root else parent_key
    return (parent_key if parent_key != key.high else None), thread


def _marks(header: HeaderFields, authors: list[EmailAddress], authserv_id: str | None) -> int:
    first = header.first
    marks = 0
    for name, value in first.items():
        if name in EVIDENCE:
            marks |= EVIDENCE[name](value)
    for author in authors:
        marks |= marks_of_author(author)
    if authserv_id is not None:
        name = fields.AUTHENTICATION_RESULTS.lower()
        results = [first[name]] if name in first else []
        results += [value for again, value in header.again if again == name]
        marks |= marks_of_results(results, authserv_id, authors)
    return marks
