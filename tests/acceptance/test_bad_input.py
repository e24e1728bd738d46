"""Whatever is wrong around it, krmd says one plain sentence, ends with the right code, and goes on
where it stopped when it can.
"""

import random
import resource
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from krmd.app.reading_plan import Progress
from krmd.base.errors import TryLaterError
from krmd.bootstrap import open_krmd
from krmd.daemon.one_pass import Pass
from tests.acceptance.owner import OWNER, Owner, Place, Said
from tests.conftest import DovecotFactory
from tests.mailgen import generate, write_maildir
from tests.servers.certificates import Certificate
from tests.servers.dovecot import Dovecot, Mailbox
from tests.servers.dovecot_conf import DovecotOptions
from tests.servers.postgres import Postgres
from tests.servers.processes import free_ports


def filled(mailbox: Mailbox, count: int = 40) -> None:
    """Some generated mails."""
    who = mailbox.server.identity
    write_maildir(mailbox.maildir(), generate(count, 3, [OWNER]), uid=who.uid, gid=who.gid)


def told(said: Said, code: int, *words: str) -> None:
    """One sentence that holds these words, this code, no traceback."""
    assert code == said.code, said
    assert "Traceback" not in said.everything, said
    assert "this is a bug" not in said.everything, said
    lines = said.everything.splitlines()
    assert 1 == len(lines), said
    for word in words:
        assert word in lines[0], said


def test_a_host_that_does_not_exist_is_named(sqlite_owner: Owner) -> None:
    """By name: the settings' words come back in the sentence."""
    sqlite_owner.accounts["home"] = Place("imaps://imap.nowhere.invalid", "kim", "secret")
    told(sqlite_owner.run_process("sync"), 69, "home", "imap.nowhere.invalid")


def test_a_port_nobody_listens_on_is_named(sqlite_owner: Owner) -> None:
    """Refused at once."""
    (port,) = free_ports(1)
    sqlite_owner.accounts["home"] = Place(f"imap://127.0.0.1:{port}", "kim", "secret")
    told(sqlite_owner.run_process("sync"), 69, str(port), "refuses connections")


def test_a_server_that_speaks_something_else_is_named(sqlite_owner: Owner) -> None:
    """It greets like a web server; TLS is asked of one that has none."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        program = (
            "import socket, sys\ns = socket.socket(fileno=int(sys.argv[1]))\n"
            "for _ in range(2):\n"
            " c, _ = s.accept(); c.sendall(b'HTTP/1.1 400 Bad\\r\\n\\r\\n'); c.close()\n"
        )
        fd = listener.fileno()
        server = subprocess.Popen([sys.executable, "-c", program, str(fd)], pass_fds=[fd])
        try:
            sqlite_owner.accounts["home"] = Place(f"imap://127.0.0.1:{port}", "kim", "secret")
            told(sqlite_owner.krmd("sync"), 69, "127.0.0.1")
            sqlite_owner.accounts["home"] = Place(f"imaps://127.0.0.1:{port}", "kim", "secret")
            told(sqlite_owner.krmd("sync"), 69, "127.0.0.1")
        finally:
            server.kill()
            server.wait()


def test_a_wrong_password_is_told_and_not_shown(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """Neither is the right one; asked once only."""
    place = Place(mailbox.url, mailbox.user, "not-the-right-one")
    sqlite_owner.accounts["home"] = place
    said = sqlite_owner.run_process("sync", "-vv")
    assert 69 == said.code
    assert "not-the-right-one" not in said.everything
    told(sqlite_owner.krmd("sync"), 69, "refuses the login")


@pytest.mark.parametrize("kind", [it for it in Certificate if it is not Certificate.GOOD])
def test_a_certificate_that_proves_nothing_is_refused(
    sqlite_owner: Owner, dovecot_with: DovecotFactory, kind: Certificate
) -> None:
    """Expired, of another host, self-signed, of another CA: by TLS and by STARTTLS."""
    server = dovecot_with(DovecotOptions(certificate=kind))
    server.add_user("kim")
    sqlite_owner.lines["home"] = f'ca_file = "{server.certificates.ca}"'
    for url in (f"imaps://localhost:{server.tls_port}", f"imap+starttls://localhost:{server.port}"):
        sqlite_owner.accounts["home"] = Place(url, "kim", "secret")
        told(sqlite_owner.krmd("sync"), 69, "certificate", "localhost")
    assert "Login: user=<kim>" not in server.log(), "no password was sent"


def test_a_private_ca_must_be_named(sqlite_owner: Owner, dovecot: Dovecot) -> None:
    """Unknown to the system it is refused, by `ca_file` it is trusted."""
    dovecot.add_user("kimca")
    place = Place(f"imaps://localhost:{dovecot.tls_port}", "kimca", "secret")
    sqlite_owner.accounts["home"] = place
    told(sqlite_owner.krmd("sync"), 69, "certificate", "ca_file")
    sqlite_owner.lines["home"] = f'ca_file = "{dovecot.certificates.ca}"'
    assert 0 == sqlite_owner.krmd("sync").code


def test_folder_patterns_that_match_nothing_are_told(sqlite_owner: Owner, mailbox: Mailbox) -> None:
    """A missing folder isn't silence for ever."""
    filled(mailbox)
    sqlite_owner.lines["home"] = 'folders = ["Nowhere/*"]'
    told(sqlite_owner.run_process("sync"), 2, "home", "folders = ", "krmd check")
    assert 1 == sqlite_owner.krmd("status").code
    sqlite_owner.lines["home"] = 'folders = ["Nowhere/*", "INBOX"]'
    assert 0 == sqlite_owner.krmd("sync").code


def test_a_full_disk_is_told_and_the_next_sync_goes_on(
    sqlite_owner: Owner, mailbox: Mailbox
) -> None:
    """The file can't grow: 75, nothing lost, nothing doubled."""
    filled(mailbox, 400)
    assert 0 == sqlite_owner.krmd("contacts", "list").code
    room = sqlite_owner.store_file.stat().st_size + 100_000

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    said = sqlite_owner.run_process("sync", "--json", before=full)
    assert (75, "") == (said.code, said.err)
    assert "disk" in said.json["accounts"][0]["error"]
    recorded = sum(it["recorded"] for it in sqlite_owner.folders_read(said.json))
    kept = [entry for entry in sqlite_owner.ledger().values() if entry.reach]
    assert recorded == len(kept), "what it says it has recorded is there"
    sqlite_owner.assert_right()
    sqlite_owner.sync()
    assert 0 == sqlite_owner.sync()
    fresh = Owner(
        sqlite_owner.folder / "fresh",
        f"sqlite:///{sqlite_owner.folder}/fresh/krmd.sqlite3",
        accounts=sqlite_owner.accounts,
    )
    fresh.folder.mkdir()
    fresh.sync()
    assert fresh.ledger() == sqlite_owner.ledger()


def test_a_disk_full_from_the_start_is_told(sqlite_owner: Owner) -> None:
    """There is no room for an empty store even."""

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    told(sqlite_owner.run_process("sync", before=full), 75, "disk")
    assert 0 == sqlite_owner.krmd("sync").code


_AS_NOBODY = """
import io, os, sys
from krmd.cli.door import run
# Once with all rights, so that every module is loaded: nobody may be unable to read them.
assert run(sys.argv[1:], {}, streams=(io.StringIO(), io.StringIO(), io.StringIO())) == 0
for name in os.listdir(folder := os.path.dirname(sys.argv[2])):
    os.chmod(os.path.join(folder, name), 0o444)
os.chmod(folder, 0o555)
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
sys.exit(run(sys.argv[1:], {}))
"""


def test_a_read_only_store_is_told(mailbox: Mailbox) -> None:
    """By mode, of the file and of its folder, to somebody who isn't root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        owner = Owner(folder, f"sqlite:///{folder}/krmd.sqlite3", accounts={"home": mailbox})
        owner.lines["home"] = "# no secret"
        owner.write()
        text = owner.config.read_text().replace('"secret"', '{ command = ["echo", "secret"] }')
        owner.config.write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, "--config", str(owner.config), "sync"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        folder.chmod(0o755)
    told(Said(done.returncode, done.stdout, done.stderr), 2, "krmd.sqlite3")


def damaged(path: Path, how: str) -> None:
    """Ruin a store's file in one of several ways."""
    for beside in ("-wal", "-shm"):
        Path(f"{path}{beside}").unlink(missing_ok=True)
    content = path.read_bytes()
    noise = random.Random(1).randbytes(len(content))
    ruined = {
        "truncated": content[: len(content) // 2],
        "cut within the header": content[:60],
        "noise": noise,
        "noise behind the header": content[:4096] + noise[4096:],
        "text": b"This is no database.\n" * 200,
    }
    path.write_bytes(ruined[how])


@pytest.mark.parametrize(
    "how", ["truncated", "cut within the header", "noise", "noise behind the header", "text"]
)
def test_a_damaged_store_is_told(sqlite_owner: Owner, mailbox: Mailbox, how: str) -> None:
    """Reading commands and sync alike: exit 2, and what to do; the file stays as it is."""
    filled(mailbox)
    sqlite_owner.sync()
    damaged(sqlite_owner.store_file, how)
    before = sqlite_owner.store_file.read_bytes()
    for words in (["sync"], ["contacts", "list"], ["rebuild", "--check"]):
        told(sqlite_owner.krmd(*words), 2, "krmd.sqlite3")
    assert before == sqlite_owner.store_file.read_bytes()


def test_a_store_of_a_newer_krmd_is_told(owner: Owner) -> None:
    """Refused by every command, unchanged."""
    from sqlalchemy import text

    from krmd.store.engine import Store

    owner.sync()
    store = Store(owner.store_url)
    with store.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    for words in (["sync"], ["contacts", "list"], ["db", "upgrade"]):
        told(owner.krmd(*words), 2, "newer krmd", "9999")


_HOLDER = """
import sys, time
from krmd.store.engine import Store
from krmd.store.holding import Hold
with Hold(Store(sys.argv[1]), "home"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_an_account_held_by_another_process_is_told(owner: Owner, mailbox: Mailbox) -> None:
    """75 while it lives; killed, it holds nothing any more."""
    filled(mailbox)
    owner.krmd("status")
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, owner.store_url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None
        assert "held\n" == other.stdout.readline()
        told(owner.krmd("sync"), 75, "held by")
        assert 0 == owner.krmd("contacts", "list").code
    finally:
        other.kill()
        other.communicate()
    assert 0 < owner.sync()


def test_postgresql_that_is_down_is_told(
    sqlite_owner: Owner, postgres: Postgres, mailbox: Mailbox
) -> None:
    """Down, up again without the database, and with the wrong one."""
    sqlite_owner.store_url = postgres.create_database()
    sqlite_owner.sync()
    postgres.stop()
    try:
        for words in (["sync"], ["contacts", "list"]):
            told(sqlite_owner.run_process(*words), 75, "127.0.0.1")
    finally:
        postgres.start()
    assert 0 == sqlite_owner.krmd("sync").code
    postgres.drop_database(sqlite_owner.store_url)
    said = sqlite_owner.krmd("sync")
    assert said.code in (2, 75), said
    told(said, said.code, "127.0.0.1")


def test_postgresql_killed_in_the_middle_of_a_sync_loses_nothing(
    sqlite_owner: Owner, postgres: Postgres, mailbox: Mailbox
) -> None:
    """SIGKILL while mails are on their way; after its restart the next sync goes on."""
    filled(mailbox, 400)
    owner = sqlite_owner
    owner.sync()
    expected = owner.ledger()
    owner.store_url = postgres.create_database()
    owner.write()
    krmd = open_krmd(owner.config, {})

    def killing(_: Progress) -> None:
        if postgres.running:
            postgres.kill()

    jobs = [krmd.job(account) for account in krmd.settings.accounts.values()]
    try:
        (result,) = Pass(krmd.store, jobs, clock=krmd.clock, progress=killing).run()
        assert isinstance(result.error, TryLaterError), result
        assert not result.complete
    finally:
        krmd.close()
        postgres.start()
    owner.sync()
    assert expected == owner.ledger()
    owner.assert_right()
