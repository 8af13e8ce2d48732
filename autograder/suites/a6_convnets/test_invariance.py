"""a6_convnets / invariance: how far the scores go when the image moves.

The network is one of the test's own, with `forward` alone.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.inspection import score_change

Floats = NDArray[np.floating]
BAR = np.zeros((1, 28, 28))
BAR[:, 5:23, 12:15] = np.linspace(0.5, 1.0, 18)[:, np.newaxis]


@public(BAR, [0, 1, 2, 5], 1)
@public(BAR, [-3, 3, 30], 1)
@public(BAR[0], [4], 2)
def changes(image: Floats, shifts: list[int], seed: int) -> object:
    """The scores' distance from those of the image where it was; right is positive (W37)."""
    w = np.random.default_rng(seed).normal(size=(784, 10))

    class Model:
        def forward(self, x: Floats) -> Floats:
            return np.tanh(x.reshape(len(x), 784) @ w / 10.0)

    return [float(change) for change in score_change(Model(), image, shifts)]


def blind(image: Floats, shifts: list[int]) -> object:
    """Ask a network that takes the mean of each row: moves inside the frame are all one."""
    w = np.cos(np.arange(280.0)).reshape(28, 10)

    class Model:
        def forward(self, x: Floats) -> Floats:
            return x.mean(axis=3)[:, 0] @ w

    return [float(change) for change in score_change(Model(), image, shifts)]


def afterwards(image: Floats, shifts: list[int]) -> object:
    """Return the changes, and the arguments as they are then."""
    w = np.sin(np.arange(7840.0)).reshape(784, 10)

    class Model:
        def forward(self, x: Floats) -> Floats:
            return x.reshape(len(x), 784) @ w

    found = [float(change) for change in score_change(Model(), image, shifts)]
    return {"changes": found, "image": image, "shifts": shifts}


def draw(rng: np.random.Generator, *shifts: int) -> tuple[Floats, list[int], int]:
    """Draw an image and a seed."""
    return rng.random((1, 28, 28)), list(shifts), int(rng.integers(2**31))


@pytest.mark.category("values")
def test_to_the_right(student: Student, rng: np.random.Generator) -> None:
    """Moves to the right."""
    case = draw(rng, 1, 2, 3, 7)
    expect.close(student(changes, *case), changes(*case))


@pytest.mark.category("values")
def test_to_the_left(student: Student, rng: np.random.Generator) -> None:
    """Moves to the left, in any order, some of them twice."""
    case = draw(rng, -4, 2, -1, 2, -8)
    expect.close(student(changes, *case), changes(*case))


@pytest.mark.category("values")
def test_where_it_does_not_matter(student: Student, rng: np.random.Generator) -> None:
    """A network that does not care where in a row something stands."""
    image = np.zeros((1, 28, 28))
    image[:, :, 8:20] = rng.random((1, 28, 12))
    case = (image, [1, -5, 8, 12, -14])
    expect.close(student(blind, *case), blind(*case))


@pytest.mark.category("shapes")
def test_without_its_first_axis(student: Student, rng: np.random.Generator) -> None:
    """An image of height and width alone."""
    image, shifts, seed = draw(rng, 1, -2)
    expect.close(student(changes, image[0], shifts, seed), changes(image[0], shifts, seed))


@pytest.mark.category("edges")
def test_far_and_near(student: Student, rng: np.random.Generator) -> None:
    """No move, which changes nothing; moves out of the frame; no moves at all."""
    image, _, seed = draw(rng)
    cases = [(image, shifts, seed) for shifts in ([0], [27, 28, -28, 100], [])]
    expect.close(student.map(changes, cases), [changes(*case) for case in cases])


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Images in single precision, by value."""
    image, shifts, seed = draw(rng, 2, -3)
    case = (image.astype(np.float32), shifts, seed)
    expect.close(student(changes, *case), changes(*case), rtol=1e-4)


@pytest.mark.category("reuse")
def test_image_is_kept(student: Student, rng: np.random.Generator) -> None:
    """The image and the list of moves stay as they were."""
    image, shifts, _ = draw(rng, 3, -2, 0)
    wanted = afterwards(image.copy(), list(shifts))
    expect.close(student(afterwards, image, shifts), wanted)
