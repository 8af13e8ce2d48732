"""Item analysis: how hard each exercise is, and how well it tells students apart.

Difficulty is the mean share of its points that students earn (the facility index). Discrimination
is the corrected item-total correlation: Pearson's r between the points of the exercise and those
of all the others together, so that no exercise is compared with itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from autograder.report import Report, Status

STATUSES: tuple[Status, ...] = get_args(Status)
ENOUGH = 10
"""Below so many students a discrimination says little."""


@dataclass(frozen=True)
class Item:
    """One exercise. `discrimination` is None where all earn the same, in it or in the others."""

    exercise: str
    points: float
    share: float
    discrimination: float | None
    statuses: dict[Status, int]


@dataclass(frozen=True)
class Scores:
    """The distribution of the scores, in percent of all points; `deviation` is the sample's."""

    shares: list[float]
    mean: float
    deviation: float | None
    quartiles: tuple[float, float, float]
    lowest: float
    highest: float


def scores(reports: Sequence[Report]) -> Scores:
    """Describe the scores of at least one report."""
    shares = np.array([100 * report.score / report.max_score for report in reports])
    low, middle, high = map(float, np.percentile(shares, [25, 50, 75]))
    return Scores(
        shares=[float(share) for share in shares],
        mean=float(shares.mean()),
        deviation=float(shares.std(ddof=1)) if len(shares) > 1 else None,
        quartiles=(low, middle, high),
        lowest=float(shares.min()),
        highest=float(shares.max()),
    )


def items(reports: Sequence[Report]) -> list[Item]:
    """Analyse the exercises, in their order; all reports are about the same ones."""
    earned = np.array([[exercise.score for exercise in report.exercises] for report in reports])
    found: list[Item] = []
    for column, exercise in enumerate(reports[0].exercises):
        counts = Counter(report.exercises[column].status for report in reports)
        own, others = earned[:, column], np.delete(earned, column, axis=1).sum(axis=1)
        found.append(
            Item(
                exercise=exercise.id,
                points=exercise.max_score,
                share=float(own.mean() / exercise.max_score),
                discrimination=_correlation(own, others),
                statuses={status: counts[status] for status in STATUSES},
            )
        )
    return found


def _correlation(own: NDArray[np.float64], others: NDArray[np.float64]) -> float | None:
    if len(own) < 3 or np.ptp(own) == 0 or np.ptp(others) == 0:
        return None
    return float(np.corrcoef(own, others)[0, 1])
