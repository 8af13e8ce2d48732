"""a6_convnets / saliency: which pixels a score depends on.

The network is a small one of the test's own, with `forward` and `backward` alone.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.inspection import saliency_map

Floats = NDArray[np.floating]
RING = np.array([[float(6 < np.hypot(i - 14, j - 13) < 9) for j in range(28)] for i in range(28)])


@public(RING[np.newaxis], 3, 1, 3)
@public(RING[np.newaxis], 8, 1, 3)
@public(RING, 0, 2, 4)
def saliency_of(image: Floats, label: int, seed: int, every: int = 1) -> object:
    """How strongly one label's score depends on each pixel; here some rows and columns (W38)."""
    rng = np.random.default_rng(seed)
    w1, w2 = 0.1 * rng.normal(size=(784, 30)), rng.normal(size=(30, 10))

    class Model:
        def forward(self, x: Floats) -> Floats:
            self.h = np.tanh(x.reshape(len(x), 784) @ w1)
            return self.h @ w2

        def backward(self, dscores: Floats) -> Floats:
            d = (dscores @ w2.T) * (1.0 - self.h**2)
            return (d @ w1.T).reshape(-1, 1, 28, 28)

    found = np.asarray(saliency_map(Model(), image, label))
    return {"shape": found.shape, "map": found[::every, ::every]}


def deep(image: Floats, label: int, depth: int) -> object:
    """Ask a network of very many layers, each of which takes its time."""
    place = np.linspace(0.5, 1.0, 784)

    class Model:
        def forward(self, x: Floats) -> Floats:
            self.rows = [x.reshape(len(x), 784)]
            for _ in range(depth):
                self.rows.append(self.rows[-1] + 0.001 * np.sin(self.rows[-1] + place))
            return self.rows[-1][:, :10] + self.rows[-1].sum(axis=1, keepdims=True)

        def backward(self, dscores: Floats) -> Floats:
            d = np.repeat(dscores.sum(axis=1, keepdims=True), 784, axis=1)
            d[:, :10] += dscores
            for row in self.rows[-2::-1]:
                d = d + 0.001 * d * np.cos(row + place)
            return d.reshape(-1, 1, 28, 28)

    return np.asarray(saliency_map(Model(), image, label))


def negative(image: Floats, label: int) -> object:
    """Ask a network whose scores fall as the pixels rise, half of them."""
    slopes = np.where(np.arange(784) % 2, -1.0, 1.0) * np.linspace(0.5, 2.0, 784)
    weights = np.outer(slopes, np.arange(1.0, 11.0))

    class Model:
        def forward(self, x: Floats) -> Floats:
            return x.reshape(len(x), 784) @ weights

        def backward(self, dscores: Floats) -> Floats:
            return (dscores @ weights.T).reshape(-1, 1, 28, 28)

    return np.asarray(saliency_map(Model(), image, label))


def afterwards(image: Floats, labels: list[int], seed: int) -> object:
    """Ask for several labels in turn, with one network; return the image as it is then."""
    rng = np.random.default_rng(seed)
    w1, w2 = 0.1 * rng.normal(size=(784, 20)), rng.normal(size=(20, 10))
    shapes: set[tuple[int, ...]] = set()

    class Model:
        def forward(self, x: Floats) -> Floats:
            shapes.add(x.shape[1:])
            self.h = np.tanh(x.reshape(len(x), 784) @ w1)
            return self.h @ w2

        def backward(self, dscores: Floats) -> Floats:
            d = (dscores @ w2.T) * (1.0 - self.h**2)
            return (d @ w1.T).reshape(-1, 1, 28, 28)

    model = Model()
    maps = [np.array(saliency_map(model, image, k)) for k in labels]
    return {"maps": maps, "image": image, "shapes that forward saw": sorted(shapes)}


def draw(rng: np.random.Generator) -> tuple[Floats, int, int]:
    """Draw an image, a label and a seed."""
    return rng.random((1, 28, 28)), int(rng.integers(10)), int(rng.integers(2**31))


@pytest.mark.category("values")
def test_maps(student: Student, rng: np.random.Generator) -> None:
    """Saliency maps of random networks."""
    cases = [draw(rng) for _ in range(3)]
    expect.close(student.map(saliency_of, cases), [saliency_of(*case) for case in cases])


@pytest.mark.category("values")
def test_every_label(student: Student, rng: np.random.Generator) -> None:
    """The maps of all labels for one image: each label has its own."""
    image, _, seed = draw(rng)
    cases = [(image, label, seed) for label in range(10)]
    expect.close(student.map(saliency_of, cases), [saliency_of(*case) for case in cases])


@pytest.mark.category("values")
def test_negative_slopes(student: Student, rng: np.random.Generator) -> None:
    """Pixels that lower the score count as much as those that raise it."""
    image, label, _ = draw(rng)
    expect.close(student(negative, image, label), negative(image, label))


@pytest.mark.category("shapes")
def test_without_its_first_axis(student: Student, rng: np.random.Generator) -> None:
    """An image of height and width alone gives a map of the same shape."""
    image, label, seed = draw(rng)
    expect.close(student(saliency_of, image[0], label, seed), saliency_of(image[0], label, seed))


@pytest.mark.category("edges")
def test_single_precision(student: Student, rng: np.random.Generator) -> None:
    """Images in single precision, and one that is black."""
    image, label, seed = draw(rng)
    cases = [(image.astype(np.float32), label, seed), (0.0 * image, label, seed)]
    wanted = [saliency_of(*case) for case in cases]
    expect.close(student.map(saliency_of, cases), wanted, rtol=1e-4)


@pytest.mark.category("reuse")
def test_in_turn(student: Student, rng: np.random.Generator) -> None:
    """One network asked for several labels in turn; the image stays as it was."""
    image, _, seed = draw(rng)
    case = (image, [int(k) for k in rng.permutation(10)[:4]], seed)
    expect.close(student(afterwards, *case), afterwards(image.copy(), *case[1:]))


@pytest.mark.category("cost")
def test_deep_network(student: Student, rng: np.random.Generator) -> None:
    """A slow network: one way there and one way back, not one way there for every pixel."""
    image, label, _ = draw(rng)
    expect.close(student(deep, image, label, 4000), deep(image, label, 4000))
