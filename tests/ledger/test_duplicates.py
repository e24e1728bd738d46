"""Probable duplicates: those who are one person are found, those who are two are left alone."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krmd.ledger.candidates import Sketch
from krmd.ledger.duplicates import Crowd, Pair, Reason, probable_duplicates
from tests.ledger.people import SHARED_DOMAINS, book

ADA = Sketch(1, "ada lovelace")
SMALL = book(60, seed=5, twice=0.3).sketches
WORK = ("ada@engines.example",)


def pairs(*people: Sketch) -> tuple[Pair, ...]:
    """The probable duplicates among a few and a hundred others who have nothing to do with them."""
    others = [Sketch(1000 + n, f"given{n:03} family{n:03}o") for n in range(0, 1000, 10)]
    found = probable_duplicates([*people, *others], shared_domains=SHARED_DOMAINS).pairs
    return tuple(it for it in found if it.one < 1000)


def reasons(*people: Sketch) -> set[tuple[str, str]]:
    """Why the one pair among a few is one."""
    (pair,) = pairs(*people)
    return set(pair.reasons)


def with_one(person: Sketch, field: str, value: str) -> Sketch:
    """The same person with one company, town or domain."""
    match field:
        case "companies":
            return person._replace(companies=(value,))
        case "towns":
            return person._replace(towns=(value,))
        case _:
            return person._replace(domains=(value,))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_duplicates_are_found(seed: int) -> None:
    """Nine in ten of them at least, and hardly anybody else."""
    planted = book(3000, seed=seed)

    found = probable_duplicates(planted.sketches, shared_domains=SHARED_DOMAINS)

    suggested = {(it.one, it.other) for it in found.pairs}
    right = suggested & planted.truth
    assert len(planted.truth) >= 200
    assert len(right) / len(planted.truth) >= 0.9
    assert len(right) / len(suggested) >= 0.95


def test_the_search_is_far_from_comparing_all_pairs() -> None:
    """Some few comparisons a person, instead of thousands."""
    planted = book(3000, seed=1)

    found = probable_duplicates(planted.sketches, shared_domains=SHARED_DOMAINS)

    assert found.comparisons < 5 * len(planted.sketches)
    assert () == found.crowds


@pytest.mark.parametrize("people", [500, 1000, 2000])
def test_a_crowd_of_namesakes_is_named_instead_of_compared(people: int) -> None:
    """Two thousand John Smiths of one company, with its domain, in one town."""
    smiths = [
        Sketch(
            number,
            "john smith",
            (f"js{number}@big.example",),
            (),
            ("big.example",),
            ("Denver",),
            ("Big Ltd",),
        )
        for number in range(people)
    ]

    found = probable_duplicates(smiths)

    assert 0 == found.comparisons
    assert {
        Crowd("company", "big", people),
        Crowd("domain", "big.example", people),
        Crowd("town", "denver", people),
    } == set(found.crowds)


def test_in_a_crowd_what_is_rare_still_tells() -> None:
    """Two of the John Smiths have one phone."""
    smiths = [
        Sketch(n, "john smith", phones=(f"{max(n, 1)}",), domains=("big.example",))
        for n in range(600)
    ]

    (pair,) = probable_duplicates(smiths).pairs

    assert (0, 1) == (pair.one, pair.other)


@pytest.mark.parametrize("people", [1000, 2000, 4000])
def test_a_large_company_costs_what_its_people_cost(people: int) -> None:
    """So many comparisons for each of them at most, however many they are."""
    rng = random.Random(people)
    staff = [
        Sketch(
            number,
            f"given{rng.randrange(60)} family{rng.randrange(300)}",
            (f"{number}@big.example",),
            ("301234567",),
            ("big.example",),
        )
        for number in range(people)
    ]

    assert probable_duplicates(staff).comparisons < 40 * people


def test_who_shares_very_much_costs_little() -> None:
    """Hundreds who have twenty addresses, phones, towns, companies and former names in common."""
    some = tuple(f"{n}" for n in range(20))
    crowd = [
        Sketch(
            number,
            "anna schmidt",
            tuple(f"a{n}@x.example" for n in some),
            some,
            some,
            some,
            some,
            tuple(f"anna f{n}" for n in some),
        )
        for number in range(200)
    ]

    found = probable_duplicates(crowd)

    assert found.comparisons < 30 * len(crowd)
    assert {200} == {it.people for it in found.crowds}


def test_the_nameless_at_one_address_are_named_as_a_crowd() -> None:
    """Nothing tells them apart."""
    nameless = [Sketch(number, "", ("info@big.example",)) for number in range(100)]

    assert (Crowd("address", "info@big.example", 100),) == probable_duplicates(nameless).crowds


def test_one_address_and_a_name_that_fits_are_a_duplicate() -> None:
    """Whatever is missing of the name."""
    for name in ("a lovelace", "ada", "lovelace", "", "ada king lovelace", "ada byron"):
        found = reasons(ADA._replace(emails=WORK), Sketch(2, name, WORK))
        assert ("address", "ada@engines.example") in found


def test_spellings_of_one_mailbox_are_one_address() -> None:
    """Tags, and Google's dots."""
    one = ADA._replace(emails=("ada.lovelace+news@gmail.com",))
    other = Sketch(2, "ada l", ("adalovelace@googlemail.com",))

    assert ("address", "adalovelace@gmail.com") in reasons(
        one, other._replace(name_key="a lovelace")
    )


def test_one_phone_and_a_short_name_are_a_duplicate() -> None:
    """Bob is Robert."""
    found = reasons(
        Sketch(1, "bob smith", (), ("301234567",)), Sketch(2, "robert smith", (), ("301234567",))
    )

    assert {("name", "short"), ("phone", "301234567")} == found


@pytest.mark.parametrize(
    ("field", "one", "other", "reason"),
    [
        ("companies", "Engines, Ltd.", "ENGINES Limited", ("company", "engines")),
        ("towns", "Zürich", "Zuerich", ("town", "zurich")),
        ("domains", "engines.example", "engines.example", ("domain", "engines.example")),
    ],
)
def test_a_rare_name_and_one_place_are_a_duplicate(
    field: str, one: str, other: str, reason: tuple[str, str]
) -> None:
    """A town, a company, a domain, however they are spelled."""
    alike: set[tuple[str, str]] = {("name", "typo"), reason}

    assert alike == reasons(
        with_one(ADA, field, one), with_one(Sketch(2, "ada lovelance"), field, other)
    )


def test_a_providers_domain_is_nothing_in_common() -> None:
    """The initial fits, and so do thousands."""
    gmail = ("gmail.com",)

    assert () == pairs(ADA._replace(domains=gmail), Sketch(2, "a lovelace", domains=gmail))


def test_a_rare_whole_name_is_enough() -> None:
    """Even where nothing else is known."""
    assert {("name", "equal"), ("rare_name", "ada lovelace")} == reasons(
        ADA, Sketch(2, "ada lovelace")
    )


def test_a_frequent_whole_name_is_not() -> None:
    """Half the book is called Michael, and the other half Müller."""
    book_of_them = [
        *(Sketch(n, f"michael family{n}x") for n in range(50, 100)),
        *(Sketch(n, f"given{n}x muller") for n in range(100, 150)),
    ]

    assert () == pairs(Sketch(1, "michael muller"), Sketch(2, "michael muller"), *book_of_them)


def test_one_birthday_and_one_name_are_a_duplicate() -> None:
    """With the year or without."""
    one = Sketch(1, "michael muller", birthday="1985-03-12")

    assert ("birthday", "1985-03-12") in reasons(one, one._replace(id=2))
    assert ("birthday", "--03-12") in reasons(one, one._replace(id=2, birthday="--03-12"))


def test_a_former_name_that_is_known_is_a_name() -> None:
    """Ada King was Ada Byron."""
    one = Sketch(1, "ada king", domains=("engines.example",), former=("ada byron",))

    assert {("name", "equal"), ("domain", "engines.example")} == reasons(
        one, Sketch(2, "ada byron", domains=("engines.example",))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA._replace(emails=WORK), Sketch(2, "bob lovelace", WORK)),
        (ADA._replace(emails=WORK), Sketch(2, "familie lovelace", WORK)),
        (
            ADA._replace(emails=WORK, birthday="1985-03-12"),
            Sketch(2, "ada lovelace", WORK, birthday="1986-03-12"),
        ),
        (ADA._replace(phones=("123456789",)), Sketch(2, "ada byron", (), ("123456789",))),
        (ADA._replace(towns=("Denver",)), Sketch(2, "ada", towns=("Denver",))),
        (ADA._replace(birthday="1985-03-12"), Sketch(2, "ada lovelace", birthday="--04-12")),
    ],
)
def test_what_speaks_for_two_people_rules_a_pair_out(one: Sketch, other: Sketch) -> None:
    """Other given names, other birthdays; too little of a name with too little in common."""
    assert () == pairs(one, other)


def test_a_name_that_fits_two_people_fits_nobody() -> None:
    """Ambiguous rather than wrong."""
    family = [
        ADA._replace(emails=WORK),
        Sketch(2, "anna lovelace", WORK),
        Sketch(3, "a lovelace", WORK),
        Sketch(4, "", WORK),
    ]

    assert () == pairs(*family[:3])
    assert {(1, 3)} == {(it.one, it.other) for it in pairs(family[0], family[2])}
    assert () == pairs(*family[:2], family[3])


def test_what_the_owner_declined_is_not_said_again() -> None:
    """Nor does it stand in the way of the other one."""
    people = [
        ADA._replace(emails=WORK),
        Sketch(2, "anna lovelace", WORK),
        Sketch(3, "a lovelace", WORK),
    ]

    found = probable_duplicates(people, declined={(2, 3)})

    assert [(1, 3)] == [(it.one, it.other) for it in found.pairs]


@given(st.randoms(use_true_random=False))
def test_the_order_of_people_is_of_no_account(chance: random.Random) -> None:
    """The same pairs, scores and reasons."""
    shuffled = SMALL[:]
    chance.shuffle(shuffled)

    assert probable_duplicates(SMALL) == probable_duplicates(shuffled)


sketches = st.lists(
    st.builds(
        Sketch,
        st.integers(0, 10**6),
        st.text("ab müé山-", max_size=12),
        st.lists(st.text("ab@.+", max_size=6), max_size=3).map(tuple),
        st.lists(st.text("12", max_size=3), max_size=3).map(tuple),
        st.lists(st.text("ab.", max_size=3), max_size=2).map(tuple),
        st.lists(st.text("ab. ", max_size=3), max_size=2).map(tuple),
        st.lists(st.text("ab. ", max_size=3), max_size=2).map(tuple),
        st.lists(st.text("ab ", max_size=5), max_size=2).map(tuple),
        st.none() | st.sampled_from(["1985-03-12", "--03-12", "1985", "nonsense"]),
    ),
    unique_by=lambda it: it.id,
    max_size=12,
)


@given(sketches)
def test_any_people_can_be_searched(people: list[Sketch]) -> None:
    """Total; each pair once, the smaller id first, the most probable first."""
    found = probable_duplicates(people).pairs

    assert [(it.one, it.other) for it in found if it.one >= it.other] == []
    assert len(found) == len({(it.one, it.other) for it in found})
    assert sorted(found, key=lambda it: -it.score) == list(found)
    assert all(70 <= it.score <= 99 and isinstance(it.reasons[0], Reason) for it in found)
