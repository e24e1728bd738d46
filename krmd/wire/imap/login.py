"""Proving who we are: which mechanism, and what a refusal means and what to do about it."""

import imaplib

import structlog

from krmd.base.errors import LoginError, UnreachableError, UserError
from krmd.wire.imap.client import MailClient, is_abort, is_bad, server_words
from krmd.wire.imap.endpoint import Endpoint, Login
from krmd.wire.imap.gate import checked, quoted
from krmd.wire.imap.throttle import response_code, retry_after

log = structlog.get_logger()

_HINTS = (
    (
        ("gmail.com", "googlemail.com", "google.com"),
        'Google takes an app password (not the usual one) or auth = "oauth2"',
    ),
    (
        ("outlook.com", "office365.com", "hotmail.com", "live.com"),
        'Microsoft takes no passwords any more: set auth = "oauth2"',
    ),
    (("mail.me.com", "icloud.com"), "Apple takes an app-specific password, not the usual one"),
    (("yahoo.com", "aol.com"), "Yahoo takes an app password, not the usual one"),
    (("fastmail.com",), "Fastmail takes an app password, not the usual one"),
)


def log_in(client: MailClient, endpoint: Endpoint, login: Login) -> None:
    """Log in, unless the server already did so for us.

    An access token that is refused is asked for once more, since it may just have gone stale.
    Raises LoginError where the server refuses the account (names the user, never the secret) and
    UnreachableError where it only asks for patience.
    """
    if client.preauthenticated:
        return
    secret = login.secret()
    try:
        _try_once(client, endpoint, login, secret)
    except LoginError:
        fresh = login.secret() if login.mechanism == "oauth2" else secret
        if fresh == secret:
            raise
        log.info("imap.token_renewed", host=endpoint.host)
        _try_once(client, endpoint, login, fresh)


def _try_once(client: MailClient, endpoint: Endpoint, login: Login, secret: str) -> None:
    offered = {capability.decode("ascii", "replace") for capability in client.offered()}
    try:
        checked(f"{login.user}{secret}".encode())
    except UserError as error:
        raise LoginError(
            f"the name or the password of {login.user!r} holds a line break or a NUL; "
            "a password file's last line break may be one too many"
        ) from error
    try:
        if login.mechanism == "oauth2":
            _by_token(client, login.user, secret, offered)
        else:
            _by_password(client, login.user, secret, offered)
    except imaplib.IMAP4.error as error:
        words = server_words(error)
        if is_abort(error):
            raise UnreachableError(
                f"{endpoint.host} ends the login: {words}", retry_after=retry_after(words)
            ) from error
        if secret:
            words = words.replace(secret, "…")  # some servers repeat the command they refuse
        raise _refusal(words, endpoint, login, offered=offered) from error


def _by_password(client: MailClient, user: str, password: str, offered: set[str]) -> None:
    plain = "AUTH=PLAIN" in offered
    disabled = "LOGINDISABLED" in offered
    ascii_only = user.isascii() and password.isascii()
    if plain:
        try:
            client.plain_login(user, password)  # type: ignore[no-untyped-call]
        except imaplib.IMAP4.error as error:
            # Some announce PLAIN and answer BAD; a NO is an answer, and asked once only.
            if not is_bad(error) or disabled or not ascii_only:
                raise
        else:
            return
    if disabled:
        raise LoginError(
            f"the server takes no password from {user} on this connection (LOGINDISABLED): "
            'it may want imaps://, or auth = "oauth2"'
        )
    if not ascii_only:
        raise LoginError(
            f"the password or name of {user} holds letters beyond ASCII, which this server "
            "has no way to take: give the account a plain one"
        )
    # imaplib quotes the password and sends the user's name as it is.
    client.login(quoted(user.encode()).decode(), password)


def _by_token(client: MailClient, user: str, token: str, offered: set[str]) -> None:
    if "AUTH=XOAUTH2" in offered or "AUTH=OAUTHBEARER" not in offered:
        first, farewell, mechanism = f"user={user}\x01auth=Bearer {token}\x01\x01", b"", "XOAUTH2"
    else:
        name = user.replace("=", "=3D").replace(",", "=2C")
        first = f"n,a={name},\x01auth=Bearer {token}\x01\x01"
        farewell, mechanism = b"\x01", "OAUTHBEARER"
    # A refused token brings a second challenge, to be answered with nothing before the NO comes
    # (RFC 7628 3.2.3); sending the token again, as imapclient does, draws another error.
    answers = iter((first.encode(),))
    client.sasl_login(mechanism, lambda _challenge: next(answers, farewell))  # type: ignore[no-untyped-call]


def _refusal(
    words: str, endpoint: Endpoint, login: Login, *, offered: set[str]
) -> UnreachableError:
    pause = retry_after(words)
    if pause is not None and response_code(words) != "AUTHENTICATIONFAILED":
        return UnreachableError(
            f"{endpoint.host} lets {login.user} not in for now: {words}", retry_after=pause
        )
    hint = _hint(endpoint.host, offered)
    return LoginError(
        f"{endpoint.host} refuses the login of {login.user}: {words}"
        + (f". {hint}" if hint else "")
    )


def _hint(host: str, offered: set[str]) -> str:
    name = host.lower().rstrip(".")
    for suffixes, hint in _HINTS:
        if any(name == suffix or name.endswith("." + suffix) for suffix in suffixes):
            return hint
    return _HINTS[0][1] if "X-GM-EXT-1" in offered else ""
