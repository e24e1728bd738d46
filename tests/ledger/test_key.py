"""krmd's key: what is made of it is RFC 5869's, and nothing shows it."""

import copy
import pickle

import hypothesis
import pytest
from hypothesis import strategies as st

from krmd.base.key import KEY_OCTETS, Key, hkdf, parse_key

OCTETS = bytes(range(100, 132))
KEY = Key(OCTETS)
LONG = (
    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
    "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
)


@pytest.mark.parametrize(
    ("given", "octets", "wanted"),
    [
        (
            ("0b" * 22, "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9"),
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            tuple(bytes(range(*it)).hex() for it in ((0x50,), (0x60, 0xB0), (0xB0, 0x100))),
            82,
            LONG,
        ),
        (
            ("0b" * 22, "", ""),
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_derived_as_the_rfc_has_it(
    given: tuple[str, str, str], octets: int, wanted: str
) -> None:
    """RFC 5869, appendix A.1 to A.3."""
    secret, salt, info = map(bytes.fromhex, given)
    made = hkdf(secret, salt=salt, info=info, octets=octets)
    assert wanted == made.hex()


def test_each_purpose_has_a_key_of_its_own() -> None:
    """What one purpose's marks tell says nothing of another's."""
    assert KEY.derive("tombstone") == hkdf(OCTETS, salt=b"", info=b"tombstone", octets=KEY_OCTETS)
    assert KEY.derive("tombstone") != KEY.derive("feed")
    assert KEY.mark("tombstone", "ada") != KEY.mark("feed", "ada")
    assert KEY.mark("tombstone", "ada") != KEY.mark("tombstone", "bob")
    assert KEY.mark("tombstone", "ada") == Key(OCTETS).mark("tombstone", "ada")
    assert 64 == len(KEY.mark("tombstone", "\ud800"))


@hypothesis.given(st.binary(min_size=KEY_OCTETS, max_size=KEY_OCTETS))
def test_a_key_is_spelled_and_read(octets: bytes) -> None:
    """In hex, and read in base64 too."""
    import base64

    key = Key(octets)
    assert key == parse_key(key.spelled())
    assert key == parse_key(f" {key.spelled().upper()}\r")
    assert key == parse_key(base64.b64encode(octets).decode())


@pytest.mark.parametrize(
    "text", ["", "key", "00" * 31, "00" * 33, "zz" * 32, "é" * 64, "AAAA", "A" * 44, "\x00" * 64]
)
def test_what_is_no_key_is_none(text: str) -> None:
    """Too short, too long, no such alphabet."""
    assert parse_key(text) is None


def test_nothing_shows_a_key() -> None:
    """Not repr, str, copies or pickles; and it is none of another length."""
    for shown in (repr(KEY), str(KEY), f"{KEY}", repr([KEY])):
        assert OCTETS.hex() not in shown
    for leak in (copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            leak(KEY)
    with pytest.raises(ValueError, match="32 octets"):
        Key(b"short")
    assert KEY != Key(bytes(32))
    assert 1 == len({KEY, Key(OCTETS)})
