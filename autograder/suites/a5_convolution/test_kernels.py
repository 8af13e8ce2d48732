"""a5_convolution / kernels: seven kernels, judged by what they do to images."""

import numpy as np
import pytest
from numpy.typing import NDArray

from autograder import expect
from autograder.program import Student, public
from reference.signals import named_kernel

Floats = NDArray[np.floating]
NAMES = ["identity", "blur", "sharpen", "edge", "sobel_x", "sobel_y", "emboss"]
EVEN = ["identity", "blur", "sharpen", "edge"]
NOISE = np.array([[3.0, 1.0, 4.0, 1.0], [5.0, 9.0, 2.0, 6.0], [5.0, 3.0, 5.0, 8.0], [9, 7, 9, 3]])
STEP = np.zeros((6, 6))
STEP[:, 3:] = 1.0


@public(NAMES)
def on_plains_and_slopes(names: list[str]) -> object:
    """What a flat image becomes, and whether slopes to the right and down are + or - (W32)."""
    slope = np.array([[-1.0, 0.0, 1.0]] * 3)
    kernels = {name: np.asarray(named_kernel(name), dtype=float) for name in names}
    return {
        name: [
            np.sum(k),
            *(float(np.sign(round(float(np.sum(k * s)), 9))) for s in (slope, slope.T)),
        ]
        for name, k in kernels.items()
    }


@public(["identity", "blur", "sharpen"], NOISE)
def contrast(names: list[str], image: Floats) -> object:
    """Blurring makes contrast smaller (-1), sharpening larger (+1), identity neither (W32)."""
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    seen = np.zeros((len(names), rows, columns))
    for n, name in enumerate(names):
        k = np.asarray(named_kernel(name), dtype=float)
        for i, j in np.ndindex(3, 3):
            seen[n] += k[i, j] * image[i : i + rows, j : j + columns]
    changes = np.std(seen, axis=(1, 2)) - np.std(image[1:-1, 1:-1])
    return {
        name: float(np.sign(round(float(c), 9))) for name, c in zip(names, changes, strict=True)
    }


@public(STEP)
@public(STEP.T)
def borders_found(image: Floats) -> object:
    """1 where the edge kernel answers at all, 0 where it is silent, on a step (W32)."""
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    k, seen = np.asarray(named_kernel("edge"), dtype=float), np.zeros((rows, columns))
    for i, j in np.ndindex(3, 3):
        seen += k[i, j] * image[i : i + rows, j : j + columns]
    return np.sign(np.round(np.abs(seen), 9))


@public(EVEN)
def lopsided(names: list[str]) -> object:
    """The shape of each kernel, and how much it changes when it is turned or mirrored (W32)."""
    kernels = {name: np.asarray(named_kernel(name), dtype=float) for name in names}
    return {
        name: [list(k.shape), np.abs(k - np.rot90(k)).max(), np.abs(k - k[:, ::-1]).max()]
        for name, k in kernels.items()
    }


@public("blur")
def written_over(name: str) -> object:
    """A kernel that a caller wrote into is whole again at the next call (W32)."""
    first = named_kernel(name)
    for i in range(3):
        first[i][i] = 9.0
    return np.sum(named_kernel(name))


def unknown(name: str) -> object:
    """Ask for a kernel that nobody promised."""
    try:
        named_kernel(name)
    except ValueError:
        return "ValueError"
    return "no error"


def softened(image: Floats) -> object:
    """Tell whether every blurred pixel lies within its neighbourhood's range: all zeros if so."""
    rows, columns = image.shape[0] - 2, image.shape[1] - 2
    k, seen = np.asarray(named_kernel("blur"), dtype=float), np.zeros((rows, columns))
    for i, j in np.ndindex(3, 3):
        seen += k[i, j] * image[i : i + rows, j : j + columns]
    return {
        "beyond": np.maximum(seen - image.max(), 0.0) + np.maximum(image.min() - seen, 0.0),
        "whole": np.sum(k),
    }


@pytest.mark.category("values")
def test_plains_and_slopes(student: Student, rng: np.random.Generator) -> None:
    """Each kernel's answer to a flat image, and to one that grows brighter to one side."""
    names = [str(name) for name in rng.permutation(NAMES)]
    expect.close(student(on_plains_and_slopes, names), on_plains_and_slopes(names))


@pytest.mark.category("values")
def test_contrast(student: Student, rng: np.random.Generator) -> None:
    """Blurring takes contrast away, sharpening adds some, identity changes nothing."""
    cases = [(["identity", "blur", "sharpen"], rng.normal(size=(20, 20))) for _ in range(3)]
    expect.close(student.map(contrast, cases), [contrast(*case) for case in cases])


@pytest.mark.category("values")
def test_borders(student: Student, rng: np.random.Generator) -> None:
    """The edge kernel answers along borders of both directions and nowhere else."""
    at = int(rng.integers(3, 6))
    image = np.zeros((8, 8))
    image[:, at:] = rng.uniform(1.0, 3.0)
    cases = [(image,), (image.T,), (-image,)]
    expect.close(student.map(borders_found, cases), [borders_found(*case) for case in cases])


@pytest.mark.category("shapes")
def test_shapes_and_symmetry(student: Student, rng: np.random.Generator) -> None:
    """Three rows of three; the first four kernels treat all directions alike."""
    names = [str(name) for name in rng.permutation(EVEN)]
    expect.close(student(lopsided, names), lopsided(names))


@pytest.mark.category("edges")
def test_blur_is_an_average(student: Student, rng: np.random.Generator) -> None:
    """A blurred pixel is never brighter or darker than all that it was mixed from."""
    cases = [(rng.normal(size=(7, 7)),), (np.eye(9),)]
    expect.close(student.map(softened, cases), [softened(*case) for case in cases])


@pytest.mark.category("edges")
def test_unknown_names(student: Student, rng: np.random.Generator) -> None:
    """A name that is not on the list raises a ValueError."""
    cases = [("emb" + "o" * int(rng.integers(3, 9)),), ("",)]
    expect.close(student.map(unknown, cases), [unknown(*case) for case in cases])


@pytest.mark.category("reuse")
def test_fresh_kernels(student: Student, rng: np.random.Generator) -> None:
    """Every call returns a kernel of its own."""
    cases = [(str(name),) for name in rng.permutation(["blur", "identity", "sharpen"])]
    expect.close(student.map(written_over, cases), [written_over(*case) for case in cases])
