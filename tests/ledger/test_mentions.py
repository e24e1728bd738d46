"""Somebody is found in a text by full name and address, whatever stands around it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.base.address import ascii_lower
from krmd.ledger.mentions import INSTEAD, Mentions, is_full_name

ZOE = Mentions(["Zoë Müller-Quill", "山田太郎"], ["zoe@a.example", "+49 30 555"])


@pytest.mark.parametrize(
    "text",
    [
        "about Zoë Müller-Quill",
        "ZOË MÜLLER-QUILL!",
        "Zoe  Muller-Quill's news",
        "Müller-Quill, Zoë",
        "Müller-Quill,Zoë: hello",
        unicodedata.normalize("NFD", "(Zoë Müller-Quill)"),
        "写真 山田太郎さん",
        "mail zoe@a.example.",
        "<Zoe@A.example>",
        "call +49 30 555, please",
    ],
)
def test_a_mention_is_found_and_taken_out(text: str) -> None:
    """In either order, with accents or without, in any case."""
    assert ZOE.found_in(text)
    left = ZOE.taken_out(text)
    assert INSTEAD in left
    assert not ZOE.found_in(left)


@pytest.mark.parametrize(
    "text",
    [
        "", "Zoë", "Müller-Quill", "Zoë Müller-Quills", "AZoë Müller-Quill", "xzoe@a.example",
        "zoe@a.example.org", "+49 30 5551", "Zoë and Müller-Quill", "zoe@a-example",
    ],
)  # fmt: skip
def test_others_are_not_taken_for_them(text: str) -> None:
    """A part of a name, a longer address, a longer number."""
    assert not ZOE.found_in(text)
    assert text == ZOE.taken_out(text)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Ada Lovelace", True), ("Ada", False), ("山田太郎", True), ("王伟", False),
        ("Al B", False), ("a@b.example x", False), ("", False), ("- .", False),
    ],
)  # fmt: skip
def test_a_full_name_is_one_person_s(name: str, *, full: bool) -> None:
    """A single name is many people's."""
    assert full == is_full_name(name)


def test_who_has_only_one_name_is_nowhere_mentioned() -> None:
    """Nothing is looked for then."""
    nobody = Mentions(["Papa", ""], [""])
    assert not nobody
    assert not nobody.found_in("Papa is here")
    assert not nobody.found_in(None)
    assert () == nobody.likely


names = st.lists(
    st.text(st.characters(categories=["L", "M", "P"]), min_size=1, max_size=9), max_size=3
).map(" ".join)


@given(names=st.lists(names, max_size=4), around=st.text(max_size=9))
def test_every_mention_holds_the_likely_pieces(names: list[str], around: str) -> None:
    """So that a database may look for those first; and any name makes a pattern."""
    mentions = Mentions(names, ["ada@a.example"])
    for name in (*names, "ada@a.example"):
        text = f"{around} {name} {around}"
        if mentions.found_in(text) and mentions.likely:
            lowered = ascii_lower(unicodedata.normalize("NFC", text))
            assert any(all(it in lowered for it in pieces) for pieces in mentions.likely)
