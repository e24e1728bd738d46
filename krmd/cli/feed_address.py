"""Where a feed is: its secret address, the ways where phones can't reach it, and a QR code.

Told to whoever sits at the terminal, and never to a log.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from krmd.bootstrap import Krmd
    from krmd.cli.call import Call
    from krmd.cli.terminal import Screen
    from krmd.settings.model import Web
    from krmd.store.feeds import FeedRow

Reach = Literal["public", "network", "machine", "socket", "nowhere"]
"""From where a feed can be fetched: anywhere, a private network, this machine alone, by a proxy
alone that isn't named, or not at all.
"""

_LARGE_BOOK = 2_000
_BORDER = 2
"""Light modules around the code; four by the standard, but every reader takes two."""
_INKS = {(False, False): "\u2588", (False, True): "\u2580", (True, False): "\u2584"}


class FeedAddress(NamedTuple):
    """A feed's address, as http(s) and as webcal; None where no program can fetch it by one."""

    reach: Reach
    url: str | None
    webcal: str | None


def address_of(krmd: Krmd, feed: FeedRow) -> FeedAddress:
    """Where a feed is by the settings; raises UserError where krmd's key can't be read."""
    from krmd.app.feed_tokens import feed_path, feed_token
    from krmd.logs import register_secret

    token = feed_token(krmd.key, feed)
    register_secret(token)
    reach, base = base_of(krmd.settings.web)
    if base is None:
        return FeedAddress(reach, None, None)
    url = base + feed_path(token)
    return FeedAddress(reach, url, "webcal" + url[url.index("://") :])


def base_of(web: Web) -> tuple[Reach, str | None]:
    """From where feeds can be fetched, and what their addresses begin with."""
    from krmd.settings.server import TcpListen, is_loopback

    if web.listen is None:
        return "nowhere", None
    if web.public_url:
        return ("public" if web.public_url.startswith("https") else "machine"), web.public_url
    if not isinstance(web.listen, TcpListen):
        return "socket", None
    host = web.listen.host
    reach: Reach = "machine" if is_loopback(host) else "network"
    if host in ("0.0.0.0", "::"):  # noqa: S104 - all addresses of the machine: its name leads there
        import socket

        host = socket.gethostname()
    spelled = f"[{host}]" if ":" in host else host
    return reach, f"http://{spelled}:{web.listen.port}"


def say_address(call: Call, krmd: Krmd, feed: FeedRow, *, with_qr: bool) -> None:
    """Tell a feed's address: for people on a terminal with a code for the phone's camera."""
    from krmd.cli.terminal import safe

    address = address_of(krmd, feed)
    if address.url is not None:
        call.say(safe(address.url))
    if address.webcal is not None and address.reach in ("public", "network"):
        call.say(safe(address.webcal))
        if with_qr and not call.quiet:
            for line in qr_lines(address.webcal, call.screen):
                call.say(line)
    for hint in hints(address.reach, krmd.settings.web):
        call.note(hint)


def hints(reach: Reach, web: Web) -> Iterator[str]:
    """What to know of an address, or how there comes to be one that phones can reach."""
    match reach:
        case "public":
            yield "Subscribe to it in any calendar; Google may take a day, also with each change."
            return
        case "network":
            yield "Not encrypted: for a private network (WireGuard, Tailscale, the one at home)."
            yield "Google can't reach it there; phones and computers in that network can."
            return
        case "machine" if web.public_url:
            yield "For programs on this machine alone, as [web] public_url is."
            return
        case "machine":
            yield "For programs on this machine alone, while krmd run runs. For phones, one of:"
        case "socket":
            yield "No address yet: [web] listen is a socket, which only a proxy reaches. One of:"
        case "nowhere":
            yield 'Served nowhere, as [web] listen = "none" has it. To have it, one of:'
    yield "  a proxy            nginx or Caddy as in config/*.example, then [web] public_url"
    yield "  a private network  this machine's address in it as [web] listen"
    yield f"  a file             krmd feed write FILE, for a server of yours{_or_listen(reach)}"


def build_hint(krmd: Krmd) -> str:
    """How soon a new feed is there."""
    from krmd.store.feed_parts import count_contacts

    with krmd.store.reading() as tx:
        people = count_contacts(tx)
    if people < _LARGE_BOOK:
        return "krmd run serves it within seconds."
    return f"krmd run draws it first, of {people:,} people: a minute or two."


def qr_lines(text: str, screen: Screen) -> Iterator[str]:
    """A QR code as lines of half blocks, a blank line around; nothing where there is no room.

    With colours it is black on white whatever the terminal's own are. Without, its light parts are
    drawn in the terminal's ink: right on dark ground, and turned over on light.
    """
    if not screen.is_terminal:
        return
    import segno

    code = segno.make_qr(text, error="l")
    dark = [[bool(module) for module in row] for row in code.matrix_iter(border=_BORDER)]
    columns = len(dark[0])
    if columns > screen.columns or len(dark) // 2 + 4 > shutil.get_terminal_size().lines:
        return
    yield ""
    for upper, lower in zip_longest(dark[::2], dark[1::2], fillvalue=[False] * columns):
        blocks = "".join(_INKS.get(pair, " ") for pair in zip(upper, lower, strict=True))
        # 256 colours: the sixteen are the theme's to choose, and some make both grey.
        yield f"\x1b[38;5;231;48;5;16m{blocks}\x1b[0m" if screen.coloured else blocks
    yield ""


def _or_listen(reach: Reach) -> str:
    return "" if reach != "nowhere" else "; or let it listen again"
