"""What the trials gave, kept as data, and as the page docs/diagnosis.md."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec

from autograder.rooms import PROJECT
from tests.diagnosis.trial import Trial

RESULTS = Path(__file__).with_name("results.json")
TEXT = Path(__file__).with_name("page.md")
PAGE = PROJECT / "docs" / "diagnosis.md"
HEAD = """| assignment | tried | rightly named | nothing named | falsely named |
| --- | ---: | ---: | ---: | ---: |
"""
TITLES = {
    "mistakes": "Mistakes of the bank",
    "mutants": "Other mistakes",
    "rights": "Right answers",
}

Results: TypeAlias = dict[str, dict[str, list[Trial]]]
"""The trials by kind (see `TITLES`) and assignment."""

Said: TypeAlias = Callable[[Trial], "tuple[str, ...] | None"]
"""What to list of a trial; None if it is not listed."""


@dataclass(frozen=True)
class Tally:
    """How many trials came out how; a trial of which one name is false is false."""

    tried: int
    right: int
    false: int

    @classmethod
    def of(cls, trials: Sequence[Trial], of_hints: bool = False) -> "Tally":
        """Count what the report named, or what the notebook hinted at."""
        said = [(one.hinted, one.misled) if of_hints else (one.right, one.false) for one in trials]
        right = sum(bool(right and not false) for right, false in said)
        return cls(len(trials), right, sum(bool(false) for _, false in said))

    def row(self, name: str) -> str:
        """Return a line of the table."""
        counts = (self.right, self.tried - self.right - self.false, self.false)
        cells = " | ".join(f"{count} ({count / self.tried:.1%})" for count in counts)
        return f"| {name} | {self.tried} | {cells} |\n"


def every(by_assignment: dict[str, list[Trial]]) -> list[Trial]:
    """Return the trials of all assignments."""
    return [trial for trials in by_assignment.values() for trial in trials]


def read_results() -> Results:
    """Read what was kept."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Results)


def write_results(results: Results) -> None:
    """Keep the results, and write the page."""
    lines = msgspec.json.format(msgspec.json.encode(results, order="sorted"), indent=1)
    RESULTS.write_bytes(lines + b"\n")
    PAGE.write_text(page(results))


def page(results: Results) -> str:
    """Write the page."""
    return TEXT.read_text() + "".join(_section(kind, results[kind]) for kind in TITLES)


def _section(kind: str, by_assignment: dict[str, list[Trial]]) -> str:
    rows = [Tally.of(trials).row(name) for name, trials in sorted(by_assignment.items())]
    total = Tally.of(every(by_assignment)).row("**all**")
    hints = Tally.of(every(by_assignment), of_hints=True).row("hints of the visible checks, all")
    text = f"\n## {TITLES[kind]}\n\n{HEAD}{''.join(rows)}{total}{hints}"
    if kind == "mistakes":
        text += _listed("Nothing named", by_assignment, _nothing)
    text += _listed("Falsely named", by_assignment, lambda one: one.false or None)
    return text + _listed("Falsely hinted at", by_assignment, lambda one: one.misled or None)


def _listed(title: str, by_assignment: dict[str, list[Trial]], said: Said) -> str:
    lines = [
        f"- {name}, `{trial.what}`{_said(names)}\n"
        for name, trials in sorted(by_assignment.items())
        for trial in trials
        if (names := said(trial)) is not None
    ]
    return f"\n{title}:\n\n{''.join(lines)}" if lines else ""


def _nothing(trial: Trial) -> tuple[str, ...] | None:
    return None if trial.right or trial.false else ()


def _said(names: Iterable[str]) -> str:
    said = ", ".join(f"`{name}`" for name in names)
    return f": {said}" if said else ""
