"""Texts cut into words that are found again whatever their accents and case: for `krmd find`.

Both databases keep what is cut here and cut nothing themselves, so both find the same. Scripts that
write words without blanks between them are cut into pairs of letters, so that a part is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST_TEXT = 20_000
"""So many characters of a text are looked at."""
LONGEST_WORD = 64
"""So many characters of a word are kept; a longer one is found by its beginning."""

# Letters that Unicode doesn't take apart into a base and an accent.
_BASE_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_VOICED = "\u3099\u309a"
"""Marks of kana, which make another letter and no accent."""
# Vowel signs of South and Southeast Asia are marks to Unicode, and so none of \w.
_LETTER = r"(?:[^\W_]|[\u0900-\u0963\u0966-\u109f\u1780-\u17ff\u2600-\u27bf\U0001f000-\U0001faff])"
_WORD = re.compile(rf"{_LETTER}+(?:['’ʼ‐-]{_LETTER}+)*")
_JOINTS = "'’ʼ‐-"
_JOINT = re.compile(f"[{_JOINTS}]")
# Thai, Lao, Burmese, Khmer, kana, Han, Hangul (whose family names stand before without a blank),
# and pictures, of which several may stand together.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U0001f000-\U0001faff\U00020000-\U0003ffff]+)"
)
_PLAIN = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")


class Lexeme(NamedTuple):
    """What a text must have: exactly this, or with `is_prefix` something that begins so."""

    text: str
    is_prefix: bool


Word = tuple[tuple[Lexeme, ...], ...]
"""One word that is looked for: all lexemes of any of these."""


def read_query(text: str) -> tuple[Word, ...]:
    """The words that somebody looks for, none twice; whatever is no letter, number or picture only
    parts them.
    """
    return tuple(dict.fromkeys(map(_wanted, _pieces(text))))


def lexemes_of(texts: Iterable[str]) -> dict[str, None]:
    """What texts are found by, in order, each once."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in _pieces(text[:LONGEST_TEXT]):
            # Nearly all: an index of a million subjects is made of these.
            if piece.isascii() and piece.isalnum() and len(piece) <= LONGEST_WORD:
                found[piece] = None
            else:
                found.update(dict.fromkeys(_kept(piece)))
    return found


def stands_in(word: Word, lexemes: Iterable[str]) -> bool:
    """Whether a text with these lexemes has the word."""
    return any(all(_has(lexemes, wanted) for wanted in every) for every in word)


def excerpt(text: str, words: Iterable[Word], most: int) -> str:
    """About `most` characters of a text on one line, around the first of the words in it."""
    parts = text.split()
    line = " ".join(parts)
    if len(line) <= most:
        return line
    sought = tuple(words)
    first = next((at for at, part in enumerate(parts) if _has_any(part, sought)), 0)
    begin = max(0, len(" ".join(parts[:first])) - most // 3)
    begin = min(begin, len(line) - most)
    cut = line[begin : begin + most].strip()
    return f"{'…' if begin else ''}{cut}{'…' if begin + most < len(line) else ''}"


def _has_any(text: str, words: tuple[Word, ...]) -> bool:
    lexemes = lexemes_of([text])
    return any(stands_in(word, lexemes) for word in words)


def _has(lexemes: Iterable[str], wanted: Lexeme) -> bool:
    if wanted.is_prefix:
        return any(it.startswith(wanted.text) for it in lexemes)
    return wanted.text in lexemes


def _pieces(text: str) -> list[str]:
    """The words of a text, folded; one with letters of two kinds is two."""
    if text.isascii():
        return _PLAIN.findall(text.lower())
    cut = (piece for word in _WORD.findall(_folded(text)) for piece in _UNSPACED.split(word))
    return [piece for piece in cut if piece.strip(_JOINTS)]


def _folded(text: str) -> str:
    """Compatibility forms resolved, accents off, case folded."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = [it for it in apart if it in _VOICED or not unicodedata.combining(it)]
    return unicodedata.normalize("NFC", "".join(bare).casefold().translate(_BASE_LETTERS))


def _parts(piece: str) -> list[str]:
    """A word at its joints: `o'brien`, `jean-luc`."""
    return [part[:LONGEST_WORD] for part in _JOINT.split(piece) if part]


def _kept(piece: str) -> Iterator[str]:
    if _UNSPACED.match(piece):
        yield from _pairs(piece)
        yield piece[-1]  # alone, for it begins no pair
        return
    parts = _parts(piece)
    yield from parts
    if len(parts) > 1:
        yield "".join(parts)[:LONGEST_WORD]


def _wanted(piece: str) -> Word:
    if _UNSPACED.match(piece):
        pairs = tuple(Lexeme(pair, is_prefix=False) for pair in _pairs(piece))
        return (pairs or (Lexeme(piece, is_prefix=True),),)
    parts = _parts(piece)
    apart = tuple(Lexeme(part, is_prefix=True) for part in parts)
    if len(parts) == 1:
        return (apart,)
    return (Lexeme("".join(parts)[:LONGEST_WORD], is_prefix=True),), apart


def _pairs(piece: str) -> list[str]:
    return [piece[at : at + 2] for at in range(len(piece) - 1)]
