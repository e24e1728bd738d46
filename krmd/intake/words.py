"""Text of header fields for people: RFC 2047 encoded words decoded, and nothing left that bites.

What comes out of here always encodes to UTF-8, holds no control and no bidirectional override.
"""

from __future__ import annotations

import binascii
import re

RAW_LENGTH = 4000
"""So many characters of a value are decoded at most; nobody reads a longer subject."""

_ENCODED = re.compile(r"=\?([A-Za-z0-9_.:()+*'-]{1,40})\?([bBqQ])\?([^?]*+(?:\?(?!=)[^?]*+)*+)\?=")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/=]+")

# Controls, zero-width and bidirectional format characters, tags. The joiners U+200C and U+200D
# stay: Persian, Indic scripts and family emoji are spelled with them.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def has_unwanted(text: str) -> bool:
    """Whether `text` holds a control, bidirectional or invisible character, or a surrogate."""
    return not text.isprintable() and bool(_UNWANTED.search(text) or _SURROGATE.search(text))


def clean(text: str, limit: int) -> str:
    """`text` on one line: controls become blanks, blanks fold, at most `limit` characters."""
    if not text.isprintable():
        text = _SURROGATE.sub("\ufffd", _UNWANTED.sub(" ", text))
    return " ".join(text.split())[:limit].rstrip()


def readable(text: str, limit: int) -> str:
    """`text` with its encoded words decoded (RFC 2047), cleaned, at most `limit` characters."""
    if "=?" in text:
        text = decode_words(text[:RAW_LENGTH])
    return clean(text, limit)


def decode_words(text: str) -> str:
    """`text` with each encoded word replaced by what it says.

    Blanks between neighbouring words vanish (RFC 2047 6.2). Neighbours of one charset are joined
    before decoding, since senders tear multibyte characters apart against section 5 (3).
    """
    parts: list[str] = []
    octets, charset, end = b"", "", 0
    for word in _ENCODED.finditer(text):
        label, encoding, encoded = word.groups()
        between = text[end : word.start()]
        name = label.partition("*")[0].lower()  # RFC 2231 5: the language after a *
        if octets and name == charset and not between.strip():
            octets += _octets(encoding, encoded)
        else:
            if octets:
                parts.append(decode(octets, charset))
            if not end or between.strip():
                parts.append(between)
            octets, charset = _octets(encoding, encoded), name
        end = word.end()
    parts += (decode(octets, charset), text[end:])
    return "".join(parts)


def _octets(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
    # A word may hold several padded pieces; the binascii of each Python reads that differently.
    digits = _NO_BASE64.sub("", text.replace("-", "+").replace("_", "/")).rstrip("=")
    if "=" not in digits:
        return _base64(digits)
    return b"".join([_base64(piece) for piece in digits.split("=")])


def _base64(digits: str) -> bytes:
    if len(digits) % 4 == 1:  # six bits make no octet
        digits = digits[:-1]
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))


def decode(octets: bytes, charset: str) -> str:
    """`octets` as text, whatever the label: a wrong charset gives doubtful text, never an error."""
    codec = _CODECS.get(charset, "utf-8")
    if codec in ("utf-8", "cp1252"):
        return _utf8_or_windows(octets)
    return octets.decode(codec, "replace")


def _utf8_or_windows(octets: bytes) -> str:
    """Latin-1 text is hardly ever valid UTF-8 by chance, and both labels are put on either."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        torn = octets.decode("utf-8", "ignore")
        return octets.decode("cp1252" if torn.isascii() else "utf-8", "replace")


def _codecs() -> dict[str, str]:
    """Charset labels that mail has, and Python's codec for each.

    A closed table, since Python's own also knows `hex`, `zlib`, `idna`, `undefined` and
    `unicode_escape`, and remembers every name it was ever asked for. Where a superset of the
    standard is what senders mean, it is taken (WHATWG Encoding, 4.2).
    """
    table = {f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14)}
    table |= {f"windows-{page}": f"cp{page}" for page in range(1250, 1259)}
    table |= {
        f"cp{page}": f"cp{page}" for page in (437, 850, 852, 855, 858, 866, *range(1250, 1259))
    }
    for codec, labels in {
        "utf-8": "utf-8 utf8 us-ascii ascii unknown-8bit",
        "cp1252": "iso-8859-1 iso8859-1 latin1 latin-1 iso_8859-1 ansi_x3.4-1968",
        "iso8859-15": "iso-8859-15 latin-9 iso8859-15",
        "iso8859-16": "iso-8859-16",
        "iso8859-8": "iso-8859-8-i",
        "iso8859-2": "iso8859-2 latin2",
        "cp1254": "iso-8859-9 latin5",
        "cp874": "tis-620 iso-8859-11 windows-874",
        "koi8-r": "koi8-r koi8r",
        "koi8-u": "koi8-u",
        "mac-roman": "macintosh x-mac-roman",
        "cp932": "shift_jis shift-jis sjis x-sjis cp932 windows-31j",
        "euc-jp": "euc-jp x-euc-jp",
        "iso2022-jp-ext": "iso-2022-jp iso-2022-jp-1 cp50220 cp50221",
        "iso2022-jp-2": "iso-2022-jp-2",
        "iso2022-kr": "iso-2022-kr",
        "cp949": "euc-kr ks_c_5601-1987 ksc5601 cp949 uhc",
        "gb18030": "gb2312 gbk gb18030 cp936 x-gbk",
        "hz": "hz-gb-2312",
        "cp950": "big5 big-5 cp950 x-x-big5",
        "big5hkscs": "big5-hkscs",
        "utf-7": "utf-7 unicode-1-1-utf-7",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16le",
        "utf-16-be": "utf-16be",
    }.items():
        table |= dict.fromkeys(labels.split(), codec)
    return table


_CODECS = _codecs()
