"""What two copies of one mail say together: the same mail in two folders, accounts or by two ways.

The order in which copies are met doesn't matter, nor how often one is met.
"""

from __future__ import annotations

from typing import Final

from krmd.ledger.facts import Mark

_OF_THE_WAY: Final = int(
    Mark.LIST | Mark.UNSUBSCRIBE | Mark.BULK | Mark.RESENT | Mark.DMARC_FAIL | Mark.REPORT
)
"""Said of a mail only while every copy says it: a letter to a friend and to a list comes back from
the list with its marks, and is a letter to the friend all the same."""

_CAME_IN: Final = int(Mark.RECEIVED | Mark.RECEIVED_UNKNOWN)


def merge_marks(one: int, other: int) -> int:
    """The marks of a mail of which two copies are known.

    Places add up, and so does what proves something. That a copy never travelled (it is known to
    have no Received) is a proof which a copy that did doesn't take away.
    """
    merged = (one | other) & ~(_OF_THE_WAY | _CAME_IN)
    merged |= one & other & _OF_THE_WAY
    if one & _CAME_IN and other & _CAME_IN:
        merged |= (one | other) & _CAME_IN
    return merged
