"""Mail that looks like news from a friend and isn't: each is newer than their last letter, and
none of them may move the date of last contact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from krmd.demo.envelope import Draft, Mailbox
from krmd.demo.history import mailbox_of
from krmd.demo.mail import DemoMail
from krmd.demo.person import OWNER_ADDRESS, OWNER_NAME, Person, Trap
from krmd.demo.post import Post

LIST_ADDRESS: Final = "kaffeeklatsch@lists.example.org"
LIST_FIELDS: Final = (
    ("List-Id", "Coffee and code <kaffeeklatsch.lists.example.org>"),
    ("List-Post", f"<mailto:{LIST_ADDRESS}>"),
    ("List-Unsubscribe", "<mailto:kaffeeklatsch-leave@lists.example.org>"),
    ("Precedence", "list"),
)
_OWNER: Final[Mailbox] = (OWNER_NAME, OWNER_ADDRESS)
_ORGANISER: Final[Mailbox] = ("Petra vom Verein", "petra@verein.example")


def trap_mail(
    trap: Trap, person: Person, at: datetime, *, crowd: Sequence[Person], post: Post
) -> DemoMail:
    """One such mail at that moment; `crowd` are the people a group mail may go to."""
    sender = mailbox_of(person, at, post.now)
    if trap == "group":
        return post.delivered(_group(sender, crowd, at, post), at)
    draft = _DRAFTS[trap](sender, post)
    return post.delivered(replace(draft, writing=person.writing), at)


def traps_of(person: Person, crowd: Sequence[Person], post: Post) -> tuple[DemoMail, ...]:
    """The person's traps, each somewhere between their last letter and yesterday."""
    mails: list[DemoMail] = []
    for trap in person.traps:
        hours = post.rng.randrange(24, max(25, (person.rhythm.silent - 2) * 24))
        at = post.now - timedelta(hours=hours, seconds=post.rng.randrange(3600))
        mails.append(trap_mail(trap, person, at, crowd=crowd, post=post))
    return tuple(mails)


def _auto_reply(sender: Mailbox, post: Post) -> Draft:
    body = "I am away and my plants are in charge.\nThey do not read mail.\n"
    draft = post.draft(sender, [_OWNER], "Out of office", body)
    fields = (("Auto-Submitted", "auto-replied"), ("X-Autoreply", "yes"))
    return replace(draft, fields=fields)


def _bounce(sender: Mailbox, post: Post) -> Draft:
    """A delivery report (RFC 3464) about a letter to the person, from their mail server."""
    domain = sender[1].rpartition("@")[2]
    boundary = f"{post.rng.getrandbits(64):016x}"
    body = (
        f"--{boundary}\nContent-Type: text/plain\n\n"
        f"Nobody at <{sender[1]}> any more. We looked.\n\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.{domain}\n\n"
        f"Final-Recipient: rfc822; {sender[1]}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--{boundary}--\n"
    )
    daemon = ("Mail Delivery Subsystem", f"mailer-daemon@mx.{domain}")
    draft = post.draft(daemon, [("", OWNER_ADDRESS)], "Undelivered Mail Returned to Sender", body)
    report = f'multipart/report; report-type=delivery-status; boundary="{boundary}"'
    fields = (("Auto-Submitted", "auto-replied"), ("Content-Type", report))
    return replace(draft, fields=fields, trace=(("Return-Path", "<>"),))


def _invitation(sender: Mailbox, post: Post) -> Draft:
    """An answer to an invitation (RFC 5546 3.2.3): a button was pressed, nobody wrote."""
    body = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//demo//EN\nMETHOD:REPLY\nBEGIN:VEVENT\n"
        f"UID:{post.rng.getrandbits(64):016x}@example.org\nDTSTAMP:20200101T120000Z\n"
        f"ORGANIZER:mailto:{OWNER_ADDRESS}\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{sender[1]}\nSUMMARY:Dinner\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    draft = post.draft(sender, [_OWNER], "Accepted: Dinner", body)
    return replace(draft, fields=(("Content-Type", "text/calendar; method=REPLY; charset=utf-8"),))


def _list(sender: Mailbox, post: Post) -> Draft:
    subject = post.rng.choice(
        ("[coffee] Grinder debate", "[coffee] Next meetup", "[coffee] It was DNS")
    )
    draft = post.draft(sender, [("", LIST_ADDRESS)], subject, "To everybody: what they said.\n")
    return replace(draft, fields=LIST_FIELDS)


def _cc(sender: Mailbox, post: Post) -> Draft:
    draft = post.draft(_ORGANISER, [_OWNER], "Minutes of the garden meeting", "See below.\n")
    return replace(draft, cc=(sender,))


def _newsletter(sender: Mailbox, post: Post) -> Draft:
    domain = sender[1].rpartition("@")[2]
    draft = post.draft(
        sender, [("", OWNER_ADDRESS)], "Our quarter in pictures", "Dear reader,\n\n…\n"
    )
    fields = (("List-Unsubscribe", f"<mailto:leave@{domain}>"), ("Precedence", "bulk"))
    return replace(draft, fields=fields)


def _group(sender: Mailbox, crowd: Sequence[Person], at: datetime, post: Post) -> Draft:
    others = [p for p in crowd if p.name != sender[0]]
    invited = post.rng.sample(others, min(16, len(others)))
    everybody = [_OWNER, *(mailbox_of(p, at, post.now) for p in invited)]
    return post.draft(sender, everybody, "Dear all: summer party", "You all know who you are.\n")


_DRAFTS: Final[dict[Trap, Callable[[Mailbox, Post], Draft]]] = {
    "auto_reply": _auto_reply,
    "bounce": _bounce,
    "invitation": _invitation,
    "list": _list,
    "cc": _cc,
    "newsletter": _newsletter,
}
