"""Copies of one mail: what they say together, in whichever order they are met."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from krmd.intake.copies import merge_marks
from krmd.ledger.facts import Mark

_MARKS = st.integers(0, sum(Mark))


@given(_MARKS, _MARKS, _MARKS)
def test_order_and_repetition_do_not_matter(one: int, two: int, three: int) -> None:
    """Folders are read in any order, and again."""
    assert merge_marks(one, two) == merge_marks(two, one)
    assert merge_marks(one, one) == one
    assert merge_marks(merge_marks(one, two), three) == merge_marks(one, merge_marks(two, three))


def test_a_letter_that_comes_back_from_a_list_stays_a_letter() -> None:
    """To a friend, with a list in Cc."""
    sent, from_list = Mark.IN_SENT, Mark.IN_INBOX | Mark.LIST | Mark.BULK | Mark.RECEIVED

    assert Mark.IN_SENT | Mark.IN_INBOX == merge_marks(sent, from_list)


def test_an_unknown_is_known_where_one_copy_tells() -> None:
    """Received: known to be absent wins over present, present over unknown."""
    unknown, came_in = Mark.RECEIVED_UNKNOWN, Mark.RECEIVED

    assert 0 == merge_marks(unknown, 0) == merge_marks(came_in, 0)
    assert unknown | came_in == merge_marks(unknown, came_in)


def test_places_and_proofs_add_up() -> None:
    """Seen in Trash and in the inbox; passed in one account and not in the other."""
    assert Mark.IN_TRASH | Mark.IN_INBOX == merge_marks(Mark.IN_TRASH, Mark.IN_INBOX)
    assert Mark.AUTH_PASS == merge_marks(Mark.AUTH_PASS, Mark.DMARC_FAIL)
