"""What only the suite of a4_training has to tell apart: good classifiers, kinds of steps."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from autograder.verdict import Verdict
from reference.experiment import network, predict
from reference.mlp import mlp_forward
from reference.updates import adam_update
from tests.autograder.suites.rights import failed, passed_values, reference

A4 = "a4_training"
Assess = Callable[[str, str, Mapping[str, object], int], list[Verdict]]


def names_failed(verdicts: list[Verdict]) -> list[str]:
    return [name for _, name, _ in failed(verdicts)]


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_reads_moved_digits_whatever_the_seed(assess: Assess, seed: int):
    assert failed(assess(A4, "experiment", {"predict": predict}, seed)) == []


def forgetful(share: float) -> Callable[[np.ndarray], np.ndarray]:
    """A classifier that is wrong on about this share, on the same images every time."""

    def poor(images: np.ndarray) -> np.ndarray:
        labels = predict(images)
        chance = np.modf(1e4 * images.reshape(len(images), -1).sum(axis=1))[0]
        return np.where(chance < share, (labels + 1) % 10, labels)

    return poor


def test_a_fair_classifier_has_a_part_of_the_points(assess: Assess):
    verdicts = assess(A4, "experiment", {"predict": forgetful(0.08)}, 5)
    assert "test_accuracy" in names_failed(verdicts)
    assert passed_values(verdicts) == ["test_most_are_recognised"]


def test_a_poor_classifier_has_none(assess: Assess):
    assert passed_values(assess(A4, "experiment", {"predict": forgetful(0.3)}, 5)) == []


def never_an_eight(images: np.ndarray) -> np.ndarray:
    scores, _ = mlp_forward(images.reshape(len(images), -1), network)
    scores[:, 8] = -np.inf
    return scores.argmax(axis=1)


def test_giving_up_one_digit_is_seen(assess: Assess):
    verdicts = assess(A4, "experiment", {"predict": never_an_eight}, 5)
    assert {"test_every_digit", "test_accuracy"} <= set(names_failed(verdicts))


def in_company(images: np.ndarray) -> np.ndarray:
    """A classifier that looks at the mean of the batch."""
    rows = images.reshape(len(images), -1)
    return mlp_forward(rows - rows.mean(axis=0), network)[0].argmax(axis=1)


def test_labels_that_depend_on_the_batch_are_seen(assess: Assess):
    verdicts = assess(A4, "experiment", {"predict": in_company}, 5)
    assert "test_one_image_alone" in names_failed(verdicts)


@pytest.mark.parametrize(
    "answer",
    [
        lambda images: ["8"] * len(images),
        lambda images: [10**4000] * len(images),
        lambda images: [True] * len(images),
        lambda images: [[3]] * len(images),
        lambda images: np.zeros(len(images)),
        lambda images: predict(images)[:-1],
    ],
)
def test_what_are_no_labels_scores_nothing(assess: Assess, answer: object):
    assert passed_values(assess(A4, "experiment", {"predict": answer}, 5)) == []


def test_velocity_with_the_rate_inside_is_right_but_for_rates_that_change(assess: Assess):
    def rate_inside(w, dw, state, rate, momentum=0.0):
        v = (0 if state is None else momentum * state) - rate * dw
        return w + v, v

    verdicts = assess(A4, "sgd", {"sgd_update": rate_inside}, 5)
    assert "test_rate_that_changes" in names_failed(verdicts)
    assert {"test_without_momentum", "test_momentum"} <= set(passed_values(verdicts))


def test_writing_into_the_weights_costs_one_test(assess: Assess):
    def in_place(w, dw, state, rate, *settings):
        new, state = adam_update(w, dw, state, rate, *settings)
        w[...] = new
        return w, state

    assert names_failed(assess(A4, "adam", {"adam_update": in_place}, 5)) == [
        "test_arguments_are_kept"
    ]


def test_global_memory_is_seen(assess: Assess):
    memory: dict[str, object] = {}

    def shared(w, dw, state, rate, *settings):
        old = memory.get("state") if state else None
        new, memory["state"] = adam_update(w, dw, old, rate, *settings)
        return new, True

    verdicts = assess(A4, "adam", {"adam_update": shared}, 5)
    assert "test_two_arrays_in_turn" in names_failed(verdicts)


def test_a_loss_before_the_epoch_is_seen(assess: Assess):
    names = reference(A4)
    right = names["train"]

    def early(params, data, epochs, rate, size, rng):
        trained, history = right(params, data, epochs, rate, size, rng)
        _, first = right(params, data, 1, 0.0, size, rng)
        return trained, {key: first[key] * (epochs > 0) + history[key][:-1] for key in history}

    verdicts = assess(A4, "train", {**names, "train": early}, 5)
    assert "test_losses_of_full_batches" in names_failed(verdicts)
    assert "test_history_fits_the_parameters" in names_failed(verdicts)
