"""a4_training / schedules: learning rates that fall, in steps or along a cosine."""

import numpy as np
import pytest

from autograder import expect
from autograder.program import Student, public
from reference.updates import cosine_decay, step_decay


@public(0.8, 0.5, 3, [0, 1, 2, 3, 5, 6])
@public(0.1, 0.1, 1, [0, 1, 2])
def steps(rate: float, drop: float, every: int, epochs: list[int]) -> object:
    """The rate stays for `every` epochs, then it is multiplied by `drop` (W25)."""
    return [float(step_decay(rate, epoch, drop, every)) for epoch in epochs]


@public(0.8, 4, [0, 1, 2, 3, 4])
def cosine(rate: float, length: int, epochs: list[int]) -> object:
    """From `rate` at epoch 0 to half of it midway and 0 at the end (W25)."""
    return [float(cosine_decay(rate, epoch, length)) for epoch in epochs]


@pytest.mark.category("values")
def test_steps(student: Student, rng: np.random.Generator) -> None:
    """A rate that falls in steps."""
    cases = [
        (float(rng.uniform(0.5, 2.0)), float(rng.uniform(0.3, 0.9)), int(every), list(range(12)))
        for every in rng.integers(2, 6, size=4)
    ]
    expect.close(student.map(steps, cases), [steps(*case) for case in cases])


@pytest.mark.category("values")
def test_cosine(student: Student, rng: np.random.Generator) -> None:
    """A rate that falls along half a wave of the cosine."""
    cases = [
        (float(rng.uniform(0.5, 2.0)), int(length), list(range(int(length))))
        for length in rng.integers(5, 15, size=4)
    ]
    expect.close(student.map(cosine, cases), [cosine(*case) for case in cases])


@pytest.mark.category("edges")
def test_ends_of_the_cosine(student: Student, rng: np.random.Generator) -> None:
    """The first epoch has the whole rate, the end none; training may be one epoch long."""
    rate = float(rng.uniform(0.5, 2.0))
    cases = [(rate, length, [0, length]) for length in (1, 2, 9)]
    expect.close(student.map(cosine, cases), [[rate, 0.0]] * 3)


@pytest.mark.category("edges")
def test_steps_at_every_epoch_or_never(student: Student, rng: np.random.Generator) -> None:
    """Steps at every epoch, steps that change nothing, steps that never come."""
    rate = float(rng.uniform(0.5, 2.0))
    cases = [(rate, 0.7, 1, [0, 1, 5]), (rate, 1.0, 2, [0, 3, 8]), (rate, 0.5, 1000, [0, 999])]
    expect.close(student.map(steps, cases), [steps(*case) for case in cases])


@pytest.mark.category("reuse")
def test_epochs_in_any_order(student: Student, rng: np.random.Generator) -> None:
    """The rate depends on the epoch alone, not on the calls before."""
    order = rng.permutation(10).tolist()
    got = student(steps, 0.9, 0.8, 3, order), student(cosine, 0.9, 10, order)
    expect.close(got, (steps(0.9, 0.8, 3, order), cosine(0.9, 10, order)))


@pytest.mark.category("scale")
def test_far_into_training(student: Student, rng: np.random.Generator) -> None:
    """Thousands of epochs."""
    every, length = rng.integers(500, 900, size=2).tolist()
    got = student(steps, 1.5, 0.9, every, [4_000, 4_001]), student(cosine, 1.5, 9 * length, [7_000])
    expect.close(got, (steps(1.5, 0.9, every, [4_000, 4_001]), cosine(1.5, 9 * length, [7_000])))
