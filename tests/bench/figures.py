"""What a run of the benchmark found, and whether the promises were held."""

from dataclasses import dataclass, field

from tests.bench.contenders import Fetch
from tests.bench.newmail import Arrival
from tests.bench.passes import Cache, Passes
from tests.bench.process import Cost, Series

SINK = "C client"
KRMD = "krmd sync"
IMAPCLIENT = "imapclient, fetch only"


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything measured; what was not is empty or None.

    `version`: of `krmd --version`. `empty`: of `krmd sync` of an empty mailbox, store made anew,
    which is all that a pass costs before the first message.
    """

    repeats: int
    fetch: Fetch
    noise: Series
    version: Cost | None = None
    empty: Cost | None = None
    passes: dict[int, Passes] = field(default_factory=dict)
    unchanged: dict[int, Series] = field(default_factory=dict)
    idle_mib: dict[int, float] = field(default_factory=dict)
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """A target beside what was found; held when the median is at most `limit`."""

    text: str
    limit: float
    found: Series
    unit: str = ""

    @property
    def held(self) -> bool:
        """Whether the median keeps the promise."""
        return self.found.median <= self.limit


def promises(found: Findings) -> list[Promise]:
    """All promises that this run can judge, in the order of the report."""
    kept: list[Promise] = []
    for count, passes in found.passes.items():
        kept += _ratios(count, passes)
    kept += _growth(found)
    if found.passes:
        largest = max(found.passes)
        peaks = [
            value
            for cache in Cache
            if found.passes[largest].has(KRMD, cache)
            for value in found.passes[largest].peak(KRMD, cache).values
        ]
        if peaks:
            text = f"peak memory at {largest:,} messages"
            kept.append(Promise(text, 128, Series.of(peaks), "MiB"))
    if found.idle_mib:
        idle = Series.of(found.idle_mib.values())
        kept.append(Promise("memory of an idle `krmd run`", 90, idle, "MiB"))
    return kept + _arrival_promises(found.arrivals)


def ratio(passes: Passes, cache: Cache, name: str, *, less: float = 0.0) -> Series:
    """Wall time over the C client's of the same round."""
    pairs = zip(
        passes.wall(name, cache, less=less).values, passes.wall(SINK, cache).values, strict=False
    )
    return Series.of(theirs / ours for theirs, ours in pairs)


def _ratios(count: int, passes: Passes) -> list[Promise]:
    kept = []
    for cache, limit in ((Cache.COLD, 1.5), (Cache.WARM, 4.0)):
        if passes.has(KRMD, cache) and passes.has(SINK, cache):
            text = f"wall ÷ C client, {cache}, {count:,} messages"
            kept.append(Promise(text, limit, ratio(passes, cache, KRMD), "×"))
    if passes.has(KRMD, Cache.WARM) and passes.has(IMAPCLIENT, Cache.WARM):
        pairs = zip(
            passes.cpu(KRMD, Cache.WARM).values,
            passes.cpu(IMAPCLIENT, Cache.WARM).values,
            strict=False,
        )
        share = Series.of(krmd / imapclient for krmd, imapclient in pairs)
        text = f"client CPU ÷ imapclient merely fetching, warm, {count:,} messages"
        kept.append(Promise(text, 0.3, share, "×"))
    return kept


def growth(found: Findings, name: str, cache: Cache, *, cpu: bool = False) -> Series | None:
    """Seconds a message in the largest mailbox over those in the smallest.

    krmd's are less an empty sync. None where it can't be told.
    """
    small, large = found.passes[min(found.passes)], found.passes[max(found.passes)]
    if small is large or not (small.has(name, cache) and large.has(name, cache)):
        return None
    less = found.empty if name == KRMD else None
    short, long = (
        passes.cpu(name, cache, less=less.cpu if less else 0.0)
        if cpu
        else passes.wall(name, cache, less=less.wall if less else 0.0)
        for passes in (small, large)
    )
    scale = small.messages / large.messages
    return Series.of(b / a * scale for a, b in zip(short.values, long.values, strict=False))


def _growth(found: Findings) -> list[Promise]:
    kept = []
    for cache in Cache if found.passes else ():
        grown = growth(found, KRMD, cache)
        if grown is not None:
            text = f"wall a message, {max(found.passes):,} ÷ {min(found.passes):,}, {cache}"
            kept.append(Promise(text, 1.1, grown, "×"))
    return kept


def _arrival_promises(arrivals: tuple[Arrival, ...]) -> list[Promise]:
    kept = []
    if arrivals:
        # What the promise allows is subtracted, so that 0 is the limit whatever the server takes.
        late = Series.of(1000 * (each.committed - 3 * each.heard - 0.05) for each in arrivals)
        text = "new mail committed, beyond 3 × bare IDLE + 50 ms"
        kept.append(Promise(text, 0, late, "ms"))
        trips = Series.of(_round_trips(each) for each in arrivals)
        kept.append(Promise("round trips a new mail", 2, trips))
    transactions = [each.transactions for each in arrivals if each.transactions is not None]
    if transactions:
        kept.append(Promise("transactions a new mail", 1, Series.of(transactions)))
    return kept


def _round_trips(arrival: Arrival) -> int:
    """Commands whose answer was waited for; the IDLE that follows is what one waits in."""
    return sum(command != "IDLE" for command in (*arrival.before, *arrival.after))
