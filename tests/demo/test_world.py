"""The demo's world: the same each time, well-formed, and as lively as its people claim."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from zoneinfo import ZoneInfo

import pytest

from krmd.base.address import parse_address
from krmd.base.instant import days_since, from_datetime
from krmd.demo.mail import DRAFTS, FOLDERS, INBOX, JUNK, SENT, DemoMail
from krmd.demo.people import CAST
from krmd.demo.person import Person, cadence_days
from krmd.demo.stream import next_mail, three_mails
from krmd.demo.world import World, build_world, losing
from krmd.ledger.partial_date import read_partial_date
from tests.demo.oracle import last_contact, moved_by, newest

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
RESERVED = (".example", ".test", "example.org", "example.net", "example.com")
ADDRESSES = Counter(address for person in CAST for address in set(person.card.addresses))


@pytest.fixture(scope="module")
def world() -> World:
    """The world of seed 1."""
    return build_world(NOW, 1)


Moves = list[tuple[DemoMail, list[tuple[str, str]]]]


@pytest.fixture(scope="module")
def moves(world: World) -> Moves:
    """Each mail of it, and whom the second opinion says it moves."""
    return [(mail, moved_by(mail.folder, mail.raw)) for mail in world.mails]


def letters_of(moves: Moves, person: Person) -> list[DemoMail]:
    """The personal mails with one person."""
    return [
        mail
        for mail, moved in moves
        for name, address in moved
        if address in person.card.addresses and (ADDRESSES[address] == 1 or name == person.name)
    ]


def seen_of(found: dict[tuple[str, str], datetime], person: Person) -> datetime | None:
    """When the second opinion last saw the person."""
    shared = any(ADDRESSES[address] > 1 for address in person.card.addresses)
    return last_contact(person.name, person.card.addresses, found, shared=shared)


def test_same_moment_and_seed_make_the_same_world(world: World) -> None:
    """What one person sees in the demo another can be told about."""
    assert world == build_world(NOW, 1)


def test_another_seed_makes_other_mail_for_the_same_people(world: World) -> None:
    """The cast is written, the mail is chance."""
    other = build_world(NOW, 2)
    assert world.people == other.people
    assert world.mails != other.mails


def test_world_is_as_big_as_a_demo_should_be(world: World) -> None:
    """Some sixty people, about two thousand mails, in all folders, over three years."""
    assert 55 <= len(world.people) <= 65
    assert 1500 <= len(world.mails) <= 2600
    assert set(FOLDERS) == {mail.folder for mail in world.mails}
    assert timedelta(days=1000) < NOW - world.mails[0].received < timedelta(days=1100)


@pytest.mark.parametrize("seed", [1, 3])
def test_no_mail_comes_from_the_future(seed: int) -> None:
    """Every mail arrived by now, at a whole second, in the order of the list."""
    received = [mail.received for mail in build_world(NOW, seed).mails]
    assert received == sorted(received)
    assert received[-1] <= NOW
    assert {0} == {moment.microsecond for moment in received}


def test_every_mail_parses_and_has_crlf_lines(world: World) -> None:
    """The writer makes odd mails, not broken ones."""
    for mail in world.mails:
        assert b"\r\n\r\n" in mail.raw
        assert b"\n" not in mail.raw.replace(b"\r\n", b"")
        message = message_from_bytes(mail.raw)
        assert [] == message.defects
        assert message["From"]
        assert max(len(line) for line in mail.raw.split(b"\r\n")) <= 998


def test_every_address_is_reserved_for_examples(world: World) -> None:
    """Nobody real can be meant or reached (RFC 2606)."""
    domains = {address.rpartition("@")[2] for p in world.people for address in p.card.addresses}
    assert set() == {domain for domain in domains if not domain.endswith(RESERVED)}
    assert all(parse_address(a) == a for p in world.people for a in p.card.addresses)


@pytest.mark.parametrize("seed", [1, 7])
def test_each_person_was_last_heard_of_when_they_claim(seed: int) -> None:
    """A second opinion on every mail finds exactly the last letters the world names."""
    world = build_world(NOW, seed)
    found = newest((mail.folder, mail.received, mail.raw) for mail in world.mails)
    seen = [seen_of(found, person) for person in world.people]
    assert list(world.last_letters) == seen


def test_silence_is_counted_in_days_of_the_owners_calendar(world: World) -> None:
    """A person silent for 143 days has been silent for 143 days in Berlin."""
    zone = ZoneInfo(world.owner.zone)
    for person, last in zip(world.people, world.last_letters, strict=True):
        assert person.rhythm.silent == days_since(from_datetime(last), from_datetime(NOW), zone)


def test_friendships_that_taper_grow_quiet_and_others_do_not(world: World, moves: Moves) -> None:
    """The first year has more letters than the last for those one is losing, both years have their
    share for the rest.
    """
    for person in world.people:
        if person.rhythm.since < 1000:
            continue
        times = [mail.received for mail in letters_of(moves, person)]
        early = sum(NOW - at > timedelta(days=720) for at in times)
        late = sum(NOW - at <= timedelta(days=360) for at in times)
        if person.rhythm.shape == "tapering":
            assert early > late, person.name
        else:
            assert late >= 2, person.name


def test_one_sided_friendships_are_one_sided(world: World, moves: Moves) -> None:
    """They write and the owner doesn't, or the other way round."""
    sides = {"they_write": set(FOLDERS) - {SENT}, "you_write": {SENT}}
    for person in world.people:
        allowed = sides.get(person.rhythm.shape, set(FOLDERS))
        assert {mail.folder for mail in letters_of(moves, person)} <= allowed, person.name


def test_somebody_is_being_lost_in_every_circle(world: World) -> None:
    """The table has something to show for everybody, and not the whole book."""
    lost = losing(world)
    assert 15 <= len(lost) <= 30
    assert {circle.name for circle in world.address_book.categories} == {
        circle for person in lost for circle in person.card.categories
    }


def test_the_book_holds_namesakes_shared_and_second_addresses(world: World) -> None:
    """What real address books are full of."""
    names = Counter(card.name for card in world.address_book.cards)
    assert 2 == names["Maria Schmidt"]
    assert "okafor.family@homemail.example" in {a for a, n in ADDRESSES.items() if n == 2}
    assert any(len(card.addresses) == 2 for card in world.address_book.cards)
    assert {person.name for person in world.people if not person.kept}.isdisjoint(names)


def test_the_mailbox_has_what_mailboxes_have(world: World) -> None:
    """Odd charsets, raw 8-bit, folded lines, no Date, absurd Dates, reports, drafts, junk."""
    raw = b"\n".join(mail.raw for mail in world.mails)
    for trace in (
        b"=?iso-2022-jp?B?",
        b"=?koi8-r?B?",
        b"=?windows-1252?B?",
        "Søren".encode("latin-1"),
        b"31 Dec 2999",
        b"32 Foo 2020",
        b"1 Jan 1970",
        b"multipart/report",
        b"method=REPLY",
        b"Auto-Submitted: auto-replied",
        b"List-Id:",
        b",\r\n\t",
    ):
        assert trace in raw, trace
    assert any(message_from_bytes(mail.raw)["Date"] is None for mail in world.mails)
    assert any(message_from_bytes(mail.raw)["Message-ID"] is None for mail in world.mails)
    assert {DRAFTS, JUNK} <= {mail.folder for mail in world.mails}


def test_new_mail_mostly_ends_a_silence(world: World) -> None:
    """Most of the stream moves somebody one is losing, some of it moves nobody."""
    rng = random.Random(5)
    lost = {address for person in losing(world) for address in person.card.addresses}
    now = NOW + timedelta(minutes=1)
    stream = [next_mail(world, rng, now) for _ in range(200)]
    moved = [moved_by(mail.folder, mail.raw) for mail in stream]
    assert 120 <= sum(bool(who) for who in moved) <= 180
    assert {address for who in moved for _, address in who} <= lost
    assert {mail.folder for mail in stream} >= {INBOX, SENT}
    assert all(mail.received == now for mail in stream)


def test_the_round_of_three_moves_the_two_missed_most(world: World) -> None:
    """One writes, one is written to, and the newsletter between them counts for nothing."""
    first, second, *_ = losing(world)
    mails = three_mails(world, random.Random(1), NOW)
    moved = [[address for _, address in moved_by(mail.folder, mail.raw)] for mail in mails]
    assert [[first.card.addresses[-1]], [], [second.card.addresses[-1]]] == moved


def test_every_kept_person_of_a_circle_has_a_cadence(world: World) -> None:
    """Only who stands in no circle has none."""
    assert {True} == {bool(cadence_days(card)) for card in world.address_book.cards}


@pytest.mark.parametrize("day", ["2026-11-22", "2027-12-31", "2028-02-28", "2028-02-29"])
def test_somebody_celebrates_today_and_somebody_tomorrow(day: str) -> None:
    """Whenever the demo runs, by the owner's calendar, and nobody on a day there is none."""
    late = datetime.fromisoformat(f"{day}T22:59:00+00:00")
    today = late.astimezone(ZoneInfo("Europe/Berlin")).date()
    cards = build_world(late).address_book.cards
    kept = [card.birthday for card in cards if card.birthday is not None]
    assert all(read_partial_date(birthday) is not None for birthday in kept)
    for near in (today, today + timedelta(days=1)):
        assert any(birthday.endswith(f"-{near:%m-%d}") for birthday in kept)
