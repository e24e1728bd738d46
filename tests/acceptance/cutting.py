"""A relay on loopback that cuts the line after so many octets from the server."""

import contextlib
import socket
import threading
from typing import Self


class CuttingProxy:
    """A context manager; connections to `port` are relayed to `target` on 127.0.0.1.

    Each is cut for both sides, without a word, after `octets` from the server.
    """

    def __init__(self, target: int, octets: int) -> None:
        self._target = target
        self._octets = octets
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.cuts = 0

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        # A blocked accept() is woken by nothing less.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._start(self._up, client, server)
                self._start(self._down, client, server)

    def _start(self, pump: object, *ends: socket.socket) -> None:
        assert callable(pump)
        thread = threading.Thread(target=pump, args=ends, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)
        _hang_up(server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        left = self._octets
        with client, server, contextlib.suppress(OSError):
            while left and (data := server.recv(min(65536, left))):
                client.sendall(data)
                left -= len(data)
            self.cuts += not left
            _hang_up(server)
            _hang_up(client)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
