"""Copies of one mail are merged: in whatever order, however often, to the same."""

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from krmd.base.address import EmailAddress
from krmd.ledger.copies import merged, merged_marks
from krmd.ledger.facts import PARTIES_KEPT, Facts, Mark, Party
from tests.ledger.mails import facts, parties

SENT, ARRIVED, OTHER = int(Mark.IN_SENT), int(Mark.RECEIVED), int(Mark.IN_OTHER)
ADA = Party("to", EmailAddress("ada@a.example"), "")
BO = Party("bcc", EmailAddress("bo@b.example"), "Bo")


def content(mail: Facts) -> tuple[int, frozenset[Party], int]:
    """What a copy says, without the order in which parties stand."""
    return mail.marks, frozenset(mail.parties), mail.people


@given(facts)
def test_a_copy_adds_nothing_to_itself(one: Facts) -> None:
    """Idempotent."""
    assert content(one) == content(merged(one, one))


@given(facts, facts)
def test_either_copy_may_come_first(one: Facts, other: Facts) -> None:
    """Commutative."""
    assert content(merged(one, other)) == content(merged(other, one))


@given(facts, facts, facts)
@example(
    Facts(SENT, (ADA, BO), 2),
    Facts(ARRIVED | OTHER, (ADA,), 1),
    Facts(ARRIVED | OTHER, (ADA, ADA._replace(field="cc")), 1),
)
def test_copies_may_come_in_any_order(one: Facts, two: Facts, three: Facts) -> None:
    """Associative, and so all orders of three say the same."""
    orders = itertools.permutations((one, two, three))
    results = {content(merged(merged(a, b), c)) for a, b, c in orders}
    assert 1 == len(results)
    assert results == {content(merged(one, merged(two, three)))}


@given(facts, facts)
def test_a_copy_seen_before_changes_nothing(one: Facts, other: Facts) -> None:
    """A second sync, another folder: absorbed."""
    both = merged(one, other)
    assert content(both) == content(merged(both, one)) == content(merged(both, other))


def test_the_authors_copy_says_who_was_named() -> None:
    """Its Bcc is known, and what a list put into the copy that travelled is not believed."""
    sent = Facts(SENT, (ADA, BO), 2)
    travelled = Facts(ARRIVED | OTHER | int(Mark.LIST), (ADA._replace(field="cc"),), 9)
    assert (sent.parties, 2) == merged(travelled, sent)[1:]


def test_a_letter_that_also_came_through_a_list_is_a_letter() -> None:
    """Marks of the way stand only where every copy bears them."""
    assert not merged_marks(ARRIVED | Mark.LIST, ARRIVED) & Mark.LIST
    assert merged_marks(ARRIVED | Mark.LIST, ARRIVED | Mark.LIST) & Mark.LIST
    assert merged_marks(ARRIVED | Mark.AUTO, ARRIVED) & Mark.AUTO


def test_one_copy_that_never_travelled_proves_the_owners_hand() -> None:
    """Whatever the other says of Received."""
    assert not merged_marks(SENT, ARRIVED | Mark.IN_INBOX) & ARRIVED
    assert merged_marks(ARRIVED, ARRIVED) & ARRIVED


@given(st.lists(parties, max_size=4, unique_by=lambda it: (it.field, it.address)))
def test_no_more_parties_are_kept_than_a_mail_may_have(some: list[Party]) -> None:
    """Two copies with a hundred each don't make two hundred; From stays."""
    author = Party("from", EmailAddress("kim@example.org"), "")
    crowd = tuple(Party("to", EmailAddress(f"p{n}@a.example"), "") for n in range(PARTIES_KEPT))
    both = merged(Facts(ARRIVED, (author, *some), 5), Facts(ARRIVED, crowd, 100))
    assert PARTIES_KEPT >= len(both.parties)
    assert author in both.parties
    assert 100 == both.people
