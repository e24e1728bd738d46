"""Portraits as any source may draw them, for the laws of formats."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from krmd.base.address import parse_address
from krmd.ledger.partial_date import partial_date
from krmd.ledger.portrait import (
    FACT_FIELDS,
    LONGEST_NAME,
    Fact,
    FactField,
    Portrait,
    clean,
    compound,
    fact,
)

texts = st.text(
    st.sampled_from("aZé😀\u0301 \t\r\n\\;;,,\"\"''=+-@|[]{}:\u2028\u200d\x00\x85\ufeff")
    | st.characters(),
    max_size=30,
) | st.sampled_from(("yes", "more", "'=1+1", "x;=1+1", '","', "krmd uid", "1985-03-12", "3/4/85"))
words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=9)
addresses = st.builds("{}@{}.example".format, words, words).filter(parse_address)
days = (
    st.builds(
        partial_date,
        st.none() | st.integers(1, 9999),
        st.none() | st.integers(1, 12),
        st.none() | st.integers(1, 31),
    )
    .filter(bool)
    .map(str)
)
_VALUES: dict[FactField, st.SearchStrategy[str]] = {
    "structured_name": st.lists(texts, max_size=5).map(compound),
    "postal": st.lists(texts, max_size=7).map(compound),
    "email": addresses,
    "birthday": days,
    "date": days,
    "connected": days,
    "died": days | st.just(""),
    "cadence_days": st.integers(1, 36_500).map(str),
    "attention": st.sampled_from(("less", "normal", "more", "muted")),
    "no_mailings": st.just("true"),
}


@st.composite
def facts(draw: st.DrawFn) -> Fact | None:
    """A fact, or None where nothing is left of the value."""
    field = draw(st.sampled_from([it for it in FACT_FIELDS if it != "name"]))
    return fact(field, draw(_VALUES.get(field, texts)), draw(st.just("") | texts))


@st.composite
def portraits(draw: st.DrawFn) -> Portrait:
    """A portrait of somebody: a name, a key, or a fact at least."""
    said = [it for it in draw(st.lists(facts(), max_size=25)) if it is not None]
    name = clean(draw(texts), most=LONGEST_NAME)
    key = clean(draw(st.just("") | texts))
    if not (name or said or key):
        name = "Ada"
    return Portrait(name, tuple(dict.fromkeys(said)), key)
