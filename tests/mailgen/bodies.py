"""Bodies of realistic size (log-normal, 2 to 50 KB) and their MIME headers."""

import base64
import math
import random
from dataclasses import dataclass

SMALLEST, LARGEST = 2_000, 50_000
WORDS = (
    "autumn bicycle call choir company dinner draft exam flight garden grandmother harbour "
    "holiday house idea job journey kitchen lecture letter market meeting move music painting "
    "pictures plan question recipe report school season street summer team ticket train visit "
    "weather weekend wedding winter work year"
).split()
FOREIGN = "Gruß déjà-vu přání привет お元気ですか żółw naïve καλημέρα ☕ שלום".split()


@dataclass(frozen=True, slots=True)
class Body:
    """MIME headers, and the text under them."""

    headers: tuple[bytes, ...]
    text: bytes


class BodyMaker:
    """Cuts bodies out of one long text made beforehand: fast for 100,000 mails."""

    def __init__(self, rng: random.Random) -> None:
        lines = (" ".join(rng.choices(WORDS, k=rng.randint(6, 12))) for _ in range(4000))
        self._text = "\n".join(lines).encode()
        blobs = (base64.b64encode(rng.randbytes(57)) for _ in range(1500))
        self._blob = b"\n".join(blobs)

    def noise(self, rng: random.Random, length: int) -> bytes:
        """Base64 without line ends, as signatures look."""
        start = rng.randrange(0, 60_000)
        return self._blob[start : start + length * 2].replace(b"\n", b"")[:length]

    def make(self, rng: random.Random) -> Body:
        """A letter: plain, with an HTML half, or with an attachment."""
        size = min(LARGEST, max(SMALLEST, int(math.exp(rng.gauss(8.6, 0.75)))))
        start, dice = rng.randrange(len(self._text) // 2), rng.random()
        if dice < 0.45:
            headers = (
                b"Content-Type: text/plain; charset=utf-8",
                b"Content-Transfer-Encoding: 8bit",
            )
            return Body(headers, self._cut(start, size))
        boundary = b"=_%024x" % rng.getrandbits(96)
        if dice < 0.85:
            html = b"<html><body><p>%b</p></body></html>\n" % self._cut(start, size * 2 // 3)
            parts = [
                (b"text/plain; charset=utf-8", self._cut(start, size // 3)),
                (b"text/html; charset=utf-8", html),
            ]
            return multipart(b"alternative", boundary, parts)
        attached = (
            b'application/pdf; name="plan.pdf"\nContent-Transfer-Encoding: base64\n'
            b'Content-Disposition: attachment; filename="plan.pdf"'
        )
        parts = [
            (b"text/plain; charset=us-ascii", self._cut(start, 900)),
            (attached, self._blob[: max(600, size - 900)] + b"\n"),
        ]
        return multipart(b"mixed", boundary, parts)

    def _cut(self, start: int, size: int) -> bytes:
        piece = self._text[start : start + size]
        return piece[: piece.rfind(b"\n") + 1] or piece + b"\n"


def multipart(subtype: bytes, boundary: bytes, parts: list[tuple[bytes, bytes]]) -> Body:
    """A multipart body; each part is its Content-Type (with what follows it) and its text."""
    header = b'Content-Type: multipart/%b;\n boundary="%b"' % (subtype, boundary)
    chunks = [b"--%b\nContent-Type: %b\n\n%b" % (boundary, kind, text) for kind, text in parts]
    return Body((header,), b"\n".join(chunks) + b"\n--%b--\n" % boundary)
