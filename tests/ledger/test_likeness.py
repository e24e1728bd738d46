"""When two names may be one person's: what people are called, and what families share."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.ledger.likeness import match_names, same_person
from krmd.ledger.name_words import read_name

ADDRESS = "ada@example.org"
ADA = (
    "ada lovelace",
    "lovelace ada",
    "a lovelace",
    "lovelace a",
    "ada king lovelace",
    "ada m lovelace",
    "ada maria lovelace",
    "ada",
    "alovelace",
    "",
    "info",
    "ada example org",
)
words = st.sampled_from(
    "ada adda bob robert chris christina daniel daniela a b m maria mario familie schmidt schmitt"
    " lovelace lovelance king info und jean luc van de muller mueller анна anna 山田 太郎".split()
)
keys = st.lists(words, max_size=5).map(" ".join) | st.text(max_size=40).map(
    lambda text: " ".join(text.lower().split())
)


@pytest.mark.parametrize("written", ADA)
def test_a_card_with_an_address_in_common_is_that_person(written: str) -> None:
    """However little or much of the name it says."""
    assert "same" == same_person("ada lovelace", written, address=ADDRESS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada lovelace", "bob lovelace"),
        ("ada lovelace", "familie lovelace"),
        ("ada schmidt", "schmidt family"),
        ("ada lovelace", "ada und bob lovelace"),
        ("ada lovelace", "lovelace ltd"),
        ("ada lovelace", "bob king"),
        ("ada", "bob"),
        ("b lovelace", "ada lovelace"),
        ("daniel meier", "daniela meier"),
        ("maria garcia", "mario garcia"),
        ("christian wolf", "christina wolf"),
        ("andrea rossi", "andreas rossi"),
        ("jean luc picard", "jean paul picard"),
        ("john a smith", "john b smith"),
    ],
)
def test_who_shares_an_address_is_somebody_else(one: str, other: str) -> None:
    """Another given name, several people, a company."""
    assert "unlike" == same_person(one, other, address=ADDRESS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada lovelace", "ada byron"),
        ("ada lovelace", "ada lovelance"),
        ("stefan meier", "stephan meyer"),
        ("hans peter muller", "peter muller"),
        ("ada lovelace", "lovelace"),
    ],
)
def test_what_may_well_be_one_person_is_likely(one: str, other: str) -> None:
    """A new family name, a slip, a second given name, a family name alone."""
    assert "likely" == same_person(one, other, address=ADDRESS)


@pytest.mark.parametrize(
    ("match", "one", "other"),
    [
        ("equal", "ada lovelace", "ada lovelace"),
        ("spelling", "juergen mueller", "jurgen muller"),
        ("spelling", "анна каренина", "anna karenina"),
        ("spelling", "γιωργοσ παπαδακησ", "giorgos papadakis"),
        ("spelling", "山田太郎", "山田 太郎"),
        ("spelling", "ludwig van beethoven", "ludwig beethoven"),
        ("spelling", "brian obrien", "brian o brien"),
        ("spelling", "soren kierkegaard", "soren kierkegard"),
        ("spelling", "familie schmidt", "schmidt family"),
        ("turned", "山田 太郎", "太郎 山田"),
        ("short", "bob smith", "robert smith"),
        ("short", "bill gates", "william gates"),
        ("short", "sepp maier", "josef maier"),
        ("short", "maier sepp", "josef maier"),
        ("short", "marc smith", "mark smith"),
        ("longer", "gabriel garcia marquez", "gabriel garcia"),
        ("longer", "gabriel garcia marquez", "gabriel marquez"),
        ("initial", "j r r tolkien", "john tolkien"),
        ("typo", "ada lovelace", "ada lovelcae"),
        ("typo", "johannes kepler", "johanmes kepler"),
        ("middle", "jean luc picard", "luc picard"),
        ("part", "bob", "robert smith"),
        ("surname", "smith", "robert smith"),
        ("unnamed", "", "robert smith"),
        ("renamed", "bob smith", "robert king"),
        ("different", "max", "moritz"),
    ],
)
def test_names_go_together_in_a_certain_way(match: str, one: str, other: str) -> None:
    """What else the two have in common decides what that is worth."""
    assert match == match_names(read_name(one), read_name(other))


def test_a_name_that_repeats_another_address_says_something() -> None:
    """Only the address in hand is known to be no name."""
    assert "same" == same_person("ada lovelace", "al1815 example org", address="al1815@example.org")
    assert "unlike" == same_person("ada lovelace", "al1815 example org", address=ADDRESS)
    assert "unlike" == same_person("ada lovelace", "al1815 example org")


def test_the_ways_to_say_ada_lovelace_agree_with_each_other() -> None:
    """Whichever came first; but for two middle names, and what is turned round beside little."""
    ways = [it for it in ADA if "king" not in it and not it.startswith(("lovelace", "alo"))]

    assert {"same"} == {
        same_person(one, other, address=ADDRESS) for one, other in combinations(ways, 2)
    }


@given(keys, keys)
def test_likeness_is_symmetric(one: str, other: str) -> None:
    """Total, and blind to who was first."""
    assert match_names(read_name(one), read_name(other)) == (
        match_names(read_name(other), read_name(one))
    )
    assert same_person(one, other, address=ADDRESS) == same_person(other, one, address=ADDRESS)


@given(keys)
def test_everybody_is_like_themselves(key: str) -> None:
    """Whatever the name, at any address."""
    assert "equal" == match_names(read_name(key), read_name(key))
    assert "same" == same_person(key, key)
    assert "same" == same_person(key, key, address=ADDRESS)


@given(keys)
def test_a_name_is_read_within_bounds(key: str) -> None:
    """As many spellings and sounds as words, none of them empty."""
    name = read_name(key * 50)

    assert len(name.words) == len(name.spelled) == len(name.sounds) <= 8
    assert all(name.words + name.spelled + name.sounds)
