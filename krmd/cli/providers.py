"""Where the mail of an address probably lives: big providers by name, else a guess by domain."""

from __future__ import annotations

from typing import NamedTuple


class Servers(NamedTuple):
    """URLs as krmd.toml has them, and what the owner should know of the provider's logins."""

    imap: str
    smtp: str
    hint: str = ""


_APP_PASSWORD = "takes an app password, made in its account settings, not the usual one"  # noqa: S105 # advice
_OAUTH = 'takes no passwords any more: set auth = "oauth2" and token = { command = […] }'

_GOOGLE = Servers("imaps://imap.gmail.com", "smtps://smtp.gmail.com", f"Google {_APP_PASSWORD}")
_MICROSOFT = Servers(
    "imaps://outlook.office365.com", "smtp+starttls://smtp.office365.com", f"Microsoft {_OAUTH}"
)
_APPLE = Servers(
    "imaps://imap.mail.me.com", "smtp+starttls://smtp.mail.me.com", f"Apple {_APP_PASSWORD}"
)
_YAHOO = Servers(
    "imaps://imap.mail.yahoo.com", "smtps://smtp.mail.yahoo.com", f"Yahoo {_APP_PASSWORD}"
)
_FASTMAIL = Servers(
    "imaps://imap.fastmail.com", "smtps://smtp.fastmail.com", f"Fastmail {_APP_PASSWORD}"
)
_GMX_HINT = "IMAP must be allowed in the settings of its web site first"
_PROVIDERS: dict[str, Servers] = {
    "gmail.com": _GOOGLE,
    "googlemail.com": _GOOGLE,
    "outlook.com": _MICROSOFT,
    "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT,
    "icloud.com": _APPLE,
    "me.com": _APPLE,
    "mac.com": _APPLE,
    "yahoo.com": _YAHOO,
    "aol.com": Servers("imaps://imap.aol.com", "smtps://smtp.aol.com", f"AOL {_APP_PASSWORD}"),
    "fastmail.com": _FASTMAIL,
    "fastmail.fm": _FASTMAIL,
    "gmx.de": Servers("imaps://imap.gmx.net", "smtps://mail.gmx.net", _GMX_HINT),
    "gmx.net": Servers("imaps://imap.gmx.net", "smtps://mail.gmx.net", _GMX_HINT),
    "gmx.com": Servers("imaps://imap.gmx.com", "smtps://mail.gmx.com", _GMX_HINT),
    "web.de": Servers("imaps://imap.web.de", "smtps://smtp.web.de", _GMX_HINT),
    "t-online.de": Servers(
        "imaps://secureimap.t-online.de",
        "smtps://securesmtp.t-online.de",
        "T-Online takes the password for e-mail programs, not that of its web site",
    ),
    "posteo.de": Servers("imaps://posteo.de", "smtps://posteo.de"),
    "mailbox.org": Servers("imaps://imap.mailbox.org", "smtps://smtp.mailbox.org"),
    "zoho.com": Servers("imaps://imap.zoho.com", "smtps://smtp.zoho.com"),
}


def servers_of(address: str) -> Servers:
    """The servers that an address's domain suggests; nothing is looked up."""
    domain = address.rpartition("@")[2].lower()
    return _PROVIDERS.get(domain) or Servers(f"imaps://imap.{domain}", f"smtps://smtp.{domain}")
