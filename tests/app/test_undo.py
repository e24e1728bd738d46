"""Taking back what is not the last thing that was done: nothing that came after is lost by it."""

import pytest

from krmd.app.log_import import import_log
from krmd.base.command import Actor, AddContact, EditCategory, EditContact, LogInteraction, Undo
from krmd.base.errors import UserError
from krmd.base.instant import Instant
from tests.app.conftest import NOW, ZONE, Book
from tests.app.mails import OWNER, header, mail

YESTERDAY = Instant(NOW - 86_400)


def test_a_category_others_were_put_into_since_is_not_taken_away(book: Book) -> None:
    """Whoever came in later stays in; the last command first, all of them can be undone."""
    first = book.do(AddContact("Ada", ("ada@a.example",), categories=("japan",))).id
    book.do(AddContact("Bo", ("bo@b.example",), categories=("japan",)))
    with pytest.raises(UserError, match="since"):
        book.do(Undo(first))
    assert book.show("Bo").categories == ("japan",)
    book.do(Undo())
    book.do(Undo())
    with pytest.raises(UserError):
        book.show("Ada")


def test_who_is_left_alone_with_an_address_has_it_under_any_name(book: Book) -> None:
    """As when the other gives it up: no mail counts for nobody because of somebody who is gone."""
    block = header("Bobby <home@a.example>", OWNER, date=YESTERDAY)
    book.read(mail(block, received=YESTERDAY))
    first = book.do(AddContact("Ada", ("home@a.example",))).id
    book.do(AddContact("Bo", ("home@a.example",)))
    assert book.show("Bo").recency.last_contacted is None
    book.do(Undo(first))
    assert book.show("Bo").recency.last_contacted == YESTERDAY
    book.assert_right()


def test_undo_goes_on_where_somebody_was_taken_back_before(book: Book) -> None:
    """What was changed of a contact who is no more was undone with them."""
    book.do(AddContact("Zoe", ("zoe@a.example",)))
    ada = book.do(AddContact("Ada", ("ada@a.example",))).id
    book.do(EditContact("Ada", cadence_days=30))
    book.do(Undo(ada))
    book.do(Undo())
    book.do(Undo())
    with pytest.raises(UserError):
        book.show("Zoe")


def test_half_of_a_surrogate_pair_is_left_out(book: Book) -> None:
    """A shell hands over what isn't UTF-8 in that way; it is no bug of the owner's."""
    book.do(AddContact("Ada \udcff", ("ada@a.example",), note="x \ud83d y", phones=("\udcff1",)))
    book.do(LogInteraction(("Ada",), "called \udcff"))
    card = book.show("Ada")
    assert (card.name, card.notes, card.phones) == ("Ada", ("x y",), ("1",))


def test_long_notes_are_kept_whole(book: Book) -> None:
    """The owner's own words are not cut as a stranger's subject is."""
    words = "a long story, " * 100
    book.do(AddContact("Ada", ("ada@a.example",), note=words))
    book.do(LogInteraction(("Ada",), words))
    assert book.show("Ada").notes == (words.strip(),)
    assert book.timeline("Ada")[0].summary == words.strip()


@pytest.mark.parametrize("days", [-1, 36_501, 10**12])
def test_a_cadence_no_database_can_hold_is_refused(book: Book, days: int) -> None:
    """With a sentence, on each of them."""
    book.do(AddContact("Ada", categories=("japan",)))
    with pytest.raises(UserError, match="cadence"):
        book.do(EditContact("Ada", cadence_days=days))
    with pytest.raises(UserError, match="cadence"):
        book.do(EditCategory("japan", cadence_days=days))


def test_an_import_goes_on_after_text_that_cannot_be_kept(book: Book) -> None:
    """JSON lets half of a surrogate pair through; the line counts, and so does the next."""
    book.do(AddContact("Ada", ("ada@a.example",)))
    lines = [
        '{"at": "2026-01-01", "who": "Ada", "text": "called \\ud83d", "id": "\\ud83d1"}',
        '{"at": "2026-01-02", "who": "Ada", "text": "called \\ud83d"}',
    ]
    assert import_log(lines, book.performer, Actor("cli"), zone=ZONE).created == 2
