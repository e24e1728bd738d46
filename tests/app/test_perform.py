"""Commands: what they do, that undo takes it back, and that nothing is half done."""

import dataclasses

import pytest

from krmd.base.address import AddressSet
from krmd.base.command import (
    Actor,
    AddCategory,
    AddContact,
    AddFeed,
    Command,
    Decline,
    DeclineSuggestion,
    Drop,
    EditCategory,
    EditContact,
    EditFeed,
    Keep,
    LogInteraction,
    MergeCategories,
    MergeContacts,
    RemoveCategory,
    RenameCategory,
    Undo,
)
from krmd.base.errors import UserError
from krmd.base.instant import Instant, to_datetime
from krmd.intake.log_words import read_when
from tests.app.conftest import NOW, ZONE, Book
from tests.app.mails import OWNER, header, mail

DAY = 86_400


def _ada(book: Book) -> None:
    book.do(AddContact("Ada Example", ("ada@example.com",), categories=("japan",)))


def test_a_call_is_mutual_and_moves_both_dates(book: Book) -> None:
    """Both spoke."""
    _ada(book)
    book.do(LogInteraction(("ada",), "called: new job, starts in May"))
    seen = book.show("ada").recency
    assert (seen.last_outbound, seen.last_inbound, seen.call) == (NOW, NOW, 1)
    book.assert_right()


def test_a_voicemail_is_outbound_and_counts(book: Book) -> None:
    """The owner spoke, they listen later."""
    _ada(book)
    book.do(LogInteraction(("ada",), "called, left a voicemail"))
    seen = book.show("ada").recency
    assert (seen.last_contacted, seen.last_inbound) == (NOW, None)


def test_no_answer_moves_nothing(book: Book) -> None:
    """It was tried, and is in the timeline."""
    _ada(book)
    book.do(LogInteraction(("ada",), "called, no answer"))
    assert book.show("ada").recency.last_contacted is None
    assert [entry.rule for entry in book.timeline("ada")] == ["logged_no_answer"]
    book.assert_right()


def test_an_entry_with_several_people_counts_for_each(book: Book) -> None:
    """A lunch for three."""
    _ada(book)
    book.do(AddContact("Grace Example"))
    book.do(LogInteraction(("ada", "grace"), "met @yesterday: lunch"))
    assert book.show("ada").recency.meeting == book.show("grace").recency.meeting == 1
    assert book.timeline("grace")[0].summary == "met: lunch"


def test_an_entry_in_the_future_is_refused(book: Book) -> None:
    """What is logged has happened."""
    _ada(book)
    with pytest.raises(UserError, match="not come yet"):
        book.do(LogInteraction(("ada",), "called", at=Instant(NOW + 60)))


def test_the_same_key_is_logged_once(book: Book) -> None:
    """An import may be repeated."""
    _ada(book)
    command = LogInteraction(("ada",), "called", key="import:7")
    assert book.do(command).changed
    assert not book.do(command).changed
    assert book.show("ada").recency.call == 1


def test_undo_takes_back_the_last_command_and_leaves_a_trail(book: Book) -> None:
    """The entry is hidden, not destroyed, and can't be undone twice."""
    _ada(book)
    book.do(LogInteraction(("ada",), "called"))
    book.do(Undo())
    assert book.show("ada").recency.last_contacted is None
    book.assert_right()
    book.do(Undo())  # the adding
    with pytest.raises(UserError, match="nothing to undo"):
        book.do(Undo())


def test_undo_by_the_id_of_an_entry(book: Book) -> None:
    """People see the entry's id, not the command's."""
    _ada(book)
    first = book.do(LogInteraction(("ada",), "called"))
    book.do(LogInteraction(("ada",), "wrote a postcard"))
    assert first.subject is not None
    book.do(Undo(first.subject[:14]))
    assert [entry.kind for entry in book.timeline("ada")] == ["letter"]
    with pytest.raises(UserError, match="can't be undone"):
        book.do(Undo(first.subject))


def test_what_was_read_from_mail_cannot_be_undone(book: Book) -> None:
    """The mailbox would bring it back."""
    letter = header("ada@example.com", OWNER, date=NOW)
    book.read(mail(letter, received=NOW))
    entry = book.timeline("ada@example.com")[0]
    with pytest.raises(UserError, match="read from mail"):
        book.do(Undo(entry.id))


COMMANDS: tuple[Command, ...] = (
    AddContact(
        "Grace Example", ("grace@example.com",), ("japan",), ("+49 30 1",), "1985-03-12", 90
    ),
    AddContact("", ("friend@example.net",)),
    EditContact("ada", name="Ada Lovelace"),
    EditContact("ada", add_addresses=("ada@work.example",)),
    EditContact("ada", remove_addresses=("ada@example.com",)),
    EditContact("ada", add_addresses=("family@example.com",)),
    EditContact("ada", add_categories=("new one",), remove_categories=("japan",)),
    EditContact("ada", birthday="--02-29", cadence_days=30, attention="muted", no_mailings=True),
    EditContact("ada", deceased=True, note="likes Riesling", add_phones=("+1 2",)),
    EditContact(
        "ada",
        say=(
            ("company", "Engines", ""),
            ("role", "Countess", ""),
            ("date", "1835-07-08", "wedding"),
        ),
        unsay=(("phone", "+49 30 1", ""),),
    ),
    EditContact("ada", say=(("birthday", "", ""),)),
    MergeContacts("ada", "Family Example"),
    MergeContacts("Family Example", "ada"),
    DeclineSuggestion("s_1", "Ada and Ada may be one"),
    Keep("friend@example.net"),
    Drop("ada"),
    Decline("friend@example.net"),
    AddCategory("old school", 180, "the old school"),
    EditCategory("japan", 60, "friends in Japan"),
    RenameCategory("japan", "Nippon"),
    MergeCategories("family", "japan"),
    RemoveCategory("japan"),
    AddFeed("due", ("due", "birthdays"), "japan -family", "full", "de", 360),
    EditFeed("birthdays", "All days", ("everything",), "japan", "brief", "fr", 0),
    LogInteraction(("ada",), "met for lunch"),
    LogInteraction(("friend@example.net",), "called"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda it: type(it).__name__)
def test_undo_restores_everything_as_it_was(book: Book, command: Command) -> None:
    """For every command: do and undo is as if it had not been."""
    _ada(book)
    book.do(
        AddContact(
            "Family Example",
            ("family@example.com", "home@example.com"),
            ("family", "japan"),
            birthday="1960-01-01",
            note="lives by the sea",
        )
    )
    book.do(EditContact("ada", add_phones=("+49 30 1",), birthday="1915-12-10"))
    for sender in ("ada@example.com", "friend@example.net", "family@example.com"):
        book.read(mail(header(sender, OWNER, date=NOW), received=NOW))
    book.do(AddFeed("birthdays"))
    before = everything(book)
    assert book.do(command).changed
    assert everything(book) != before
    book.assert_right()
    book.do(Undo())
    assert everything(book) == before
    book.assert_right()


def everything(book: Book) -> dict[str, object]:
    """All that the store has of people, as text, so that two states compare."""
    with book.store.reading() as tx:
        return {
            name: sorted(map(repr, tx.connection.exec_driver_sql(query)))
            for name, query in _STATE.items()
        }


_STATE = {
    "contacts": "SELECT k.uuid, k.name, k.name_key, k.kept, k.attention, k.no_mailings, k.deceased,"
    " k.cadence_days, k.added, m.uuid FROM contacts k LEFT JOIN contacts m ON m.id = k.merged_into",
    "claims": "SELECT d.value, c.name_key, k.uuid, c.since FROM claims c JOIN contacts k"
    " ON k.id = c.contact_id JOIN identities d ON d.id = c.identity_id",
    "facts": "SELECT k.uuid, f.field, f.value, f.label, f.source, f.source_key, f.since,"
    " f.withdrawn FROM contact_facts f JOIN contacts k ON k.id = f.contact_id",
    "keys": "SELECT s.source, s.key, k.uuid, s.digest FROM source_keys s"
    " JOIN contacts k ON k.id = s.contact_id",
    "suggestions": "SELECT key FROM declined_suggestions",
    "categories": "SELECT name, name_key, cadence_days, description FROM categories",
    "memberships": "SELECT k.uuid, c.name, m.since, m.until, m.source FROM memberships m"
    " JOIN contacts k ON k.id = m.contact_id JOIN categories c ON c.id = m.category_id",
    "feeds": "SELECT uuid, name, name_key, generation, kinds, audience, detail, language,"
    " alarm_minutes FROM feeds",
    "declined": "SELECT value FROM identities WHERE declined IS NOT NULL",
    "entries": "SELECT high, low FROM interactions WHERE undone IS NULL",
    "recency": "SELECT r.subject, coalesce(k.uuid, d.value), r.last_contacted, r.last_outbound,"
    " r.last_inbound, r.email_inbound, r.call, r.meeting FROM recency r"
    " LEFT JOIN contacts k ON r.subject = 'contact' AND k.id = r.subject_id"
    " LEFT JOIN identities d ON r.subject = 'identity' AND d.id = r.subject_id"
    " AND d.kind = 'email' WHERE r.subject = 'contact' OR d.id IS NOT NULL",
}


def test_a_name_that_means_two_people_names_both(book: Book) -> None:
    """Nothing is guessed."""
    book.do(AddContact("Ada Example"))
    book.do(AddContact("Ada Lovelace"))
    with pytest.raises(UserError) as caught:
        book.show("ada")
    assert len(caught.value.candidates) == 2
    assert book.show("ada lovelace").name == "Ada Lovelace"


def test_accents_and_case_are_no_obstacle(book: Book) -> None:
    """People type what their keyboard has."""
    book.do(AddContact("Zoë Müller"))
    assert book.show("zoe muller").name == "Zoë Müller"


def test_an_address_taken_by_a_namesake_is_refused_whole(book: Book) -> None:
    """A command that fails changes nothing at all."""
    book.do(AddContact("Ada Example", ("home@example.com",)))
    book.do(AddContact("Grace Example"))
    book.do(EditContact("Grace Example", name="Ada  EXAMPLE"))
    before = everything(book)
    with pytest.raises(UserError):
        book.do(
            EditContact(
                "Ada EXAMPLE", add_categories=("japan",), add_addresses=("home@example.com",)
            )
        )
    assert everything(book) == before


def test_hostile_names_are_kept_as_plain_text(book: Book) -> None:
    """Control and bidi characters don't reach the book."""
    book.do(AddContact("Eve\r\nBcc: x@y.example\x1b[31m\u202e", ("eve@example.com",)))
    assert book.show("eve@example.com").name == "Eve Bcc: x@y.example [31m"


@pytest.mark.parametrize("address", [OWNER, OWNER.replace("@", "+krmd@"), OWNER.upper()])
def test_the_owner_is_nobodys_contact(book: Book, address: str) -> None:
    """Else every mail of the owner's were somebody's."""
    _ada(book)
    owned = dataclasses.replace(book.performer, owner=AddressSet([OWNER], tags=True))
    before = everything(book)
    for command in (
        AddContact("Me Myself", (address,)),
        EditContact("ada", add_addresses=(address,)),
    ):
        with pytest.raises(UserError, match="your own"):
            owned.perform(command, Actor("cli"))
    assert before == everything(book)


def test_who_shares_an_address_cannot_take_the_others_name(book: Book) -> None:
    """Nobody could tell any more whose mail it is."""
    book.do(AddContact("Ada Example", ("home@example.com",)))
    book.do(AddContact("Grace Example", ("home@example.com",)))
    before = everything(book)
    with pytest.raises(UserError, match="told apart"):
        book.do(EditContact("Grace Example", name="ADA  Éxample"))
    assert before == everything(book)
    book.do(EditContact("Grace Example", name="Grace Hopper"))
    book.assert_right()


@pytest.mark.parametrize("birthday", ["2026-09-23", "1849-12-31", "0001-01-01", "12 March 1802"])
def test_a_birthday_nobody_alive_has_is_refused(book: Book, birthday: str) -> None:
    """A slip of the finger would be congratulated for decades."""
    _ada(book)
    with pytest.raises(UserError):
        book.do(EditContact("ada", birthday=birthday))
    book.do(EditContact("ada", birthday="1850-01-01"))
    book.do(EditContact("ada", birthday="2026-09-21"))


@pytest.mark.parametrize("when", ["99", "3", "2026", "1850-01-01", "1899-12-31", "12345678901"])
def test_what_is_hardly_a_time_is_refused(book: Book, when: str) -> None:
    """A number alone is no year, and nobody living was met before 1900."""
    with pytest.raises(UserError):
        read_when(when, now=NOW, zone=ZONE)
    _ada(book)
    with pytest.raises(UserError):
        book.do(LogInteraction(("ada",), f"called @{when}"))


@pytest.mark.parametrize(
    ("when", "read"),
    [
        ("friday", "2026-09-18 12:00"),
        ("friday 18:00", "2026-09-18 18:00"),
        ("yesterday", "2026-09-20 12:00"),
        ("1900-01-01", "1900-01-01 12:00"),
        ("20.11.2025", "2025-11-20 12:00"),
        ("20251120", "2025-11-20 12:00"),
        ("2026-09-18 00:00", "2026-09-18 00:00"),
        ("2026-09-18T00:00:00+02:00", "2026-09-18 00:00"),
    ],
)
def test_a_day_without_an_hour_is_its_noon(when: str, read: str) -> None:
    """However the day is written."""
    at = to_datetime(read_when(when, now=NOW, zone=ZONE)).astimezone(ZONE)
    assert read == f"{at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("wrote", "message"),
        ("emailed the offer", "message"),
        ("wrote a postcard", "letter"),
        ("called, then wrote", "call"),
        ("sent flowers", "other"),
    ],
)
def test_what_is_logged_as_written_is_a_message(book: Book, text: str, kind: str) -> None:
    """Emails come in by themselves, and must not count twice."""
    _ada(book)
    book.do(LogInteraction(("ada",), text))
    assert [kind] == [entry.kind for entry in book.timeline("ada")]
