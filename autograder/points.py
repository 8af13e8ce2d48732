"""Points: what the verdicts on an exercise are worth."""

from collections.abc import Sequence

from autograder.verdict import Verdict


def points(maximum: float, verdicts: Sequence[Verdict]) -> float:
    """Return points x passed weight / total weight, to 0.5.

    They are 0 unless a `values` test passes, and every `required` one.
    """
    right = any(v.passed and v.category == "values" for v in verdicts)
    if not right or any(v.required and not v.passed for v in verdicts):
        return 0.0
    share = sum(v.weight for v in verdicts if v.passed) / sum(v.weight for v in verdicts)
    return int(2 * maximum * share + 0.5) / 2
