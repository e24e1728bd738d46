"""Words of texts and of queries: what is found again, and that nothing is an operator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.search_words import (
    LONGEST_WORD,
    excerpt,
    lexemes_of,
    read_query,
    stands_in,
)


def finds(query: str, text: str) -> bool:
    """Whether a text has all words of a query."""
    words = read_query(query)
    assert words
    return all(stands_in(word, lexemes_of([text])) for word in words)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("tax denv", "Tax law, Denver"),
        ("ZOE muller", "Zoë Müller"),
        ("hauptstrass", "Hauptstraße 5"),
        ("lodz", "ŁÓDŹ"),
        ("obrien", "O'Brien"),
        ("o’brien", "O'Brien"),
        ("o'brien", "O Brien"),
        ("avocat", "l'avocat"),
        ("jean luc", "Jean-Luc"),
        ("jean-luc", "Jean Luc"),
        ("jean-luc", "JeanLuc"),
        ("e-mail", "email"),
        ("ada@example.org", "Ada <ada@example.org>"),
        ("日本", "日本太郎"),
        ("太郎", "日本太郎"),
        ("本", "日本太郎"),
        ("郎", "日本太郎"),
        ("東京 tow", "東京Tower"),
        ("ガラス", "ｶﾞﾗｽ"),
        ("철수", "김철수"),
        ("कुमार", "अनिल कुमार"),
        ("สวัส", "สวัสดี"),
        ("ｔａｘ", "tax"),
        ("🎉", "party🎉🎂"),
        ("x" * 100, "x" * 100),
    ],
)
def test_a_text_is_found_as_people_type_it(query: str, text: str) -> None:
    """Accents, case, joints and the script are no obstacle, and a beginning is enough."""
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("law tax", "Denver"),
        ("enver", "Denver"),
        ("denver tax", "Denver"),
        ("かき", "かぎ"),
        ("太日", "日本太郎"),
        ("obrien", "brien"),
    ],
)
def test_other_words_are_not_found(query: str, text: str) -> None:
    """All words count, from their beginning on; voiced kana are other letters."""
    assert not finds(query, text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", 0), ("  ", 0), ('"', 0), ("***", 0), ("%_%", 0), (":-)", 0), ("'--'", 0),
        ("\udcff", 0),
        ('(NEAR("tax" *))', 2), ("tax OR 1=1;", 3), ("tax tax TAX", 1), ("a " * 10_000, 1),
    ],
)  # fmt: skip
def test_what_is_no_letter_only_parts_words(query: str, words: int) -> None:
    """Operators are words like any other, and a word that is said again is one."""
    assert words == len(read_query(query))


@given(st.text(), st.text())
def test_any_text_is_found_by_any_of_its_words(text: str, more: str) -> None:
    """Whatever stands in a text is found by it, alone and beside others."""
    for word in read_query(text):
        assert stands_in(word, lexemes_of([more, text]))


@given(st.text())
def test_lexemes_hold_nothing_that_a_database_would_take_for_its_own(text: str) -> None:
    """No blank, no quote, no operator; nothing longer than a word."""
    for lexeme in lexemes_of([text]):
        assert 0 < len(lexeme) <= LONGEST_WORD
        assert not set(lexeme) & set(" \t\r\n\0\"'*:&|!()<>-\\%_")
        lexeme.encode()


@given(st.text(), st.text(), st.integers(20, 200))
def test_an_excerpt_is_one_short_line(text: str, query: str, most: int) -> None:
    """Of any text, around any words."""
    shown = excerpt(text, read_query(query), most)
    assert len(shown) <= most + 2
    assert "\n" not in shown


def test_an_excerpt_shows_the_word() -> None:
    """A long note is cut around what was looked for."""
    note = "bla " * 100 + "likes Riesling from the Mosel " + "bla " * 100
    shown = excerpt(note, read_query("riesl"), 60)
    assert "Riesling" in shown
    assert ("…", "…") == (shown[0], shown[-1])


@pytest.mark.parametrize("text", ["-" * 20_000, "a-" * 10_000, "日" * 20_000, "\u0301" * 20_000])
def test_hostile_texts_take_no_long_time(text: str) -> None:
    """Each is cut in one pass."""
    assert len(lexemes_of([text])) < 20_000
    assert len(read_query(text)) <= 1
