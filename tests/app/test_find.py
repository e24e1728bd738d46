"""Who is found by words, and by which; and that the index follows whatever changes."""

import itertools
from collections.abc import Mapping

import pytest

from krmd.app import evidence, indexing
from krmd.app.evidence import Shown
from krmd.app.find import find, those_found
from krmd.app.passages import Passage
from krmd.base.address import AddressSet
from krmd.base.command import (
    AddContact,
    Drop,
    EditContact,
    Keep,
    LogInteraction,
    MergeContacts,
    RemoveCategory,
    RenameCategory,
    Undo,
    UnmergeContact,
)
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from krmd.store import search, search_entries, search_watch
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

DAY = 86_400
Fields = Mapping[str, str]
NO_FIELDS: Fields = {}
ADA, GRACE = "ada@navy.example", "grace@park.example"
_PLACE = ";;Denver Street 1;Boulder;Colorado;80301;USA"


def found(
    book: Book, query: str, *, after: str | None = None, limit: int | None = None
) -> list[Shown]:
    """Those whom `krmd find` shows."""
    indexing.catch_up(book.store)
    with book.store.reading() as tx:
        ranking = find(tx, query, now=book.clock.now())
        people = those_found(tx, ranking, owner=AddressSet([OWNER], tags=True), after=after)
        return list(evidence.shown(tx, query, itertools.islice(people, limit)))


def names(book: Book, query: str) -> list[str]:
    """Their names."""
    return [it.name for it in found(book, query)]


def letters(book: Book, who: str, *subjects: str, days: int = 3, more: Fields = NO_FIELDS) -> None:
    """Mails from somebody to the owner."""
    for subject in subjects:
        at = Instant(NOW - days * DAY)
        book.read(mail(header(who, OWNER, date=at, Subject=subject, **more), received=at))


@pytest.fixture
def friends(book: Book) -> Book:
    """Ada of Boulder, Grace who wrote of tax law, Alan who is a correspondent."""
    book.do(
        AddContact(
            "Ada Lovelace", (ADA,), ("japan", "old school"), note="likes Riesling",
            say=(
                ("company", "Analytical Engines Ltd", ""), ("role", "tax adviser", ""),
                ("postal", _PLACE, "home"), ("nickname", "Countess", ""),
                ("former_name", "Ada Byron", ""), ("met", "Expo 2026", ""),
                ("url", "https://www.engines.example/ada", ""), ("handle", "adal", "chess"),
                ("department", "Research", ""), ("relation", "sister of Zoë", ""),
            ),
        )
    )  # fmt: skip
    book.do(AddContact("Grace Hopper", (GRACE,)))
    letters(book, f"Grace Hopper <{GRACE}>", "Tax law in Denver", "hello")
    letters(book, "Alan Turing <alan@park.example>", "chess, and the tax of Denver", days=400)
    return book


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("lovelace", "name"),
        ("countess", "nickname"),
        ("byron", "former_name"),
        ("school", "category"),
        ("riesling", "note"),
        ("analytical", "company"),
        ("research", "department"),
        ("adviser", "role"),
        ("boulder", "postal"),
        ("80301", "postal"),
        ("usa", "postal"),
        ("zoe", "relation"),
        ("expo", "met"),
        ("engines.example", "url"),
        ("adal", "handle"),
        ("ada@navy", "address"),
        ("navy.example", "address"),
    ],
)
def test_a_contact_is_found_by_all_of_their_card(friends: Book, query: str, where: str) -> None:
    """And it is said where the words stand."""
    (person,) = found(friends, query)
    assert ("Ada Lovelace", where) == (person.name, person.matched[0].where)
    assert (True, ADA, ("japan", "old school")) == (person.kept, person.address, person.categories)


def test_a_street_is_no_town(friends: Book) -> None:
    """Whoever lives in Denver Street isn't in Denver."""
    assert ["Grace Hopper", "Alan Turing"] == names(friends, "denver")
    assert [] == names(friends, "street")


def test_words_of_one_query_may_stand_apart(friends: Book) -> None:
    """One in the town, one in the role; a word that stands nowhere finds nobody."""
    (person,) = found(friends, "tax BOULD")
    assert ("Ada Lovelace", ["role", "postal"]) == (
        person.name,
        [it.where for it in person.matched],
    )
    assert [] == names(friends, "tax boulder opera")


def test_subjects_find_whoever_took_part(friends: Book) -> None:
    """Contacts and correspondents alike, and the subject is shown."""
    grace, alan = found(friends, "tax denver")
    assert [Passage("subject", "Tax law in Denver")] == list(grace.matched)
    assert (False, None, "alan@park.example") == (alan.kept, alan.id, alan.address)
    assert [Passage("subject", "chess, and the tax of Denver")] == list(alan.matched)


def test_a_card_and_one_subject_together_have_all_words(friends: Book) -> None:
    """What the card lacks stands in one subject; two subjects don't help out each other."""
    (grace,) = found(friends, "hopper law denver")
    assert ["name", "subject"] == [it.where for it in grace.matched]
    assert [] == names(friends, "law hello")
    assert ["Grace Hopper"] == names(friends, "tax law in denv")
    assert [] == names(friends, "grace tax law in denver")


def test_the_newest_entry_is_shown(friends: Book) -> None:
    """Of several that have the words."""
    letters(friends, GRACE, "more on tax law", days=1)
    letters(friends, GRACE, "first on tax law", days=9)
    (grace,) = found(friends, "law")
    assert [Passage("subject", "more on tax law")] == list(grace.matched)
    friends.do(LogInteraction((GRACE,), "called: the law changed"))
    (grace,) = found(friends, "law")
    assert [Passage("call", "called: the law changed")] == list(grace.matched)


def test_the_warmest_come_first(friends: Book) -> None:
    """Who is written to and spoken with, and lately; of those who only wrote the last."""
    for days in (1, 2, 3):
        friends.do(LogInteraction((ADA,), "called", at=Instant(NOW - days * DAY)))
    friends.read(
        mail(header(OWNER, "alan@park.example", Subject="x"), received=NOW, arrived=False),
        folder="sent",
    )
    friends.do(AddContact("Cold Example", say=(("role", "tax adviser", ""),)))
    letters(friends, "Ann <ann@example.net>", "tax", days=1)
    assert ["Ada Lovelace", "Alan Turing", "Ann", "Grace Hopper", "Cold Example"] == names(
        friends, "tax"
    )
    warmths = [it.warmth for it in found(friends, "tax")]
    assert sorted(warmths, reverse=True) == warmths
    assert 0.0 == warmths[-1]


@pytest.mark.parametrize(
    "fields", [{"List_Id": "<l.example>"}, {"Auto_Submitted": "yes"}], ids=["newsletter", "machine"]
)
def test_newsletters_and_machines_find_nobody(friends: Book, fields: dict[str, str]) -> None:
    """What goes to everybody says nothing of anybody."""
    letters(friends, GRACE, "opera", more=fields)
    friends.do(LogInteraction((), "an opera for all", audience="japan", reach="one_to_many"))
    assert [] == names(friends, "opera")
    friends.do(LogInteraction((ADA,), "saw an opera", reach="group"))
    assert ["Ada Lovelace"] == names(friends, "opera")


def test_the_owner_is_nobody(friends: Book) -> None:
    """Though every mail is theirs."""
    letters(friends, OWNER, "opera")
    friends.read(
        mail(header(f"Kim Owner <{OWNER}>", ADA, Subject="opera"), received=NOW, arrived=False),
        folder="sent",
    )
    assert ["Ada Lovelace"] == names(friends, "opera")
    assert [] == names(friends, "kim")


def test_a_shared_address_speaks_for_whom_it_names(book: Book) -> None:
    """And for nobody where it names neither."""
    book.do(AddContact("Ada Example", ("home@example.com",)))
    book.do(AddContact("Grace Example", ("home@example.com",)))
    letters(book, "Grace Example <home@example.com>", "opera")
    letters(book, "The Family <home@example.com>", "concert")
    (grace,) = found(book, "opera")
    assert ("Grace Example", "subject") == (grace.name, grace.matched[0].where)
    assert [] == names(book, "concert")
    assert {"Ada Example", "Grace Example"} == set(names(book, "home"))


def test_the_index_follows_what_is_done_and_taken_back(friends: Book) -> None:
    """Notes, names, categories, addresses, contacts: found while they stand, and not after."""
    for command, query in (
        (EditContact(ADA, note="plays the harp"), "harp"),
        (EditContact(ADA, name="Ada King"), "king"),
        (EditContact(ADA, add_addresses=("ada@opera.example",)), "opera.example"),
        (EditContact(ADA, add_categories=("tea",)), "tea"),
        (RenameCategory("japan", "Nippon"), "nippon"),
        (Keep("alan@park.example"), "alan"),
        (AddContact("Mary Somerville"), "somerville"),
        (LogInteraction((ADA,), "called about comets"), "comets"),
    ):
        before = names(friends, query)
        friends.do(command)
        after = found(friends, query)
        assert [True] == [it.kept for it in after], query
        friends.do(Undo())
        assert before == names(friends, query), query
    friends.do(RemoveCategory("japan"))
    assert [] == names(friends, "japan")


def test_one_who_was_dropped_is_found_and_not_kept(friends: Book) -> None:
    """Their history stays, and says so."""
    friends.do(Drop(ADA))
    (person,) = found(friends, "lovelace")
    assert (False, "c_") == (person.kept, str(person.id)[:2])


def test_one_who_was_merged_is_found_as_whom_they_are_now(friends: Book) -> None:
    """With all that was said of them; and apart again when they are two."""
    friends.do(MergeContacts(ADA, GRACE))
    for query in ("boulder", "riesling", "lovelace", "law boulder"):
        assert ["Grace Hopper"] == names(friends, query), query
    friends.do(UnmergeContact(GRACE))
    assert ["Ada Lovelace"] == names(friends, "boulder")
    assert [] == names(friends, "law boulder")


def test_what_the_owner_ignores_finds_nobody_any_more(friends: Book) -> None:
    """Judged by other settings a mail may be none of ours, and be ours again."""
    assert ["Alan Turing"] == names(friends, "chess denver")
    friends.judged_by(ignore=("alan@park.example",))
    assert [] == names(friends, "chess denver")
    friends.judged_by()
    assert ["Alan Turing"] == names(friends, "chess denver")


def test_a_subject_that_vanishes_leaves_the_index(friends: Book) -> None:
    """Blanked, or its mail erased; and an id that is given again is found by its new subject."""
    assert ["Grace Hopper"] == names(friends, "law")
    with friends.store.transaction() as tx:
        tx.insert_rows(
            "UPDATE interactions SET summary = NULL WHERE summary = ?", [("Tax law in Denver",)]
        )
    assert [] == names(friends, "law")
    with friends.store.transaction() as tx:
        newest = search_entries.newest(tx)
        tx.insert_rows("DELETE FROM participants WHERE interaction_id = ?", [(newest,)])
        tx.insert_rows("DELETE FROM interactions WHERE id = ?", [(newest,)])
    assert [] == names(friends, "chess denver")
    letters(friends, GRACE, "a new opera")
    assert ["Grace Hopper"] == names(friends, "opera")


def test_an_erased_index_is_made_again(friends: Book) -> None:
    """Whatever was in it before."""
    assert ["Ada Lovelace"] == names(friends, "riesling")
    with friends.store.transaction() as tx:
        search.erase(tx)
    assert ["Ada Lovelace"] == names(friends, "riesling")
    assert ["Grace Hopper", "Alan Turing"] == names(friends, "denver")
    assert ["Alan Turing"] == names(friends, "alan@park")


def test_an_index_cut_another_way_is_made_again(friends: Book) -> None:
    """As by an older krmd."""
    names(friends, "riesling")
    with friends.store.transaction() as tx:
        search.put(tx, "cards", dict.fromkeys(range(1, 9), "older words"))
        search.note(tx, search.progress(tx)._replace(version="0"))
    assert [] == names(friends, "older")
    assert ["Ada Lovelace"] == names(friends, "riesling")


def test_a_store_without_an_index_or_its_triggers_gets_them(friends: Book) -> None:
    """Whatever changed while nobody noted it is found."""
    names(friends, "riesling")
    for lose in (search.drop, search_watch.unwatch):
        with friends.store.transaction() as tx:
            lose(tx)
        friends.do(EditContact(ADA, note="plays the harp"))
        assert ["Ada Lovelace"] == names(friends, "harp")
        friends.do(Undo())
        assert [] == names(friends, "harp")


def test_nothing_is_written_where_nothing_changed(friends: Book) -> None:
    """Who asks twice takes no lock the second time."""
    told: list[tuple[int, int]] = []
    indexing.catch_up(friends.store, report=lambda *it: told.append(it))
    assert told[-1][0] == told[-1][1] > 0
    told.clear()
    with friends.store.transaction():
        indexing.catch_up(friends.store, report=lambda *it: told.append(it))
    assert [] == told


class _Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def test_catching_up_may_be_interrupted_anywhere(friends: Book) -> None:
    """What is done stays done, and the rest follows."""

    def interrupt(done: int, _total: int) -> None:
        if done:
            raise _Interrupted

    for _ in range(5):
        try:
            indexing.catch_up(friends.store, report=interrupt)
        except _Interrupted:
            continue
    assert ["Ada Lovelace"] == names(friends, "riesling")
    assert ["Grace Hopper"] == names(friends, "law")


def test_pages_go_on_behind_anybody(friends: Book) -> None:
    """Behind a contact's id or its beginning, behind a correspondent's address."""
    everybody = found(friends, "tax")
    assert 3 == len(everybody)
    for at, person in enumerate(everybody):
        behind = person.id or person.address
        assert behind is not None
        assert everybody[at + 1 :] == found(friends, "tax", after=behind)
        assert everybody[at + 1 : at + 2] == found(friends, "tax", after=behind[:38], limit=1)
    for nobody in ("c_ffffffff", "nobody@example.com"):
        with pytest.raises(UserError):
            found(friends, "tax", after=nobody)
    with pytest.raises(UserError, match="none of the list"):
        found(friends, "riesling", after=GRACE)


def test_many_words_are_all_asked_for(friends: Book) -> None:
    """Ten thousand of them find nobody, and all of a note's find its person."""
    note = [f"word{number}x" for number in range(60)]
    friends.do(EditContact(ADA, note=" ".join(note)))
    assert ["Ada Lovelace"] == names(friends, " ".join(note))
    assert [] == names(friends, " ".join(f"word{number}" for number in range(10_000)))
    letters(friends, GRACE, " ".join(note[:20]), days=1)
    assert ["Ada Lovelace", "Grace Hopper"] == sorted(names(friends, " ".join(note[:20])))


def test_a_query_of_anything_is_words(friends: Book) -> None:
    """Where there is none in it, or none that stands anywhere, nobody is found."""
    for query in ("", " ", "***", '"', "(", "%", "NEAR/2", "'; --", "🎉", "\udcff"):
        assert [] == found(friends, query)


def test_a_long_note_is_shown_around_the_word(friends: Book) -> None:
    """In one line of bearable length."""
    friends.do(EditContact(ADA, note="bla " * 200 + "harp\nlessons " + "bla " * 200))
    (person,) = found(friends, "harp lessons")
    assert 1 == len(person.matched)
    assert "harp lessons" in person.matched[0].text
    assert len(person.matched[0].text) <= evidence.LONGEST + 2
