"""Difficulty and discrimination against numbers worked out by hand."""

import pytest

from autograder.insights.statistics import items, scores
from autograder.report import Report
from tests.autograder.insights.a_class import graded, reports


def three() -> list[Report]:
    """Gates 10, 5, 0 of 10 points; the neuron 8, 0, 0 of 8; all others 0."""
    return reports(
        graded("a", {"gates": 1.0, "sigmoid_neuron": 1.0}),
        graded("b", {"gates": 0.5}),
        graded("c", {}),
    )


def test_difficulty_is_the_mean_share():
    first, second, *others = items(three())
    assert (first.exercise, first.points, first.share) == ("gates", 10, 0.5)
    assert second.share == pytest.approx(1 / 3)
    assert {item.share for item in others} == {0}
    assert first.statuses == {
        "passed": 1, "partial": 1, "failed": 1, "error": 0, "timeout": 0, "missing": 0
    }  # fmt: skip


def test_discrimination_leaves_the_exercise_itself_out():
    first, second, *_ = items(three())
    # r of (10, 5, 0) and (8, 0, 0), the points of all others: 40 / sqrt(50 * 42.667)
    assert first.discrimination == pytest.approx(0.8660254)
    assert second.discrimination == pytest.approx(0.8660254)
    with_itself = 0.9707253  # r of (10, 5, 0) and (18, 5, 0)
    assert first.discrimination != pytest.approx(with_itself, abs=1e-3)


def test_an_exercise_against_the_rest_discriminates_negatively():
    found = items(
        reports(
            graded("a", {"gates": 1.0}),
            graded("b", {"value_ops": 1.0}),
            graded("c", {"value_ops": 0.5}),
        )
    )
    assert found[0].discrimination is not None
    assert found[0].discrimination < 0


def test_where_all_are_alike_there_is_no_discrimination():
    assert [item.discrimination for item in items(three()[:2])][:1] == [None]  # two students
    assert items(three())[2].discrimination is None
    alone = reports(*(graded(f"{share}", {"gates": share}) for share in (0, 0.5, 1)))
    assert items(alone)[0].discrimination is None


def test_scores_are_percentages():
    found = scores(three())
    assert found.shares == [18, 5, 0]
    assert (found.lowest, found.quartiles, found.highest) == (0, (2.5, 5, 11.5), 18)
    assert found.mean == pytest.approx(23 / 3)
    assert found.deviation == pytest.approx(9.2915732)
    assert scores(three()[:1]).deviation is None
