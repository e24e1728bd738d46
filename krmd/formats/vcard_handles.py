"""Accounts elsewhere in a vCard: IMPP, social profiles, and the properties of before them."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from krmd.formats.content_lines import Head
from krmd.formats.vcard_own import LABEL
from krmd.formats.vcard_text import escaped, parameter_value, unescaped

SERVICES = {
    f"X-{name}": service
    for service, names in {
        "aim": "AIM EVOLUTION-AIM",
        "facebook": "FACEBOOK",
        "gadugadu": "GADUGADU",
        "gtalk": "GTALK GOOGLE-TALK GOOGLETALK",
        "groupwise": "GROUPWISE",
        "icq": "ICQ",
        "instagram": "INSTAGRAM",
        "jabber": "JABBER",
        "linkedin": "LINKEDIN",
        "matrix": "MATRIX",
        "msn": "MSN MSN-ADDRESS",
        "qq": "QQ",
        "skype": "SKYPE SKYPE-USERNAME",
        "telegram": "TELEGRAM",
        "twitter": "TWITTER",
        "yahoo": "YAHOO YAHOO-ID",
        "": "MS-IMADDRESS KADDRESSBOOK-X-IMADDRESS",
    }.items()
    for name in names.split()
}
"""Properties named after a service, and what the service is called; "" for none."""

_SCHEMES = {
    "aim": "aim",
    "icq": "icq",
    "irc": "irc",
    "jabber": "xmpp",
    "matrix": "matrix",
    "msn": "msnim",
    "sip": "sip",
    "skype": "skype",
    "telegram": "telegram",
    "xmpp": "xmpp",
    "yahoo": "ymsgr",
}
"""The services the writer spells as IMPP, and their URI schemes."""
# With some, what a program is to do stands before the account: `aim:goim?screenname=ada`.
_SCHEME = re.compile(
    r"(?!https?:)([a-z][a-z0-9+.-]*):(?://)?"
    r"(?:(?:goim|addbuddy|sendim|chat)\?(?:screenname=|contact=)?)?",
    re.ASCII | re.IGNORECASE,
)
_SERVICE_PARAMETERS = ("X-SERVICE-TYPE", "SERVICE-TYPE")
_USER_PARAMETERS = ("X-USER", "USERNAME", "X-USERNAME")
_NO_SERVICE = frozenset(("home", "work", "other", "internet"))
_TYPE = re.compile(r"[a-z0-9-]+", re.ASCII)
_LONGEST_ACCOUNT = 1_000
_KEPT_IN_URI = "@!$'()*"


def messaging_handle(head: Head, value: str) -> tuple[str, str]:
    """Account and service of an IMPP, whose value is a URI."""
    text = unescaped(value)
    service = _service(head)
    found = _SCHEME.match(text)
    if found is None:
        return text, service or ""
    account = unquote(text[found.end() :].partition("?")[0])
    return account, found[1].lower() if service is None else service


def profile_handle(head: Head, value: str) -> tuple[str, str]:
    """Account and service of a social profile: the account's name if told, else its address."""
    for name in _USER_PARAMETERS:
        if user := head.parameter(name):
            return user, _service(head) or ""
    return unescaped(value).removeprefix("x-apple:"), _service(head) or ""


def _service(head: Head) -> str | None:
    """The service that an IMPP or profile names, in small letters, or None for none."""
    own = head.parameter(LABEL)
    if own is not None:
        return own
    for name in _SERVICE_PARAMETERS:
        if service := head.parameter(name):
            return service.lower()
    return next((it for it in head.types if it not in _NO_SERVICE), None)


def handle_line(value: str, service: str) -> str | None:
    """The line of an account, or None where none reads as it is."""
    if service in _SCHEMES and len(value) <= _LONGEST_ACCOUNT:
        address = quote(value, safe=_KEPT_IN_URI, errors="replace")
        return f"IMPP;X-SERVICE-TYPE={service}:{_SCHEMES[service]}:{address}"
    if value.startswith("x-apple:"):
        return None
    if _TYPE.fullmatch(service) and service not in _NO_SERVICE:
        return f"X-SOCIALPROFILE;TYPE={service}:{escaped(value)}"
    return f"X-SOCIALPROFILE;{LABEL}={parameter_value(service)}:{escaped(value)}"
