"""What a header says of itself: list, bulk, automatic, report, invitation. A table of evidence.

Precision comes first: a mark takes a mail out of the count of what is personal. So these are no
evidence here: subjects (they are in every language); Feedback-ID (Fastmail, Proton and Amazon put
it on what people write); X-Auto-Response-Suppress (Exchange puts it on ordinary mail too);
support@, info@ or hello@ (people answer there).

What a header can't tell: answers to invitations by Google and Outlook are mostly multipart, with
the METHOD inside the body, and look here like any mail (Google's carry Auto-Submitted and are
caught by that; Outlook's Content-Class says "calendar" for invitations and answers alike).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from krmd.base.address import EmailAddress
from krmd.ledger.facts import Mark

# As plain numbers: members of an IntFlag are slow to join, and this is done for every mail.
_NOTHING = 0
_LIST, _KRMD, _BULK = int(Mark.LIST), int(Mark.KRMD), int(Mark.BULK)
_AUTO, _REPORT, _NO_REPLY = int(Mark.AUTO), int(Mark.REPORT), int(Mark.NO_REPLY)
_INVITATION, _ANSWER = int(Mark.INVITATION), int(Mark.INVITATION_REPLY)
_COMMENT = re.compile(r"\([^()]*+\)")


def _token(value: str) -> str:
    """The first word of a value, lowered, without comments and parameters."""
    return _COMMENT.sub(" ", value[:200]).partition(";")[0].strip().lower()


def _present(mark: Mark) -> Callable[[str], int]:
    number = int(mark)
    return lambda value: number if value.strip() else _NOTHING


def _list_id(value: str) -> int:
    """RFC 2919; lists under krmd.invalid are krmd's own mails to the owner."""
    if not value.strip():
        return _NOTHING
    name = value[-300:].lower().rpartition("<")[2].strip().rstrip(">").strip()
    ours = name == "krmd.invalid" or name.endswith(".krmd.invalid")
    return _LIST | _KRMD if ours else _LIST


def _precedence(value: str) -> int:
    token = _token(value)
    if token in ("bulk", "list", "junk"):
        return _BULK
    return _AUTO if token in ("auto_reply", "auto-reply") else _NOTHING


def _auto_submitted(value: str) -> int:
    """RFC 3834 5: everything but `no` means that no person pressed send."""
    return _NOTHING if _token(value) in ("", "no") else _AUTO


def _content_type(value: str) -> int:
    """multipart/report (RFC 6522), and text/calendar with its method (RFC 6047 2.4)."""
    value = value[:500].lower()
    if "multipart/report" in value:
        return _REPORT if _token(value) == "multipart/report" else _NOTHING
    if "text/calendar" in value and _token(value) == "text/calendar":
        found = _METHOD.search(value)
        return _METHODS.get(found[1], _NOTHING) if found else _NOTHING
    return _NOTHING


_METHOD = re.compile(r";\s*+method\s*+=\s*+\"?([a-z-]+)")
_METHODS: dict[str, int] = {
    "request": _INVITATION,
    "reply": _ANSWER,
    "counter": _ANSWER,
    "declinecounter": _ANSWER,
    "refresh": _ANSWER,
}


def _return_path(value: str) -> int:
    """The null sender of reports (RFC 5321 4.5.5)."""
    return _REPORT if "<>" in value and value.strip() == "<>" else _NOTHING


EVIDENCE: dict[str, Callable[[str], int]] = {
    "list-id": _list_id,
    "list-post": _present(Mark.LIST),
    "mailing-list": _present(Mark.LIST),
    "list-unsubscribe": _present(Mark.UNSUBSCRIBE),
    "precedence": _precedence,
    "x-campaign": _present(Mark.BULK),
    "x-campaignid": _present(Mark.BULK),
    "x-csa-complaints": _present(Mark.BULK),
    "x-mc-user": _present(Mark.BULK),
    "auto-submitted": _auto_submitted,
    "x-autoreply": _auto_submitted,
    "x-autorespond": _auto_submitted,
    "content-type": _content_type,
    "return-path": _return_path,
    "x-failed-recipients": _present(Mark.REPORT),
    "x-krmd": _present(Mark.KRMD),
    "resent-from": _present(Mark.RESENT),
    "received": _present(Mark.RECEIVED),
}
"""What the value of a field says, by its name in lower case."""

_WANTS_NO_REPLY = re.compile(
    r"(?:.*[-_.+=])?(?:no|non|not|dont|do[-_.]?not)[-_.]?(?:reply|replies|respond|response)"
    r"(?:[-_.+=0-9].*)?\Z"
    r"|(?:.*[-_.])?(?:nicht[-_.]?antworten|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder)\Z"
)
_MACHINES = frozenset(
    {
        "notification", "notifications", "notify", "newsletter", "newsletters", "mailer",
        "automailer", "automated", "autoreply", "auto-reply", "auto-confirm", "autoconfirm",
        "bounce", "bounces", "mailrobot", "unattended", "unmonitored",
    }
)  # fmt: skip
_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon"})


@lru_cache(maxsize=16384)
def marks_of_author(address: EmailAddress) -> int:
    """What an address in From says by itself: a no-reply sender, or the mail system's own.

    postmaster@ is somebody who may write; only the null Return-Path makes such a mail a report.
    """
    local = address.rpartition("@")[0]
    if local in _DAEMONS:
        return _REPORT
    if local.partition("+")[0] in _MACHINES or _WANTS_NO_REPLY.match(local):
        return _NO_REPLY
    return _NOTHING
