"""What a request says about the copy it has and the forms it takes (RFC 9110, 12 and 13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache

_MOST_REMEMBERED = 256


def names_tag(spelled: Sequence[str], tags: Sequence[str]) -> bool:
    """Whether an If-None-Match, its lines as they came, names one of these tags (13.1.2).

    Compared weakly: a proxy that compresses by itself marks a tag as weak.
    """
    for line in spelled:
        for named in line.split(","):
            tag = named.strip()
            if tag == "*" or tag.removeprefix("W/") in tags:
                return True
    return False


@lru_cache(_MOST_REMEMBERED)
def seconds_of(spelled: str) -> int | None:
    """The seconds since 1970 of an HTTP date in any of its three forms (5.6.7); None for none."""
    try:
        date = parsedate_to_datetime(spelled)
        # asctime's form names no zone; it is UTC as the others are.
        return int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


@lru_cache(_MOST_REMEMBERED)
def takes_gzip(spelled: str) -> bool:
    """Whether an Accept-Encoding takes gzip (12.5.3): named with a weight above 0, or by `*`."""
    weights: dict[str, bool] = {}
    for item in spelled.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        weights.setdefault(coding, all(_is_weighty(it) for it in parameters))
    for coding in ("gzip", "x-gzip", "*"):
        if coding in weights:
            return weights[coding]
    return False


def _is_weighty(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return True
    try:
        return float(value) > 0
    except ValueError:
        return False
