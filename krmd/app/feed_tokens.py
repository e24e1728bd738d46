"""The secret in a feed's address: made of krmd's key, never stored, another one when rotated."""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Iterable

from krmd.base.key import Key
from krmd.store.feeds import FeedRow

_PURPOSE = "feed"
_OCTETS = 25
"""200 bits: 40 letters without padding, in one case, since addresses are retyped and linkified."""


def feed_token(key: Key, feed: FeedRow) -> str:
    """The secret of a feed's present generation, 40 letters and digits."""
    mark = bytes.fromhex(key.mark(_PURPOSE, f"{feed.uuid}|{feed.generation}"))
    return b32encode(mark[:_OCTETS]).decode().lower()


def same_token(token: str, tokens: Iterable[str]) -> int | None:
    """Which of these tokens it is, None for none; as long for any token, right or wrong."""
    spelled, found = token.encode(errors="surrogatepass"), None
    for place, known in enumerate(tokens):
        if hmac.compare_digest(spelled, known.encode()):
            found = place
    return found


def feed_path(token: str) -> str:
    """Where a feed is served, below the public URL."""
    return f"/feed/{token}.ics"
