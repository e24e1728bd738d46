"""Changing krmd.toml leaves everything else as its owner wrote it."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.errors import UserError
from krmd.settings import edit, load_settings
from krmd.settings.template import starting_file
from krmd.settings.write import write_config

FILE = """\
# my settings

[owner]
name = "Ada Example" # me
addresses = [
  "ada@example.org", # home
]

# the mailbox at home
[accounts.home] # since 2015
imap  =  "imaps://imap.example.org"
user = "ada@example.org"
password = { env = "HOME" }

# the mailbox at work
[accounts.work]
imap = "imaps://mail.work.example"
user = "ada@work.example"

[accounts.work.password]
env = "WORK"

# the daily mail
[digest]
account = "home" # not work

[categories."old school"]
account = "home"
"""

NEW: dict[str, edit.TomlValue] = {
    "imap": "imaps://imap.new.example",
    "user": 'a"b',
    "password": {"command": ["pass", "new"]},
    "folders": ["*"],
}


def test_an_account_is_added_behind_the_others() -> None:
    """All else stays; the next table keeps the comment above it."""
    before, after = FILE.split("# the daily mail")
    added = edit.add_account(FILE, "new", NEW)
    assert added.startswith(before)
    assert added.endswith("# the daily mail" + after)
    assert NEW == tomllib.loads(added)["accounts"]["new"]
    assert 'password = { command = ["pass", "new"] }\n\n# the daily' in edit.add_account(
        FILE, "new", {"password": NEW["password"]}
    )


def test_the_first_account_is_added_to_a_new_file() -> None:
    """What init writes is loaded after one account was added."""
    text = starting_file('Ada "the" Example', ["ada@example.org"], "Europe/Berlin")
    text = edit.add_account(text, "home", NEW)
    assert 'Ada "the" Example' == tomllib.loads(text)["owner"]["name"]
    assert ["home"] == list(tomllib.loads(text)["accounts"])


def test_the_starting_file_is_loaded(tmp_path: Path) -> None:
    """What init writes is what krmd takes."""
    path = tmp_path / "new/krmd.toml"
    text = edit.add_account(starting_file("Ada", ["ada@example.org"], "UTC"), "home", NEW)
    write_config(path, text)
    settings = load_settings(path, {"HOME": str(tmp_path)})
    assert 'a"b' == settings.accounts["home"].user
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)


def test_a_name_with_blanks_is_quoted() -> None:
    """Any printable name can be one."""
    assert '[accounts."Ada\'s box"]' in edit.add_account(FILE, "Ada's box", NEW)


@pytest.mark.parametrize("name", ["home", "HOME"])
def test_a_taken_name_is_refused(name: str) -> None:
    """Two accounts can't share a name, whatever its letters' case."""
    with pytest.raises(UserError, match="already"):
        edit.add_account(FILE, name, NEW)
    with pytest.raises(UserError, match="already"):
        edit.rename_account(FILE, "work", name)


def test_an_account_is_renamed_wherever_it_is_named() -> None:
    """Its heading, and where other sections name it; comments stay."""
    expected = (
        FILE.replace("[accounts.home]", "[accounts.private]")
        .replace('account = "home" # not work', 'account = "private" # not work')
        .replace('account = "home"\n', 'account = "private"\n')
    )
    assert expected == edit.rename_account(FILE, "home", "private")
    assert FILE == edit.rename_account(expected, "private", "home")


def test_an_account_with_tables_in_it_is_renamed() -> None:
    """The headings of its inner tables follow."""
    renamed = edit.rename_account(FILE, "work", "the office")
    assert FILE.replace("accounts.work", 'accounts."the office"') == renamed


def test_an_account_is_removed_with_its_own_comment_only() -> None:
    """The comment of the next table stays with the next table."""
    begin, end = FILE.index("# the mailbox at work"), FILE.index("# the daily mail")
    assert FILE[:begin] + FILE[end:] == edit.remove_account(FILE, "work")


def test_an_account_that_others_name_is_not_removed() -> None:
    """The file would be refused afterwards."""
    with pytest.raises(UserError, match="change that first"):
        edit.remove_account(FILE, "home")


def test_an_unknown_account_is_named_with_those_there_are() -> None:
    """The sentence helps."""
    with pytest.raises(UserError, match=r"no account 'hme'; there is home, work"):
        edit.remove_account(FILE, "hme")
    with pytest.raises(UserError, match="no account 'x'"):
        edit.rename_account(FILE, "x", "y")


def test_own_addresses_are_added_once() -> None:
    """Case means nothing; the layout of the list stays."""
    expected = FILE.replace("# home\n]", '# home\n  "@ada.example",\n]')
    assert expected == edit.add_own_addresses(FILE, ["ADA@example.org", "@ada.example"])
    assert FILE == edit.add_own_addresses(FILE, ["ada@example.org"])


def test_ignored_addresses_make_their_section_where_it_is_missing() -> None:
    """A file without [counting] gets one."""
    assert FILE + '\n[counting]\nignore = ["@x.example"]\n' == edit.add_ignored(
        FILE, ["@x.example"]
    )


def test_ignored_addresses_find_a_section_without_the_key() -> None:
    """The key stands right under its heading."""
    text = "[counting] # when\n# twelve\npersonal_recipients = 12\n"
    expected = '[counting] # when\nignore = ["@x.example"]\n# twelve\npersonal_recipients = 12\n'
    assert expected == edit.add_ignored(text, ["@x.example"])
    assert '[counting]\nignore = ["@x.example"]\n' == edit.add_ignored("[counting]", ["@x.example"])


def test_a_file_that_is_no_toml_is_left_alone() -> None:
    """Nothing is changed in what can't be read."""
    with pytest.raises(UserError, match="isn't TOML"):
        edit.add_ignored("[counting", ["@x.example"])


def test_a_file_written_otherwise_is_left_alone() -> None:
    """An account in one line can't be renamed safely, so it isn't."""
    with pytest.raises(UserError, match="by hand"):
        edit.rename_account('accounts = { home = { imap = "x" } }', "home", "private")


@given(name=st.text(min_size=1), value=st.text())
def test_what_was_added_can_be_taken_away(name: str, value: str) -> None:
    """Any name and any value survive the file; removing gives back what was."""
    if name.casefold() in {"home", "work"}:
        return
    added = edit.add_account(FILE, name, {"user": value, "folders": [value]})
    assert {"user": value, "folders": [value]} == tomllib.loads(added)["accounts"][name]
    assert FILE == edit.remove_account(added, name)


def test_writing_keeps_the_mode_and_the_link(tmp_path: Path) -> None:
    """A file that others may read on purpose stays so; a link stays a link."""
    real, link = tmp_path / "real.toml", tmp_path / "krmd.toml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_config(link, "new")
    assert ("new", 0o640) == (real.read_text(), stat.S_IMODE(real.stat().st_mode))
    assert link.is_symlink()
    assert {"real.toml", "krmd.toml"} == {path.name for path in tmp_path.iterdir()}


def test_what_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    """The old file is as it was, and nothing lies beside it."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="can't write"):
        write_config(tmp_path / "file/krmd.toml", "new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="can't write"):
        write_config(tmp_path / "folder", "new")
    assert {"file", "folder"} == {path.name for path in tmp_path.iterdir()}
