"""Strategies for what the ledger is made of."""

from typing import get_args

from hypothesis import strategies as st

from krmd.base.address import EmailAddress
from krmd.base.instant import Instant
from krmd.ledger.facts import Facts, Field, Mark, Party
from krmd.ledger.interaction import DIRECTIONS, KINDS, REACHES
from krmd.ledger.recency import Moment

instants = st.integers(-(2**40), 2**40).map(Instant)

moments = st.builds(
    Moment,
    at=st.integers(0, 20).map(Instant),
    kind=st.sampled_from(KINDS),
    direction=st.none() | st.sampled_from(DIRECTIONS),
    reach=st.none() | st.sampled_from(REACHES),
    counts=st.booleans(),
)

parties = st.builds(
    Party,
    st.sampled_from(get_args(Field)),
    st.sampled_from(["ada@a.example", "bo@b.example", "cy@c.example"]).map(EmailAddress),
    st.sampled_from(["", "Ada", "Bo"]),
)


def _possible(marks: set[Mark]) -> int:
    """Either it has Received, or it has none, or nobody asked."""
    together = int(sum(marks))
    return together & ~Mark.RECEIVED_UNKNOWN if together & Mark.RECEIVED else together


facts = st.builds(
    Facts,
    st.sets(st.sampled_from(list(Mark)), max_size=6).map(_possible),
    st.lists(parties, max_size=5, unique_by=lambda it: (it.field, it.address)).map(tuple),
    st.integers(0, 20),
)
