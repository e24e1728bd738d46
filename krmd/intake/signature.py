"""What a mail's signature says of its sender: phones, company, role, web page, postal address.

Precision comes before recall: what isn't plainly said is not taken, since a wrong number on a card
is worse than none. The text is untrusted; all of it is bounded before it is looked at. It is read
in memory and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from krmd.intake.signature_block import Block, sender_of, signature_block
from krmd.intake.signature_phones import phones_in
from krmd.intake.signature_postal import postal_address
from krmd.intake.signature_words import LEGAL_FORMS, PROSE, ROLE_ENDS, ROLE_WORDS
from krmd.ledger.portrait import Fact, FactField, fact

LONGEST_TEXT = 65_536
"""So many characters of a mail are looked at."""

_ROLE_WITHIN = 3
_COMPANY_WITHIN = 8
_MOST_WORDS = 8
_LONGEST_VALUE = 80
_MOST_URLS = 2

_APART = re.compile(r"\s*[|•·▪●]\s*|\s+[-–—/\\]+\s+|\s{3,}|\t")
_AT = re.compile(r"\s+(?:at|bei|chez|presso|bij|@)\s+", re.IGNORECASE)
_PLAIN_ROLE = re.compile(r"[^\W\d_][^\d@:;!?<>{}\[\]\"]*")
_ARTICLES = frozenset(
    "the a an der die das ein eine le la les un une el los il lo de het een".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEGAL = re.compile(
    r"(?<=[\w)&.,] )(?:" + "|".join(map(re.escape, sorted(LEGAL_FORMS, key=len)[::-1])) + r")\Z"
)
_LEGAL_WITHOUT_BLANK = ("株式会社", "有限公司")

_URL = re.compile(
    r"(?:(https?)://)?((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,18})((?:/[\w.~%+-]{1,60}){0,4})/?",
    re.IGNORECASE,
)
_URL_LABEL = re.compile(
    r"(?:web|website|webseite|homepage|internet|url|www|w|linkedin|xing)\s*[:.]?\s+",
    re.IGNORECASE,
)
_PROFILES = re.compile(
    r"(?:[a-z]{2}\.|www\.)?(?:linkedin\.com/in|xing\.com/profile|github\.com)/[\w.~%+-]+"
)
_OTHERS_SITES = frozenset(
    "aka.ms apple.com avast.com avg.com facebook.com google.com instagram.com linkedin.com"
    " mozilla.org outlook.com github.com tiktok.com twitter.com x.com xing.com yahoo.com"
    " youtube.com".split()
)
"""Sites that advertise under mails, and those that are nobody's but for a profile."""


def read_signature(
    text: str, *, name: str, address: str, region: str | None = None
) -> tuple[Fact, ...]:
    """What the signature in `text` says of the sender, who has this display name and address.

    `text` is an inbound mail's as `krmd.intake.text_part` gives it. `region` is the country (ISO
    3166, `DE`) whose numbers are written without their country code; without it only numbers with
    `+` are taken. Facts are `phone` (labelled `mobile`, `work`, `home` or not), `company`, `role`,
    `url` and `postal`, none twice; () where nothing is certain.
    """
    sender = sender_of(name[:200], address[:320])
    block = signature_block(text[:LONGEST_TEXT], sender)
    if block is None:
        return ()
    company = _company(block)
    said: list[tuple[FactField, str, str]] = [
        ("phone", number, label)
        for number, label in phones_in(block.lines, region, at_work=company is not None)
    ]
    said += [("company", company, "")] if company else []
    said += [("role", it, "") for it in _roles(block)]
    said += [("url", it, "") for it in _urls(block, sender.address)]
    postal = postal_address(block.lines)
    said += [("postal", postal, "work" if company else "")] if postal else []
    facts = (fact(*it) for it in said)
    return tuple(dict.fromkeys(it for it in facts if it is not None))


def _company(block: Block) -> str | None:
    """A name that ends with a legal form, near the sender's."""
    for line in _near(block, _COMPANY_WITHIN):
        for piece in _pieces(line):
            where = _AT.split(piece)[-1]
            for name in (where, *(it.strip() for it in where.split(","))):
                if _is_company(name):
                    return name
    return None


def _is_company(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= _MOST_WORDS or len(text) > _LONGEST_VALUE or ":" in text:
        return False
    if "@" in text or text[0].islower() or not (text[0].isalnum() or text[0] in "(\"'"):
        return False
    if not PROSE.isdisjoint(text.lower().split()):
        return False
    if any(form in text and text != form for form in _LEGAL_WITHOUT_BLANK):
        return True
    form = _LEGAL.search(text)
    return form is not None and "," not in text[: form.start()].rstrip(" ,")


def _roles(block: Block) -> Iterator[str]:
    """What the sender does there: on the name's line behind it, or on the next ones; the first."""
    for number, line in enumerate(_near(block, _ROLE_WITHIN)):
        pieces = [part.strip() for it in _pieces(line) for part in _AT.split(it)[0].split(",")]
        # On the line of the name the name itself comes first.
        for piece in pieces[1:] if number == 0 and block.name_line >= 0 else pieces[:1] or []:
            if _is_role(piece):
                yield piece
                return


def _is_role(text: str) -> bool:
    if len(text) > _LONGEST_VALUE or not _PLAIN_ROLE.fullmatch(text) or text.endswith("."):
        return False
    words = [it.lower() for it in _WORD.findall(text)]
    if not 1 <= len(words) <= _MOST_WORDS or not PROSE.isdisjoint(words) or text[0].islower():
        return False
    if words[0] in _ARTICLES:  # somebody else is told of
        return False
    return any(it in ROLE_WORDS or (len(it) > 8 and it.endswith(ROLE_ENDS)) for it in words)


def _urls(block: Block, address: str) -> Iterator[str]:
    """Pages that stand alone on a line or behind a label: the sender's site, or a profile."""
    found: list[str] = []
    for line in block.lines:
        for piece in _APART.split(line):
            label = _URL_LABEL.match(piece)
            url = _URL.fullmatch(piece[label.end() if label else 0 :].strip(" <>()"))
            if url is not None and _is_a_page(url, address, labelled=label is not None):
                found.append(f"{(url[1] or 'https').lower()}://{url[2].lower()}{url[3] or ''}")
    yield from found[:_MOST_URLS]


def _is_a_page(url: re.Match[str], address: str, *, labelled: bool) -> bool:
    host, path = url[2].lower(), url[3] or ""
    if _PROFILES.fullmatch(host + path):
        return True
    site = ".".join(host.split(".")[-2:])
    if site in _OTHERS_SITES or (path and not address.endswith(site)):
        return False
    return host.startswith("www.") or url[1] is not None or labelled


def _pieces(line: str) -> list[str]:
    return [it.strip(" ,;") for it in _APART.split(line) if it.strip(" ,;")]


def _near(block: Block, within: int) -> Sequence[str]:
    """The line with the name, if there is one, and those after it."""
    start = max(block.name_line, 0)
    return block.lines[start : start + within + 1]
