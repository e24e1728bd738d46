"""What an answer means that isn't the one asked for, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from krmd.base.errors import LoginError, UnreachableError
from krmd.wire.carddav.place import Place

LONGEST_WAIT = 24 * 3600.0
"""No server is believed that asks for more."""

_PATIENCE = {429: 300.0, 502: 60.0, 503: 60.0, 504: 60.0}
"""Answers that ask to come back later, with the seconds waited where the server names none."""

_WORDS = {
    400: "doesn't understand the question",
    403: "doesn't allow it",
    404: "has nothing there",
    405: "has no address book there",
    409: "is in another state",
    410: "has nothing there any more",
    501: "has no address book there",
    507: "won't answer so much at once",
}

_HINTS = (
    (
        ("google.com", "googleapis.com", "gmail.com"),
        "Google takes no passwords for contacts: export them as vCard and import the file",
    ),
    (("icloud.com",), "Apple takes an app-specific password, not the usual one"),
    (("fastmail.com",), "Fastmail takes an app password, not the usual one"),
    (("yahoo.com", "aol.com"), "Yahoo takes an app password, not the usual one"),
)
_CLOUD_HINT = "with two-factor login it takes an app password, not the usual one"


class AnsweredError(UnreachableError):
    """The server is there and its answer is of no use: `status`, and the names of the DAV
    preconditions it gave (RFC 4918 16). `status` 200 to 299 means that the answer itself is bad.
    """

    def __init__(self, message: str, status: int, conditions: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.status = status
        self.conditions = conditions


def refused(
    place: Place, status: int, headers: Mapping[str, str], conditions: frozenset[str]
) -> UnreachableError:
    """The error for an answer other than success, redirection and 401.

    An UnreachableError with `retry_after` where it asks for patience, else an AnsweredError.
    """
    wait = _wait(headers)
    host = place.origin.name
    if status in _PATIENCE or (wait is not None and status >= 500):
        return UnreachableError(
            f"{host} asks to come back later ({status})",
            retry_after=_PATIENCE.get(status, 60.0) if wait is None else wait,
        )
    words = _WORDS.get(status, "fails" if status >= 500 else "refuses")
    return AnsweredError(f"{host} {words}: {place} answers {status}", status, conditions)


def login_refused(place: Place, user: str, offered: str) -> LoginError:
    """The error for a 401 to which there is no better answer; `offered` is WWW-Authenticate."""
    host = place.origin.name
    schemes = offered.lower()
    if "bearer" in schemes and "basic" not in schemes and "digest" not in schemes:
        fault = f"{host} takes no password, but only OAuth 2, which krmd doesn't speak for contacts"
    else:
        fault = f"{host} refuses the login of {user}: look at the name and the password"
    hint = _hint(place)
    return LoginError(f"{fault}. {hint}" if hint else fault)


def _hint(place: Place) -> str:
    host = place.origin.host
    for suffixes, hint in _HINTS:
        if any(host == suffix or host.endswith("." + suffix) for suffix in suffixes):
            return hint
    return _CLOUD_HINT if "/remote.php/" in place.path else ""


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After (RFC 9110 10.2.3). A date is held against the server's own Date."""
    said = headers.get("Retry-After", "").strip()[:64]
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_WAIT)
    until, now = _date(said), _date(headers.get("Date", "")[:64])
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else None
