"""Mails that could not be understood: set aside with a reason, tried again, dropped."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from krmd.base.instant import Instant
from krmd.intake.mailbox import FailedUid
from krmd.store import quarantine
from krmd.store.engine import Transaction
from krmd.store.folders import FolderRow


def set_aside(tx: Transaction, folder: FolderRow, failed: FailedUid, now: Instant) -> None:
    """Note a mail that could not be had or understood; its id is the same each time it fails."""
    place = f"{folder.wire};{folder.uidvalidity}"
    mail = quarantine.Quarantined(
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
