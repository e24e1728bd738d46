"""Where books are looked for, and where not, on servers of every make."""

import pytest

from krmd.base.errors import UnreachableError
from krmd.intake.address_book import Collection
from krmd.wire.carddav.connection import Timeouts
from tests.servers.scripted_http import (
    BOOK_TYPE,
    FOLDER_TYPE,
    Rules,
    ScriptedHttp,
    having,
    multistatus,
    saying,
    silence,
    status_of,
    token,
)
from tests.wire.books import HASTY, PATIENT, opened

PRINCIPAL = "<D:current-user-principal><D:href>{}</D:href></D:current-user-principal>"
HOME = "<C:addressbook-home-set><D:href>{}</D:href></C:addressbook-home-set>"
BOOKS = (
    "PROPFIND",
    "/home/",
    saying(
        207,
        multistatus(
            having("/home/", FOLDER_TYPE),
            having("/home/b/", BOOK_TYPE, "<D:displayname>Friends</D:displayname>", token("t1")),
        ),
    ),
)
FRIENDS = (Collection("/home/b/", "Friends", "sync:t1"),)


def found(rules: Rules, path: str = "", timeouts: Timeouts = PATIENT) -> tuple[Collection, ...]:
    """What is found at a server's path."""
    with ScriptedHttp(rules) as server, opened(server.url + path, timeouts=timeouts) as books:
        return books.collections()


def test_principal_and_home_are_followed_one_by_one() -> None:
    """current-user-principal, addressbook-home-set, then what lies in there (RFC 6764 6)."""
    assert FRIENDS == found(
        [
            ("PROPFIND", "/", saying(207, multistatus(having("/", PRINCIPAL.format("/me"))))),
            ("PROPFIND", "/me", saying(207, multistatus(having("/me/", HOME.format("/home/"))))),
            BOOKS,
        ]
    )


@pytest.mark.parametrize("status", [200, 400, 403, 404, 405, 500, 501])
def test_a_bare_server_that_knows_nothing_is_asked_at_well_known(status: int) -> None:
    """A web page, an error, a refusal: the root of many servers isn't theirs."""
    assert FRIENDS == found(
        [
            ("PROPFIND", "/", saying(status, "<html><p>Welcome!</html>")),
            ("PROPFIND", "/.well-known/carddav", saying(301, headers={"Location": "/dav"})),
            ("PROPFIND", "/dav", saying(207, multistatus(having("/dav", HOME.format("/home/"))))),
            BOOKS,
        ]
    )


@pytest.mark.parametrize("status", [200, 403, 404, 410, 500])
def test_a_written_path_that_is_gone_is_not_replaced_by_all_other_books(status: int) -> None:
    """Only what was named may be read; that it is missing is said."""
    rules: Rules = [
        ("PROPFIND", "/home/gone/", saying(status, "<html>")),
        ("PROPFIND", "/.well-known/carddav", saying(207, multistatus(having("/", HOME)))),
    ]
    with (
        ScriptedHttp(rules) as server,
        opened(server.url + "home/gone/") as books,
        pytest.raises(UnreachableError, match="/home/gone/"),
    ):
        books.collections()
    assert ["PROPFIND /home/gone/"] == server.asked()


def test_books_are_found_below_the_folder_that_was_named_before_one_s_own() -> None:
    """Somebody's shared folder means the books in it."""
    shared = multistatus(
        having("/shared/", FOLDER_TYPE, PRINCIPAL.format("/me")),
        having("/shared/club/", BOOK_TYPE),
        having("/shared/calendar/", "<D:resourcetype><D:collection/></D:resourcetype>"),
        having("/shared/team", BOOK_TYPE, "<S:getctag>c7</S:getctag>"),
        having("/elsewhere/x/", BOOK_TYPE),
    )
    inner = multistatus(
        having("/shared/calendar/", FOLDER_TYPE), having("/shared/calendar/deep/", BOOK_TYPE)
    )
    assert (
        Collection("/shared/club/", "club", None),
        Collection("/shared/team/", "team", "ctag:c7"),
        Collection("/shared/calendar/deep/", "deep", None),
    ) == found(
        [
            ("PROPFIND", "/shared/", saying(207, shared)),
            ("PROPFIND", "/shared/calendar/", saying(207, inner)),
            BOOKS,
        ],
        "shared/",
    )


def test_books_that_the_server_made_up_are_left_out_unless_named() -> None:
    """Nextcloud's accounts and recently contacted are nobody's own entries."""
    made_up = "/home/z-app-generated--contactsinteraction--recent/"
    home = multistatus(
        having("/home/", FOLDER_TYPE),
        having("/home/b/", BOOK_TYPE),
        having("/home/z-server-generated--system/", BOOK_TYPE),
        having(made_up, BOOK_TYPE),
    )
    rules: Rules = [
        ("PROPFIND", "/", saying(207, multistatus(having("/", HOME.format("/home/"))))),
        ("PROPFIND", "/home/", saying(207, home)),
        ("PROPFIND", made_up, saying(207, multistatus(having(made_up, BOOK_TYPE)))),
    ]
    assert ["/home/b/"] == [collection.href for collection in found(rules)]
    assert [made_up] == [collection.href for collection in found(rules, made_up.lstrip("/"))]


def test_a_home_on_another_host_is_named_and_not_asked() -> None:
    """As a redirection would be."""
    rules: Rules = [
        ("PROPFIND", "/", saying(207, multistatus(having("/", HOME.format("https://x.example/"))))),
    ]
    with pytest.raises(UnreachableError, match=r"x\.example.*set carddav to"):
        found(rules)


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [("PROPFIND", "*", saying(207, multistatus(having("/", FOLDER_TYPE))))],
        [("PROPFIND", "*", saying(207, multistatus(having("/", PRINCIPAL.format("")))))],
        [("PROPFIND", "*", saying(207, multistatus(having("/", HOME.format("/")))))],
        [("PROPFIND", "*", saying(207, multistatus(status_of("/", 404))))],
        [("PROPFIND", "*", saying(207, multistatus()))],
    ],
)
def test_a_server_without_any_book_is_an_error_and_not_an_empty_address_book(rules: Rules) -> None:
    """So that nobody is taken for removed because a server was set up anew."""
    with pytest.raises(UnreachableError):
        found(rules)


def test_folders_without_end_are_not_all_opened() -> None:
    """A server that nests for ever, or points in circles, is left after some fifty questions."""
    wide = multistatus(*(having(f"/home/{number}/", FOLDER_TYPE) for number in range(500)))
    rules: Rules = [
        ("PROPFIND", "/", saying(207, multistatus(having("/", HOME.format("/home/"))))),
        ("PROPFIND", "*", saying(207, wide)),
    ]
    with (
        ScriptedHttp(rules) as server,
        opened(server.url) as books,
        pytest.raises(UnreachableError),
    ):
        books.collections()
    assert len(server.heard) < 60


def test_names_from_the_server_are_made_harmless() -> None:
    """No control or bidi characters, no novels; without one the path's last part is the name."""
    long = "x" * 10_000
    book = multistatus(having("/b/", BOOK_TYPE, f"<D:displayname>a\n\u202eb{long}</D:displayname>"))
    (collection,) = found([("PROPFIND", "/b/", saying(207, book))], "b/")
    assert "\u202e" not in collection.name
    assert "\n" not in collection.name
    assert len(collection.name) <= 300
    plain = multistatus(having("/z%C3%B6e/", BOOK_TYPE))
    (collection,) = found([("PROPFIND", "/z%C3%B6e/", saying(207, plain))], "z%C3%B6e/")
    assert "zöe" == collection.name


def test_one_silent_server_costs_its_time_and_no_more() -> None:
    """The wait ends with a sentence."""
    with pytest.raises(UnreachableError, match="in time"):
        found([("PROPFIND", "*", silence)], timeouts=HASTY)
