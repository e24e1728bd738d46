"""Reach, as PRODUCT.md defines it: to the unit, with the people and the interactions apart."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from krmd.app.folding import contact_of
from krmd.app.reach import Interactions, Reach, reach
from krmd.base.command import AddContact, Drop, EditContact, LogInteraction, Undo
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.ledger.identity import Claim
from krmd.store.engine import Transaction
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

DAY = 86_400
ADA, GRACE = "ada@example.com", "grace@example.com"


def reached(book: Book, days: int = 30) -> Reach:
    """What `krmd reach` counts."""
    with book.store.reading() as tx:
        return reach(tx, days=days, now=book.clock.now())


def people(found: Reach) -> tuple[int, int, int, int, int]:
    """Contacts, confirmed, reached, one to one, one to many."""
    return found.contacts, found.confirmed, found.reached, found.one_to_one, found.one_to_many


def set_state(book: Book, address: str, state: str) -> None:
    """Let an address bounce, or be suppressed."""
    with book.store.transaction() as tx:
        tx.insert_rows("UPDATE identities SET state = ? WHERE value = ?", [(state, address)])


@pytest.fixture
def friends(book: Book) -> Book:
    """Ada and Grace, each with an address, and nothing that happened."""
    book.do(AddContact("Ada Example", (ADA,), categories=("japan",)))
    book.do(AddContact("Grace Example", (GRACE,), categories=("japan",)))
    return book


def test_nobody_is_reached_in_an_empty_book(book: Book) -> None:
    """No division by nobody."""
    found = reached(book)
    assert Reach(30, NOW, 0, 0, 0, 0, Interactions()) == found
    assert (0, 0.0, 0) == (found.one_to_many, found.reach_rate, found.interactions.total)


def test_confirmed_are_those_with_a_name_and_an_address_that_works(friends: Book) -> None:
    """An address that bounced or is suppressed is none, unless there is another."""
    friends.do(AddContact("No Address"))
    friends.do(AddContact("", ("nameless@example.com",)))
    friends.do(AddContact("Bounced", ("bounced@example.com",)))
    friends.do(AddContact("Suppressed", ("suppressed@example.com",)))
    friends.do(AddContact("Both", ("old@example.com", "new@example.com")))
    for address in ("bounced@example.com", "old@example.com"):
        set_state(friends, address, "bounced")
    set_state(friends, "suppressed@example.com", "suppressed")
    assert (7, 3, 0, 0, 0) == people(reached(friends))


def test_the_dead_and_those_dropped_are_counted_nowhere(friends: Book) -> None:
    """Neither among the contacts nor among what was done with them."""
    friends.do(LogInteraction(("ada",), "called"))
    friends.do(LogInteraction(("grace",), "called"))
    assert (2, 2, 2, 2, 0) == people(reached(friends))
    friends.do(EditContact("ada", deceased=True))
    assert (1, 1, 1, 1, 0) == people(reached(friends))
    friends.do(Drop("grace"))
    assert (0, 0, 0, 0, 0) == people(reached(friends))
    assert Interactions() == reached(friends).interactions


def test_the_muted_are_reached_like_all_others(friends: Book) -> None:
    """Who isn't in the digest still gets what goes to everybody."""
    friends.do(EditContact("ada", attention="muted", no_mailings=True))
    friends.do(LogInteraction(("ada",), "wrote a letter"))
    assert (2, 2, 1, 1, 0) == people(reached(friends))
    assert Interactions(letter=1) == reached(friends).interactions


def test_one_who_was_merged_is_no_contact(friends: Book) -> None:
    """They are found in another, with all that happened."""
    with friends.store.transaction() as tx:
        tx.insert_rows(
            "UPDATE contacts SET kept = ?, merged_into = id - 1 WHERE name = ?",
            [(False, "Grace Example")],
        )
    assert (1, 1, 0, 0, 0) == people(reached(friends))


def test_an_interaction_counts_once_whoever_takes_part(friends: Book) -> None:
    """A lunch for three is one meeting, with two people."""
    friends.do(LogInteraction(("ada", "grace"), "met @yesterday: lunch"))
    found = reached(friends)
    assert (2, 2, 2, 2, 0) == people(found)
    assert Interactions(meeting=1) == found.interactions


def test_interactions_with_those_not_confirmed_are_not_counted(friends: Book) -> None:
    """People and interactions speak of the same contacts."""
    friends.do(LogInteraction(("ada",), "called"))
    set_state(friends, ADA, "bounced")
    found = reached(friends)
    assert (2, 1, 0, 0, 0) == people(found)
    assert Interactions() == found.interactions
    friends.do(LogInteraction(("ada", "grace"), "met @yesterday: lunch"))
    assert Interactions(meeting=1) == reached(friends).interactions


def test_the_window_ends_now_and_its_first_instant_lies_outside(friends: Book) -> None:
    """`now - days < at <= now`, in seconds."""
    for seconds in (30 * DAY, 30 * DAY - 1, 0):
        friends.do(LogInteraction(("ada",), "called", at=Instant(NOW - seconds)))
    assert Interactions(call=2) == reached(friends).interactions
    assert Interactions(call=3) == reached(friends, days=31).interactions
    friends.clock.instant = Instant(NOW - 1)
    assert Interactions(call=2) == reached(friends).interactions


def test_what_was_taken_back_or_came_to_nothing_reaches_nobody(friends: Book) -> None:
    """An entry undone, and a call that nobody answered."""
    friends.do(LogInteraction(("ada",), "called"))
    friends.do(Undo())
    friends.do(LogInteraction(("ada",), "called, no answer"))
    assert (2, 2, 0, 0, 0) == people(reached(friends))
    assert Interactions() == reached(friends).interactions


def test_mails_are_counted_by_direction_and_by_what_was_answered(friends: Book) -> None:
    """An answer to several people isn't personal, and answers nevertheless."""
    crowd = ", ".join([ADA, *(f"somebody{number}@example.net" for number in range(13))])
    friends.read(
        mail(header(ADA, OWNER, date=NOW, message_id="<1@x.example>"), received=NOW),
        mail(header(ADA, OWNER, date=NOW, message_id="<2@x.example>"), received=NOW),
        mail(header(GRACE, OWNER, date=NOW, message_id="<3@x.example>"), received=NOW),
        # Neither a mail in a crowd nor a newsletter is an answered mail.
        mail(header(ADA, f"{OWNER}, {crowd}", message_id="<4@x.example>"), received=NOW),
        mail(header(ADA, OWNER, List_Id="<l>", message_id="<5@x.example>"), received=NOW),
    )
    friends.read(
        mail(header(OWNER, ADA, In_Reply_To="<1@x.example>"), received=NOW, arrived=False),
        mail(header(OWNER, ADA, In_Reply_To="<1@x.example>"), received=NOW, arrived=False),
        mail(header(OWNER, crowd, In_Reply_To="<3@x.example>"), received=NOW, arrived=False),
        mail(header(OWNER, ADA, In_Reply_To="<4@x.example>"), received=NOW, arrived=False),
        mail(header(OWNER, ADA, In_Reply_To="<5@x.example>"), received=NOW, arrived=False),
        folder="sent",
    )
    found = reached(friends)
    assert Interactions(email_outbound=4, email_inbound=3, responded=2) == found.interactions
    assert (7, 2) == (found.interactions.total, found.one_to_one)


def test_an_answer_that_somebody_else_made_up_answers_nothing(friends: Book) -> None:
    """Anybody can write the owner's address into From."""
    friends.read(
        mail(header(ADA, OWNER, message_id="<1@x.example>"), received=NOW),
        mail(header(OWNER, ADA, In_Reply_To="<1@x.example>"), received=NOW),
    )
    assert Interactions(email_inbound=1) == reached(friends).interactions


def test_who_is_only_copied_is_not_reached(friends: Book) -> None:
    """A Cc beside others isn't a letter to them."""
    friends.read(mail(header(OWNER, ADA, Cc=GRACE), received=NOW, arrived=False), folder="sent")
    assert (2, 2, 1, 1, 0) == people(reached(friends))
    assert Interactions(email_outbound=1) == reached(friends).interactions


def test_what_went_to_many_reaches_and_is_no_interaction(friends: Book) -> None:
    """Who was also spoken to counts one to one; an inbound newsletter reaches nobody."""
    friends.do(LogInteraction((), "sent the update", audience="japan", reach="one_to_many"))
    friends.do(LogInteraction(("ada",), "called"))
    friends.do(LogInteraction(("grace",), "their newsletter", None, "inbound", reach="one_to_many"))
    found = reached(friends)
    assert (2, 2, 2, 1, 1) == people(found)
    assert Interactions(call=1) == found.interactions


def test_a_group_is_nobody_in_particular(friends: Book) -> None:
    """Neither one to one nor a copy of one's own."""
    friends.do(LogInteraction(("ada", "grace"), "spoke at the meetup", reach="group"))
    friends.read(
        mail(header(OWNER, ADA, List_Id="<l.example>"), received=NOW, arrived=False), folder="sent"
    )
    assert (2, 2, 0, 0, 0) == people(reached(friends))


def test_a_shared_address_reaches_whoever_it_names(book: Book) -> None:
    """Seen under a name of one of them it is theirs; under no name it is nobody's."""
    home = "home@example.com"
    book.do(AddContact("Ada Example", (home,)))
    book.do(AddContact("Grace Example", (home,)))
    book.read(mail(header(f"Home <{home}>", OWNER), received=NOW))
    assert (2, 2, 0, 0, 0) == people(reached(book))
    book.read(mail(header(f"Grace Example <{home}>", OWNER), received=NOW))
    found = reached(book)
    assert (2, 2, 1, 1, 0) == people(found)
    assert Interactions(email_inbound=1) == found.interactions
    book.read(mail(header(f"Ada Example <{home}>", f"{OWNER}, {home}"), received=NOW))
    assert (2, 2, 2, 2, 0) == people(reached(book))


def test_two_addresses_of_one_person_make_no_second_interaction(friends: Book) -> None:
    """A mail to both is one mail, to one person."""
    friends.do(EditContact("ada", add_addresses=("ada@work.example",)))
    friends.read(
        mail(header(OWNER, f"{ADA}, ada@work.example"), received=NOW, arrived=False), folder="sent"
    )
    found = reached(friends)
    assert (2, 2, 1, 1, 0) == people(found)
    assert Interactions(email_outbound=1) == found.interactions


@pytest.mark.parametrize("days", [0, -1, 36_501])
def test_days_that_are_none_are_refused(book: Book, days: int) -> None:
    """With the numbers that are possible."""
    with pytest.raises(UserError, match="1 to 36,500"):
        reached(book, days)


class Rows:
    """A store's rows in the making."""

    def __init__(self) -> None:
        self.contacts: list[tuple[Any, ...]] = []
        self.identities: list[tuple[Any, ...]] = [(1, "email", OWNER, "ok")]
        self.claims: list[tuple[int, str, int]] = []
        self.interactions: list[tuple[Any, ...]] = []
        self.participants: list[tuple[Any, ...]] = []
        self.address: dict[int, int] = {}

    def person(self, name: str, *states: str, deceased: bool = False, kept: bool = True) -> int:
        """A contact with an address in each of these states, the last of which they use."""
        number = len(self.contacts) + 1
        self.contacts.append((number, f"{number:032x}", name, kept, deceased))
        self.claim(self.identity("self", f"{number:032x}"), number)
        for place, state in enumerate(states):
            value = f"person{number}.{place}@example.com"
            self.address[number] = self.identity("email", value, state)
            self.claim(self.address[number], number)
        return number

    def identity(self, kind: str, value: str, state: str = "ok") -> int:
        """An identity."""
        self.identities.append((len(self.identities) + 1, kind, value, state))
        return len(self.identities)

    def claim(self, identity: int, contact: int, name_key: str = "") -> None:
        """A contact says that it's theirs."""
        self.claims.append((identity, name_key, contact))

    def happen(
        self,
        kind: str,
        direction: str,
        *parts: tuple[int, str],
        reach: str = "one_to_one",
        rule: str = "logged",
        at: int | None = None,
        undone: int | None = None,
        parent: int | None = None,
        counts: bool = True,
    ) -> int:
        """One thing that happened with (identity, display name); returns its key."""
        number = len(self.interactions) + 1
        then = NOW - 1 - number % (29 * DAY) if at is None else at
        self.interactions.append((number, kind, then, direction, reach, rule, parent, undone))
        for identity, name in parts:
            self.participants.append(
                (number, identity, "to", name, rule, counts and reach == "one_to_one")
            )
        return number

    def write(self, tx: Transaction) -> None:
        """Put all of it into a store."""
        tx.insert_rows(
            "INSERT INTO contacts (id, uuid, name, name_key, kept, deceased, added, source)"
            " VALUES (?, ?, ?, '', ?, ?, 0, 'import')",
            self.contacts,
        )
        tx.insert_rows(
            "INSERT INTO identities (id, kind, value, state) VALUES (?, ?, ?, ?)", self.identities
        )
        tx.insert_rows(
            "INSERT INTO claims (identity_id, name_key, contact_id, since) VALUES (?, ?, ?, 0)",
            self.claims,
        )
        tx.insert_rows(
            "INSERT INTO interactions (id, high, low, kind, at, received, direction, reach, rule,"
            " marks, people, parent, recorded, undone)"
            " VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, 0, 1, ?, 0, ?)",
            [(row[0], row[0], *row) for row in self.interactions],
        )
        tx.insert_rows(
            "INSERT INTO participants (interaction_id, identity_id, field, name, rule, counts)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            self.participants,
        )
        if not tx.is_sqlite:
            # Who is logged next may need an identity, whose number must be free.
            tx.connection.exec_driver_sql(
                "SELECT setval('identities_id_seq', (SELECT max(id) FROM identities))"
            )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_database_counts_as_one_would_by_hand(book: Book, seed: int) -> None:
    """Anything may happen at any address, shared or not, with anybody: each is looked at alone."""
    random = Random(seed)
    rows = Rows()
    for number in range(1, 41):
        states = random.choices(["ok", "bounced", "suppressed"], k=random.randint(0, 2))
        name = f"Person {number}" if number % 10 else ""
        rows.person(name, *states, deceased=number % 10 == 3, kept=number % 10 != 4)
    for number in range(6):
        shared = rows.identity("email", f"home{number}@example.com")
        for contact in random.sample(range(1, 41), 2):
            rows.claim(shared, contact, random.choice(["", f"person {contact}"]))
    names = ["", "Nobody", *(f"PERSON {number}" for number in range(1, 41))]
    shared_ones = range(len(rows.identities) - 5, len(rows.identities) + 1)
    for _ in range(200):
        everyone = [*range(2, len(rows.identities) + 1), *shared_ones, *shared_ones, *shared_ones]
        whom = {random.choice(everyone) for _ in range(random.randint(1, 3))}
        rows.happen(
            random.choice(["email", "email", "call", "letter"]),
            random.choice(["outbound", "inbound", "mutual"]),
            *((identity, random.choice(names)) for identity in sorted(whom)),
            reach=random.choice(["one_to_one", "group", *["one_to_many"] * 4]),
            at=NOW - random.randint(-1, 40) * DAY,
            undone=NOW if random.random() < 0.1 else None,
            counts=random.random() < 0.8,
            parent=random.randint(1, 200),
            rule=random.choice(["logged_to_many", "bulk", "mailing", "unproven_owner"]),
        )
    with book.store.transaction() as tx:
        rows.write(tx)
    found = reached(book)
    assert _by_hand(rows) == (found.confirmed, found.reached, found.one_to_one, found.interactions)
    assert 0 < found.one_to_one < found.reached < found.confirmed


def _by_hand(rows: Rows) -> tuple[int, int, int, Interactions]:
    state = {key: state for key, kind, _, state in rows.identities if kind == "email"}
    confirmed = {
        key
        for key, _, name, kept, deceased in rows.contacts
        if name and kept and not deceased
        and any(state.get(it) == "ok" for it, _, whose in rows.claims if whose == key)
    }  # fmt: skip
    entries = {
        row[0]: row for row in rows.interactions if NOW - 30 * DAY < row[2] <= NOW and not row[7]
    }
    answered = {
        row[6] for row in rows.interactions
        if row[3] == "outbound" and not row[7] and row[5] not in ("unproven_owner", "mailing")
    }  # fmt: skip
    personal: set[int] = set()
    mailed: set[int] = set()
    counted: dict[int, str] = {}
    for number, identity, _, name, rule, counts in rows.participants:
        claims = tuple(Claim(it, key, who) for it, key, who in rows.claims if it == identity)
        contact = contact_of(claims, name) if claims else None
        if contact is None or number not in entries or contact not in confirmed:
            continue
        kind, _, direction, reach_ = entries[number][1:5]
        if reach_ == "one_to_one" and counts:
            personal.add(contact)
            inbound = "email_inbound" if direction == "inbound" else "email_outbound"
            counted[number] = inbound if kind == "email" else kind
        elif reach_ == "one_to_many" and direction == "outbound" and rule in MANY:
            mailed.add(contact)
    sums = Counter(counted.values())
    sums["responded"] = sum(
        number in answered and entries[number][3] == "inbound"
        for number, kind in counted.items()
        if kind == "email_inbound"
    )
    return len(confirmed), len(personal | mailed), len(personal), Interactions(**sums)


MANY = ("logged_to_many", "mailing")


def test_the_company_of_34_257_contacts_to_the_unit(book: Book) -> None:
    """25,265 confirmed, 2,565 reached in 30 days, 57 of them by 329 interactions: 30 calls, 159
    answered mails, and 140 others (100 of the answers, the rest of which went to groups; and 40
    messages).
    """
    company = Rows()
    for number in range(25_265):
        company.person(f"Person {number}", "ok")
    for number in range(34_257 - 25_265):
        company.person(f"Lost {number}", *((), ("bounced",), ("suppressed",))[number % 3])

    def happen(
        contact: int,
        kind: str,
        direction: str,
        reach: str = "one_to_one",
        *,
        at: int | None = None,
        undone: int | None = None,
        parent: int | None = None,
    ) -> int:
        part = (company.address[contact], "")
        return company.happen(
            kind, direction, part, reach=reach, at=at, undone=undone, parent=parent
        )

    whom = [1 + number % 57 for number in range(159)]
    for contact in whom[:30]:
        happen(contact, "call", "mutual")
    for place, contact in enumerate(whom):
        key = happen(contact, "email", "inbound")
        happen(contact, "email", "outbound", "one_to_one" if place < 100 else "group", parent=key)
    for contact in whom[:40]:
        happen(contact, "message", "outbound")
    # None of these counts: too old, not yet, taken back, in a crowd, to one who isn't confirmed.
    happen(60, "call", "mutual", at=NOW - 30 * DAY)
    happen(61, "call", "mutual", at=NOW + 1)
    happen(62, "call", "mutual", undone=NOW)
    happen(63, "email", "inbound", "group")
    happen(25_267, "email", "inbound")
    with book.store.transaction() as tx:
        company.write(tx)
        tx.insert_rows(
            "INSERT INTO categories (id, name, name_key, added) VALUES (?, ?, ?, ?)",
            [(1, "letter", "letter", 0)],
        )
        tx.insert_rows(
            "INSERT INTO memberships (contact_id, category_id, since, source)"
            " VALUES (?, 1, 0, 'import')",
            [(number,) for number in range(1, 2_565 + 1)],
        )
    book.do(LogInteraction((), "the quarterly letter", audience="letter", reach="one_to_many"))
    found = reached(book)
    assert (34_257, 25_265, 2_565, 57, 2_508) == people(found)
    assert 2_565 / 25_265 == found.reach_rate
    assert (
        Interactions(call=30, email_inbound=159, email_outbound=100, responded=159, message=40)
        == found.interactions
    )
    assert 329 == found.interactions.total
