"""A small assignment of the tests' own: its checks.json, as the build would write it."""

import json
from pathlib import Path

import numpy as np
import pytest

from course.plain import encode

HALVE = "def halve_it(x):\n    return halve(x)\n"
GROW = "def grow_all(rows):\n    return grow(rows)\n"


def case(inputs, expected, misconceptions=()):
    return {
        "inputs": [encode(each) for each in inputs],
        "expected": encode(expected),
        "misconceptions": [
            {"hint": hint, "see": see, "value": encode(value)}
            for hint, see, value in misconceptions
        ],
    }


def program(name, says, source, names, *cases):
    return {"name": name, "says": says, "source": source, "names": names, "cases": list(cases)}


ROWS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
DOUBLED = "Is it a half or the double?", "W1"
CHECKS = {
    "schema": 1,
    "assignment": "a0_small",
    "exercises": {
        "halves": {
            "names": ["halve"],
            "literal": None,
            "programs": [
                program(
                    "halve_it", "Half of a number (W1).", HALVE, ["halve"],
                    *(case([x], x / 2, [(*DOUBLED, 2 * x)]) for x in (4.0, 6.0, 7.0, 8.0)),
                )
            ],
        },
        "growth": {
            "names": ["grow"],
            "literal": None,
            "programs": [
                program("grow_all", "Every entry grows by one.", GROW, ["grow"],
                        case([ROWS], ROWS + 1.0))
            ],
        },
        "pair": {
            "names": ["first", "second"],
            "literal": None,
            "programs": [
                program("both", "", "def both(x):\n    return first(x), second(x)\n",
                        ["first", "second"], case([1.0], (1.0, 2.0)))
            ],
        },
        "letter": {
            "names": ["answer"],
            "literal": {"kind": "choice", "names": ["A", "B", "C"]},
            "programs": [],
        },
    },
}  # fmt: skip


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good checks.json, in which the test runs."""
    (tmp_path / "checks.json").write_text(json.dumps(CHECKS), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
