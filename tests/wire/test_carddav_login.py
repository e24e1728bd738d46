"""Proving who asks: Basic at once, Digest where the server wants it, and what a refusal says."""

import base64
import hashlib
import re

import pytest

from krmd.base.errors import LoginError, UnreachableError
from krmd.wire.carddav.authorization import Authorization, Credentials
from tests.servers.scripted_http import (
    BOOK_TYPE,
    Heard,
    Peer,
    ScriptedHttp,
    having,
    in_turn,
    multistatus,
    saying,
)
from tests.wire.books import opened

BOOK = saying(207, multistatus(having("/book/", BOOK_TYPE)))


def test_basic_login_is_utf_8_and_goes_with_the_first_request() -> None:
    """No round trip is lost on being asked (RFC 7617 2.1)."""
    with (
        ScriptedHttp([("PROPFIND", "/book/", BOOK)]) as server,
        opened(server.url + "book/", user="zoë", password="pä:ss") as books,
    ):
        books.collections()
    (heard,) = server.heard
    scheme, _, code = heard.headers["authorization"].partition(" ")
    assert ("Basic", "zoë:pä:ss") == (scheme, base64.b64decode(code).decode())


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_gives_the_standard_s_own_answers(algorithm: str, response: str) -> None:
    """The example of RFC 7616 3.9.1, in both of its algorithms."""
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    authorization = Authorization(Credentials("Mufasa", lambda: "Circle of Life"), lambda: nonce)
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", '
        f'algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    assert authorization.answers([challenge])
    header = authorization.header("GET", "/dir/index.html")
    assert f'response="{response}"' in header
    assert header.startswith("Digest ")
    assert "nc=00000001" in header


def digest_only(peer: Peer, heard: Heard) -> None:
    """A server as Baikal is when it comes out of the box."""
    said = dict(re.findall(r'(\w+)="?([^",]*)"?', heard.headers["authorization"]))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode("latin-1"), usedforsecurity=False).hexdigest()

    who, what = md5("ada:BaikalDAV:secret"), md5(f"{heard.method}:{heard.path}")
    if said.get("response") == md5(
        f"{who}:{said.get('nonce')}:{said.get('nc')}:{said.get('cnonce')}:auth:{what}"
    ):
        BOOK(peer, heard)
        return
    peer.answer(
        401,
        b"no",
        {"WWW-Authenticate": 'Digest realm="BaikalDAV",qop="auth",nonce="55aa",opaque="df58"'},
    )


def test_a_server_that_wants_digest_gets_it() -> None:
    """Basic is refused once, and everything after it is Digest, counted up."""
    with (
        ScriptedHttp([("PROPFIND", "*", digest_only)]) as server,
        opened(server.url + "book/", password="secret") as books,
    ):
        books.collections()
        books.collections()
    schemes = [heard.headers["authorization"].split()[0] for heard in server.heard]
    assert ["Basic", "Digest", "Digest"] == schemes
    assert "nc=00000002" in server.heard[-1].headers["authorization"]
    assert 1 == server.connections


def test_a_wrong_password_by_digest_is_asked_once() -> None:
    """A second refusal is final."""
    with (
        ScriptedHttp([("PROPFIND", "*", digest_only)]) as server,
        opened(server.url + "book/", password="wrong") as books,
        pytest.raises(LoginError, match="refuses the login of ada"),
    ):
        books.collections()
    assert 2 == len(server.heard)


def test_a_stale_nonce_is_replaced_without_a_word() -> None:
    """RFC 7616 3.3: stale=true means that only the nonce was too old."""
    first = {"WWW-Authenticate": 'Basic realm="x", Digest realm="x", nonce="1", qop="auth"'}
    stale = {"WWW-Authenticate": 'Digest realm="x", nonce="2", qop="auth", stale=TRUE'}
    asking = in_turn(saying(401, headers=first), saying(401, headers=stale), BOOK)
    with (
        ScriptedHttp([("PROPFIND", "*", asking)]) as server,
        opened(server.url + "book/") as books,
    ):
        books.collections()
    nonces = [
        re.findall(r' nonce="(\d)"', heard.headers["authorization"]) for heard in server.heard
    ]
    assert [[], ["1"], ["2"]] == nonces


@pytest.mark.parametrize(
    "challenge",
    [
        "",
        "Digest",
        "Digest ,,,=,",
        'Digest realm="x", nonce="1", algorithm=ROT13',
        'Digest realm="x", nonce="1", qop="auth-int"',
        'Digest realm="x\x07", nonce="1"',
        "Digest " + "x=" * 60_000,
        "Negotiate",
    ],
)
def test_a_challenge_that_can_not_be_answered_is_a_refusal(challenge: str) -> None:
    """Unknown algorithms, garbage and endless fields end in LoginError, and at once."""
    with (
        ScriptedHttp(
            [("PROPFIND", "*", saying(401, headers={"WWW-Authenticate": challenge[:60_000]}))]
        ) as server,
        opened(server.url) as books,
        pytest.raises(LoginError),
    ):
        books.collections()
    assert 1 == len(server.heard)


def test_a_server_without_passwords_says_so() -> None:
    """Google's is one: the name and the password aren't blamed."""
    challenge = {"WWW-Authenticate": 'Bearer realm="https://accounts.example.org/"'}
    with (
        ScriptedHttp([("PROPFIND", "*", saying(401, headers=challenge))]) as server,
        opened(server.url) as books,
        pytest.raises(LoginError, match="OAuth 2"),
    ):
        books.collections()


@pytest.mark.parametrize(
    ("user", "password"), [("ada\n", "x"), ("ada", "x\n"), ("a:da", "x"), ("ada", "x\0")]
)
def test_a_name_or_password_that_can_not_be_sent_is_never_sent(user: str, password: str) -> None:
    """A line break in it would be somebody's slip, or worse."""
    with (
        ScriptedHttp([("PROPFIND", "*", BOOK)]) as server,
        opened(server.url, user=user, password=password) as books,
        pytest.raises(LoginError),
    ):
        books.collections()
    assert [] == server.heard


def test_the_password_is_asked_for_once_and_late() -> None:
    """It may come from a program or a person: not before it is needed, and not again."""
    asked: list[str] = []

    def secret() -> str:
        asked.append("asked")
        return "secret"

    authorization = Authorization(Credentials("ada", secret), lambda: "1")
    assert [] == asked
    authorization.header("GET", "/")
    authorization.header("GET", "/")
    assert ["asked"] == asked
    assert "secret" not in repr(Credentials("ada", secret))


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/dav/",
        "http://evil.example/dav/",
        "//evil.example/dav/",
        "file:///etc/passwd",
        "",
        "https://127.0.0.2.evil.example/",
    ],
)
def test_a_redirection_elsewhere_is_refused_and_names_where(location: str) -> None:
    """The password goes to no other host, and the owner learns what to set."""
    with (
        ScriptedHttp([("PROPFIND", "*", saying(301, headers={"Location": location}))]) as server,
        opened(server.url) as books,
        pytest.raises(UnreachableError, match=r"set carddav to|no usable address"),
    ):
        books.collections()
    assert 1 == len(server.heard)


def test_a_redirection_on_the_same_host_keeps_the_question() -> None:
    """301, 302, 303, 307 and 308 alike: a PROPFIND stays one, body and all (RFC 6764 6)."""
    rules = [
        ("PROPFIND", f"/{status}", saying(status, "gone on", {"Location": "/book/"}))
        for status in (301, 302, 303, 307, 308)
    ]
    with ScriptedHttp([*rules, ("PROPFIND", "/book/", BOOK)]) as server:
        for status in (301, 302, 303, 307, 308):
            with opened(f"{server.url}{status}") as books:
                assert ["/book/"] == [collection.href for collection in books.collections()]
    assert {("PROPFIND", "0")} == {(heard.method, heard.headers["depth"]) for heard in server.heard}
    assert 1 == len({heard.body for heard in server.heard})


def test_a_redirection_in_circles_ends() -> None:
    """After a few steps."""
    with (
        ScriptedHttp([("PROPFIND", "*", saying(302, headers={"Location": "/"}))]) as server,
        opened(server.url) as books,
        pytest.raises(UnreachableError, match="circles"),
    ):
        books.collections()
    assert 8 == len(server.heard)
