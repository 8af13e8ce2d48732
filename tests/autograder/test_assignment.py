import pickle
from pathlib import Path

import pytest

from autograder.assignment import Limits, read_assignment
from autograder.directives import Code, Essay, Exercise, Prose
from autograder.flaws import DirectiveError, UnknownAssignment
from autograder.rooms import Rooms


def test_a_text_notebook_becomes_typed_cells(tiny, line_of):
    assignment = read_assignment("tiny", tiny.rooms)
    assert (assignment.id, assignment.title) == ("tiny", "Pairs")
    assert assignment.limits == Limits(10, 60, 5)
    assert [type(cell) for cell in assignment.cells] == [
        *(Prose, Code, Exercise, Exercise, Exercise, Prose, Exercise, Essay)
    ]
    assert assignment.cells[0] == Prose("# Pairs\n\nA pair is a vector (W1, W2).", 10)
    assert assignment.exercise("directions") == Exercise(
        id="directions",
        points=30,
        answers=("reference.tiny:distance", "reference.tiny:unit"),
        given=(),
        choices=None,
        form=None,
        line=line_of('exercise="directions"'),
    )
    assert assignment.exercise("pair").given == ("__init__",)
    assert assignment.essays == (Essay("essay", 5, line_of("essay=")),)


WRONG = {
    "unknown key": ("points=40", "points=40 weight=2", "weight=2", "unknown key `weight`"),
    "title": ('exercise="norm"', 'The norm exercise="norm"', "norm", "unknown key `title`"),
    "no points": (" points=20", "", "norm", "missing required field `points`"),
    "points in words": ("points=20", 'points="20"', "norm", "Expected `int`, got `str`"),
    "no value for points": ("points=20", "points=0", "norm", "Expected `int` >= 1"),
    "sum": ("points=20", "points=21", "quiz", "sum to 101; they must sum to 100"),
    "needs what comes later": (
        "points=20",
        'points=20 needs=["quiz"]',
        "points=20",
        "'norm' builds on or needs 'quiz'; name exercises above it, each once: pair",
    ),
    "builds on it and needs it": (
        "points=20",
        'points=20 builds_on=["pair"] needs=["pair"]',
        "points=20",
        "name exercises above it, each once",
    ),
    "double id": ('exercise="norm"', 'exercise="pair"', "Pair.norm", "'pair' was used already"),
    "double answer": ("tiny:Pair.norm", "tiny:Pair", 'exercise="norm"', "Pair' was used already"),
    "name for a test": ('exercise="norm"', 'exercise="test_n"', "test_n", "begin with test_"),
    "unreadable": (
        'answer="reference.tiny:Pair.norm"',
        "answer=reference.",
        "=reference.",
        "key=v",
    ),
    "elsewhere": ("reference.tiny:unit", "os:path", "os:path", "not of the form"),
    "no name": ("reference.tiny:unit", "reference.tiny", "directions", "not of the form"),
    "no answer": (
        '["reference.tiny:distance", "reference.tiny:unit"]',
        "[]",
        "directions",
        "needs an answer",
    ),
    "filled": (
        'answer="reference.tiny:Pair.norm"\n',
        'answer="reference.tiny:Pair.norm"\nx = 1\n',
        "norm",
        "must be empty",
    ),
    "exercise in markdown": (
        '# %% exercise="norm"',
        '# %% [markdown] exercise="norm"',
        "norm",
        "it must be code",
    ),
    "essay in code": ("# %% [markdown] essay", "# %% essay", "essay", "it must be markdown"),
    "raw": ("# %%\nimport math", "# %% [raw]\nimport math", "[raw]", "a raw cell was given"),
    "key on prose": ("# %%\nimport math", "# %% points=3\nimport math", "points=3", "`points`"),
    "no header": ("course: {", "other: {", "# ---", "the header is missing"),
    "header not complete": (", call_seconds: 5", "", "# ---", "missing required field `call_s"),
    "no time": ("call_seconds: 5", "call_seconds: 0", "# ---", "`float` > 0"),
    "header not YAML": ('title: "Pairs"', "title: [", "# ---", "cannot be read as YAML"),
    "misspelt exercise": (
        'exercise="norm"',
        'exercice="norm"',
        "exercice",
        "unknown key `exercice`; did you mean `exercise`?",
    ),
    "misspelt essay": ('essay="essay"', 'Essay="essay"', "Essay=", "did you mean `essay`?"),
    "misspelt key": ("points=20", "point=20", "point=20", "did you mean `points`?"),
    "one percent sign": ('# %% exercise="norm"', '# % exercise="norm"', "# % e", "looks like a"),
    "no space": (
        '# %% exercise="norm"',
        '#%% exercise="norm"',
        "#%%",
        "looks like a cell's marker",
    ),
    "no space after": ('# %% exercise="norm"', '# %%exercise="norm"', "# %%exer", "looks like"),
    "two hashes": ('# %% exercise="norm"', '## %% exercise="norm"', "## %%", "looks like"),
    "indented": ('# %% exercise="norm"', '  # %% exercise="norm"', "  # %%", "looks like"),
    "no percent sign": ('# %% exercise="norm"', '# exercise="norm"', "# exer", "looks like"),
    "close markdown": (
        "# %% [markdown]\n# Which",
        "# % [markdown]\n# Which",
        "# % [",
        "looks like",
    ),
    "points in a heading": (
        "# Which letter?",
        "# ## Which letter (11 points)?",
        "# ## Which",
        "says 11 points, but below it stands 'quiz' with 10; write ({points:quiz})",
    ),
    "points of nobody": ("# Which", "# {points:quizz} Which", "# {points", "names no exercise"),
    "points without an exercise": (
        '# %% [markdown] essay="essay" points=5',
        "# %% [markdown]\n# ## Essay (5 points)",
        "# ## Essay",
        "but below it stands no exercise",
    ),
    "marker in a string": (
        "import math",
        'import math\nTEXT = """\n# %% no cell\n"""',
        "# %% [markdown]\n# # Pairs",
        "8 cells were read",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_directive_is_told_with_file_and_line(tiny, case):
    old, new, where, sentence = case
    tiny.edit(tiny.text, old, new)
    line = tiny.text.read_text()[: tiny.text.read_text().index(where)].count("\n") + 1
    with pytest.raises(DirectiveError) as told:
        read_assignment("tiny", tiny.rooms)
    assert str(told.value).startswith(f"source_notebooks/tiny/tiny.py:{line}: ")
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


def test_every_error_is_told_and_the_sum_of_points_last(tiny, line_of):
    tiny.edit(tiny.text, 'exercise="norm"', 'exercise="Norm"')
    tiny.edit(tiny.text, "# Which letter?", "# ## Which letter (11 points)?")
    tiny.edit(tiny.text, "points=40", "points=41")
    with pytest.raises(DirectiveError) as told:
        read_assignment("tiny", tiny.rooms)
    norm, heading, total = str(told.value).split("\n")
    assert f":{line_of('Norm')}: the id 'Norm'" in norm
    assert f":{line_of('11 points')}: the heading" in heading
    assert total.endswith("sum to 101; they must sum to 100")


def test_points_are_not_added_up_while_some_cannot_be_read(tiny):
    tiny.edit(tiny.text, "points=40", 'points="40"')
    tiny.edit(tiny.text, "call_seconds: 5", "call_seconds: 0")
    tiny.edit(tiny.text, 'exercise="quiz"', 'exercise="norm"')
    with pytest.raises(DirectiveError) as told:
        read_assignment("tiny", tiny.rooms)
    sentences = str(told.value).split("\n")
    assert len(sentences) == 3
    assert "sum to" not in str(told.value)


def test_magics_are_no_markers(tiny):
    magics = "import math\n# %matplotlib inline\n# 5 % of exercise = 3\n# %%time"
    tiny.edit(tiny.text, "import math", magics)
    assert len(read_assignment("tiny", tiny.rooms).cells) == 8


def test_points_in_prose_are_those_of_the_directive(tiny):
    tiny.edit(tiny.text, "# Which letter?", "# ## Quiz ({points:quiz}), essay: {points:essay}")
    tiny.edit(tiny.text, "points=5", "points=1")
    prose = read_assignment("tiny", tiny.rooms).cells[5]
    assert isinstance(prose, Prose)
    assert prose.source == "## Quiz (10 points), essay: 1 point"


def test_a_missing_assignment_is_told_with_those_there_are(tiny):
    for name in ("other", str(tiny.text.with_suffix("")), "../source_notebooks/tiny", "", "."):
        with pytest.raises(UnknownAssignment) as told:
            read_assignment(name, tiny.rooms)
        assert str(told.value) == f"there is no assignment {name!r}; known: tiny"
        assert str(pickle.loads(pickle.dumps(told.value))) == str(told.value)


def test_a_text_that_is_no_file_is_told(tiny):
    tiny.text.unlink()
    tiny.text.mkdir()
    with pytest.raises(DirectiveError, match=r"tiny\.py:1: cannot be read \(Is a directory\)"):
        read_assignment("tiny", tiny.rooms)


def test_a_file_that_is_no_text_is_told(tmp_path: Path):
    rooms = Rooms(tmp_path)
    rooms.text("binary").parent.mkdir(parents=True)
    rooms.text("binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DirectiveError, match="save it as UTF-8"):
        read_assignment("binary", rooms)
