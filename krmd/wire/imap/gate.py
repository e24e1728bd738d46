r"""The one gate every argument of a command passes: nothing from outside becomes a command.

imapclient and imaplib send CR LF inside an argument as it is, so that a folder or a user called
`x\r\nA1 DELETE INBOX` would be obeyed (mjs/imapclient#657). Nothing is escaped here that can't be
escaped: a CR, LF or NUL is refused, always.
"""

import re

from krmd.base.errors import UserError

_UNSENDABLE = re.compile(rb"[\r\n\x00]")
_FIELD_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\Z")


def checked(argument: bytes) -> bytes:
    """The argument itself; raises UserError if it holds CR, LF or NUL (RFC 3501 9: CHAR, TEXT)."""
    if _UNSENDABLE.search(argument):
        raise UserError(
            "a name or password holds a line break or a NUL, and no mail server can be sent that"
        )
    return argument


def quoted(argument: bytes) -> bytes:
    """The argument as a quoted string (RFC 3501 4.3); raises UserError as `checked` does."""
    return b'"' + checked(argument).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def mailbox_name(wire: str) -> bytes:
    """A folder's wire name as a command's argument; raises UserError as `checked` does.

    Wire names are the server's bytes, one character a byte, so that raw UTF-8 and broken names of
    servers that don't keep to RFC 3501 go back exactly as they came.
    """
    return quoted(wire.encode("latin-1", "strict"))


def field_names(names: tuple[str, ...]) -> bytes:
    """Header field names for HEADER.FIELDS; raises ValueError for what is no field name."""
    for name in names:
        if not _FIELD_NAME.match(name):
            raise ValueError(f"{name!r} is no header field's name")
    return " ".join(names).upper().encode("ascii")
