"""Reaching a server: name, TCP connection, its options, TLS from the first byte."""

import contextlib
import socket

from krmd.base.errors import UnreachableError
from krmd.wire.imap.certificate import tls_context
from krmd.wire.imap.endpoint import Endpoint, Timeouts, is_loopback
from krmd.wire.imap.stream import Stream, secured

_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
"""A dead peer is noticed within two minutes, also where NAT forgot the flow during an IDLE."""


def dial(endpoint: Endpoint, timeouts: Timeouts) -> Stream:
    """Connect; raises UnreachableError or CertificateError, each with a sentence to act on."""
    connected = _connected(endpoint, timeouts)
    try:
        _tune(connected)
        if endpoint.security == "tls":
            connected = secured(connected, tls_context(endpoint), endpoint)
        connected.settimeout(timeouts.read)
    except BaseException:
        connected.close()
        raise
    stream = Stream(connected, name=endpoint.host, timeout=timeouts.read)
    stream.allow(timeouts.connect + timeouts.read)
    return stream


def _connected(endpoint: Endpoint, timeouts: Timeouts) -> socket.socket:
    failure: OSError | None = None
    for family, kind, protocol, _, address in _resolved(endpoint):
        candidate = socket.socket(family, kind, protocol)
        candidate.settimeout(timeouts.connect)
        try:
            candidate.connect(address)
        except OSError as error:
            candidate.close()
            failure = failure or error
        else:
            return candidate
    raise _unreachable(endpoint, failure, timeouts) from failure


def _resolved(endpoint: Endpoint) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(
            f"the host name {endpoint.host} isn't known: look for a misspelling, "
            "or is this machine offline?"
        ) from error
    if endpoint.security == "plain":
        # "localhost" could be made to mean another machine in a hosts file.
        found = [entry for entry in found if is_loopback(str(entry[4][0]))]
    return list(found)


def _unreachable(
    endpoint: Endpoint, failure: OSError | None, timeouts: Timeouts
) -> UnreachableError:
    where = f"{endpoint.host} port {endpoint.port}"
    if isinstance(failure, ConnectionRefusedError):
        return UnreachableError(f"{where} refuses connections: is it the right port, is it up?")
    if isinstance(failure, TimeoutError):
        return UnreachableError(f"{where} doesn't answer within {timeouts.connect:.0f} seconds")
    reason = failure.strerror if failure and failure.strerror else "no address to connect to"
    return UnreachableError(f"{where} can't be reached: {reason}")


def _tune(connected: socket.socket) -> None:
    # Neither imaplib nor imapclient asks for it, and a command with a literal then takes 44 ms.
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        option = getattr(socket, name, None)  # not every system has each
        if option is not None:
            with contextlib.suppress(OSError):
                connected.setsockopt(socket.IPPROTO_TCP, option, value)
