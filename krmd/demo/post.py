"""The post office of the demo's world: gives mails their ids, traces, folders and flags."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from krmd.demo.envelope import Draft, Mailbox, spell
from krmd.demo.mail import ARCHIVE, INBOX, SENT, DemoMail
from krmd.demo.person import OWNER_ADDRESS, OWNER_NAME, OWNER_OTHER

_TIDIED_AFTER: Final = timedelta(days=120)
_UNREAD_FOR: Final = timedelta(days=2)
_LEFT_LYING: Final = 0.15
_OTHER_ADDRESS: Final = 0.08


class Post:
    """Makes the mails of one world as of `now` (aware, whole seconds); all chance comes from `rng`.

    Not for two threads at once.
    """

    def __init__(self, now: datetime, rng: random.Random) -> None:
        self.now = now
        self.rng = rng

    def message_id(self, mailbox: Mailbox) -> str:
        """A new Message-ID (without brackets) as the mailbox's domain would give it."""
        return f"{self.rng.getrandbits(48):012x}@{mailbox[1].rpartition('@')[2]}"

    def owner(self) -> Mailbox:
        """The owner's mailbox: nearly always the first address."""
        other = self.rng.random() < _OTHER_ADDRESS
        return (OWNER_NAME, OWNER_OTHER if other else OWNER_ADDRESS)

    def draft(self, sender: Mailbox, to: Sequence[Mailbox], subject: str, body: str) -> Draft:
        """A draft with a Message-ID of its sender's and no date yet."""
        return Draft(sender, tuple(to), subject, body, self.message_id(sender), None)

    def sent(self, draft: Draft, at: datetime) -> DemoMail:
        """The copy of the owner's own mail in Sent: no trace of a network."""
        return DemoMail(SENT, at, spell(replace(draft, date=draft.date or at)), ("\\Seen",))

    def delivered(self, draft: Draft, at: datetime, *, folder: str | None = None) -> DemoMail:
        """A mail as it arrived some seconds after `at`, in the given folder, or else where the
        owner would have it by now. A draft that has a date keeps it.
        """
        received = min(at + timedelta(seconds=self.rng.randrange(1, 40)), self.now)
        date = at if draft.date is None else draft.date
        folder = folder or self._filed(received)
        raw = spell(replace(draft, date=date, trace=_trace(draft, received)))
        return DemoMail(folder, received, raw, self._flags(received))

    def undated(self, draft: Draft, at: datetime) -> DemoMail:
        """A mail that arrived at `at` without a Date field."""
        raw = spell(replace(draft, date=None, trace=_trace(draft, at)))
        return DemoMail(self._filed(at), at, raw, self._flags(at))

    def _filed(self, received: datetime) -> str:
        young = self.now - received < _TIDIED_AFTER
        return INBOX if young or self.rng.random() < _LEFT_LYING else ARCHIVE

    def _flags(self, received: datetime) -> tuple[str, ...]:
        return () if self.now - received < _UNREAD_FOR else ("\\Seen",)


def _trace(draft: Draft, received: datetime) -> tuple[tuple[str, str], ...]:
    domain = draft.sender[1].rpartition("@")[2]
    owner = next((to for _, to in (*draft.to, *draft.cc) if to == OWNER_OTHER), OWNER_ADDRESS)
    stamp = format_datetime(received)
    usual = (
        ("Return-Path", f"<{draft.sender[1]}>"),
        ("Delivered-To", owner),
        ("Received", f"from mx.{domain} by mx.example.org with ESMTPS for <{owner}>; {stamp}"),
        ("Authentication-Results", f"mx.example.org; dmarc=pass header.from={domain}"),
    )
    given = dict(draft.trace)
    return tuple((name, given.get(name, value)) for name, value in usual)
