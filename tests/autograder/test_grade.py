"""Grading: from verdicts to points, words and a report."""

import json
from dataclasses import replace

import msgspec
import pytest

from autograder import grade as grading
from autograder.assignment import Assignment, Limits, read_assignment
from autograder.companions import companions
from autograder.explain import Ran
from autograder.formats import FORMATS
from autograder.grade import Graded, grade, status
from autograder.judge import JudgeError
from autograder.points import points
from autograder.sandbox.replies import Fault
from autograder.verdict import Verdict
from autograder.versions import key

ASSIGNMENT = read_assignment("a1_graphs")
IMPATIENT = replace(
    ASSIGNMENT, limits=Limits(cell_seconds=2.0, notebook_seconds=15.0, call_seconds=0.5)
)


def verdict(
    passed: bool = False, category: str = "values", weight: float = 1.0, fault: Fault | None = None
) -> Verdict:
    faults = [fault] if fault else []
    return Verdict("gates", "test_x", category, weight, "Add.", passed, faults=faults)


# --- points and status ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "maximum", "wanted"),
    [
        ([True, True, True], 10, 10),
        ([True, True, False], 10, 6.5),
        ([True, False, False], 10, 3.5),
        ([True, False, False, False], 10, 2.5),
        ([True, False, False, False, False], 4, 1),
        ([True, *[False] * 99], 10, 0),
        ([False, False], 10, 0),
        ([True], 0.5, 0.5),
    ],
)
def test_points_are_the_passed_share_rounded_to_halves(passed, maximum, wanted):
    assert points(maximum, [verdict(each) for each in passed]) == wanted


def test_weights_count():
    assert points(10, [verdict(True, weight=3), verdict(False, weight=1)]) == 7.5


def test_without_a_passed_test_of_values_there_are_no_points():
    others = [verdict(True, category) for category in ("shapes", "edges", "ties", "cost")]
    assert points(10, [*others, verdict(False)]) == 0
    assert points(10, [*others, verdict(True)]) == 10


def test_without_a_required_test_there_are_no_points():
    passed = [verdict(True)] * 9
    nudged = replace(verdict(False, "scale"), required=True)
    assert points(10, [*passed, nudged]) == 0
    assert points(10, [*passed, replace(nudged, passed=True)]) == 10
    assert status(0, 10, [*passed, nudged], RAN) == "failed"


def test_an_exercise_without_tests_earns_nothing():
    assert points(10, []) == 0


RAN = Ran([], {}, {}, [], ASSIGNMENT.limits)
MISSING, UNWRITTEN = Fault("missing", "gates"), Fault("error", "NotImplementedError")


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([verdict(True)], "passed"),
        ([verdict(True), verdict(False)], "partial"),
        ([verdict(False)], "failed"),
        ([verdict(fault=MISSING)] * 2, "missing"),
        ([verdict(fault=UNWRITTEN)], "missing"),
        ([verdict(fault=Fault("timeout"))], "timeout"),
        ([verdict(fault=Fault("died"))], "error"),
        ([verdict(fault=Fault("error", "ValueError"))], "error"),
        ([verdict(fault=MISSING), verdict(False)], "failed"),
        ([verdict(True, "edges"), verdict(fault=Fault("timeout"))], "timeout"),
    ],
)
def test_status_in_one_word(verdicts, wanted):
    assert status(points(10, verdicts), 10, verdicts, RAN) == wanted


def test_rounding_up_to_full_points_is_not_passed():
    verdicts = [verdict(True, weight=99), verdict(False, weight=1)]
    assert points(10, verdicts) == 10
    assert status(10, 10, verdicts, RAN) == "partial"


# --- whole notebooks -----------------------------------------------------------------------------


@pytest.fixture
def graded(wall):
    def run(notebook: object, seed: int = 1, assignment: Assignment = ASSIGNMENT) -> Graded:
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        return grade(data, assignment, seed, wall=wall, notebook="x.ipynb", student="ada")

    return run


def test_full_marks_and_the_receipt(graded, samples):
    found = graded(samples.full_marks())
    report = found.report
    assert (report.score, report.max_score) == (100, 100)
    assert {exercise.status for exercise in report.exercises} == {"passed"}
    assert [exercise.id for exercise in report.exercises] == [e.id for e in ASSIGNMENT.exercises]
    assert report.cells_with_errors == report.repairs == []
    assert (report.assignment, report.notebook, report.student) == ("a1_graphs", "x.ipynb", "ada")
    assert report.receipt is not None
    assert report.receipt.seed == 1
    data = json.dumps(samples.full_marks()).encode()
    assert report.receipt.key == key(data, "a1_graphs", 1)
    assert report.for_students().receipt is None
    assert {test.message for exercise in report.exercises for test in exercise.tests} == {""}


def test_the_untouched_release_earns_nothing(graded, samples):
    report = graded(samples.release).report
    assert report.score == 0
    assert {e.status for e in report.exercises} == {"missing"}
    messages = {e.id: {t.message for t in e.tests} for e in report.exercises}
    assert messages.pop("quiz_chain_rule") == {"Not answered yet."}
    assert set().union(*messages.values()) == {"Not written yet."}


def test_nothing_handed_in_is_a_result(graded):
    report = graded(b"").report
    assert report.score == 0
    assert len(report.repairs) == 1
    assert len(report.exercises) == 10
    assert {exercise.status for exercise in report.exercises} == {"missing"}
    said = {test.message for exercise in report.exercises for test in exercise.tests}
    assert said == {"The file that was handed in could not be read as a notebook."}


NULL_ANSWERS = {
    "None": "lambda *a, **k: None",
    "zeros": "lambda *a, **k: 0.0",
    "the first argument": "lambda *a, **k: a[0] if a else None",
    "NaN": "lambda *a, **k: float('nan')",
    "raising": "lambda *a, **k: 1 / 0",
}


@pytest.mark.parametrize("answer", NULL_ANSWERS.values(), ids=NULL_ANSWERS)
def test_null_answers_earn_nothing(answer, graded, samples):
    notebook = samples.release
    names = sorted(
        {name.split(":")[1].split(".")[0] for e in ASSIGNMENT.exercises for name in e.answers}
    )
    source = "".join(f"{name} = {answer}\n" for name in names)
    notebook["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
    report = graded(notebook).report
    assert {exercise.id: exercise.score for exercise in report.exercises if exercise.score} == {}


def test_the_same_seed_gives_the_same_report_and_another_one_other_inputs(graded, samples):
    wrong = samples.subtle_mistakes()
    first, again = graded(wrong).report, graded(wrong).report
    same = msgspec.structs.replace(again, duration_s=first.duration_s)
    assert same == first
    assert 0 < first.score < 100
    assert graded(wrong, 2).report.receipt != first.receipt


def test_the_hostile_sample_earns_what_it_solved(graded, samples):
    found = graded(samples.hostile(), assignment=IMPATIENT)
    assert {e.id: e.score for e in found.report.exercises if e.score} == {"gates": 10}
    shown = msgspec.json.encode(found).decode()
    for secret in ("def test_", "expect.close", "rng", "student("):
        assert secret not in msgspec.json.encode(found.report).decode()
    assert "<script>" not in "".join(
        text for cell in found.cells for output in cell.outputs for text in output.data.values()
    )
    assert "answers found: []" in shown


def test_an_error_costs_what_depends_on_it(graded, samples):
    notebook = samples.full_marks()
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "fit_constant"]
    cell["source"] = "def fit_constant(:"
    report = graded(notebook).report
    assert report.score == 94
    assert [error.error for error in report.cells_with_errors] == ["SyntaxError"]
    place = 1 + notebook["cells"].index(cell)
    assert report.cells_with_errors[0].cell == place
    (lost,) = [e for e in report.exercises if e.score < e.max_score]
    assert (lost.id, lost.status) == ("fit_constant", "error")
    assert {t.message for t in lost.tests} == {
        "Your cell `fit_constant` cannot be read as Python, so nothing in it ran: SyntaxError in "
        "line 1: `def fit_constant(:`."
    }
    assert report.cells_with_errors[0].name == "your cell `fit_constant`"


def test_a_cause_is_said_where_it_is_felt_and_once(graded, samples):
    """A stopped cell, and an import of what is not there, are the causes of what they defined."""
    notebook = samples.full_marks()
    sources = {
        "numerical_gradient": "while True: pass",
        "fit_constant": "import scipy\ndef fit_constant(*a): pass",
    }
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    found = graded(notebook, assignment=IMPATIENT)
    told = {e.id: {t.message for t in e.tests} for e in found.report.exercises}
    (stopped,) = told["numerical_gradient"]
    assert stopped.startswith("Your cell `numerical_gradient` was stopped: it took too long")
    assert told["gradient_check"] == {stopped}, "it calls the other"
    (refused,) = told["fit_constant"]
    assert "ModuleNotFoundError in line 1: `import scipy`" in refused
    assert "SciPy and others are not there" in refused
    kinds = {e.id: e.status for e in found.report.exercises}
    assert (kinds["numerical_gradient"], kinds["fit_constant"]) == ("timeout", "error")
    assert found.accounts["numerical_gradient"].count("took too long") == 1
    (cell,) = [each for each in found.cells if each.cell.grade_id == "numerical_gradient"]
    assert stopped in cell.outputs[-1].text, "said at the cell itself, which shows nothing else"


def test_a_missing_return_is_called_so(graded, samples):
    """Nothing in the student's own cells raises: it is the test that cannot use None."""
    notebook = samples.full_marks()
    for cell in notebook["cells"]:
        if cell["id"] in ("gates", "gradient_check"):
            cell["source"] = cell["source"].replace("return", "_ =")
    found = graded(notebook)
    told = {e.id: {t.message for t in e.tests} for e in found.report.exercises}
    assert "is of another kind (TypeError): is a `return` missing?" in " ".join(told["gates"])
    assert "It returned None: is a `return` missing?" in " ".join(told["gradient_check"])


def test_a_known_mistake_is_named_and_its_hint_told(graded, samples):
    found = graded(samples.subtle_mistakes())
    named = {e.id: {t.misconception for t in e.tests} - {None} for e in found.report.exercises}
    assert named["backward_push"] == {"overwrites"}
    assert named["quiz_chain_rule"] == {"other_order"}
    reached = {"sigmoid_neuron", "gradient_check"}  # where another's mistake is felt as well
    assert {name for name, mistakes in named.items() if not mistakes} <= reached
    assert "happens to the first one? (See W5.)" in " ".join(
        found.accounts["backward_push"].split()
    )
    right = graded(samples.full_marks())
    assert {t.misconception for e in right.report.exercises for t in e.tests} == {None}


def test_a_warning_costs_nothing(graded, samples):
    notebook = samples.full_marks()
    warn = "import numpy as np, sys\nnp.log(np.zeros(2))\nprint('a note', file=sys.stderr)"
    notebook["cells"].append({"cell_type": "code", "source": warn, "metadata": {}})
    assert graded(notebook).report.score == 100


def test_a_cell_that_ends_everything_costs_itself_alone(graded, samples):
    notebook = samples.full_marks()
    for source in ("import os; os._exit(0)", "print('after')"):
        notebook["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
    found = graded(notebook)
    assert found.report.score == 100
    assert [error.error for error in found.report.cells_with_errors] == ["ended the process"]
    assert found.cells[-1].outputs[0].text == "after\n"


def test_hidden_values_cannot_be_carried_out_in_the_names_of_exceptions(graded, samples):
    """What a student is told of an exception is its type: one that they could have written."""
    spy = (
        "def fit_constant(target, start, rate, steps):\n"
        "    raise type(f'X{target}_{start}'.replace('.', '_').replace('-', 'm'), (Exception,), {})"
    )
    notebook = samples.release
    notebook["cells"].append({"cell_type": "code", "source": spy, "metadata": {}})
    report = graded(notebook).report
    (spied,) = [e for e in report.exercises if e.id == "fit_constant"]
    assert all("raised an exception in the cell that" in t.message for t in spied.tests)


def test_odd_characters_in_sources_are_no_harm(graded, samples):
    notebook = samples.full_marks()
    odd = "'\ud800'\nx = '\u202e\x01'\nraise ValueError(x)"
    notebook["cells"].append({"cell_type": "code", "source": odd, "metadata": {}})
    notebook["cells"].append({"cell_type": "markdown", "source": "\udfff", "metadata": {}})
    found = graded(notebook)
    assert found.report.score == 100
    assert msgspec.json.decode(msgspec.json.encode(found), type=Graded) == found


def test_names_with_odd_characters_are_made_readable(wall):
    names = {"notebook": "\udcff<b>\x1b[31m.ipynb", "student": "ad\x00a\u202e"}
    report = grade(b"", ASSIGNMENT, 1, wall=wall, **names).report
    assert (report.notebook, report.student) == ("<b>.ipynb", "ada")
    assert all(len(write([report]).encode()) > 100 for write in FORMATS.values())


def test_a_suite_at_fault_gives_no_report(graded, samples, monkeypatch):
    def broken(*_: object) -> list[Verdict]:
        raise JudgeError("the hidden suite of a1_graphs is at fault: x")

    monkeypatch.setattr(grading, "judge", broken)
    with pytest.raises(JudgeError):
        graded(samples.release)


def test_nothing_secret_lies_beside_the_notebook():
    files = companions(ASSIGNMENT)
    assert set(files) == {"quiz.json"}


def test_the_key_tells_inputs_apart():
    keys = {key(b"a", "a1", 1), key(b"b", "a1", 1), key(b"a", "a2", 1), key(b"a", "a1", 2)}
    assert len(keys) == 4
    assert key(b"a", "a1", 1) in keys
