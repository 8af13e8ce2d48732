"""How everything here is measured: contenders take turns, medians of ratios within a turn.

What is counted on one thread is processor time, so that a busy machine changes little; where two
processes or threads work, the clock on the wall. A ratio compares two times measured within a
second or so of each other.
"""

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

Run = Callable[[], object]
PAUSE = 0.05  # seconds in which worker threads of the contender before stop spinning
PACKAGES = ("numpy", "torch", "autograd", "micrograd")


@dataclass
class Row:
    """One comparison: seconds of each contender, and the ratio to the one named as the measure."""

    what: str
    seconds: dict[str, float]
    against: str
    ratio: float
    limit: float | None = None
    spread: list[float] = field(default_factory=list[float])

    @property
    def missed(self) -> bool:
        """Say whether the ratio is over its limit."""
        return self.limit is not None and self.ratio > self.limit


def measure(
    what: str,
    contenders: dict[str, Run],
    against: str,
    limit: float | None = None,
    rounds: int = 11,
    times: int = 4,
    clock: Callable[[], float] = time.process_time,
) -> Row:
    """Time the contenders in turn; the first is ours, and its ratio to `against` is the row's."""
    ours = next(iter(contenders))
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for turn in range(rounds):
        for name in list(contenders)[:: 1 if turn % 2 else -1]:
            gc.collect()
            time.sleep(PAUSE if clock is time.perf_counter else 0)
            contenders[name]()
            start = clock()
            for _ in range(times):
                contenders[name]()
            seconds[name].append((clock() - start) / times)
    ratios = sorted(a / b for a, b in zip(seconds[ours], seconds[against], strict=True))
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    quarter = len(ratios) // 4
    spread = [ratios[quarter], ratios[-1 - quarter]]
    return Row(what, medians, against, statistics.median(ratios), limit, spread)


def better(rows: list[Row]) -> Row:
    """Return the row with the larger ratio: that against the faster of several opponents."""
    return max(rows, key=lambda row: row.ratio)


def shown(row: Row) -> str:
    """Return a row as one line of the table."""
    times = ", ".join(f"{name} {seconds * 1e3:.3g}" for name, seconds in row.seconds.items())
    limit = "" if row.limit is None else f"{row.limit:.2f}"
    quarters = "-".join(f"{ratio:.2f}" for ratio in row.spread)
    mark = "MISSED" if row.missed else ""
    return f"{row.what:46} {row.ratio:7.3f} {limit:>6} {mark:6} {quarters:>11}  {times}"


def machine() -> dict[str, str]:
    """Return what was measured on: processor, system, versions."""
    found = {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


def processor() -> str:
    """Return the processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(": ", 1)[1] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
