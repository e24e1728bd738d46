"""What never stands in the log: secrets by the name of their key and by value, and what mails say.

Secrets are known to the whole process; the list of them is the only mutable state here.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from urllib.parse import quote

MASK = "***"
CONTENT = "(content)"

_SECRET_WORDS = frozenset(
    "password passwd passphrase pwd secret secrets token tokens authorization key apikey "
    "credential credentials cookie".split()
)
_CONTENT_WORDS = frozenset("subject subjects body text html summary content payload".split())
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")


def mask_of(key: str) -> str | None:
    """What is shown instead of anything under a key, None where the value itself may be shown."""
    words = {word.lower() for word in _WORDS.findall(key)}
    if words & _SECRET_WORDS:
        return MASK
    return CONTENT if words & _CONTENT_WORDS else None


class _Secrets:
    """The values to mask. Replaced as a whole, so that threads never see half of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spellings: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        with self._lock:
            self._spellings |= {text for text in _spellings(value) if len(text) >= 4}
            if self._spellings:
                longest_first = sorted(self._spellings, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def mask(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text


_secrets = _Secrets()


def mask_secrets(text: str) -> str:
    """A text without the registered secrets."""
    return _secrets.mask(text)


def register_secret(value: str) -> None:
    """Have a secret masked wherever it turns up in the log, its encoded forms too.

    Values of fewer than four characters aren't masked: they would blacken half of every line.
    """
    _secrets.add(value)


def _spellings(value: str) -> set[str]:
    """A secret as it is, in a URL, in JSON, in a repr, and within Base64 (SASL PLAIN, XOAUTH2)."""
    forms = {value, quote(value, safe=""), quote(value), json.dumps(value)[1:-1], repr(value)[1:-1]}
    if len(value) >= 6:
        raw = value.encode(errors="surrogatepass")
        for shift in range(3):  # what stands before it decides where its groups of six bits begin
            encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            begin = (8 * shift + 5) // 6
            forms.add(encoded[begin : 8 * (shift + len(raw)) // 6])
    return forms
