"""Address fields: the grammar, the liberties, the salvage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.mailboxes import read_mailboxes
from krmd.intake.parties import mailboxes

ADA, BO = "ada@example.org", "bo@example.org"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ada@example.org", [(ADA, "")]),
        ("<Ada@EXAMPLE.org>", [(ADA, "")]),
        ("Ada Example <ada@example.org>", [(ADA, "Ada Example")]),
        ('"Example, Ada" <ada@example.org>', [(ADA, "Example, Ada")]),
        (r'"Ada \"the\" Example" <ada@example.org>', [(ADA, 'Ada "the" Example')]),
        ("ada@example.org (Ada (the) Example)", [(ADA, "Ada (the) Example")]),
        ("<ada@example.org> (Ada)", [(ADA, "Ada")]),
        ("Ada (work) <ada@example.org>", [(ADA, "Ada")]),
        ("=?utf-8?q?Ad=C3=A4?= <ada@example.org>", [(ADA, "Adä")]),
        ('"=?utf-8?q?Ad=C3=A4?=" <ada@example.org>', [(ADA, "Adä")]),
        ("=?utf-8?Q?M,_J:?= <ada@example.org>", [(ADA, "M, J:")]),
        ("Adä <ada@example.org>", [(ADA, "Adä")]),
        ("ada@example.org, bo@example.org", [(ADA, ""), (BO, "")]),
        ("ada@example.org; bo@example.org", [(ADA, ""), (BO, "")]),
        ("ada@example.org bo@example.org", [(ADA, ""), (BO, "")]),
        ("A <ada@example.org> B <bo@example.org>", [(ADA, "A"), (BO, "B")]),
        ("Team: A <ada@example.org>, bo@example.org;", [(ADA, "A"), (BO, "")]),
        ("One: ada@example.org; Two: bo@example.org;", [(ADA, ""), (BO, "")]),
        ("undisclosed-recipients:;", []),
        ("<@one.example,@two.example:ada@example.org>", [(ADA, "")]),
        ("ada @ example . org", [(ADA, "")]),
        ("<ada @ example.org>", [(ADA, "")]),
        ("Ada Example ada@example.org", [(ADA, "Ada Example")]),
        ("mailto:ada@example.org", [(ADA, "")]),
        ("<mailto:ada@example.org>", [(ADA, "")]),
        ("'ada@example.org' <ada@example.org>", [(ADA, "")]),
        ("'Ada Example' <ada@example.org>", [(ADA, "Ada Example")]),
        ("'ada@example.org'", [(ADA, "")]),
        ('"ada"@example.org', [(ADA, "")]),
        ('<"ada"@example.org>', [(ADA, "")]),
        ('"bo@example.org" <ada@example.org>', [(ADA, "bo@example.org")]),
        ('"Unbalanced <ada@example.org>', [(ADA, "Unbalanced")]),
        ("Ada (unclosed <ada@example.org>", [(ADA, "Ada unclosed")]),
        ("A <ada@example.org, B <bo@example.org>", [(ADA, "A"), (BO, "B")]),
        ("<ada@example.org, bo@example.org>", [(ADA, ""), (BO, "")]),
        ("Ada <>", []),
        ("", []),
        (",,;", []),
        ("no address at all", []),
        ("a@b@c", []),
        ("ada@[192.0.2.1]", []),
        ("ada@example.org, Ada <ADA@example.org>", [(ADA, "Ada")]),
        ("ada\u202e@example.org", []),
        ("grüße@example.org", [("grüße@example.org", "")]),
        ("ada@münchen.example", [("ada@xn--mnchen-3ya.example", "")]),
    ],
)
def test_mailboxes_are_read_as_they_are_written(written: str, read: list[tuple[str, str]]) -> None:
    """RFC 5322 3.4 and 4.4, and what senders make of it."""
    assert read == list(read_mailboxes(written)) == list(mailboxes(written))


def test_a_name_that_only_repeats_the_address_is_none() -> None:
    """Outlook does that; nobody is called so."""
    assert [(ADA, "")] == list(mailboxes('"Ada@example.org" <ada@example.org>'))


def test_long_names_are_cut_and_long_addresses_are_none() -> None:
    """200 characters of a name; addresses end where RFC 5321 ends them."""
    assert "A" * 200 == mailboxes(f"{'A' * 500} <{ADA}>")[0].name
    assert () == mailboxes(f"{'a' * 400}@example.org")


_PIECES = (
    'ada@example.org|Bo@x.example|a@b|Ada|Example|O\'Brien|"|"L, F"|<|>| | |, |,|;|:|(|)|\\|@|.|..'
    "|\t|=?utf-8?q?=C3=BC?=|<ada@example.org>|ü|\x00|\u202e|'|[|]|-|=?|a@-b|\r"
)
_LIKE_ADDRESSES = st.lists(st.sampled_from(_PIECES.split("|")), max_size=14).map("".join)


@given(_LIKE_ADDRESSES | st.text(max_size=60))
def test_the_quick_way_finds_what_the_careful_one_finds(written: str) -> None:
    """The quick reading of address fields is a matter of speed only."""
    assert read_mailboxes(written) == mailboxes(written)


_ATOM = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789.'-", min_size=1, max_size=8)
_MAILBOX = st.one_of(
    st.builds("{}@{}.example".format, _ATOM, _ATOM),
    st.builds("{} {} <{}@{}.example>".format, _ATOM, _ATOM, _ATOM, _ATOM),
    st.builds('"{}, {}" <{}@{}.example>'.format, _ATOM, _ATOM, _ATOM, _ATOM),
)


@given(st.lists(_MAILBOX, max_size=6), st.sampled_from([", ", ",", " , ", ",  "]))
def test_the_quick_way_is_right_about_ordinary_lists(written: list[str], comma: str) -> None:
    """The same, where nearly all fields take the quick way."""
    value = comma.join(written)

    assert read_mailboxes(value) == mailboxes(value)


@given(st.lists(_MAILBOX, min_size=90, max_size=140))
def test_lists_on_either_side_of_the_limits_read_the_same(written: list[str]) -> None:
    """Where the quick way ends and where names are no longer kept, no address is lost."""
    value = ", ".join(written)

    assert [m.address for m in read_mailboxes(value)] == [m.address for m in mailboxes(value)]
