"""A second, slower opinion on which mails are personal: the rules of the product in one function,
built on the standard library alone, so that the world is judged by something that didn't make it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from krmd.demo.mail import DRAFTS, JUNK, SENT

OWN = {"ada@example.org", "hello@ada.example"}
PERSONAL_RECIPIENTS = 12

Named = tuple[str, str]
"""A display name and an address."""


def moved_by(folder: str, raw: bytes) -> list[Named]:
    """Whose last contact a mail in that folder moves; `raw` may be its header alone."""
    mail = message_from_bytes(raw)
    if folder in (DRAFTS, JUNK) or _automatic(mail) or _bulk(mail):
        return []
    senders, to, cc = (_named(mail, field) for field in ("From", "To", "Cc"))
    people = {address for _, address in (*senders, *to, *cc)} - OWN
    if len(people) > PERSONAL_RECIPIENTS:
        return []
    if senders[0][1] in OWN:
        return [who for who in to if who[1] not in OWN] if folder == SENT else []
    return senders if OWN & {address for _, address in (*to, *cc)} else []


def happened_at(raw: bytes, received: datetime) -> datetime:
    """The Date field where it can be believed, else the time of arrival."""
    try:
        date = parsedate_to_datetime(message_from_bytes(raw)["Date"])
        return date if datetime(1990, 1, 1, tzinfo=UTC) <= date <= received else received
    except (TypeError, ValueError):
        return received


def newest(mails: Iterable[tuple[str, datetime, bytes]]) -> dict[Named, datetime]:
    """The newest personal mail with each name and address seen, of (folder, received, raw)."""
    found: dict[Named, datetime] = {}
    for folder, received, raw in mails:
        at = happened_at(raw, received)
        for who in moved_by(folder, raw):
            found[who] = max(at, found.get(who, at))
    return found


def last_contact(
    name: str, addresses: tuple[str, ...], found: dict[Named, datetime], *, shared: bool
) -> datetime | None:
    """What `newest` found of one person; the name counts only where an address is shared."""
    times = [
        at
        for (seen, address), at in found.items()
        if address in addresses and (seen == name or not shared)
    ]
    return max(times, default=None)


def _automatic(mail: Message) -> bool:
    kind = str(mail.get("Content-Type", "")).replace("\n", " ").lower()
    return (
        str(mail.get("Auto-Submitted", "no")) != "no"
        or kind.startswith("multipart/report")
        or "method=reply" in kind
    )


def _bulk(mail: Message) -> bool:
    sender = str(mail.get("From", "")).lower()
    return (
        any(field in mail for field in ("List-Id", "List-Unsubscribe"))
        or mail.get("Precedence") in ("bulk", "list", "junk")
        or any(mark in sender for mark in ("no-reply@", "noreply@", "do-not-reply@"))
    )


def _named(mail: Message, field: str) -> list[Named]:
    values = [str(value) for value in mail.get_all(field, [])]
    pairs = getaddresses([" ".join(value.split()) for value in values])
    return [(str(make_header(decode_header(name))), address) for name, address in pairs]
