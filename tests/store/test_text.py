"""Whatever mail holds, only text that every database takes reaches the store."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import column, select, table, text

from krmd.app.recording import record
from krmd.app.understanding import understand
from krmd.base.address import AddressSet
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.intake.mailbox import RawMail
from krmd.store import folders
from krmd.store.engine import Store

NOW = Instant(1_790_000_000)
JUDGE = Judge(AddressSet(["kim@example.org"], tags=True), AddressSet([]), 12)

NASTY = (
    b"From: =?utf-8?q?A=00da?= <a\x00da@a.example>\r\nTo: kim@example.org\r\nSubject: \x00\r\n",
    b"From: \xed\xa0\x80 <a@a.example>\r\nTo: kim@example.org\r\nSubject: \xed\xb0\x80\r\n",
    b"From: =?utf-8?q?=ED=A0=80?= <a@a.example>\r\nSubject: =?utf-16?b?2AAAAA==?=\r\n",
    b"From: =?utf-7?q?+2AA-?= <a@a.example>\r\nMessage-ID: <\x00\xff@\xed\xa0\x80>\r\n",
    b"From: =?unicode_escape?q?=5Cud800?= <a@a.example>\r\nTo: kim@example.org\r\n",
    b"From: =?raw_unicode_escape?q?=5Cudfff?= <a@a.example>\r\nReferences: <\x00@x>\r\n",
    b'From: "\\\x00" <"\x00"@a.example>\r\nTo: x\xed\xbf\xbf@b.example\r\n',
)
"""NULs and halves of surrogate pairs, raw, encoded, and out of odd character sets."""


def take_in(store: Store, blocks: list[bytes]) -> int:
    """Record these headers as mails of one folder; how many rows the ledger has."""
    with store.transaction() as tx:
        folders.ensure_account(tx, "home")
        found = folders.Found("INBOX", "INBOX", "inbox")
        row = folders.begin(tx, "home", found, uidvalidity=1, uidnext=1)
        mails = [
            understand(RawMail(uid, NOW, block, False, True, ("a\x00", "\ud800")), "inbox", None)
            for uid, block in enumerate(blocks, start=1)
        ]
        record(tx, row.id, mails, judge=JUDGE, now=NOW, subjects=True)
        return int(tx.execute(text("SELECT count(*) FROM interactions")).scalar_one())


def test_nul_and_lone_surrogates_never_reach_the_database(store: Store) -> None:
    """PostgreSQL takes no NUL, and neither takes half a surrogate pair."""
    assert len(NASTY) >= take_in(store, list(NASTY)) > 0
    with store.reading() as tx:
        for place, name in (
            ("interactions", "summary"),
            ("interactions", "message_id"),
            ("identities", "value"),
            ("identities", "name"),
            ("participants", "name"),
        ):
            for value in tx.execute(select(column(name)).select_from(table(place))).scalars():
                assert value is None or "\x00" not in value
                assert value is None or value.encode() is not None


_PIECES = st.sampled_from(
    [
        b"\x00",
        b"\xed\xa0\x80",
        b"\xff",
        b"a@b.example",
        b"<",
        b">",
        b'"',
        b"\\",
        b",",
        b"Ada ",
        b"(",
        b"@",
    ]
    + [b"=?%s?q?=00x=D8=00?=" % name for name in (b"utf-8", b"utf-16", b"utf-7", b"cp037", b"hex")]
    + [b"=?unicode_escape?q?=5Cudc80=5C0?=", b"=?utf-16-le?b?ANgA3A==?=", b"=?idna?q?xn--a?="]
)
_FIELDS = st.sampled_from(
    [b"From", b"To", b"Cc", b"Subject", b"Message-ID", b"References", b"Date"]
)
_LINES = st.tuples(_FIELDS, st.lists(_PIECES, max_size=6).map(b"".join))
_BLOCKS = st.lists(_LINES.map(lambda it: it[0] + b": " + it[1] + b"\r\n"), max_size=6).map(b"".join)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(blocks=st.lists(_BLOCKS, min_size=1, max_size=4))
def test_no_header_block_can_break_a_transaction(store: Store, blocks: list[bytes]) -> None:
    """Whatever it is made of, both databases take what the parser made of it."""
    assert take_in(store, blocks) > 0
