"""What the trials come to: kept as data, and as the page docs/diagnosis.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from autograder.rooms import PROJECT
from tests.diagnosis.trial import Trial

RESULTS = Path(__file__).with_name("results.json")
TEXT = Path(__file__).with_name("page.md")
PAGE = PROJECT / "docs" / "diagnosis.md"
HEAD = """| assignment | tried | rightly named | nothing named | falsely named |
| --- | ---: | ---: | ---: | ---: |
"""


class Tally(msgspec.Struct):
    """The counts of one kind of trial in one assignment, and what was not named rightly."""

    tried: int
    right: int
    nothing: int
    false: int
    exceptions: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, trials: Iterable[Trial]) -> "Tally":
        """Count; a trial of which one name is false is false."""
        trials = sorted(trials, key=lambda trial: trial.what)
        false = {trial.what: trial.false for trial in trials if trial.false}
        right = sum(bool(trial.right and not trial.false) for trial in trials)
        return cls(len(trials), right, len(trials) - right - len(false), len(false), false)

    def row(self, name: str) -> str:
        """Return a line of the table."""

        def share(count: int) -> str:
            return f"{count} ({count / self.tried:.1%})"

        cells = (share(self.right), share(self.nothing), share(self.false))
        return f"| {name} | {self.tried} | {' | '.join(cells)} |\n"


class Results(msgspec.Struct):
    """All tallies, by assignment."""

    mistakes: dict[str, Tally]
    mutants: dict[str, Tally]
    rights: dict[str, Tally]


def total(tallies: Sequence[Tally]) -> Tally:
    """Add tallies up."""
    return Tally(
        sum(each.tried for each in tallies),
        sum(each.right for each in tallies),
        sum(each.nothing for each in tallies),
        sum(each.false for each in tallies),
        {},
    )


def read_results() -> Results:
    """Read what was kept."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Results)


def write_results(results: Results) -> None:
    """Keep the results and write the page."""
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results, order="sorted")) + b"\n")
    kinds = {
        "Mistakes of the bank": results.mistakes,
        "Other mistakes": results.mutants,
        "Right answers": results.rights,
    }
    PAGE.write_text(TEXT.read_text() + "".join(map(_section, kinds, kinds.values())))


def _section(title: str, tallies: dict[str, Tally]) -> str:
    text = f"\n## {title}\n\n{HEAD}"
    text += "".join(tally.row(name) for name, tally in sorted(tallies.items()))
    text += total(list(tallies.values())).row("**all**")
    lines = [
        f"- {name}, `{what}`: {', '.join(f'`{each}`' for each in said)}\n"
        for name, tally in sorted(tallies.items())
        for what, said in tally.exceptions.items()
    ]
    return text + ("\nFalsely named:\n\n" + "".join(lines) if lines else "")
