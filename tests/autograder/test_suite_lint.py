"""A hidden suite that breaks a rule is told by file and line."""

import pytest

from autograder.build import build
from autograder.flaws import DirectiveError

COMPARES = "    expect.close(student(length, *(3.0, 4.0)), length(*(3.0, 4.0)))\n"
VALUES = (
    '@pytest.mark.category("values")\ndef test_values(student):\n'
    '    """Inputs of the kind that is called values."""\n'
)
SCALE = VALUES.replace("values", "scale")
WRONG = {
    "no category": ('@pytest.mark.category("scale")\n', "", "def test_scale", "one category of"),
    "unknown category": ('("scale")', '("size")', "def test_scale", "of values, shapes, edges"),
    "two categories": (
        '@pytest.mark.category("scale")\n',
        '@pytest.mark.category("scale")\n@pytest.mark.category("ties")\n',
        "def test_scale",
        "it has scale, ties",
    ),
    "an unknown mark": (
        '@pytest.mark.category("scale")\n',
        '@pytest.mark.category("scale")\n@pytest.mark.skip\n',
        "def test_scale",
        "has the mark skip; known are category, weight, required",
    ),
    "slow and required": (
        '@pytest.mark.category("scale")\n',
        '@pytest.mark.category("cost")\n@pytest.mark.required\n',
        "def test_scale",
        "cannot be required: a right answer that is slow",
    ),
    "no sentence": (
        '    """Inputs of the kind that is called scale."""\n',
        "",
        "def test_scale",
        "needs a docstring whose first line is one sentence",
    ),
    "a check without a heading": (
        '    """The length of a pair."""\n',
        "",
        "@public(3.0, 4.0)",
        "length is public and needs a docstring: it heads the visible check",
    ),
    "no full stop": ("called scale.", "called scale", "def test_scale", "to a full stop"),
    "a number": (
        "called scale.",
        "called 12.",
        "def test_scale",
        "tells the student the number 12",
    ),
    "the same sentence": (
        "called scale.",
        "called values.",
        "def test_scale",
        "test_scale tells the student the same as test_values",
    ),
    "asks nothing": (
        SCALE + COMPARES,
        SCALE + "    expect.holds(True, str(length))\n",
        "def test_scale",
        "asks the student nothing",
    ),
    "another fixture": (
        "def test_scale(student",
        "def test_scale(student, random",
        "def test_scale",
        "takes random; a test takes student and rng",
    ),
    "misspelt": (
        "def test_scale",
        "def tst_scale",
        "def tst_scale",
        "is no test: its name begins with test_",
    ),
    "compares nothing": (
        SCALE + COMPARES,
        SCALE + "    student(length, 1.0, 2.0)\n",
        "def test_scale",
        "compares nothing",
    ),
    "assert": (
        SCALE + COMPARES,
        SCALE + COMPARES + "    assert student\n",
        "    assert",
        "uses assert; only expect",
    ),
    "equals": (
        SCALE + COMPARES,
        SCALE + COMPARES + "    expect.holds(student(length, 1.0, 0.0) == 1.0, '')\n",
        "    expect.holds(stu",
        "uses == or !=",
    ),
    "numpy's own": (
        SCALE + COMPARES,
        SCALE + COMPARES + "    np.testing.assert_allclose(1, 1)\n",
        "    np.test",
        "uses assert_allclose",
    ),
    "raises": (
        SCALE + COMPARES,
        SCALE + "    with pytest.raises(Exception):\n    " + COMPARES,
        "    with pytest",
        "uses raises; only expect",
    ),
    "too few": (SCALE + COMPARES, "", "", "4 hidden tests were found; write 5 at least"),
    "no values": ('category("values")', 'category("ties")', "", "no hidden test has the category"),
    "an unknown name": (
        "import pytest\n",
        "import pytest\n\n\ndef strange():\n    return Pair(pytest, 1)\n",
        "def strange",
        "the program strange uses pytest",
    ),
    "not in the notebook": (
        "import pytest\n",
        "import pytest\nfrom reference.scalar import Value\n\n\ndef f():\n    return Value(1.0)\n",
        "def f()",
        "uses Value, which is neither an answer of this assignment nor imported from given",
    ),
}


@pytest.mark.parametrize(("old", "new", "where", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_broken_rule_is_told(tiny, tmp_path, old, new, where, sentence):
    suite = tiny.rooms.suite("tiny", "norm")
    tiny.edit(suite, old, new)
    text = suite.read_text()
    line = text[: text.index(where)].count("\n") + 1
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], tmp_path, tiny.rooms)
    assert f"autograder/suites/tiny/test_norm.py:{line}: " in str(told.value)
    assert sentence in str(told.value)


def test_the_broken_rules_of_all_suites_are_told_at_once(tiny, tmp_path):
    for exercise in ("pair", "norm"):
        tiny.edit(tiny.rooms.suite("tiny", exercise), "called scale.", "called 12.")
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], tmp_path, tiny.rooms)
    pair, norm = str(told.value).split("\n")
    assert "test_pair.py" in pair
    assert "test_norm.py" in norm


def test_a_literal_needs_one_test_alone(tiny, tmp_path):
    suite = tiny.rooms.suite("tiny", "quiz")
    text = suite.read_text()
    second = text.index("@pytest", text.index("@pytest") + 1)
    suite.write_text(text[:second])
    assert build(["tiny"], tmp_path, tiny.rooms)
