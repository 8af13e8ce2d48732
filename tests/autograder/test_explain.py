"""What a student is told: their own cells and lines, causes before consequences."""

import pytest

from autograder.assignment import Limits
from autograder.explain import Ran, cell_trouble, explain, kind_of
from autograder.repair import Cell
from autograder.sandbox.inside.wire import Foreign
from autograder.sandbox.outputs import Output
from autograder.sandbox.replies import CellRun, Fault
from autograder.verdict import Asked, Verdict

LIMITS = Limits(cell_seconds=6.0, notebook_seconds=60.0, call_seconds=3.0)
SOURCE = "def f():\n    return 1 / 0  \x1b[31m\u202e!\n"
OK = CellRun("ok")


def ran(*runs: CellRun) -> Ran:
    """A notebook of prose, the cells of two exercises, and a helper."""
    cells = [
        Cell("markdown", "prose"),
        Cell("code", SOURCE, grade_id="gates"),
        Cell("code", "y = add(1)", grade_id="neuron"),
        Cell("code", "\nimport math\nmath.e", id="own-1"),
    ]
    homes = {"add": "gates", "neuron": "neuron", "lost": "nowhere"}
    return Ran(cells, dict(enumerate(runs, 1)), homes, ["quiz"], LIMITS)


def verdict(fault: Fault | None = None, says: str = "Add.", exercise: str = "gates") -> Verdict:
    return Verdict(exercise, "test_x", "values", 1, says, faults=[fault] if fault else [])


def raised(kind: str, line: int = 1) -> CellRun:
    trace = [f"Traceback\n  Cell In[3], line {line}\n    x\n", "  Cell In[3], line 99 in f\n"]
    return CellRun("error", [Output("error", ename=kind, traceback=trace)])


def place(*where: int) -> Fault:
    return Fault("error", "ValueError", (where[0], where[1]))


OTHER_KIND = "What it returned is of another kind"
DIVIDED = "Add. Your code raised ValueError"


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (None, "Add."),
        (Fault("error", "NotImplementedError"), "Not written yet."),
        (Fault("error", "ValueError"), f"{DIVIDED}."),
        (Fault("error", "TypeError"), f"Add. {OTHER_KIND} (TypeError): is a `return` missing?"),
        (place(1, 2), f"{DIVIDED} in your cell `gates`, line 2: `return 1 / 0  !`."),
        (place(3, 3), f"{DIVIDED} in the cell that begins with `import math`, line 3: `math.e`."),
        (place(7, 1), f"{DIVIDED}."),
        (place(1, 99), f"{DIVIDED}."),
        (place(-1, -1), f"{DIVIDED}."),
        (Fault("timeout"), "Add. Your code had not finished after 3 seconds."),
        (Fault("died"), "Add. Your code ended its process before it answered."),
        (Fault("missing", "add"), "`add` is not defined: it belongs in your cell `gates`."),
        (Fault("missing", "lost"), "`lost` is not defined: your cell `nowhere` is missing."),
        (Fault("missing", "other, add"), "`other` is not defined."),
    ],
)
def test_what_a_student_is_told(fault, wanted):
    assert explain([verdict(fault)], ran(OK, OK, OK))[0].message == wanted


def test_only_the_first_fault_is_told():
    both = verdict(Fault("timeout"))
    both.faults.append(Fault("missing", "add"))
    assert "3 seconds" in explain([both], ran())[0].message


def test_an_import_of_what_is_not_there_says_what_is():
    (said,) = explain([verdict(Fault("error", "ModuleNotFoundError", (3, 2)))], ran())
    assert "`import math`. Grading has Python's own modules, NumPy and Matplotlib;" in said.message


def test_one_reason_is_shared_and_each_test_says_what_it_tries():
    fault = place(1, 2)
    passed = verdict()
    passed.passed = True
    some = explain([passed, verdict(fault, "Add."), verdict(fault, "Far."), verdict()], ran())
    reason = "Your code raised ValueError in your cell `gates`, line 2: `return 1 / 0  !`."
    assert some == [
        ("", ""),
        (f"Add. {reason}", reason),
        (f"Far. {reason}", reason),
        ("Add.", ""),
    ]
    everything = explain([verdict(fault, "Add."), verdict(fault, "Far.")], ran())
    assert everything == [(reason, reason)] * 2


STOPPED = "Your cell `gates` was stopped: it took too long; nothing in it counts. "
CELLS = {
    "timeout": (CellRun("timeout"), f"{STOPPED}A cell has 6 seconds, the notebook 60."),
    "memory": (CellRun("memory"), "Your cell `gates` was stopped: it took too much memory; "),
    "died": (CellRun("died"), "Your cell `gates` ended the process; nothing in it counts."),
    "syntax": (
        raised("SyntaxError"),
        "Your cell `gates` cannot be read as Python, so nothing in it ran: SyntaxError in line 1: ",
    ),
    "module": (
        raised("ModuleNotFoundError"),
        "Your cell `gates` stopped with ModuleNotFoundError in line 1: `def f():`. Grading has ",
    ),
    "other": (
        raised("KeyError", 2),
        "Your cell `gates` stopped with KeyError in line 2: `return 1 / 0  !`.",
    ),
    "no such line": (raised("KeyError", 77), "Your cell `gates` stopped with KeyError."),
    "no output": (CellRun("error"), "Your cell `gates` stopped with an exception."),
    "stub": (raised("NotImplementedError"), "Not written yet."),
}


@pytest.mark.parametrize(("run", "wanted"), CELLS.values(), ids=CELLS)
def test_what_kept_a_cell_from_its_end(run, wanted):
    assert cell_trouble(1, ran(run)).startswith(wanted)


CONSEQUENCES = {
    "its name is missing": verdict(Fault("missing", "add")),
    "a method is missing": verdict(Fault("error", "AttributeError")),
    "another exercise calls it": verdict(Fault("error", "NameError", (2, 1)), exercise="neuron"),
}


@pytest.mark.parametrize("consequence", CONSEQUENCES.values(), ids=CONSEQUENCES)
@pytest.mark.parametrize(("run", "kind"), [("timeout", None), ("error", "SyntaxError")])
def test_a_cell_that_failed_is_the_cause_of_what_it_did_not_define(consequence, run, kind):
    after = ran(raised(kind) if kind else CellRun(run), OK)
    trouble = cell_trouble(1, after)
    assert explain([consequence], after) == [(trouble, trouble)]


def test_an_error_of_their_own_in_a_cell_that_failed_is_told_as_such():
    (said,) = explain([verdict(place(1, 2))], ran(raised("KeyError", 2)))
    assert "Your code raised ValueError" in said.message


@pytest.mark.parametrize(
    ("fault", "run", "wanted"),
    [
        (Fault("missing", "add"), OK, "missing"),
        (Fault("missing", "add"), CellRun("timeout"), "timeout"),
        (Fault("missing", "add"), raised("SyntaxError"), "error"),
        (Fault("missing", "add"), raised("NotImplementedError"), "missing"),
        (Fault("timeout"), OK, "timeout"),
        (None, OK, "failed"),
    ],
)
def test_how_a_test_failed_in_one_word(fault, run, wanted):
    assert kind_of(verdict(fault), ran(run)) == wanted


@pytest.mark.parametrize(
    ("exercise", "result", "wanted"),
    [
        ("quiz", Foreign("ellipsis"), "missing"),
        ("quiz", None, "missing"),
        ("quiz", [(2,), Foreign("ellipsis")], "missing"),
        ("quiz", {"a": [Foreign("ellipsis")]}, "missing"),
        ("quiz", [(2,), (3,)], "failed"),
        ("quiz", "A", "failed"),
        ("quiz", Foreign("Liar"), "failed"),
        ("gates", Foreign("ellipsis"), "failed"),
        ("gates", None, "failed"),
    ],
)
def test_a_question_without_an_answer_is_missing(exercise, result, wanted):
    tried = verdict(exercise=exercise)
    tried.asked.append(Asked(lambda: "E", [()], [result]))
    assert kind_of(tried, ran()) == wanted
    assert (explain([tried], ran())[0].message == "Not answered yet.") == (wanted == "missing")
