"""What contacts' signatures say: new phones, companies, roles; read in memory, only proposed.

Only where the owner opted in (`[privacy] bodies`), only of contacts, only the newest mail of each.
"""

from __future__ import annotations

from collections.abc import Iterable

from krmd.app.cards import standing
from krmd.app.mailbox import Mailbox
from krmd.base.errors import FolderRefusedError
from krmd.base.instant import Clock, Instant
from krmd.intake.mailbox import Folder, MailText
from krmd.intake.signature import read_signature
from krmd.intake.text_part import newest_text
from krmd.ledger.agreement import is_said
from krmd.store import contacts, folders, signatures, suggestions
from krmd.store.engine import Store, Transaction
from krmd.store.signatures import Letter, Unread
from krmd.store.suggestions import Noticed

AT_A_TIME = 20
"""So many mails are looked at in one go: new mail waits no longer than that."""
_YEAR = 365 * 86_400
"""What is older says nothing of today."""


def read_signatures(
    store: Store, account: str, mailbox: Mailbox, there: Iterable[Folder], *, clock: Clock
) -> int:
    """Look at the newest mails of some contacts; returns how many contacts were looked at.

    What they say and nobody else does is kept to be proposed; nothing else of the mails is.
    """
    since = Instant(clock.now() - _YEAR)
    with store.reading() as tx:
        wanted = signatures.unread(tx, since=since, most=AT_A_TIME)
        lying = signatures.letters(tx, account, [it.contact for it in wanted], since=since)
        rows = {row.id: row for row in folders.present(tx, account)}
    by_wire = {folder.wire: folder for folder in there}
    read = {
        letter: text
        for letter in lying.values()
        if (row := rows.get(letter.folder_id)) is not None and row.wire in by_wire
        for text in [_text(mailbox, by_wire[row.wire], row.uidvalidity, letter)]
        if text is not None
    }
    if wanted:
        with store.transaction() as tx:
            _note(tx, read, wanted)
    return len(wanted)


def _text(mailbox: Mailbox, folder: Folder, uidvalidity: int, letter: Letter) -> MailText | None:
    try:
        if mailbox.open(folder).uidvalidity != uidvalidity:
            return None
        return mailbox.text(letter.uid)
    except FolderRefusedError:
        return None


def _note(tx: Transaction, read: dict[Letter, MailText], looked_at: list[Unread]) -> None:
    said = contacts.facts_of(tx, [letter.contact for letter in read])
    for letter, text in read.items():
        known = [it.fact for it in standing(said.get(letter.contact, ()))]
        plain = newest_text(
            text.octets, content_type=text.content_type, transfer_encoding=text.transfer_encoding
        )
        facts = read_signature(plain, name=letter.name, address=letter.address)
        new = (fact for fact in facts if not is_said(known, fact))
        suggestions.notice(tx, [Noticed(letter.contact, *fact, letter.at) for fact in new])
    signatures.note_read(tx, looked_at)
