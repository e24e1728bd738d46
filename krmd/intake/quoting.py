"""Which lines of a mail its sender wrote for it: not what is quoted, forwarded or attached below.

For precision: a line that might be somebody else's is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_LINES = 3000
LONGEST_LINE = 400
_LONGEST_ATTRIBUTION = 400
_WRAPPED_FROM = 60
"""A quoted line this long may go on in the next one without its mark."""

# Some programs put the initials of who is quoted before the mark.
_QUOTED = re.compile(r"[A-Za-z]{0,3}>")
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|geschrieben|a écrit|écrit|escribió|escribio|ha scritto"
    r"|scrive|schreef|escreveu|skrev|skrifaði|kirjoitti|napisał|napisała|napisał\(a\)|pisze|napsal"
    r"|napsala|napsal\(a\)|napísal|írta|a scris|yazdı|έγραψε|пишет|писал|писала|написал|написала"
    r"|пише|написав|napisao|napisala|je napisao)\b|写道|寫道|のメール|書きました|작성|님이|כתב|كتب",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<[^<>\s]{1,100}@[^<>\s]{1,100}>")
_DATED = re.compile(
    r"(?:on|am|le|el|il|op|em|den|dne|dnia|w dniu|στις)\s.{0,60}\b(?:19|20)\d\d\b"
    r".{0,20}\b\d{1,2}[:h.]\d\d",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_SENDER = re.compile(
    r"[\s*_]*(?:from|von|de|da|van|från|fra|od|feladó|kimden|lähettäjä|от|від|από|de la|expéditeur"
    r"|absender|remitente|mittente|afzender|message du|发件人|寄件者|差出人"
    r"|보낸 사람)\s*[*_]*\s*[:：]",
    re.IGNORECASE,
)
_OTHER_FIELD = re.compile(
    r"[\s*_]*(?:sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|à|objet|enviado|enviada"
    r"|fecha|para|asunto|assunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne"
    r"|sendt|til|emne|lähetetty|vastaanottaja|aihe|wysłano|do|temat|odesláno|komu|předmět|küldve"
    r"|címzett|tárgy|tarih|kime|konu|дата|отправлено|кому|тема|发送时间|日期|收件人|主题|送信日時|宛先"
    r"|件名|보낸 날짜|받는 사람|제목)\s*[*_]*\s*[:：]",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"\s*-{2,}\s*[^\s-][^-]{2,60}-{2,}\s*\Z"
    r"|\s*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado"
    r"|inizio messaggio inoltrato|begin doorgestuurd bericht)\s*:",
    re.IGNORECASE,
)
_FIELDS_WITHIN = 5


def own_lines(text: str) -> list[str]:
    """The lines of the newest text, without blanks at their ends; up to where another mail begins,
    and without what stands in quotation marks (`>`) before that.
    """
    lines = [line[:LONGEST_LINE].strip() for line in text.split("\n", MOST_LINES)[:MOST_LINES]]
    kept: list[str] = []
    for place, line in _unquoted(lines):
        if _FORWARDED.match(line) or _begins_header(lines, place):
            break
        begun = _attribution(kept, line)
        if begun is not None:
            del kept[begun:]
            if not _quotes_next(lines, place):
                break
            continue
        kept.append(line)
    return kept


def _unquoted(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines and their places, but for quoted ones and what a program's wrapping tore off them."""
    torn = False
    for place, line in enumerate(lines):
        if _QUOTED.match(line):
            torn = len(line) >= _WRAPPED_FROM
        elif line and (torn or _between_quoted(lines, place)):
            torn = False
        else:
            torn = False
            yield place, line


def _between_quoted(lines: list[str], place: int) -> bool:
    around = lines[place - 1 : place] + lines[place + 1 : place + 2]
    return len(around) == 2 and all(map(_QUOTED.match, around))


def _quotes_next(lines: list[str], place: int) -> bool:
    """Whether the next line that isn't empty is quoted: then the sender's own may follow below."""
    following = (line for line in lines[place + 1 : place + 4] if line)
    return _QUOTED.match(next(following, "")) is not None


def _begins_header(lines: list[str], place: int) -> bool:
    """Whether a mail's header begins here, as Outlook puts it over what is answered: a sender and
    another field, in either order.
    """
    line, following = lines[place], lines[place + 1 : place + 1 + _FIELDS_WITHIN]
    if _SENDER.match(line):
        return any(_OTHER_FIELD.match(it) or _SENDER.match(it) for it in following)
    return bool(_OTHER_FIELD.match(line)) and any(map(_SENDER.match, following))


def _attribution(before: list[str], line: str) -> int | None:
    """Where among the lines before the words `On … wrote:` begin that end with this line: 0 lines
    back or up to two; None where this line ends no such words.
    """
    if _DATED.match(line):
        return len(before)
    if not (line.endswith((":", "：")) or (_WROTE.search(line[-20:]) and _ADDRESS.search(line))):
        return None
    told = ""
    for back, it in enumerate((line, *reversed(before[-2:]))):
        if not it or len(told) > _LONGEST_ATTRIBUTION:
            return None
        told = f"{it} {told}"
        if _tells_who_and_when(told):
            return _first_of(before, len(before) - back)
    return None


def _tells_who_and_when(text: str) -> bool:
    """Two of three: a date, an address, the word for writing."""
    signs = (_DIGIT, _WROTE, _ADDRESS)
    return sum(sign.search(text) is not None for sign in signs) >= 2


def _first_of(before: list[str], place: int) -> int:
    """The attribution's first line: those right above that name a date or an address are of it."""
    for _ in range(2):
        above = before[place - 1] if place else ""
        if not above or not (_DIGIT.search(above) or "@" in above):
            break
        place -= 1
    return place
