"""Mails that could not be understood: set aside with a reason, tried again, dropped."""

from __future__ import annotations

import traceback
from uuid import NAMESPACE_OID, UUID, uuid5

from krmd.base.errors import UserError
from krmd.base.identifier import PublicId, parse_id
from krmd.base.instant import Instant
from krmd.intake.mailbox import FailedUid
from krmd.store import quarantine
from krmd.store.engine import Transaction
from krmd.store.folders import FolderRow
from krmd.store.quarantine import Quarantined


def place_of(folder: FolderRow) -> str:
    """Where a mail lies, as the quarantine names it: the folder under one UIDVALIDITY."""
    return f"{folder.wire};{folder.uidvalidity}"


def set_aside(tx: Transaction, folder: FolderRow, failed: FailedUid, now: Instant) -> None:
    """Note a mail that could not be had or understood; its id is the same each time it fails."""
    place = place_of(folder)
    mail = Quarantined(
        uuid=uuid5(NAMESPACE_OID, f"{folder.account}/{place}/{failed.uid}").hex,
        account=folder.account,
        folder_id=folder.id,
        place=place,
        uid=failed.uid,
        reason=failed.reason.replace("\x00", ""),
        first=now,
        last=now,
        tries=1,
    )
    quarantine.put(tx, mail)


def bug(error: Exception) -> str:
    """Which mistake of krmd's it was and where, for a reason; never its words, which may hold a
    header of the mail.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = next((it for it in reversed(frames) if "krmd" in it.filename), None)
    where = "" if place is None else f" in {place.name}, line {place.lineno}"
    return f"{type(error).__name__}{where}"


def public_id(mail: Quarantined) -> str:
    """The id people see."""
    return str(PublicId("q", UUID(hex=mail.uuid)))


def find(tx: Transaction, spelled: str) -> Quarantined:
    """The one mail in quarantine that an id means; UserError where it isn't one."""
    beginning = parse_id(spelled)
    if beginning is None or beginning.prefix != "q":
        raise UserError(f"{spelled} is no id of a mail in quarantine; those begin with q_")
    found = quarantine.find(tx, beginning.first, beginning.last)
    if len(found) != 1:
        raise UserError(f"{spelled} names {len(found) or 'no'} mails in quarantine")
    return found[0]


def drop(tx: Transaction, spelled: str, now: Instant) -> Quarantined:
    """Hear no more of a mail; it is still in the mailbox."""
    mail = find(tx, spelled)
    quarantine.drop(tx, mail.uuid, now)
    return mail
