"""Who asks: a program's name for itself, and the address it asks from; neither is believed."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from multidict import CIMultiDict, CIMultiDictProxy

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

LONGEST_AGENT = 120
LOCAL = "this machine"
UNNAMED = "(no name)"

_MOST_REMEMBERED = 256
_ATTACKERS_NET = 64
"""Whoever has an IPv6 address has these many bits of a network in common with their others."""


def agent_of(headers: Headers) -> str:
    """The program's name for itself: one line of at most LONGEST_AGENT characters."""
    return _cleaned(headers.get("User-Agent", ""))


def peer_of(transport: asyncio.BaseTransport) -> str | None:
    """The address of the machine at the other end; None where it is this one."""
    peer = transport.get_extra_info("peername")
    address = _plain(str(peer[0])) if isinstance(peer, tuple) else None
    return None if address is None or ip_address(address).is_loopback else address


def address_of(peer: str | None, headers: Headers) -> str:
    """Where a request comes from: `192.0.2.7`, or LOCAL.

    What a proxy says is taken only from this machine. Of several addresses the last is the one the
    proxy saw itself; the others are anybody's.
    """
    if peer is not None:
        return peer
    told = headers.getall("X-Forwarded-For", None) or headers.getall("X-Real-IP", None)
    return (told and _plain(told[-1].rpartition(",")[2])) or LOCAL


def neighbourhood(address: str) -> str:
    """What stands for an address and those that are as easily had by the same person."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _ATTACKERS_NET), strict=False))
    return address


@lru_cache(_MOST_REMEMBERED)
def _cleaned(agent: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in agent[: 4 * LONGEST_AGENT])
    return " ".join(printable.split())[:LONGEST_AGENT].strip() or UNNAMED


@lru_cache(_MOST_REMEMBERED)
def _plain(address: str) -> str | None:
    """An address without port and brackets, None where it is none."""
    text = address.strip().strip('"').removeprefix("[").partition("]")[0].partition("%")[0]
    if text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)
