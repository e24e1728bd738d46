"""Makes an event safe to show: secrets and content out, control and bidi characters escaped."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from krmd.logs.redaction import mask_of, mask_secrets

MAX_VALUE = 2000
"""Characters kept of one value, and of one line of a traceback."""

_MAX_DEPTH = 4

# C0 and C1 controls, bidi and other invisible format characters, surrogates, tags: all that could
# begin a new line, colour a terminal, or make a value read as what it isn't.
_DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event that may be shown: secrets masked by key and by value, content left out, control
    and bidi characters escaped, an exception turned into its traceback's text.
    """
    cleaned = {}
    for key, value in event.items():
        if key == "exc_info":
            if text := _traceback(value):
                cleaned["exception"] = "\n".join(_text(line) for line in text.splitlines())
        else:
            cleaned[_text(key)] = _value(key, value, depth=0)
    return cleaned


def _value(key: str, value: object, *, depth: int) -> Any:  # noqa: ANN401 # JSON
    if value is None:
        return None
    if mask := mask_of(key):
        return mask
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset) and depth == _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        named = ((str(name), part) for name, part in value.items())
        return {_text(name): _value(name, part, depth=depth + 1) for name, part in named}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value("", part, depth=depth + 1) for part in value]
    if isinstance(value, bytes | bytearray):
        return _text(bytes(value).decode("utf-8", "backslashreplace"))
    try:
        return _text(str(value))
    except Exception:  # noqa: BLE001 # a broken __str__ must not stop who logs
        return f"({type(value).__name__})"


def _text(text: str) -> str:
    text = _DANGEROUS.sub(_escaped, mask_secrets(text))
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _traceback(exc_info: object) -> str:
    if exc_info is True:
        exc_info = sys.exc_info()[1]
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    if not isinstance(exc_info, BaseException):
        return ""
    return mask_secrets("".join(traceback.format_exception(exc_info)))
