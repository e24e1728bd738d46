"""Decides when the ledger must be judged again: a hash of the settings that verdicts hang on."""

from __future__ import annotations

import json
from hashlib import sha256

from krmd.settings.model import Settings

_FORM = 1
"""Raised when what is hashed changes its form; every ledger is then judged once more."""


def fingerprint(settings: Settings) -> str:
    """A short text that differs when a mail already recorded may have to be judged otherwise.

    It covers the owner's addresses, `personal_recipients` and `ignore`; order and repetition mean
    nothing in them. Not `create_contacts`: it decides which correspondents become contacts *after*
    the verdicts, and no verdict reads it. Not `authserv_id`: which server is believed is read
    into a mail's facts when it comes in, and can't be judged again from what is stored.
    """
    judged = {
        "form": _FORM,
        "own": sorted(set(settings.owner.addresses)),
        "personal_recipients": settings.counting.personal_recipients,
        "ignore": sorted(set(settings.counting.ignore)),
    }
    return sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()[:32]
