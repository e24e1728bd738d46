"""A book full of somebody who is to be forgotten: every table that may tell of her does."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from uuid import UUID

from sqlalchemy import inspect, select

from krmd.app.forgetting import Forgetting
from krmd.app.importing import Importer
from krmd.app.reading_plan import ReadingPlan
from krmd.app.recording import Recorded
from krmd.app.understanding import understand
from krmd.base.address import AddressSet
from krmd.base.command import (
    Actor,
    AddCategory,
    AddContact,
    Decline,
    DeclineSuggestion,
    EditContact,
    LogInteraction,
    MergeContacts,
    Undo,
)
from krmd.base.instant import Instant
from krmd.base.key import Key
from krmd.intake.mailbox import RawMail
from krmd.ledger.portrait import Portrait
from krmd.store import folders, tables, tombstones
from krmd.store.engine import Store
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail
from tests.fakes.people import FakePeople, portrait

KEY = Key(bytes(range(32)))
ZOE = "Zoë Quxhaven"
HOME = "zoe@quxhaven.example"
WORK = "quxhaven.z@wibble.example"
FAMILY = "family@home.example"
BOB = "bob@b.example"
CARD = portrait(
    ZOE,
    "urn:uuid:11111111-2222-4333-8444-zoequxhaven0",
    email=[HOME, WORK],
    phone="+49 30 5550 9911",
    company="Frobnitz Brothers",
    note="collects vermilion teapots",
    url="https://quxhaven.example/zoe",
    met="at the Vexillology Fair",
)
MARKERS = (
    "Quxhaven", "quxhaven", "Zoë", "Zoe", "Oldenqux", "wibble", "5550", "9911", "Frobnitz",
    "vermilion", "Vexillology", "zoequxhaven", "msgid-4711", "secretly", "Zwiebelring",
)  # fmt: skip
"""Whatever of her would be known again."""

_numbers = count(1)


def day(ago: int) -> Instant:
    """So many days before the clock of the tests."""
    return Instant(NOW - ago * 86_400)


def letter(sender: str, to: str, ago: int, **fields: str) -> RawMail:
    """A mail that came so many days ago."""
    return mail(header(sender, to, date=day(ago), **fields), received=day(ago))


def sent(to: str, ago: int, **fields: str) -> RawMail:
    """A mail of the owner's, as it lies in Sent."""
    block = header(OWNER, to, date=day(ago), **fields)
    return mail(block, received=day(ago), arrived=False)


def new_uuid() -> UUID:
    """Another number."""
    return UUID(int=(next(_numbers) << 100) + 9)


def forgetting(book: Book, key: Callable[[], Key] = lambda: KEY) -> Forgetting:
    """What forgets people in a book."""
    return Forgetting(
        book.store,
        book.clock,
        new_uuid,
        book.judge,
        key,
        owner_name="Kim Ödegård",
        books=("phone",),
    )


def forget(book: Book, who: str) -> None:
    """Forget somebody, from the files too."""
    forgets = forgetting(book)
    forgets.forget(who, Actor("cli"))
    assert forgets.finish() is None


def bring(book: Book, *portraits: Portrait, source: str = "vcard") -> list[str]:
    """Import people; the reasons why some were skipped."""
    importer = Importer(
        book.store,
        book.clock,
        new_uuid,
        AddressSet([OWNER], tags=True),
        lambda tx: tombstones.memory(tx, lambda: KEY),
    )
    done = importer.read(FakePeople(portraits, source), Actor("cli", "file"))
    return [it.reason for it in done.left_out]


def read(book: Book, *mails: RawMail, role: str = "inbox") -> Recorded:
    """Read mails as a mailbox is read: past whoever was forgotten."""
    plan = ReadingPlan("home", book.judge, forgotten=lambda tx: tombstones.memory(tx, lambda: KEY))
    with book.store.transaction() as tx:
        folders.ensure_account(tx, "home")
        found = folders.Found(role.upper(), role.capitalize(), role)
        row = folders.begin(tx, "home", found, uidvalidity=1, uidnext=1_000_000)
        done = [understand(it, role, None) for it in mails]
        return plan.take_in(tx, row.id, done, book.clock.now())


def mails_of_zoe() -> dict[str, list[RawMail]]:
    """The same at each call, by the folder they lie in."""
    zoe = f"=?utf-8?q?Zo=C3=AB?= Quxhaven <{HOME}>"
    inbox = [
        letter(zoe, OWNER, 30, message_id="<msgid-4711@m.example>", Subject="vermilion teapots"),
        letter(f"Quxhaven, Zoe <{WORK}>", OWNER, 20, message_id="<a1@m.example>", Subject="hi"),
        letter(zoe, f"{OWNER}, Bob Example <{BOB}>", 12, message_id=f"<a2.{HOME}>",
               Subject="secretly for both"),
        letter(f"Bob <{BOB}>", OWNER, 9, message_id="<a3@m.example>", Cc=zoe, Subject="secretly"),
        letter(f"Bob <{BOB}>", OWNER, 8, message_id="<a4@m.example>",
               Subject="Have you heard of Zoe  Quxhaven?"),
        letter(zoe, "club@l.example", 7, message_id="<a5@m.example>", List_Id="<l.example>",
               Subject="secretly to the club"),
        letter(zoe, OWNER, 6, message_id="<a6@m.example>", Auto_Submitted="auto-replied"),
        letter(f"Zoe Quxhaven <{FAMILY}>", OWNER, 5, message_id="<a7@m.example>",
               Subject="secretly from home"),
        letter(f"Ida Other <{FAMILY}>", OWNER, 4, message_id="<a8@m.example>", Subject="from Ida"),
        letter("Zoe Quxhaven <noreply@social.example>", OWNER, 3, message_id="<a9@m.example>",
               Subject="somebody wrote"),
    ]  # fmt: skip
    outbox = [
        sent(zoe, 25, message_id="<s1@m.example>", Subject="Re: vermilion teapots"),
        sent(f"{WORK}, {BOB}", 15, message_id="<s2@m.example>", Subject="secretly dinner"),
        sent(BOB, 2, message_id="<s3@m.example>", Subject="lunch"),
    ]
    return {"inbox": inbox, "sent": outbox}


def fill(book: Book) -> str:
    """Read mail of Zoe's, keep her, and let everything happen to her; returns her id."""
    for role, mails in mails_of_zoe().items():
        read(book, *mails, role=role)
    book.do(AddContact("Bob Example", (BOB,), phones=("+49 40 1",)))
    book.do(AddContact("Ida Other", (FAMILY,), note="a neighbour"))
    zoe = book.do(
        AddContact("Zoë Oldenqux", (HOME,), ("japan",), phones=("030 5550 9911",), cadence_days=30)
    ).subject
    assert zoe is not None
    book.do(EditContact(zoe, name=ZOE, add_addresses=(FAMILY,), birthday="1985-03-12"))
    book.do(EditContact(zoe, note="secretly likes Zwiebelring"))
    book.do(Undo())
    book.do(EditContact(zoe, say=(("company", "Frobnitz Ltd", ""), ("role", "smith", ""))))
    book.do(EditContact(zoe, say=(("company", "Frobnitz & Sons", ""),)))
    book.do(EditContact(zoe, add_phones=("+49 171 5550",)))
    book.do(EditContact(zoe, remove_phones=("+49 171 5550",)))
    bring(book, CARD, portrait("Bob Example", "bob-key", email=BOB, note="knows Zoë Quxhaven"))
    twin = book.do(AddContact("Z. Quxhaven", ("zwibble@old.example",), note="secretly")).subject
    assert twin is not None
    book.do(MergeContacts(twin, zoe))
    book.do(
        EditContact("Bob", say=(("introduced_by", ZOE, ""), ("relation", f"cousin of {HOME}", "")))
    )
    book.do(LogInteraction((zoe,), "called about vermilion teapots", at=day(11)))
    book.do(LogInteraction((zoe, "Bob"), "met secretly for lunch", at=day(10)))
    book.do(LogInteraction(("Bob",), "called", at=day(1)))
    book.do(DeclineSuggestion("s_key-of-zoe", f"{ZOE} may be Zoe Quxhaven."))
    book.do(Decline("noreply@social.example"))
    book.do(AddCategory("expo", description=f"with {ZOE} and others"))
    _noted_elsewhere(book, zoe)
    return zoe


def _noted_elsewhere(book: Book, zoe: str) -> None:
    """What other parts of krmd write: signatures, cards of an address book, errors."""
    with book.store.transaction() as tx:
        rows = tx.execute(select(tables.contacts.c.id, tables.contacts.c.uuid)).all()
        ids = {uuid: contact for contact, uuid in rows}
        bob = next(it for uuid, it in ids.items() if uuid != zoe[2:])
        tx.execute(
            tables.noticed.insert(),
            [
                {"contact_id": ids[zoe[2:]], "field": "phone", "value": "+49 9911 1", "at": NOW},
                {"contact_id": bob, "field": "note", "value": f"c/o {ZOE}", "at": NOW},
            ],
        )
        tx.execute(tables.books.insert().values(name="phone", error=f"the card of {ZOE} is odd"))
        tx.execute(tables.collections.insert().values(id=1, book="phone", href="/a/", name="A"))
        key = CARD.key
        tx.execute(
            tables.cards.insert(),
            [
                {"collection_id": 1, "href": "/a/zoe-quxhaven.vcf", "etag": "1", "key": key},
                {"collection_id": 1, "href": "/a/4.vcf", "etag": "2", "key": key},
                {"collection_id": 1, "href": "/a/5.vcf", "etag": "3", "key": "bob-key"},
            ],
        )


def texts(store: Store) -> Iterator[str]:
    """Every text in every table, whatever it is called."""
    with store.reading() as tx:
        inspector = inspect(tx.connection)
        for table in inspector.get_table_names():
            columns = [it["name"] for it in inspector.get_columns(table)]
            for row in tx.connection.exec_driver_sql(f'SELECT * FROM "{table}"').all():  # noqa: S608 - its own tables
                for name, value in zip(columns, row, strict=True):
                    yield f"{table}.{name}: {_text(value)}"


def _text(value: object) -> str:
    """A value as somebody would read it; octets of calendars without the breaks in their lines."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).replace(b"\r\n ", b"").decode(errors="replace")
    return str(value)


def telling(store: Store, markers: Sequence[str]) -> list[str]:
    """What in the tables, and in the files of a SQLite store's folder, tells of somebody."""
    escaped = {it.encode("unicode_escape").decode() for it in markers}
    wanted = {*markers, *escaped}
    found = [it for it in texts(store) if any(marker in it for marker in wanted)]
    if store.path is not None:
        for path in sorted(store.path.parent.iterdir()):
            octets = path.read_bytes() if path.is_file() else b""
            found += [f"{path.name}: {it}" for it in wanted if it.encode() in octets]
    return found
