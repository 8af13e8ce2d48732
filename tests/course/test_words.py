"""Numbers as people compare them: six digits, more only where it takes more to tell them apart."""

import numpy as np
import pytest

from course.words import apart, rounded, shown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-0.840065504067716, "-0.840066"),
        ({"x": (1 / 3, 2), "y": [np.float32(0.1)]}, "{'x': (0.333333, 2), 'y': [0.1]}"),
        (1.5e-300, "1.5e-300"),
        (float("nan"), "nan"),
        (3.0, "3.0"),
        (True, "True"),
        ("0.123456789", "'0.123456789'"),
        (123456789, "123456789"),
    ],
)
def test_results_are_shown_to_six_digits(value: object, said: str):
    assert shown(rounded(value)) == said


def test_what_differs_late_is_told_apart():
    assert apart(1.0000001, 1.0) == ("1.0000001", "1")
    assert apart(0.5, 0.25) == ("0.5", "0.25")
