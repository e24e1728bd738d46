"""What is read of an account, and what is told of it: the values reading goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from krmd.app.keeping_out import RULE as FORGOTTEN
from krmd.app.keeping_out import without_forgotten
from krmd.app.recording import Recorded, record
from krmd.app.rules import RulesChangedError
from krmd.app.understanding import ReadMail
from krmd.base.errors import KrmdError
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.intake.mailbox import Folder, FolderState
from krmd.store.engine import Transaction
from krmd.store.folders import FolderRow
from krmd.store.holding import AccountTakenError
from krmd.store.tombstones import Forgotten, nobody

COMMIT_MAILS = 5000
"""So many mails a transaction; fewer cost more a mail, more cost memory."""
FIRST_LOOK = 1000
"""So many of the newest mails of every folder are read before anything older."""

NOT_THE_MAILS = (KrmdError, AccountTakenError, RulesChangedError)
"""What a transaction may raise that is no fault of a mail in it."""

_UNREAD_ROLES = ("junk", "trash", "drafts", "outbox")


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """What is read of an account and how it is judged; made of the settings, once.

    `wants` says by wire name and display name whether a pattern of the owner's asks for a folder
    (True), forbids it (False), or says nothing (None); `sent` names the Sent folder where the
    server doesn't tell; `signatures` lets bodies of contacts' mails be read for them. `guard` is
    run in each transaction before anything is written, and raises where the account is another's
    now, or the rules are others.
    `forgotten` tells within a transaction who must stay away.
    """

    account: str
    judge: Judge
    wants: Callable[[Folder], bool | None] = lambda _: None
    sent: str | None = None
    since: Instant | None = None
    authserv_id: str | None = None
    subjects: bool = True
    signatures: bool = False
    guard: Callable[[Transaction], None] = lambda _: None
    keep: Callable[[Transaction, set[int]], None] = lambda _tx, _touched: None
    forgotten: Callable[[Transaction], Forgotten] = lambda _tx: nobody

    def take_in(
        self, tx: Transaction, folder: int, mails: Sequence[ReadMail], now: Instant
    ) -> Recorded:
        """Put mails read from a folder into the ledger, within a transaction of the caller's."""
        self.guard(tx)
        wanted, left_out = without_forgotten(mails, self.forgotten(tx), self.judge.owner)
        done = record(tx, folder, wanted, judge=self.judge, now=now, subjects=self.subjects)
        if left_out:
            done.add(Recorded(seen=left_out, ignored=Counter({FORGOTTEN: left_out})))
        self.keep(tx, done.touched)
        return done


class Progress(NamedTuple):
    """How far reading has come: mails read of those known to lie there, in this pass."""

    account: str
    folder: str
    read: int
    total: int


class FolderView(NamedTuple):
    """A folder as the server shows it and as the store remembers it."""

    folder: Folder
    row: FolderRow
    state: FolderState

    @property
    def is_new_mail_there(self) -> bool:
        """Whether UIDs above the cursor are in use or were."""
        return self.state.uidnext - 1 > self.row.high

    @property
    def unread(self) -> int:
        """Roughly how many mails are left to read."""
        span = max(1, self.state.uidnext - 1)
        left = max(0, self.row.low - 1) + max(0, self.state.uidnext - 1 - self.row.high)
        return min(self.state.messages, round(self.state.messages * left / span))


@dataclass(slots=True)
class FolderReport:
    """What one pass did in one folder."""

    folder: str
    recorded: Recorded = field(default_factory=Recorded)


def is_read(folder: Folder, wanted: bool | None, *, has_all: bool) -> bool:
    r"""Whether a folder is read: the owner's patterns first, else all that hold ordinary mail.

    Where there is an \All folder (RFC 6154; Gmail) it alone is read, since it holds the rest.
    """
    if not folder.holds_mail:
        return False
    if wanted is not None:
        return wanted
    if has_all:
        return folder.role == "all"
    return folder.role not in _UNREAD_ROLES
