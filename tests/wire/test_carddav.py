"""Address books on a real server: found, followed, and only ever read."""

import random

import pytest

from krmd.base.errors import CertificateError, LoginError, UnreachableError
from krmd.intake.address_book import FetchedCard
from tests.acceptance.cutting import CuttingProxy
from tests.servers.certificates import Certificate
from tests.servers.radicale import Radicale, RadicaleBook, RadicaleUser
from tests.wire.books import Follower, opened


def look(follower: Follower, dav_book: RadicaleBook) -> None:
    """One pass over a book by its own URL."""
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        follower.look(books)


@pytest.mark.parametrize("way", ["root", "principal", "well-known"])
def test_all_books_are_found_from_wherever_the_url_points(
    way: str, radicale: Radicale, dav_user: RadicaleUser
) -> None:
    """The server's root, the user's own folder and .well-known lead to every book and its name."""
    dav_user.make_book("friends", "Fröunde & Co")
    dav_user.make_book("work", "Work")
    urls = {
        "root": radicale.url,
        "principal": dav_user.url,
        "well-known": radicale.url + ".well-known/carddav",
    }
    with opened(urls[way], user=dav_user.name) as books:
        found = {(collection.href, collection.name) for collection in books.collections()}
    home = dav_user.path.replace("%40", "@")
    assert {(f"{home}friends/", "Fröunde & Co"), (f"{home}work/", "Work")} == found


def test_a_url_that_names_a_book_means_that_book_alone(dav_user: RadicaleUser) -> None:
    """Others of the same owner aren't read; the slash at the end is of no account."""
    wanted = dav_user.make_book("friends")
    dav_user.make_book("work")
    for url in (wanted.url, wanted.url.rstrip("/")):
        with opened(url, user=dav_user.name) as books:
            assert ["friends"] == [collection.name for collection in books.collections()]


def test_cards_arrive_as_they_lie_there(dav_book: RadicaleBook) -> None:
    """Octets in UTF-8, with the ETag that the server gives, quotes and all."""
    path = dav_book.put("zoë@home", "Zoë Ōtani", more="NOTE:<b> & \\n]]>\r\n")
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (collection,) = books.collections()
        changes = books.changes(collection, None, {})
        (card,) = books.fetch(collection, [state.href for state in changes.changed])
    assert isinstance(card, FetchedCard)
    assert changes.changed == ((card.href, card.etag),)
    assert path.replace("%40", "@") == card.href
    assert card.etag.startswith('"')
    assert b"FN:Zo\xc3\xab \xc5\x8ctani" in card.octets
    assert b"NOTE:<b> & \\n]]>" in card.octets


def test_new_altered_and_deleted_cards_follow_by_the_sync_token(dav_book: RadicaleBook) -> None:
    """After the first pass only what changed is named and fetched, and nothing if nothing did."""
    for name in ("Ada", "Kim", "Zoë"):
        dav_book.put(name, name)
    follower = Follower()
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (first,) = follower.look(books)
    assert first.complete
    assert ["Ada", "Kim", "Zoë"] == follower.names()
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (idle,) = follower.look(books)
    assert ((), (), False) == (idle.changed, idle.removed, idle.complete)
    dav_book.put("Kim", "Kim Park")
    dav_book.put("Lou", "Lou")
    dav_book.delete("Ada")
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (later,) = follower.look(books)
    assert (2, 1, False) == (len(later.changed), len(later.removed), later.complete)
    assert ["Kim Park", "Lou", "Zoë"] == follower.names()


def test_a_forgotten_sync_token_starts_over(dav_book: RadicaleBook, radicale: Radicale) -> None:
    """The server lost its history: all is listed, compared, and only the difference is fetched."""
    for name in ("Ada", "Kim", "Zoë"):
        dav_book.put(name, name)
    follower = Follower()
    look(follower, dav_book)
    dav_book.delete("Kim")
    dav_book.put("Lou", "Lou")
    radicale.forget_tokens()
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (again,) = follower.look(books)
    assert (1, 1, True) == (len(again.changed), len(again.removed), again.complete)
    assert ["Ada", "Lou", "Zoë"] == follower.names()


def test_an_emptied_book_names_everybody_as_removed_and_leaves_the_rest_to_others(
    dav_book: RadicaleBook,
) -> None:
    """That this is suspicious is decided where people are kept, not here."""
    dav_book.put("Ada", "Ada")
    follower = Follower()
    look(follower, dav_book)
    dav_book.delete("Ada")
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (collection,) = books.collections()
        known = follower.known[collection.href]
        assert tuple(known) == books.changes(collection, None, known).removed
        assert (
            tuple(known)
            == books.changes(collection, follower.tokens[collection.href], known).removed
        )


def test_a_book_that_is_gone_is_an_error_and_not_an_empty_one(dav_book: RadicaleBook) -> None:
    """Neither its own URL nor its owner's folder takes it for emptied."""
    dav_book.put("Ada", "Ada")
    with opened(dav_book.url, user=dav_book.owner.name) as books:
        (collection,) = books.collections()
        dav_book.discard()
        with pytest.raises(UnreachableError):
            books.changes(collection, None, {"/x": '"1"'})
    for url in (dav_book.url, dav_book.owner.url):
        with opened(url, user=dav_book.owner.name) as books, pytest.raises(UnreachableError):
            books.collections()


def test_many_cards_come_fifty_at_a_time_on_one_connection(
    dav_book: RadicaleBook, radicale: Radicale
) -> None:
    """Hundreds of cards need a handful of questions."""
    names = dav_book.fill(120)
    before = len(radicale.log())
    follower = Follower()
    look(follower, dav_book)
    assert names == follower.names()
    log = radicale.log()[before:]
    assert 1 + 1 + 3 == log.count(" request for ")


def test_nothing_but_reading_is_ever_asked(radicale: Radicale, dav_book: RadicaleBook) -> None:
    """PROPFIND, REPORT and GET, signed krmd/VERSION, are all that a server sees."""
    path = dav_book.put("Ada", "Ada")
    before = len(radicale.log())
    follower = Follower()
    for url in (radicale.url, dav_book.url):
        with opened(url, user=dav_book.owner.name) as books:
            follower.look(books)
            list(books.fetch(books.collections()[0], [path.replace("%40", "@")]))
    assert {"PROPFIND", "REPORT", "GET"} == radicale.methods(since=before)
    assert "using 'krmd/" in radicale.log()[before:]


@pytest.mark.parametrize("octets", [300, 1500, 20_000])
def test_a_connection_cut_in_the_middle_loses_nothing(
    octets: int, radicale: Radicale, dav_book: RadicaleBook
) -> None:
    """The pass ends in an error, nobody is taken for removed, and the next pass is complete."""
    unlike = random.Random(1).randbytes(20_000).hex()  # so that compression doesn't make it small
    names = dav_book.fill(20, more=f"NOTE:{unlike}\r\n")
    follower = Follower()
    with CuttingProxy(radicale.port, octets) as proxy:
        cut = f"http://127.0.0.1:{proxy.port}{dav_book.path}"
        with opened(cut, user=dav_book.owner.name) as books, pytest.raises(UnreachableError):
            follower.look(books)
        assert proxy.cuts > 0
        assert [] == follower.names()
    look(follower, dav_book)
    assert names == follower.names()


def test_a_wrong_password_is_said_plainly(radicale: Radicale, dav_book: RadicaleBook) -> None:
    """LoginError, so that nobody tries again and again; neither password nor traceback is shown."""
    for url in (radicale.url, dav_book.url):
        with (
            opened(url, user=dav_book.owner.name, password="wrong-one") as books,
            pytest.raises(LoginError, match="refuses the login of ada") as caught,
        ):
            books.collections()
        assert "wrong-one" not in caught.value.message


def test_tls_with_a_trusted_certificate_works_and_every_other_is_refused() -> None:
    """A private CA is named by ca_file; expired, foreign and self-signed ones never get a word."""
    with Radicale(Certificate.GOOD) as server:
        user = server.add_user("ada")
        user.make_book("friends").put("Ada", "Ada")
        follower = Follower()
        with opened(server.url, ca_file=server.certificates.ca) as books:
            follower.look(books)
        assert ["Ada"] == follower.names()
        with opened(server.url) as books, pytest.raises(CertificateError, match="ca_file"):
            books.collections()


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (Certificate.EXPIRED, "expired"),
        (Certificate.WRONG_HOST, "another host"),
        (Certificate.SELF_SIGNED, "ca_file"),
        (Certificate.OTHER_CA, "ca_file"),
    ],
)
def test_a_wrong_certificate_ends_it_before_the_password(
    certificate: Certificate, words: str
) -> None:
    """CertificateError in plain words, and no request reaches the server."""
    with Radicale(certificate) as server:
        server.add_user("ada")
        with (
            opened(server.url, ca_file=server.certificates.ca) as books,
            pytest.raises(CertificateError, match=words),
        ):
            books.collections()
        assert set() == server.methods()
