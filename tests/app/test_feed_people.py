"""What feeds tell of people: which events there are, what stands in them, until when."""

from dataclasses import replace
from datetime import date, timedelta

from krmd.app.feed_people import PersonDrafts, drafts_of
from krmd.app.feed_style import FeedStyle
from krmd.base.command import (
    AddContact,
    Drop,
    EditCategory,
    EditContact,
    Keep,
    LogInteraction,
    MergeContacts,
)
from krmd.base.instant import Instant, local_date
from krmd.ledger.feed import FeedPlan
from krmd.ledger.portrait import Fact
from krmd.store import contacts
from krmd.store.contacts import FactRow
from tests.app.conftest import NOW, ZONE, Book
from tests.app.feeding import STYLE
from tests.app.mails import OWNER, header, mail

TODAY = local_date(NOW, ZONE)
DAY = 86_400
EVERYTHING = FeedPlan(("birthdays", "anniversaries", "due"), None, "full", "en", None)


def told(
    book: Book, plan: FeedPlan, today: date = TODAY, style: FeedStyle = STYLE
) -> dict[str, PersonDrafts]:
    """What a feed tells of everybody, by name."""
    with book.store.reading() as tx:
        rows = contacts.everyone(tx)
        found = drafts_of(tx, rows, plan, style=style, today=today)
        return {row.name: found[row.id] for row in rows if row.id in found}


def plan(*kinds: str, detail: str = "name") -> FeedPlan:
    """A plan in English."""
    return EVERYTHING._replace(kinds=kinds, detail=detail)  # type: ignore[arg-type]  # as given


def titles(made: PersonDrafts) -> dict[str, str]:
    """Titles by day."""
    return {it.day: it.title for it in made.drafts}


def descriptions(made: PersonDrafts) -> dict[str, str]:
    """Descriptions by day."""
    return {it.day: it.description for it in made.drafts}


def test_a_birthday_has_an_event_in_each_year(book: Book) -> None:
    """From last year to two years ahead, with the age of that year; UIDs are of person and year."""
    made = book.do(AddContact("Ada", birthday="1985-03-12")).subject
    assert made is not None
    found = told(book, plan("birthdays"))["Ada"]
    year = TODAY.year
    assert {f"{it}-03-12" for it in range(year - 1, year + 3)} == set(titles(found))
    assert f"Ada ({year - 1985})" in titles(found)[f"{year}-03-12"]
    assert f"birthday-{made[2:]}-{year}@krmd.invalid" == found.drafts[1].uid
    assert {""} == {it.description for it in found.drafts}
    assert None is found.good_until
    assert book.clock.instant == found.since


def test_whom_no_feed_tells_of(book: Book) -> None:
    """The dropped, the muted, the dead, whoever is one with another; and whoever has no day."""
    for name in ("Ada", "Bob", "Cy", "Di", "Eve", "Flo"):
        book.do(AddContact(name, birthday="1985-03-12", cadence_days=30))
    book.do(AddContact("Gil"))
    book.do(EditContact("Ada", attention="muted"))
    book.do(Drop("Bob"))
    book.do(EditContact("Cy", deceased=True))
    book.do(EditContact("Di", say=(("died", "2020-01-02", ""),)))
    book.do(MergeContacts("Eve", "Flo"))
    assert ["Flo"] == list(told(book, EVERYTHING))
    book.do(EditContact("Ada", attention="less"))
    book.do(Keep("Bob"))
    book.do(EditContact("Di", unsay=(("died", "2020-01-02", ""),)))
    assert ["Ada", "Bob", "Di", "Flo"] == list(told(book, EVERYTHING))


def test_a_feed_tells_of_its_kinds_alone(book: Book) -> None:
    """Birthdays, other days, who is due; a date that is the birthday once more is none."""
    book.do(
        AddContact(
            "Ada",
            birthday="1985-03-12",
            cadence_days=30,
            say=(("date", "2010-06-01", "anniversary"), ("date", "1985-03-12", "birthday")),
        )
    )
    assert 4 == len(told(book, plan("birthdays"))["Ada"].drafts)
    assert {"06-01"} == {it.day[5:] for it in told(book, plan("anniversaries"))["Ada"].drafts}
    assert 1 == len(told(book, plan("due"))["Ada"].drafts)
    assert 9 == len(told(book, EVERYTHING)["Ada"].drafts)


def test_a_birthday_in_the_future_is_told_from_its_day_on(book: Book) -> None:
    """Nothing until then, but that it must be looked at then."""
    born = TODAY + timedelta(20)
    book.do(AddContact("Ada"))
    with book.store.transaction() as tx:
        who = contacts.everyone(tx)[0].id
        contacts.state_fact(tx, FactRow(who, "birthday", str(born), "", "owner", "", NOW))
    found = told(book, plan("birthdays"))["Ada"]
    assert ((), born.toordinal()) == (found.drafts, found.good_until)
    assert f"{born}" in titles(told(book, plan("birthdays"), today=born)["Ada"])


def test_somebody_is_due_on_one_day_until_there_was_contact(book: Book) -> None:
    """Counted from last contacted, else from when they were added, in the owner's zone."""
    book.do(AddContact("Ada", cadence_days=10))
    assert [f"{TODAY + timedelta(10)}"] == list(titles(told(book, plan("due"))["Ada"]))
    book.do(LogInteraction(("Ada",), "called", at=Instant(NOW - 30 * DAY)))
    then = local_date(Instant(NOW - 30 * DAY), ZONE)
    assert [f"{then + timedelta(10)}"] == list(titles(told(book, plan("due"))["Ada"]))
    book.do(LogInteraction(("Ada",), "called"))
    assert [f"{TODAY + timedelta(10)}"] == list(titles(told(book, plan("due"))["Ada"]))


def test_a_cadence_may_be_a_category_s_or_the_settings(book: Book) -> None:
    """The strictest counts, unless somebody has one of their own."""
    book.do(AddContact("Ada", categories=("japan", "club")))
    assert {} == told(book, plan("due"))
    style = replace(STYLE, cadences={"Club": 90})
    assert [f"{TODAY + timedelta(90)}"] == list(titles(told(book, plan("due"), style=style)["Ada"]))
    book.do(EditCategory("japan", cadence_days=20))
    assert [f"{TODAY + timedelta(20)}"] == list(titles(told(book, plan("due"), style=style)["Ada"]))
    book.do(EditContact("Ada", cadence_days=300))
    assert [f"{TODAY + timedelta(300)}"] == list(
        titles(told(book, plan("due"), style=style)["Ada"])
    )


def test_how_much_stands_in_an_event_is_the_plan_s(book: Book) -> None:
    """Nothing; circles and where met; or also phones, the last note and a way to log a call."""
    book.do(
        AddContact(
            "Ada",
            ("ada@a.example",),
            ("japan",),
            ("+49 30 1234",),
            "1985-03-12",
            note="likes Riesling",
            say=(("met", "at the fair", ""), ("note", "older", "2001-02-03")),
        )
    )
    brief = told(book, plan("birthdays", detail="brief"))["Ada"].drafts[0].description
    full = told(book, plan("birthdays", detail="full"))["Ada"].drafts[0].description
    for word in ("japan", "at the fair"):
        assert word in brief
        assert word in full
    for word in ("+49 30 1234", "likes Riesling", "mailto:kim%2Bkrmd@example.org"):
        assert word not in brief
        assert word in full
    assert "older" not in full
    without = told(book, plan("birthdays", detail="full"), style=replace(STYLE, commands=None))
    assert "mailto" not in without["Ada"].drafts[0].description


def test_the_ledger_is_told_in_the_next_fourteen_days_alone(book: Book) -> None:
    """When there was contact and what it was about; read anew each day, and never before."""
    book.do(AddContact("Ada", ("ada@a.example",), birthday="1985-10-05", cadence_days=100))
    for days, subject in ((40, "older"), (3, "Riesling in May"), (9, "old")):
        at = Instant(NOW - days * DAY)
        block = header("Ada <ada@a.example>", OWNER, date=at, Subject=subject)
        book.read(mail(block, received=at))
    birthday = date(TODAY.year, 10, 5)
    for ahead, is_near in ((15, False), (14, False), (13, True), (1, True), (0, True), (-1, False)):
        today = birthday - timedelta(ahead)
        found = told(book, EVERYTHING, today=today)["Ada"]
        words = descriptions(found)[f"{birthday}"]
        assert (ahead, is_near) == (ahead, "Riesling in May" in words)
        assert all(
            "Riesling" not in it for day, it in descriptions(found).items() if day[5:] != "10-05"
        )
        if is_near:
            assert today.toordinal() + 1 == found.good_until
        elif ahead > 0:
            assert (birthday - timedelta(13)).toordinal() == found.good_until


def test_of_the_overdue_the_ledger_tells_too(book: Book) -> None:
    """They are the ones to call, and the day they became due is over."""
    book.do(AddContact("Ada", ("ada@a.example",), cadence_days=10))
    at = Instant(NOW - 90 * DAY)
    block = header("Ada <ada@a.example>", OWNER, date=at, Subject="Riesling in May")
    book.read(mail(block, received=at))
    found = told(book, EVERYTHING)["Ada"]
    (day, words), *_ = descriptions(found).items()
    assert day < f"{TODAY}"
    assert "Riesling in May" in words
    assert found.good_until is None


def test_of_one_who_was_never_contacted_that_is_told(book: Book) -> None:
    """In the window; a subject that isn't kept is no trouble."""
    book.do(AddContact("Ada", ("ada@a.example",), cadence_days=3))
    due = f"{TODAY + timedelta(3)}"
    never = descriptions(told(book, EVERYTHING)["Ada"])[due]
    at = Instant(NOW - DAY)
    book.read(mail(header("ada@a.example", OWNER, date=at), received=at), subjects=False)
    found = told(book, EVERYTHING)["Ada"]
    assert never != next(iter(descriptions(found).values()))
    assert [f"{TODAY + timedelta(2)}"] == list(titles(found))


def test_the_words_are_of_whoever_is_meant(book: Book) -> None:
    """Of an address that two share each has what came under their own name."""
    book.do(AddContact("Ada Example", ("us@home.example",), cadence_days=5))
    book.do(AddContact("Bob Example", ("us@home.example",), cadence_days=5))
    for name, subject in (("Ada Example", "from Ada"), ("Bob Example", "from Bob")):
        at = Instant(NOW - DAY)
        block = header(f"{name} <us@home.example>", OWNER, date=at, Subject=subject)
        book.read(mail(block, received=at))
    found = told(book, EVERYTHING)
    for name, mine, other in (("Ada", "from Ada", "from Bob"), ("Bob", "from Bob", "from Ada")):
        words = found[f"{name} Example"].drafts[0].description
        assert mine in words
        assert other not in words


def test_the_first_stamp_is_of_the_newest_fact(book: Book) -> None:
    """Whoever said it; without facts it is of when somebody was added."""
    book.do(AddContact("Ada", cadence_days=3))
    with book.store.transaction() as tx:
        who = contacts.everyone(tx)[0].id
        for at, value in ((NOW + 5, "--03-12"), (NOW + 9, "--03-13")):
            fact = Fact("birthday", value)
            contacts.state_fact(tx, FactRow(who, *fact, "x", value, Instant(at)))
    assert NOW + 9 == told(book, EVERYTHING)["Ada"].since
    assert NOW == told(book, plan("due"))["Ada"].since
