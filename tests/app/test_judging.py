"""Judging again beside others who write: nothing keeps a verdict of rules that are no more."""

from contextlib import suppress

import pytest

from krmd.app import judging, rules
from krmd.base.address import AddressSet
from krmd.base.errors import TryLaterError
from krmd.base.instant import Instant
from krmd.intake.classify import Judge
from krmd.intake.mailbox import RawMail
from tests.app.conftest import NOW, Book
from tests.app.mails import OWNER, header, mail

OLD, NEW = "old", "new"


def _letter(sender: str, day: int) -> RawMail:
    at = Instant(NOW - day * 86_400)
    return mail(header(sender, OWNER, date=at), received=at)


def _judge(*ignored: str) -> Judge:
    return Judge(AddressSet([OWNER], tags=True), AddressSet(ignored), 12)


def _read_by(book: Book, fingerprint: str, letter: RawMail, folder: str = "inbox") -> None:
    """As a daemon does: asks in its transaction whether its rules are still those of the store."""
    with book.store.transaction() as tx:
        rules.require_rules(tx, fingerprint)
    book.read(letter, folder=folder)


def test_a_copy_read_by_old_rules_while_new_ones_come_keeps_no_old_verdict(book: Book) -> None:
    """The daemon is told at the first new verdict, not after the last."""
    judging.rebuild(book.store, book.judge, OLD)
    ignored = _letter("zoe@b.example", 2)
    _read_by(book, OLD, ignored)

    def meanwhile(_done: int, _total: int) -> None:
        with suppress(rules.RulesChangedError):
            _read_by(book, OLD, ignored._replace(received=Instant(NOW - 3 * 86_400)), "sent")

    judging.rebuild(book.store, _judge("@b.example"), NEW, progress=meanwhile)
    found, sentences = judging.compare(book.store, _judge("@b.example"))
    assert found.was_right, sentences


def test_of_two_who_judge_by_different_rules_the_first_gives_way(book: Book) -> None:
    """No mixture of both is ever taken for the verdicts of one."""
    book.read(_letter("zoe@b.example", 2))

    def meanwhile(_done: int, _total: int) -> None:
        judging.rebuild(book.store, _judge(), NEW)

    with pytest.raises(TryLaterError):
        judging.rebuild(book.store, _judge("@b.example"), OLD, progress=meanwhile)
    assert rules.is_judged(book.store, NEW)
    book.judge = _judge()
    book.assert_right()


def test_what_is_judged_by_half_is_not_taken_for_judged(book: Book) -> None:
    """Interrupted, it is begun again by whoever opens the store next."""
    judging.rebuild(book.store, _judge(), OLD)
    book.read(_letter("zoe@b.example", 2))

    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judging.rebuild(book.store, _judge("@b.example"), NEW, progress=interrupted)
    assert not rules.is_judged(book.store, OLD)
    assert not rules.is_judged(book.store, NEW)


def test_mail_may_come_in_by_the_same_rules_while_all_is_judged_again(book: Book) -> None:
    """`krmd rebuild` beside the daemon stops nobody."""
    judging.rebuild(book.store, book.judge, OLD)
    book.read(_letter("zoe@b.example", 2))
    judging.rebuild(
        book.store,
        book.judge,
        OLD,
        progress=lambda done, _total: (
            _read_by(book, OLD, _letter("ada@a.example", 1)) if done < 3 else None
        ),
    )
    assert book.show("ada@a.example").recency.email_inbound > 0
    book.assert_right()
