"""A private nginx on loopback: in front of krmd by the example in config/, or serving files.

Run out of its unpacked package where it isn't installed (`make servers`), since installing would
start it.
"""

import contextlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.servers.certificates import Certificate, CertificateFiles, make_certificates
from tests.servers.processes import (
    ServerMissing,
    ServerProcess,
    accepts,
    find_program,
    free_ports,
    server_folder,
    service_identity,
)

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "nginx.conf.example"
UNPACKED = ROOT / "build" / "nginx" / "root" / "usr" / "sbin"

_HEAD = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
default_type text/plain;
access_log {folder}/access.log;
client_body_temp_path {folder}/temporary;
proxy_temp_path {folder}/temporary;
fastcgi_temp_path {folder}/temporary;
uwsgi_temp_path {folder}/temporary;
scgi_temp_path {folder}/temporary;
"""
# As fast as it can; and as krmd's answers, calendars that caches ask again for.
_STATIC = """
root {folder}/files;
types {{ }}
default_type "text/calendar; charset=utf-8";
add_header Cache-Control "private, no-cache";
sendfile on;
tcp_nopush on;
gzip_static on;
access_log off;
keepalive_requests 100000000;
"""
_CERTIFICATE = "/etc/letsencrypt/live/krmd.example.org/"


class Nginx:
    """One server in its own temporary folder; a context manager. Its logs keep everything.

    `before` is what it stands in front of, as in `upstream` (`127.0.0.1:8470`, `unix:/path`), in
    the example's words; `under` is a path before the example's, such as `/krmd`. `tls` as in the
    example, else plain. `files` are served by their names instead.
    """

    host = "localhost"

    def __init__(
        self,
        before: str = "",
        *,
        under: str = "",
        tls: bool = False,
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        self._before, self._under, self._tls, self._files = before, under, tls, files
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._folder = stack.enter_context(server_folder("nginx"))
            (self.port,) = free_ports(1)
            command = self._lay_out()
            self.process = ServerProcess(command, cwd=self._folder, log=self._folder / "said.log")
            stack.callback(self.process.kill)
            self.process.start(lambda: accepts(self.port))
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def url(self) -> str:
        """Where it is reached, as `public_url` would have it; the path before feeds with it."""
        return f"{'https' if self._tls else 'http'}://{self.host}:{self.port}{self._under}"

    @property
    def certificates(self) -> CertificateFiles:
        """The CA to trust, where it has TLS."""
        return CertificateFiles(self._folder / "certificates")

    def logs(self) -> str:
        """All that its logs hold."""
        return "".join(path.read_text(errors="replace") for path in self._folder.glob("*.log"))

    def _lay_out(self) -> list[str]:
        folder, who = self._folder, service_identity()
        # Copied, since the server's user may be unable to enter the folder of the project.
        program = str(shutil.copy(_program(), folder / "nginx"))
        (folder / "temporary").mkdir()
        if self._tls:
            make_certificates(folder / "certificates")
            who.own(folder / "certificates", *(folder / "certificates").iterdir())
        if self._files is not None:
            (folder / "files").mkdir()
            for name, octets in self._files.items():
                (folder / "files" / name).write_bytes(octets)
            body = f"server {{ listen 127.0.0.1:{self.port};{_STATIC.format(folder=folder)}}}"
        else:
            body = self._by_the_example()
        config = folder / "nginx.conf"
        config.write_text(_HEAD.format(folder=folder) + body + "\n}\n")
        who.own(folder / "temporary", config)
        log = str(folder / "said.log")
        return [program, "-p", str(folder), "-c", str(config), "-e", log]

    def _by_the_example(self) -> str:
        """The example with only that replaced which an owner has to replace."""
        tls = " ssl" if self._tls else ""
        text = EXAMPLE.read_text(encoding="utf-8")
        replaced = {
            "server 127.0.0.1:8470;": f"server {self._before};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port}{tls};",
            "listen [::]:443 ssl;": "",
            "server_name krmd.example.org;": f"server_name {self.host};",
            "location /feed/ {": f"location {self._under}/feed/ {{",
        }
        files = self.certificates
        for name, path in (
            ("ssl_certificate", files.chain(Certificate.GOOD)),
            ("ssl_certificate_key", files.key(Certificate.GOOD)),
        ):
            pem = "privkey.pem" if name.endswith("key") else "fullchain.pem"
            replaced[f"{name} {_CERTIFICATE}{pem};"] = f"{name} {path};" if self._tls else ""
        for old, new in replaced.items():
            assert 1 == text.count(old), f"“{old}” stands {text.count(old)} times in {EXAMPLE}"
            text = text.replace(old, new)
        return text


def version() -> str:
    """As `nginx/1.22.1`; raises ServerMissing."""
    done = subprocess.run([_program(), "-v"], capture_output=True, text=True, check=False)
    return done.stderr.strip().rpartition(" ")[2]


def _program() -> str:
    try:
        return find_program("nginx", str(UNPACKED))
    except ServerMissing as missing:
        raise ServerMissing("nginx is neither installed nor unpacked") from missing
