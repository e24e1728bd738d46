"""What a server's refusal means: wait (and how long), the account's own fault, or something else.

Servers say so in response codes (RFC 5530, RFC 3501 7.1) or only in words; both are read here.
"""

import re

from krmd.base.errors import UnreachableError

_CODE = re.compile(r"\[(?P<code>[A-Z][A-Z0-9-]*)(?: (?P<rest>[^\]]*))?\]")
_BACKOFF = re.compile(
    r"(?:backoff time|retry[- ]after|try again (?:in|after)|wait(?: for)?)\s*:?\s*"
    r"(?P<number>\d{1,9})\s*(?P<unit>milliseconds?|msec|ms|seconds?|secs?|s|minutes?|mins?|hours?)?\b",
    re.IGNORECASE,
)
_UNITS = {"m": 60.0, "h": 3600.0, "s": 1.0}

_CODES = {"THROTTLED": 300.0, "LIMIT": 300.0, "UNAVAILABLE": 60.0, "INUSE": 60.0, "SERVERBUG": 60.0}
"""Codes that ask for patience, with the seconds waited where the server names none."""

_WORDS = (
    # Gmail: 2,500 MB a day; it lifts the block within hours, so asking each minute is no use.
    (re.compile(r"bandwidth limits?|account exceeded", re.IGNORECASE), 3600.0),
    (re.compile(r"too many (?:simultaneous )?connections", re.IGNORECASE), 120.0),
    (re.compile(r"maximum number of connections", re.IGNORECASE), 120.0),
    (
        re.compile(r"throttl|rate.?limit|too many (?:requests|commands|login)", re.IGNORECASE),
        300.0,
    ),
    (re.compile(r"temporar(?:y|ily)|try (?:again )?later|system error", re.IGNORECASE), 60.0),
)

LONGEST_WAIT = 24 * 3600.0
"""No server is believed that asks for more."""

_REFUSES_LOGIN = {
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "EXPIRED",
    "PRIVACYREQUIRED",
    "CONTACTADMIN",
    "WEBALERT",
    "REFERRAL",
}

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST_REASON = 300


def response_code(text: str) -> str | None:
    """The response code a text begins with (`[LIMIT] …` gives `LIMIT`), or None."""
    found = _CODE.match(text.lstrip())
    return found["code"].upper() if found else None


def code_arguments(text: str, code: str) -> tuple[str, ...] | None:
    """What stands behind `code` in its brackets, in words; None where that code isn't there."""
    found = _CODE.match(text.lstrip())
    if found is None or found["code"].upper() != code:
        return None
    return tuple((found["rest"] or "").split())


def retry_after(text: str) -> float | None:
    """Seconds to wait before the next try, if the text asks for patience at all; else None.

    `Suggested Backoff Time: 299961 milliseconds` (Exchange, often with BYE), `[THROTTLED]`,
    `[LIMIT]`, `[UNAVAILABLE]`, `[OVERQUOTA] … bandwidth limits` (Gmail), `Too many simultaneous
    connections`, in any case of letters. Never more than a day.
    """
    named = _BACKOFF.search(text)
    if named:
        return min(_seconds(named), LONGEST_WAIT)
    code = response_code(text)
    if code in _REFUSES_LOGIN:
        return None
    waits = [seconds for pattern, seconds in _WORDS if pattern.search(text)]
    if code in _CODES:
        waits.append(_CODES[code])
    return max(waits, default=None)


def asks_for_pause(text: str) -> bool:
    """Whether the whole account is throttled, so that another command would only make it worse.

    [UNAVAILABLE] and [SERVERBUG] alone may speak of a single mail.
    """
    if _BACKOFF.search(text) or response_code(text) in {"THROTTLED", "LIMIT"}:
        return True
    return any(pattern.search(text) for pattern, _ in _WORDS[:4])


def goodbye(host: str, text: bytes) -> UnreachableError:
    """The error for an untagged BYE (RFC 3501 7.1.5), which may ask for patience."""
    words = spoken(text) or "without a reason"
    return UnreachableError(f"{host} says goodbye: {words}", retry_after=retry_after(words))


def spoken(text: bytes | str) -> str:
    """A server's words, fit to be shown: control and bidi characters gone, at most 300 long."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return _CONTROLS.sub(" ", text).strip()[:_LONGEST_REASON]


def _seconds(named: re.Match[str]) -> float:
    number, unit = float(named["number"]), (named["unit"] or "s").lower()
    if unit.startswith(("ms", "milli")):
        return number / 1000
    return number * _UNITS[unit[0]]
