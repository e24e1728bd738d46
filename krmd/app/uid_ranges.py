"""Which UIDs are asked for at once: as many as will hold a thousand mails, however they lie."""

from __future__ import annotations

from collections.abc import Iterator

from krmd.intake.mailbox import HIGHEST_UID, FetchedRange, FolderState, UidRange

RANGE_MAILS = 1000
"""So many mails are asked for at once; two such commands are in flight."""
WIDEST_RANGE = 100_000
"""UIDs in one range at the most, however thinly a folder is populated."""


def span(state: FolderState) -> int:
    """How many UIDs a range must span to hold RANGE_MAILS mails, if they lie evenly.

    All of them where no more mails lie there: some servers number mails by the time of day.
    """
    if state.messages <= RANGE_MAILS:
        return max(RANGE_MAILS, state.uidnext)
    thinness = max(1, state.uidnext - 1) / max(1, state.messages)
    return max(RANGE_MAILS, min(WIDEST_RANGE, int(RANGE_MAILS * thinness)))


def seen(part: FetchedRange) -> UidRange | None:
    """The UIDs that are known now: the range, or of one without an end what there was in it."""
    if part.asked.high < HIGHEST_UID:
        return part.asked
    uids = [mail.uid for mail in part.mails] + [failed.uid for failed in part.failed]
    return UidRange(part.asked.low, max(uids)) if uids else None


def downward(high: int, low: int, width: int) -> Iterator[UidRange]:
    """From `high` down to `low`, both included."""
    while high >= low:
        start = max(low, high - width + 1)
        yield UidRange(start, high)
        high = start - 1


def upward(low: int, high: int, width: int) -> Iterator[UidRange]:
    """From `low` up to `high`, both included."""
    while low <= high:
        end = min(high, low + width - 1)
        yield UidRange(low, end)
        low = end + 1
