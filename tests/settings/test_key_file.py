"""The key's file: made once, whole, for its owner alone; whatever else lies there is told."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from krmd.base.errors import UserError
from krmd.base.key import Key
from krmd.settings.key_file import ensure_key, is_there, read_key
from krmd.settings.secret import Secret
from krmd.settings.source import Source, SourceKind

OCTETS = bytes(range(32))


def secret(kind: SourceKind, argument: str, environ: dict[str, str] | None = None) -> Secret:
    """The key as settings have it."""
    return Secret("store.key", Source(kind, argument), environ=environ or {})


def given(_octets: int) -> bytes:
    """Randomness that is none."""
    return OCTETS


def refused_randomness(_octets: int) -> bytes:
    """A key is there: none is to be made."""
    raise AssertionError


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """With the folder it lies in; afterwards it is only read."""
    path = tmp_path / "state" / "key"
    where = secret("file", str(path))
    assert not is_there(where)
    assert Key(OCTETS) == ensure_key(where, random=given)
    assert is_there(where)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    assert f"{OCTETS.hex()}\n" == path.read_text()
    assert ["key"] == [it.name for it in path.parent.iterdir()]
    assert Key(OCTETS) == ensure_key(where, random=refused_randomness)
    assert Key(OCTETS) == read_key(secret("file", str(path)))


def test_two_processes_that_make_it_end_with_the_same(tmp_path: Path) -> None:
    """Whoever comes second takes the first one's."""
    program = (
        "import sys, secrets\n"
        "from krmd.settings.key_file import ensure_key\n"
        "from krmd.settings.secret import Secret\n"
        "from krmd.settings.source import Source\n"
        "where = Secret('store.key', Source('file', sys.argv[1]), environ={})\n"
        "sys.stdin.read()\n"
        "print(ensure_key(where, random=secrets.token_bytes).spelled())\n"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "key")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in racing:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    made = {process.communicate(timeout=60)[0].strip() for process in racing}
    assert {(tmp_path / "key").read_text().strip()} == made
    assert ["key"] == [it.name for it in tmp_path.iterdir()]


def test_a_slower_one_takes_what_is_there(tmp_path: Path) -> None:
    """A key that appears while another is made is not put aside."""
    path = tmp_path / "key"
    other = Key(bytes(32))

    def slowly(_octets: int) -> bytes:
        path.touch(mode=0o600)
        path.write_text(other.spelled())
        return OCTETS

    assert other == ensure_key(secret("file", str(path)), random=slowly)


@pytest.mark.parametrize("content", ["", "\n", "no key at all", "00" * 31, "é" * 40])
def test_what_is_no_key_is_told_and_left(tmp_path: Path, content: str) -> None:
    """With the setting and the file, never with what lies there."""
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(UserError, match=r"^store\.key: ") as caught:
        ensure_key(secret("file", str(path)), random=refused_randomness)
    assert str(path) in caught.value.message
    assert not content.strip() or content.strip() not in caught.value.message
    assert content == path.read_text()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """With the command that mends it."""
    path = tmp_path / "key"
    path.write_text(OCTETS.hex())
    path.chmod(0o640)
    with pytest.raises(UserError, match="chmod 600"):
        ensure_key(secret("file", str(path)), random=refused_randomness)


def test_a_key_from_elsewhere_is_only_read(tmp_path: Path) -> None:
    """A credential of systemd's, a variable; where there is none, nobody makes one."""
    (tmp_path / "krmd-key").write_text(OCTETS.hex())
    there = {"KEY": OCTETS.hex(), "CREDENTIALS_DIRECTORY": str(tmp_path)}
    for kind, name in (("env", "KEY"), ("credential", "krmd-key")):
        where = secret(kind, name, there)  # type: ignore[arg-type]  # one of the kinds
        assert is_there(where)
        assert Key(OCTETS) == ensure_key(where, random=refused_randomness)
        with pytest.raises(UserError, match=r"store\.key"):
            ensure_key(secret(kind, name), random=refused_randomness)  # type: ignore[arg-type]  # as above


def test_where_no_file_can_be_made(tmp_path: Path) -> None:
    """The path and the reason."""
    (tmp_path / "file").touch()
    where = secret("file", str(tmp_path / "file" / "key"))
    with pytest.raises(UserError, match=r"store\.key: .*can't be made"):
        ensure_key(where, random=given)
