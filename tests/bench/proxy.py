"""A relay on loopback between krmd and the server that writes down each line the client sends."""

import contextlib
import socket
import threading
import time
from typing import NamedTuple, Self


class Sent(NamedTuple):
    """A line of the client without its CRLF: when it passed (time.perf_counter), and where."""

    at: float
    connection: int
    line: bytes


class CountingProxy:
    """A context manager; every connection to `port` is relayed to `target` on 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._sent: list[Sent] = []
        self._sockets: list[socket.socket] = [self._listener]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def sent(self, *, since: float = 0.0) -> list[Sent]:
        """The client's lines since that moment (time.perf_counter), all connections together."""
        with self._lock:
            return [sent for sent in self._sent if sent.at >= since]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for each in (client, server):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._sockets.append(each)
                for pump, pair in ((self._up, (client, server)), (self._down, (server, client))):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        rest, number = b"", client.fileno()
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                now = time.perf_counter()
                *lines, rest = (rest + data).split(b"\r\n")
                with self._lock:
                    self._sent.extend(Sent(now, number, line) for line in lines)
                server.sendall(data)
        _hang_up(server)

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        _hang_up(client)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
