"""The table of how many mutants who sees, as a page for those who teach."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.rooms import PROJECT
from tests.mutation.record import Result, Results, known, unexplained

PAGE = PROJECT / "docs" / "mutation.md"
TEXT = Path(__file__).with_name("page.md")
HEAD = """
| exercise | mutants | killed | same | free | missed | visible |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""


@dataclass(frozen=True)
class Row:
    """The figures of an exercise, or the sums of several."""

    mutants: int
    same: int
    free: int
    missed: int
    seen: int | None

    @property
    def killed(self) -> int:
        """How many the hidden suite sees."""
        return self.mutants - self.same - self.free - self.missed

    def text(self, name: str) -> str:
        """Write the row; shares are those of the mutants that can be told from right answers."""
        seen = "–" if self.seen is None else self._with_share(self.seen)
        cells = (name, self.mutants, self._with_share(self.killed), self.same, self.free)
        return f"| {' | '.join(map(str, (*cells, self.missed, seen)))} |\n"

    def _with_share(self, count: int) -> str:
        counted = self.mutants - self.same - self.free
        return f"{count} ({100 * count / counted:.1f} %)"


def row(assignment: str, exercise: str, result: Result) -> Row:
    """Sort an exercise's survivors."""
    kinds = Counter(
        entry.kind
        for entry in known(assignment)
        if entry.exercise == exercise
        for name in entry.mutants
        if name in result.survivors
    )
    missed = kinds["missed"] + len(unexplained(assignment, exercise, result.survivors))
    return Row(result.mutants, kinds["same"], kinds["free"], missed, result.seen)


def total(rows: list[Row]) -> Row:
    """Add rows up; questions, which have no visible check, count as not seen."""
    return Row(
        sum(each.mutants for each in rows),
        sum(each.same for each in rows),
        sum(each.free for each in rows),
        sum(each.missed for each in rows),
        sum(each.seen or 0 for each in rows),
    )


def page(results: Results) -> str:
    """Write the whole page."""
    rows = {
        assignment: {name: row(assignment, name, each) for name, each in exercises.items()}
        for assignment, exercises in results.items()
    }
    sums = {assignment: total(list(each.values())) for assignment, each in rows.items()}
    text = TEXT.read_text() + HEAD.lstrip("\n").replace("exercise", "assignment")
    text += "".join(each.text(assignment) for assignment, each in sums.items())
    text += total(list(sums.values())).text("**all**")
    for assignment, each in rows.items():
        text += f"\n## {assignment}\n{HEAD}"
        text += "".join(figures.text(f"`{name}`") for name, figures in each.items())
    return text
