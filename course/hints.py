"""Which known mistake a student's numbers show: one against which nothing of an exercise speaks."""

from collections.abc import Sequence

from course.checks_file import Misconception
from course.compare import difference
from course.running import Run


def hint_for(run: Run, runs: Sequence[Run]) -> str | None:
    """Return the hint of the one mistake that accounts for a run, and for most of the others.

    Args:
        run: it did not pass.
        runs: all of the exercise. A mistake that would have given another value than came back in
            one of them was not made, nor one that leaves right what failed in the same program, or
            by the same error: there is no hint then.
    """
    rivals = {
        f"{known.hint} (See {known.see}.)": sum(bool(_of(known, each)) for each in runs)
        for known in run.case.misconceptions
        if _made(known, run) and not any(_speaks_against(each, known, run) for each in runs)
    }
    best = [hint for hint, count in rivals.items() if count == max(rivals.values())]
    return best[0] if len(best) == 1 else None


def _of(known: Misconception, run: Run) -> list[Misconception]:
    """Return what the mistake gives in a run, found by its hint; nothing where it is not felt."""
    known_by = (known.hint, known.see)
    return [each for each in run.case.misconceptions if (each.hint, each.see) == known_by]


def _speaks_against(other: Run, known: Misconception, run: Run) -> bool:
    """Tell whether another run came out otherwise; where a mistake breaks is a matter of style."""
    gives = _of(known, other)
    if not gives:  # it is right there: what went wrong is something else
        alike = run.error is not None and type(other.error) is type(run.error)
        return not other.passed and (alike or other.program == run.program)
    breaks = any(each.raises is not None for each in gives)
    return not _made(known, other) and (other.passed or not breaks)


def _made(known: Misconception, run: Run) -> bool:
    """Tell whether a run came out as with the mistake."""
    return any(_gives(each, run) for each in _of(known, run))


def _gives(known: Misconception, run: Run) -> bool:
    if run.error is not None or known.raises is not None:
        return run.error is not None and known.raises == type(run.error).__name__
    return difference(run.result, known.value) is None
