"""What the demo says around its table: the opening, the closing, a line for each new mail."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from pathlib import Path
from shlex import quote
from typing import Final

from krmd.demo.mail import SENT, DemoMail
from krmd.demo.play import Progress
from krmd.demo.table import LosingRow, visible
from krmd.demo.world import World

FAREWELL: Final = "The demo and its folder are gone. For your own mailbox: krmd init"


def opening(world: World, config: Path, *, once: bool) -> tuple[str, ...]:
    """What is about to happen, before it does."""
    ending = "Three new mails will arrive, then it ends." if once else "Ctrl-C ends it."
    return (
        f"This is {world.owner.name}'s mailbox: {len(world.mails)} mails of three years,",
        "all invented, on a mail server inside this process. krmd reads it as it would",
        "read yours: without changing it, headers only. Nothing leaves this machine.",
        f"{ending} What is made lies in {config.parent}.",
    )


def closing(rows: Sequence[LosingRow], config: Path, feed: str) -> tuple[str, ...]:
    """What to try in another terminal while the demo runs."""
    name = quote(rows[0].name) if rows else "WHO"
    option = f"--config {quote(str(config))}"
    return (
        "No newsletter, list, bounce or auto-reply moved a date. In another terminal:",
        f"  krmd {option} why {name}",
        f"  krmd {option} timeline {name}",
        f"  krmd {option} contacts review",
        f"  krmd {option} birthdays",
        *subscribing(feed),
    )


def subscribing(feed: str) -> tuple[str, str]:
    """Where the birthdays are, for calendars."""
    return ("Subscribe to the birthdays in any calendar on this machine:", f"  {feed}")


def answering(feed: str, events: int) -> tuple[str, str]:
    """What a subscriber found, while the feed was there."""
    return (
        f"The birthdays were a calendar of {events} events, today's and tomorrow's among them:",
        f"  {feed}",
    )


def reading(progress: Progress) -> str:
    """How far the first reading is."""
    if progress.complete:
        return f"Read {progress.read} mails."
    there = f" of {progress.total}" if progress.total else ""
    return f"Reading: {progress.read}{there} mails"


def news(mail: DemoMail) -> str:
    """A new mail in one line: who wrote what."""
    message = message_from_bytes(mail.raw)
    field, told = ("To", "You wrote to") if mail.folder == SENT else ("From", "New mail from")
    name, address = parseaddr(_decoded(message, field))
    return visible(f"{told} {name or address}: “{_decoded(message, 'Subject')}”")


def back_in_touch(names: Sequence[str]) -> str:
    """Who has left the table since the demo began, the latest first."""
    return "Back in touch: " + ", ".join(visible(name) for name in names) if names else ""


def _decoded(message: Message, field: str) -> str:
    """The field as text; 8-bit bytes that nobody declared are taken for latin-1."""
    raw = next((str(value) for name, value in message.raw_items() if name == field), "")
    text = " ".join(raw.encode("ascii", "surrogateescape").decode("latin-1").split())
    return "".join(
        piece if isinstance(piece, str) else piece.decode(charset or "latin-1", "replace")
        for piece, charset in decode_header(text)
    )
