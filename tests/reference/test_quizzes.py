"""The literal answers, each derived from what the slides print."""

import numpy as np

from reference.quizzes import a2_tensors, a5_convolution
from reference.signals import correlate2d, named_kernel
from tests.reference.test_signals import LETTER

NUMERATORS = {"scalar": (), "vector": (2,), "matrix": (2, 3)}
DENOMINATORS = {"scalar": (), "vector": (4,), "matrix": (4, 5)}
SLIDE = np.array(
    [
        [0.4, 0.5, 0.5, 0.5, 0.4],
        [0.4, 0.2, 0.3, 0.6, 0.3],
        [0.5, 0.4, 0.4, 0.2, 0.1],
        [0.5, 0.6, 0.2, 0.1, 0.0],
        [0.4, 0.3, 0.1, 0.0, 0.0],
    ]
)


def test_w12_shapes_of_all_nine_derivatives():
    """The derivative of Y = A x, whatever the shapes: its entry is A, axes of x first."""
    wanted = {}
    for below, x_shape in DENOMINATORS.items():
        for above, y_shape in NUMERATORS.items():
            a = np.ones((*y_shape, *x_shape))
            slopes = [
                np.tensordot(a, unit.reshape(x_shape), axes=len(x_shape))
                for unit in np.eye(int(np.prod(x_shape)))
            ]
            wanted[f"{above} by {below}"] = np.reshape(slopes, (*x_shape, *y_shape)).shape
    assert a2_tensors.answers == wanted


def test_w29_the_slides_misprints():
    right = correlate2d(LETTER, named_kernel("blur"))
    wrong = np.argwhere(np.abs(right - SLIDE) > 1e-9)
    assert a5_convolution.misprints == {(int(i), int(j)) for i, j in wrong}
