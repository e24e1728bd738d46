"""The rest of a mailbox: newsletters, lists, shops, junk, drafts, and mails that are just odd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from krmd.demo.envelope import Draft, Mailbox, spell
from krmd.demo.mail import DRAFTS, INBOX, JUNK, NEWSLETTERS, SENT, DemoMail
from krmd.demo.person import OWNER_ADDRESS, OWNER_NAME
from krmd.demo.post import Post
from krmd.demo.traps import LIST_ADDRESS, LIST_FIELDS

_OWNER: Final[Mailbox] = (OWNER_NAME, OWNER_ADDRESS)
_BELA: Final[Mailbox] = ("Béla Fekete", "bela@fekete.example")
_FORGED: Final = (("Authentication-Results", "mx.example.org; dmarc=fail header.from=example.org"),)
_DAYS: Final = 1080


class Publisher(NamedTuple):
    """Who mails many: every so many days, to a folder of the owner's filters, under subjects."""

    mailbox: Mailbox
    every: int
    folder: str | None
    subjects: tuple[str, ...]
    listed: bool = True


PUBLISHERS: Final = (
    Publisher(
        ("The Weekly Teapot", "hello@teapot.example"),
        14,
        NEWSLETTERS,
        ("Steep thinking", "Seven spouts we loved", "Is milk first?"),
    ),
    Publisher(
        ("Boring Software Digest", "digest@boringsoftware.example"),
        17,
        NEWSLETTERS,
        ("Nothing broke", "A cron job turns forty", "In praise of text files"),
    ),
    Publisher(
        ("Bike Shed Quarterly", "news@bikeshed.example"),
        45,
        NEWSLETTERS,
        ("What colour?", "Bells, compared"),
    ),
    Publisher(
        ("Museum of Small Things", "events@smallthings.example"),
        30,
        NEWSLETTERS,
        ("New: a very small boat", "Open late on Thursday"),
    ),
    Publisher(
        ("Rail Club", "offers@railclub.example"),
        21,
        None,
        ("Night trains from 29", "Delayed again? A poem"),
    ),
    Publisher(
        ("City Library", "no-reply@library.example"),
        40,
        None,
        ("Due in three days", "Your reservation has arrived"),
        listed=False,
    ),
    Publisher(
        ("Kettle & Sons", "noreply@kettleshop.example"),
        60,
        None,
        ("Your order has shipped", "Thank you for your order", "How was your kettle?"),
        listed=False,
    ),
    Publisher(
        ("Your Bank", "do-not-reply@bank.example"),
        30,
        None,
        ("Your statement is ready",),
        listed=False,
    ),
)
_LIST_POSTERS: Final = (
    ("Wendy Gopher", "wendy@gopher.example"),
    ("Otto Pilot", "otto@pilot.example"),
    ("Sam Ovar", "sam@ovar.example"),
)
_LIST_SUBJECTS: Final = (
    "[coffee] Grinder debate",
    "[coffee] Tabs, spaces, filters",
    "[coffee] Re: descaling",
)


def publication(publisher: Publisher, at: datetime, post: Post) -> DemoMail:
    """One mail of a publisher's, where the owner's filters put it."""
    subject = post.rng.choice(publisher.subjects)
    body = "Dear reader,\n\nwe think of all 40,000 of you equally.\n"
    draft = post.draft(publisher.mailbox, [("", OWNER_ADDRESS)], subject, body)
    if publisher.listed:
        domain = publisher.mailbox[1].rpartition("@")[2]
        draft = replace(
            draft,
            fields=(
                ("List-Id", f"<news.{domain}>"),
                ("List-Unsubscribe", f"<mailto:leave@{domain}>"),
                ("Precedence", "bulk"),
            ),
        )
    return post.delivered(draft, at, folder=publisher.folder)


def list_post(at: datetime, post: Post) -> DemoMail:
    """A mail of the coffee mailing list, by somebody the owner never met."""
    sender = post.rng.choice(_LIST_POSTERS)
    subject = post.rng.choice(_LIST_SUBJECTS)
    draft = post.draft(sender, [("", LIST_ADDRESS)], subject, "I disagree, warmly.\n")
    return post.delivered(replace(draft, fields=LIST_FIELDS), at)


def bulk_mails(post: Post) -> Iterator[DemoMail]:
    """Three years of newsletters, shops and lists, in no order."""
    for publisher in PUBLISHERS:
        for at in _every(publisher.every, post):
            yield publication(publisher, at, post)
    for at in _every(9, post):
        yield list_post(at, post)


def _every(days: int, post: Post) -> Iterator[datetime]:
    at = post.now - timedelta(days=_DAYS)
    while at < post.now - timedelta(hours=2):
        yield at
        at += timedelta(hours=round(24 * days * post.rng.uniform(0.8, 1.2)))
        at += timedelta(seconds=post.rng.randrange(3600))


def odd_mails(post: Post) -> tuple[DemoMail, ...]:
    """What no mailbox lacks and no reader expects: no Date, absurd Dates, no Message-ID, junk that
    forges the owner, the owner's notes to herself, drafts.
    """
    now = post.now
    scanner: Mailbox = ("", "scanner@office.test")
    prince: Mailbox = ("Prince of Junk", "prince@riches.example")
    scan = post.draft(scanner, [_OWNER], "Scan_0042.pdf", "1 page(s)\n")
    nameless = replace(
        post.draft(scanner, [_OWNER], "Scan_0043.pdf", "2 page(s)\n"), message_id=None
    )
    old = replace(
        post.draft(scanner, [_OWNER], "Battery low", "…\n"), date="Thu, 1 Jan 1970 00:00:00 +0000"
    )
    future = replace(
        post.draft(scanner, [_OWNER], "Toner", "…\n"), date="Fri, 31 Dec 2999 23:59:59 +0000"
    )
    garbled = replace(
        post.draft(scanner, [_OWNER], "Jam", "…\n"), date="Mon, 32 Foo 2020 25:61:00 +9999"
    )
    fortune = post.draft(
        prince, [("", OWNER_ADDRESS)], "Your inheritance of 4,000,000", "Dear friend,\n"
    )
    forged = post.draft(_OWNER, [_BELA], "Please buy gift cards", "This is really Ada.\n")
    note = post.draft(_OWNER, [_OWNER], "Note to self", "Buy string. Remember why.\n")
    return (
        post.undated(scan, now - timedelta(days=63)),
        post.delivered(nameless, now - timedelta(days=64)),
        post.delivered(old, now - timedelta(days=200)),
        post.delivered(future, now - timedelta(days=150)),
        post.delivered(garbled, now - timedelta(days=30)),
        *(
            post.delivered(_renewed(fortune, post), now - timedelta(days=9 + 11 * n), folder=JUNK)
            for n in range(8)
        ),
        post.delivered(replace(forged, trace=_FORGED), now - timedelta(days=21), folder=INBOX),
        post.sent(note, now - timedelta(days=35)),
        *_unfinished(post),
    )


def _renewed(draft: Draft, post: Post) -> Draft:
    return replace(draft, message_id=post.message_id(draft.sender))


def _unfinished(post: Post) -> Iterator[DemoMail]:
    """Letters in Drafts, to people one never got round to: none of them counts."""
    for days, name, address in (
        (12, *_BELA),
        (80, "Harriet Boss", "harriet.boss@brightworks.example"),
    ):
        at = post.now - timedelta(days=days)
        draft = post.draft(
            _OWNER, [(name, address)], "Long time no", "Dear …,\n\nsorry it has been\n"
        )
        yield DemoMail(DRAFTS, at, spell(replace(draft, date=at)), ("\\Draft", "\\Seen"))


def copied(mail: DemoMail, folder: str) -> DemoMail:
    """The same mail once more, in another folder."""
    if folder == SENT:
        raise ValueError("a copy in Sent would prove what it doesn't")
    return replace(mail, folder=folder)
