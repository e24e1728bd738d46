"""A private Radicale (CardDAV) on loopback, whose books tests fill, edit, empty and break."""

import base64
import contextlib
import http.client
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.servers.certificates import Certificate, CertificateFiles, make_certificates
from tests.servers.processes import (
    ServerFailed,
    accepts,
    free_ports,
    server_folder,
)

PASSWORD = "pässword"

_NEW_BOOK = """<?xml version="1.0" encoding="utf-8"?>
<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><D:set><D:prop>
<D:resourcetype><D:collection/><C:addressbook/></D:resourcetype>
<D:displayname>{name}</D:displayname></D:prop></D:set></D:mkcol>"""

_CONFIGURATION = """
[server]
hosts = 127.0.0.1:{port}
{tls}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/storage
[web]
type = none
[logging]
level = info
"""


class Radicale:
    """One server in its own temporary folder; a context manager. `certificate` makes it https."""

    host = "localhost"

    def __init__(self, certificate: Certificate | None = None) -> None:
        self._certificate = certificate
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._folder = folder = stack.enter_context(server_folder("radicale"))
            (self.port,) = free_ports(1)
            (folder / "users").touch()
            config = folder / "config"
            config.write_text(
                _CONFIGURATION.format(port=self.port, folder=folder, tls=self._tls(folder))
            )
            stack.enter_context(self._process(config))
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def url(self) -> str:
        """The server's root."""
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://{self.host}:{self.port}/"

    @property
    def certificates(self) -> CertificateFiles:
        """The CA to trust, where it is https."""
        return CertificateFiles(self._folder / "certificates")

    def log(self) -> str:
        """Everything it logged so far."""
        return (self._folder / "radicale.log").read_text(errors="replace")

    def methods(self, *, since: int = 0) -> set[str]:
        """The methods of all requests since so many characters of the log."""
        return set(re.findall(r"\] (?:\[INFO\] )?([A-Z]+) request for", self.log()[since:]))

    def add_user(self, name: str) -> "RadicaleUser":
        """Somebody who may log in from now on, with PASSWORD and no book."""
        with (self._folder / "users").open("a", encoding="utf-8") as users:
            users.write(f"{name}:{PASSWORD}\n")
        return RadicaleUser(self, name)

    def request(self, user: str, method: str, path: str, *, body: str, content_type: str) -> bytes:
        """One request of a user's; raises ServerFailed unless it succeeds."""
        line: http.client.HTTPConnection
        if self._certificate is None:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        else:
            trusting = ssl.create_default_context(cafile=str(self.certificates.ca))
            line = http.client.HTTPSConnection(self.host, self.port, timeout=120, context=trusting)
        login = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": content_type}
        with contextlib.closing(line):
            line.request(method, path, body.encode(), headers)
            answer = line.getresponse()
            octets = answer.read()
        if answer.status >= 300:
            raise ServerFailed(f"{method} {path}: {answer.status} {octets[:300]!r}")
        return octets

    def forget_tokens(self) -> None:
        """Lose every sync token and the history behind it, as a server that was moved does."""
        for cache in self._folder.glob("storage/**/.Radicale.cache"):
            shutil.rmtree(cache, ignore_errors=True)

    @contextlib.contextmanager
    def _process(self, config: Path) -> Iterator[None]:
        # As who runs the tests and not as `nobody`, who may be unable to read this interpreter.
        pact = shutil.which("setpriv")
        with (self._folder / "radicale.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *([pact, "--pdeathsig", "KILL"] if pact else []),
                    *(sys.executable, "-m", "radicale", "--config", str(config)),
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + 30
            while not accepts(self.port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ServerFailed(f"radicale did not start:\n{self.log()[-3000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.kill()
            process.wait(10)

    def _tls(self, folder: Path) -> str:
        if self._certificate is None:
            return ""
        files = make_certificates(folder / "certificates")
        return (
            f"ssl = True\ncertificate = {files.chain(self._certificate)}\n"
            f"key = {files.key(self._certificate)}\n"
        )


class RadicaleUser:
    """Somebody with address books on the server."""

    def __init__(self, server: Radicale, name: str) -> None:
        self.server = server
        self.name = name
        self.path = f"/{quote(name)}/"
        self.url = server.url.rstrip("/") + self.path

    def make_book(self, name: str, title: str = "") -> "RadicaleBook":
        """A new, empty address book."""
        book = RadicaleBook(self, name)
        self.request("MKCOL", book.path, _NEW_BOOK.format(name=escape(title or name)))
        return book

    def request(
        self, method: str, path: str, body: str = "", content_type: str = "text/xml"
    ) -> bytes:
        """One request of this user's; raises ServerFailed unless it succeeds."""
        return self.server.request(self.name, method, path, body=body, content_type=content_type)


class RadicaleBook:
    """One address book on the server."""

    def __init__(self, owner: RadicaleUser, name: str) -> None:
        self.owner = owner
        self.path = f"{owner.path}{quote(name)}/"
        self.url = owner.server.url.rstrip("/") + self.path

    def put(self, name: str, full_name: str, *, more: str = "") -> str:
        """Write a card; gives its path."""
        path = f"{self.path}{quote(name)}.vcf"
        self.owner.request("PUT", path, card(name, full_name, more), "text/vcard")
        return path

    def delete(self, name: str) -> None:
        """Delete a card."""
        self.owner.request("DELETE", f"{self.path}{quote(name)}.vcf")

    def fill(self, count: int, *, more: str = "") -> list[str]:
        """Put many cards at once, in place of all that was there; gives their full names."""
        names = [f"Person {number:05}" for number in range(count)]
        cards = "".join(card(f"p{number:05}", name, more) for number, name in enumerate(names))
        self.owner.request("PUT", self.path, cards, "text/vcard")
        return names

    def discard(self) -> None:
        """Delete the whole book."""
        self.owner.request("DELETE", self.path)


def card(uid: str, full_name: str, more: str = "") -> str:
    """A small card."""
    return (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{full_name}\r\nN:{full_name};;;;\r\n"
        f"{more}END:VCARD\r\n"
    )
