"""The text of a private Dovecot 2.3's configuration."""

from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificates import Certificate, CertificateFiles
from tests.servers.processes import Identity

SPECIAL_USE = {
    "Drafts": r"\Drafts",
    "Sent": r"\Sent",
    "Junk": r"\Junk",
    "Trash": r"\Trash",
    "Archive": r"\Archive",
}
"""Folders and their attribute of RFC 6154."""

# What 2.3.19 says after LOGIN; imap_capability can only be replaced as a whole.
CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES "
    "THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN "
    "NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES "
    "WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "
    "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE"
).split()


@dataclass(frozen=True, slots=True)
class DovecotOptions:
    """How one Dovecot differs from an ordinary provider's.

    `without`: capabilities it doesn't announce (it still obeys the commands, as servers do that
    hide what they do badly). `connections`: how many one user may hold from one address before
    LOGIN is refused with [UNAVAILABLE]. `special_use`: whether LIST names the folders' use.
    """

    without: frozenset[str] = frozenset()
    connections: int = 200
    special_use: bool = True
    certificate: Certificate = Certificate.GOOD
    extra: str = ""


@dataclass(frozen=True, slots=True)
class DovecotPlace:
    """Where one Dovecot lives: its folder, its ports on loopback and its certificates."""

    folder: Path
    plain_port: int
    tls_port: int
    certificates: CertificateFiles

    @property
    def homes(self) -> Path:
        """One folder a user, its mail in Maildir/."""
        return self.folder / "home"

    @property
    def passwords(self) -> Path:
        """One passwd file a user."""
        return self.folder / "passwords"


def configuration(place: DovecotPlace, who: Identity, options: DovecotOptions) -> str:
    """The whole dovecot.conf; every process runs as `who`, so that root isn't needed."""
    return f"""
base_dir = {place.folder}/run
state_dir = {place.folder}/state
log_path = {place.folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
first_valid_uid = 1
default_internal_user = {who.user}
default_internal_group = {_group(who)}
default_login_user = {who.user}
ssl = yes
ssl_cert = <{place.certificates.chain(options.certificate)}
ssl_key = <{place.certificates.key(options.certificate)}
# Its own Diffie-Hellman parameters would take minutes to make; TLS 1.2 and 1.3 do without.
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain login
# A wrong password is answered at once: the delays are meant against the world outside.
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = {options.connections}
maildir_stat_dirs = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {place.passwords}/%u
}}
userdb {{
  driver = static
  args = uid={who.uid} gid={who.gid} home={place.homes}/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
{_mailboxes(options)}
}}
service anvil {{
  chroot =
  # No growing delay after wrong passwords: it would hit every test that comes after.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  client_limit = 1000
  inet_listener imap {{
    port = {place.plain_port}
  }}
  inet_listener imaps {{
    port = {place.tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 500
}}
service stats {{
  chroot =
}}
protocol imap {{
  imap_capability = {" ".join(_announced(options))}
}}
{options.extra}
"""


def _announced(options: DovecotOptions) -> list[str]:
    hidden = set(options.without) | (set() if options.special_use else {"SPECIAL-USE"})
    return [name for name in CAPABILITIES if name not in hidden]


def _mailboxes(options: DovecotOptions) -> str:
    # auto = no: which folders a user has is said by add_user, as folders on the disk.
    if not options.special_use:
        return ""
    return "\n".join(
        f"  mailbox {name} {{\n    auto = no\n    special_use = {use}\n  }}"
        for name, use in SPECIAL_USE.items()
    )


def _group(who: Identity) -> str:
    import grp

    return grp.getgrgid(who.gid).gr_name
