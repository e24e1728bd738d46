"""Reaching a server and logging in: what is refused, and in which words."""

import base64
import socket
import time
from pathlib import Path

import pytest

from krmd.base.errors import CertificateError, LoginError, UnreachableError, UserError
from krmd.wire.imap.endpoint import Endpoint, Login, Timeouts
from krmd.wire.imap.session import ImapSession, connect
from tests.servers.scripted import (
    Peer,
    Routine,
    ScriptedImap,
    hang_up,
    saying,
    silence,
)
from tests.wire.conftest import INBOX, QUICK, Meet, endpoint_of, login


def attempt(server: ScriptedImap, who: Login | None = None) -> ImapSession:
    """A session on a scripted server that runs."""
    return connect(endpoint_of(server), who or login(), timeouts=QUICK)


def test_the_socket_is_tuned(meet: Meet) -> None:
    """No Nagle (44 ms a literal), keepalive within two minutes, a read timeout."""
    tuned = meet(ScriptedImap())._stream.socket

    assert 1 == tuned.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert 1 == tuned.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert (60, 15, 4) == tuple(
        tuned.getsockopt(socket.IPPROTO_TCP, option)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    )
    assert QUICK.read == tuned.gettimeout()


def test_capabilities_are_asked_again_after_the_login(meet: Meet) -> None:
    """Before and after differ everywhere."""
    said = iter((b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 IDLE MOVE"))

    def capability(peer: Peer, tag: bytes, _rest: bytes) -> None:
        peer.say(b"* CAPABILITY " + next(said), tag + b" OK")

    session = meet(ScriptedImap({"CAPABILITY": capability}))

    assert {"IMAP4REV1", "IDLE", "MOVE"} == session.capabilities


def test_id_is_sent_where_it_is_known(meet: Meet) -> None:
    """Some servers refuse to work without; a NO to it is no harm."""
    server = ScriptedImap({"ID .*": saying(b"TAG NO")}, capabilities="IMAP4rev1 AUTH=PLAIN ID")

    meet(server)

    assert 1 == len(server.commands(r'ID \("name" "krmd" "version" "[^"]+"\)'))


def test_a_preauthenticated_greeting_needs_no_login(meet: Meet) -> None:
    """Courier greets so when it is run like inetd does; LOGIN would be an error then."""
    server = ScriptedImap(greeting=b"* PREAUTH welcome")

    assert 3 == meet(server).open(INBOX).messages
    assert [] == server.commands("LOGIN|AUTHENTICATE")


def test_preauth_before_starttls_is_refused() -> None:
    """It is the way around STARTTLS for somebody between."""
    with ScriptedImap(greeting=b"* PREAUTH welcome", capabilities="IMAP4rev1 STARTTLS") as server:
        endpoint = Endpoint("127.0.0.1", server.port, "starttls")
        with pytest.raises(UnreachableError, match="before anything is encrypted"):
            connect(endpoint, login(), timeouts=QUICK)


def test_stripped_starttls_is_refused() -> None:
    """STARTTLS is demanded, never opportunistic, and no password is sent."""
    with ScriptedImap() as server:
        endpoint = Endpoint("127.0.0.1", server.port, "starttls")
        with pytest.raises(UnreachableError, match="doesn't offer STARTTLS"):
            connect(endpoint, login(), timeouts=QUICK)

    assert [] == server.commands("LOGIN|AUTHENTICATE")


def test_refused_starttls_is_an_unreachable_server() -> None:
    """BAD or NO to it ends the attempt."""
    rules = {"STARTTLS": saying(b"TAG BAD not now")}
    with ScriptedImap(rules, capabilities="IMAP4rev1 STARTTLS") as server:
        endpoint = Endpoint("127.0.0.1", server.port, "starttls")
        with pytest.raises(UnreachableError, match="not now"):
            connect(endpoint, login(), timeouts=QUICK)


def test_answers_ahead_of_the_encryption_are_refused() -> None:
    """Response injection: bytes behind the OK to STARTTLS were sent by anybody."""
    rules = {
        "STARTTLS": saying(b"TAG OK go on\r\n* CAPABILITY IMAP4rev1 X-INJECTED"),
    }
    with ScriptedImap(rules, capabilities="IMAP4rev1 STARTTLS") as server:
        endpoint = Endpoint("127.0.0.1", server.port, "starttls")
        with pytest.raises(UnreachableError, match="ahead of the encryption"):
            connect(endpoint, login(), timeouts=QUICK)


def test_plain_text_is_for_this_machine_alone() -> None:
    """It can't even be spelled for another host."""
    with pytest.raises(UserError, match="without encryption"):
        Endpoint("imap.example.org", 143, "plain")

    assert Endpoint("::1", 143, "plain").host == "::1"


@pytest.mark.parametrize(
    ("routine", "kind", "words", "wait"),
    [
        (saying(b"TAG NO [AUTHENTICATIONFAILED] Authentication failed."), LoginError, "ada", None),
        (saying(b"TAG NO no such user"), LoginError, "no such user", None),
        (
            saying(b"TAG NO [ALERT] Application-specific password required"),
            LoginError,
            "specific",
            None,
        ),
        (saying(b"TAG NO [REFERRAL imap://evil.example/] elsewhere"), LoginError, "REFERRAL", None),
        (saying(b"TAG NO [UNAVAILABLE] try again later"), UnreachableError, "for now", 60.0),
        (saying(b"TAG NO [LIMIT] too many"), UnreachableError, "for now", 300.0),
        (
            saying(b"TAG NO [ALERT] Too many simultaneous connections. (Failure)"),
            UnreachableError,
            "Too many simultaneous",
            120.0,
        ),
        (
            saying(b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits."),
            UnreachableError,
            "bandwidth",
            3600.0,
        ),
        (
            saying(b"TAG BAD Request is throttled. Suggested Backoff Time: 5000 milliseconds"),
            UnreachableError,
            "throttled",
            5.0,
        ),
        (saying(b"* BYE Too many simultaneous connections"), UnreachableError, "many", 120.0),
        (saying(b"TAG NO BAD PASSWORD"), LoginError, "BAD PASSWORD", None),
        (saying(b"NOTMINE1 OK Logged in"), UnreachableError, "ends the login", None),
        (hang_up, UnreachableError, "closed the connection", None),
        (silence, UnreachableError, "said nothing", None),
    ],
)
def test_a_refused_login_says_what_it_was(
    routine: Routine, kind: type[UnreachableError], words: str, wait: float | None
) -> None:
    """The account's fault, or a server that asks for patience: never the password in it."""
    with (
        ScriptedImap({"(AUTHENTICATE|LOGIN) .*": routine}) as server,
        pytest.raises(UnreachableError, match=words) as raised,
    ):
        attempt(server, login(password="s3cr3t"))

    assert kind is type(raised.value)
    assert wait == raised.value.retry_after
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize(
    ("greeting", "wait"),
    [
        (b"* BYE [UNAVAILABLE] Maximum number of connections from user+IP exceeded", 120.0),
        (b"* BYE Too many simultaneous connections", 120.0),
        (b"* BYE", None),
        (b"220 smtp.example.org ESMTP", None),
        (b"\x16\x03\x01garbage", None),
    ],
)
def test_a_greeting_that_is_none_is_an_unreachable_server(
    greeting: bytes, wait: float | None
) -> None:
    """Also another protocol on that port."""
    with ScriptedImap(greeting=greeting) as server, pytest.raises(UnreachableError) as raised:
        attempt(server)

    assert wait == raised.value.retry_after


def test_a_secret_the_server_repeats_is_not_repeated() -> None:
    """Some servers quote the command they refuse."""
    rules = {"(AUTHENTICATE|LOGIN) .*": saying(b"TAG NO wrong password 'hunter22' for ada")}
    with ScriptedImap(rules) as server, pytest.raises(LoginError) as raised:
        attempt(server, login(password="hunter22"))

    assert "hunter22" not in str(raised.value)


def test_login_disabled_is_respected() -> None:
    """Without SASL PLAIN no password leaves then."""
    with (
        ScriptedImap(capabilities="IMAP4rev1 LOGINDISABLED") as server,
        pytest.raises(LoginError, match="LOGINDISABLED"),
    ):
        attempt(server)

    assert [] == server.commands("LOGIN |AUTHENTICATE")


def test_login_is_used_where_plain_is_not_offered(meet: Meet) -> None:
    """The user's name is quoted too: imaplib sends it as it is."""
    with ScriptedImap(capabilities="IMAP4rev1") as server:
        attempt(server, login('a"d a', 'p"w')).close()

    assert 1 == len(server.commands(r'LOGIN "a\\"d a" "p\\"w"$'))


def test_plain_that_is_announced_and_unknown_falls_to_login() -> None:
    """BAD is no answer about the password."""
    with ScriptedImap({"AUTHENTICATE .*": saying(b"TAG BAD what?")}) as server:
        attempt(server).close()

    assert 1 == len(server.commands("LOGIN "))


def test_a_password_beyond_ascii_goes_by_plain_or_is_refused() -> None:
    """LOGIN has no way to say it."""
    with ScriptedImap() as server:
        attempt(server, login("ada", "pässwörd")).close()
    assert "\0ada\0pässwörd".encode() in [_unwrapped(line) for line in server.heard]

    with (
        ScriptedImap(capabilities="IMAP4rev1") as server,
        pytest.raises(LoginError, match="beyond ASCII"),
    ):
        attempt(server, login("ada", "pässwörd"))


@pytest.mark.parametrize("password", ["secret\n", "x\r\nA1 DELETE INBOX", "nul\0"])
def test_a_line_break_in_a_password_is_no_command(password: str) -> None:
    """It is refused in a sentence, since a password file's last line break is easily forgotten."""
    with ScriptedImap() as server, pytest.raises(LoginError, match="line break"):
        attempt(server, login("ada", password))

    assert [] == server.commands("LOGIN|AUTHENTICATE|DELETE")


def test_a_stale_token_is_asked_for_once_more() -> None:
    """The secret is asked at every login; a token that changed meanwhile gets a second try."""
    tokens = iter(("stale", "fresh", "never"))

    def judge(peer: Peer, tag: bytes, _rest: bytes) -> None:
        peer.say(b"+ ")
        if b"Bearer stale" in base64.b64decode(peer.hear()):
            peer.say(b"+ " + base64.b64encode(b'{"status":"400"}'))
            assert peer.hear() == b""
            peer.say(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials")
        else:
            peer.say(tag + b" OK welcome")

    rules = {"AUTHENTICATE .*": judge}
    with ScriptedImap(rules, capabilities="IMAP4rev1 AUTH=XOAUTH2") as server:
        attempt(server, Login("ada", lambda: next(tokens), "oauth2")).close()

    assert "never" == next(tokens)


def test_a_token_refused_twice_is_a_refused_login() -> None:
    """No loop: the owner is told."""
    asked: list[int] = []

    def secret() -> str:
        asked.append(1)
        return f"token{len(asked)}"

    rules = {"AUTHENTICATE .*": saying(b"TAG NO [AUTHENTICATIONFAILED] no")}
    with (
        ScriptedImap(rules, capabilities="IMAP4rev1 AUTH=OAUTHBEARER") as server,
        pytest.raises(LoginError),
    ):
        attempt(server, Login("ada", secret, "oauth2"))

    assert 2 == len(asked)
    assert 2 == len(server.commands("AUTHENTICATE OAUTHBEARER"))


def test_a_hint_says_what_the_provider_wants() -> None:
    """Gmail is known by its capability, also behind another name."""
    rules = {"(AUTHENTICATE|LOGIN) .*": saying(b"TAG NO [AUTHENTICATIONFAILED] no")}
    with (
        ScriptedImap(rules, capabilities="IMAP4rev1 AUTH=PLAIN X-GM-EXT-1") as server,
        pytest.raises(LoginError, match="app password"),
    ):
        attempt(server)


def test_a_login_shows_no_secret() -> None:
    """Neither its value nor where it comes from."""
    assert "secret" not in repr(Login("ada", lambda: "hidden"))
    assert "hidden" not in repr(Login("ada", lambda: "hidden"))


def test_a_closed_port_an_unknown_host_and_silence_are_told_apart(unused_port: int) -> None:
    """Each in a sentence that says what to look at."""
    with pytest.raises(UnreachableError, match="refuses connections"):
        connect(Endpoint("127.0.0.1", unused_port, "tls"), login(), timeouts=QUICK)
    with pytest.raises(UnreachableError, match="isn't known"):
        connect(Endpoint("imap.invalid", 993, "tls"), login(), timeouts=QUICK)
    with (
        ScriptedImap({"CAPABILITY": silence}) as server,
        pytest.raises(UnreachableError, match="said nothing"),
    ):
        attempt(server)


def test_a_server_that_never_greets_is_left_in_time() -> None:
    """Accepted, and not a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        endpoint = Endpoint("127.0.0.1", listening.getsockname()[1], "plain")
        started = time.monotonic()
        with pytest.raises(UnreachableError, match="said nothing"):
            connect(endpoint, login(), timeouts=Timeouts(connect=1, read=1))
    assert time.monotonic() - started < 3


def test_tls_on_a_plain_port_is_said_to_be_that() -> None:
    """The usual mistake: imaps:// with port 143."""
    with ScriptedImap() as server, pytest.raises(UnreachableError, match="doesn't speak TLS"):
        connect(Endpoint("127.0.0.1", server.port, "tls"), login(), timeouts=QUICK)


def test_a_bad_ca_file_is_named(tmp_path: Path) -> None:
    """Missing, or no certificates in it."""
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    with ScriptedImap() as server:
        for path in (empty, tmp_path / "missing.pem"):
            endpoint = Endpoint("127.0.0.1", server.port, "tls", path)
            with pytest.raises(CertificateError, match=path.name):
                connect(endpoint, login(), timeouts=QUICK)


def _unwrapped(line: bytes) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except ValueError:
        return b""


@pytest.fixture
def unused_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
