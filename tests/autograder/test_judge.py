"""The judge: verdicts of tiny suites, on peers that answer, lie, hang and fall silent."""

import itertools
import math
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from autograder import judge as judge_module
from autograder.judge import CATEGORIES, JudgeError, judge
from autograder.program import Program
from autograder.sandbox.inside.wire import Foreign
from autograder.sandbox.replies import Fault
from autograder.sandbox.wall import WallError
from autograder.verdict import Verdict
from autograder.watchdog import Memory

HEAD = '''
import numpy as np
import pytest
from autograder import expect
from autograder.program import Student
from reference.gates import add_forward

def added(a, b):
    """Add."""
    return add_forward(a, b)[0]

'''


class Peer:
    """Answers every program by `answer(*inputs)`."""

    def __init__(self, answer: Callable[..., object]) -> None:
        self.answer = answer
        self.asked: list[tuple[Program, Sequence[Sequence[object]]]] = []

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        self.asked.append((program, cases))
        return [self.answer(*case) for case in cases]


def honest(a: float, b: float) -> float:
    return a + b


numbers = itertools.count()

Suite = Callable[[str], Path]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Write the suite of the assignment `tiny`; each is a module of a new name, as in a course."""

    def write(tests: str) -> Path:
        folder = tmp_path / str(next(numbers)) / "tiny"
        folder.mkdir(parents=True)
        (folder / f"test_adding_{folder.parent.name}.py").write_text(HEAD + tests)
        return folder.parent

    return write


@pytest.fixture
def verdicts(suite: Suite) -> Callable[..., list[Verdict]]:
    """Judge a suite of these tests; a further argument is the peer's answer."""

    def run(tests: str, answer: Callable[..., object] = honest) -> list[Verdict]:
        return judge("tiny", Peer(answer), 1, suite(tests))

    return run


CLOSE = """
@pytest.mark.category("values")
def test_adds(student, rng):
    "Numbers are added.

    This line is not told."
    a, b = rng.normal(size=2).tolist()
    expect.close(student(added, a, b), added(a, b))
""".replace('"Numbers', '"""Numbers').replace('told."', 'told."""')


def test_a_right_answer_passes_and_a_wrong_one_does_not(verdicts):
    (right,) = verdicts(CLOSE)
    (wrong,) = verdicts(CLOSE, lambda a, b: a - b)
    assert right.passed
    assert right.exercise.startswith("adding_")
    assert (right.name, right.category) == ("test_adds", "values")
    assert (right.says, right.weight, right.why, right.faults) == ("Numbers are added.", 1, "", [])
    assert not wrong.passed
    assert "expected" in wrong.why


def test_options_that_somebody_keeps_for_other_tests_do_not_count(verdicts, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--junitxml=report.xml -k nothing")
    assert [verdict.passed for verdict in verdicts(CLOSE)] == [True]


def test_required_tests_are_told_apart(verdicts):
    plain, required = verdicts(CLOSE + "\n@pytest.mark.required" + CLOSE.replace("_adds", "_more"))
    assert (plain.required, required.required) == (False, True)


@pytest.mark.parametrize(
    "lie",
    [
        None,
        True,
        math.nan,
        math.inf,
        "x" * 1_000,
        (),
        {},
        10**1000,
        np.zeros(3),
        np.float64("nan"),
        Foreign("Liar"),
        [[[]]],
        b"",
    ],
    ids=lambda lie: repr(lie)[:20],
)
def test_a_lying_peer_passes_nothing(lie, verdicts):
    (verdict,) = verdicts(CLOSE, lambda *_: lie)
    assert not verdict.passed


def raising(kind: str) -> Callable[..., object]:
    def answer(*_: object) -> object:
        raise Fault(kind, "ValueError" if kind == "error" else "")

    return answer


SWALLOWING = """
@pytest.mark.category("edges")
def test_swallows(student):
    "Whatever happens."
    try:
        student(added, 1.0, 2.0)
    except BaseException:
        pass
"""


@pytest.mark.parametrize("kind", ["error", "timeout", "died", "missing"])
def test_a_peer_without_an_answer_fails_even_a_test_that_swallows_exceptions(kind, verdicts):
    (honest_one,) = verdicts(SWALLOWING)
    (verdict,) = verdicts(SWALLOWING, raising(kind))
    assert honest_one.passed
    assert not verdict.passed
    assert [fault.kind for fault in verdict.faults] == [kind]


def test_each_test_is_judged_alone(verdicts):
    answers = iter([5.0])

    def once(*_: object) -> object:
        for answer in answers:
            return answer
        raise Fault("died")

    tests = "".join(
        f"""
@pytest.mark.category("values")
def test_{n}(student):
    "Test {n}."
    expect.close(student(added, 2.0, 3.0), 5.0)
"""
        for n in range(3)
    )
    assert [v.passed for v in verdicts(tests, once)] == [True, False, False]


PARAMETRISED = """
@pytest.mark.weight(2.5)
@pytest.mark.category("scale")
@pytest.mark.parametrize("size", [1, 1000])
def test_sizes(student, size):
    "Sizes."
    got = student.map(added, [(float(n), 1.0) for n in range(size)])
    expect.close(got, [n + 1.0 for n in range(size)])
"""


def test_weights_and_cases(verdicts):
    found = verdicts(PARAMETRISED)
    assert [v.name for v in found] == ["test_sizes[1]", "test_sizes[1000]"]
    assert {v.weight for v in found} == {2.5}
    assert {v.category for v in found} == {"scale"}
    assert all(v.passed for v in found)


def test_a_map_is_one_call(suite):
    peer = Peer(honest)
    judge("tiny", peer, 1, suite(PARAMETRISED))
    assert [len(cases) for _, cases in peer.asked] == [1, 1000]
    assert peer.asked[0][0].names == ("add_forward",)
    assert "Add." not in peer.asked[0][0].source


def test_what_was_asked_is_remembered_with_its_outcome(verdicts):
    def raises_for_some(a: float, b: float) -> float:
        if a > 1:
            raise Fault("error", "ValueError", (0, 1))
        return a + b

    small, large = verdicts(PARAMETRISED, raises_for_some)
    (answered,), (raised,) = small.asked, large.asked
    assert answered.program.__name__ == "added"
    assert (answered.cases, answered.results, answered.error) == ([(0.0, 1.0)], [1.0], "")
    assert (len(raised.cases), raised.results, raised.error) == (1000, None, "ValueError")
    (silent, _) = verdicts(PARAMETRISED, raising("timeout"))
    assert (silent.asked[0].results, silent.asked[0].error) == (None, "")


DRAWS = """
@pytest.mark.category("values")
@pytest.mark.parametrize("again", [0, 1])
def test_draws(student, rng, again):
    "Draws."
    student(added, float(rng.normal()), 0.0)

@pytest.mark.category("values")
def test_also_draws(student, rng):
    "Draws."
    student(added, float(rng.normal()), 0.0)
"""


def test_seeds_draw_the_same_again_and_differ_from_test_to_test(suite):
    folder = suite(DRAWS)

    def drawn(seed: int) -> list[object]:
        peer = Peer(honest)
        judge("tiny", peer, seed, folder)
        return [case[0] for _, cases in peer.asked for case in cases]

    first, again, other = drawn(1), drawn(1), drawn(2)
    assert first == again
    assert len({*first, *other}) == 6


BROKEN = {
    "a syntax error": "def test(:\n",
    "an import that is not there": "import nothing_of_this_name\n",
    "no category": "def test_x(student):\n    'X.'\n",
    "an unknown category": "@pytest.mark.category('luck')\ndef test_x(student):\n    'X.'\n",
    "an unknown fixture": "@pytest.mark.category('values')\ndef test_x(nobody):\n    'X.'\n",
    "no test": "x = 1\n",
    "a failing fixture": (
        "@pytest.fixture\ndef f():\n    raise ValueError\n"
        "@pytest.mark.category('values')\ndef test_x(f):\n    'X.'\n"
    ),
    "a failing teardown": (
        "@pytest.fixture\ndef f():\n    yield\n    raise ValueError\n"
        "@pytest.mark.category('values')\ndef test_x(f):\n    'X.'\n"
    ),
}


@pytest.mark.parametrize("tests", BROKEN.values(), ids=BROKEN)
def test_a_broken_suite_is_no_fault_of_the_students(tests, verdicts, capfd):
    with pytest.raises(JudgeError, match="the hidden suite of tiny is at fault"):
        verdicts(tests)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_program_that_may_not_cross_is_no_fault_of_the_students(verdicts):
    strange = """
import math as mathematics
def uses_more(x):
    "More."
    return mathematics.pi * x

@pytest.mark.category("values")
def test_x(student):
    "X."
    student(uses_more, 1.0)
"""
    with pytest.raises(JudgeError, match="mathematics"):
        verdicts(strange)


@pytest.mark.parametrize("outcome", ["pytest.skip('no')", "pytest.xfail('no')"])
def test_a_test_that_does_not_run_does_not_pass(outcome, verdicts):
    body = f"@pytest.mark.category('values')\ndef test_x(student):\n    'X.'\n    {outcome}\n"
    (verdict,) = verdicts(body)
    assert not verdict.passed


def test_a_suite_that_is_not_there(tmp_path: Path):
    with pytest.raises(JudgeError):
        judge("nothing", Peer(honest), 1, tmp_path)


def test_the_categories_are_those_that_the_project_declares(pytestconfig: pytest.Config):
    (described,) = [m for m in pytestconfig.getini("markers") if m.startswith("category")]
    assert described.split("tries: ")[1].split() == list(CATEGORIES)


# --- answers that are work -----------------------------------------------------------------------

BROADCAST = """
@pytest.mark.category("values")
def test_broadcasts(student):
    "Entries."
    got = student(added, 1.0, 2.0)
    expect.holds(bool((got == got.T).all()), "is symmetric")
"""
BUSY = """
@pytest.mark.category("values")
@pytest.mark.parametrize("again", range(6))
def test_is_busy(student, again):
    "Entries."
    got = student(added, 1.0, 2.0)
    while got < 0:
        try:
            got -= 1
        except Exception:
            pass
"""


def test_an_answer_that_takes_the_graders_time_fails_its_tests_and_no_others(verdicts, monkeypatch):
    monkeypatch.setattr(judge_module, "TEST_SECONDS", 0.2)
    began = time.process_time()
    answers = itertools.chain([-1.0] * 6, itertools.repeat(3.0))
    found = verdicts(BUSY + CLOSE, lambda a, b: next(answers) if (a, b) == (1.0, 2.0) else a + b)
    assert time.process_time() - began < 2
    assert [v.passed for v in found] == [False] * 6 + [True]
    assert "kept the grader busy for more than 0.2 seconds" in found[0].why
    assert {v.says for v in found[:6]} == {judge_module.TOO_MUCH}
    assert found[0].asked == [], "nothing is to look at it again"


def test_an_answer_that_takes_the_graders_memory_fails_its_test(verdicts):
    long = np.zeros((1, 100_000))
    (verdict, other) = verdicts(BROADCAST + CLOSE, lambda a, b: long if a == 1 else a + b)
    assert (verdict.passed, other.passed) == (False, True)
    assert "MB of the grader's memory" in verdict.why
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


SET = """
@pytest.mark.category("values")
def test_sets(student):
    "Entries."
    set(student(added, 1.0, 2.0))
"""


def test_work_in_c_that_heeds_no_signal_ends_the_process(suite, monkeypatch):
    """Integers that hash alike: a set of them takes the square of their number."""
    monkeypatch.setattr(judge_module, "TEST_SECONDS", 0.1)
    folder = suite(SET)
    alike = [(1 << 61) ** 3 + (2**61 - 1) * (n << 70) for n in range(60_000)]
    child = os.fork()
    if child == 0:
        judge("tiny", Peer(lambda *_: alike), 1, folder)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    assert os.WTERMSIG(status) == signal.SIGVTALRM
    assert used.ru_utime + used.ru_stime < 10


def test_what_is_remembered_is_bounded(verdicts, monkeypatch):
    monkeypatch.setattr(judge_module, "REMEMBERED", 10_000)
    memory = Memory(10_000)
    assert memory.has_room_for([np.zeros(1_000).reshape(2, 500)])
    assert not memory.has_room_for([{"a": (np.zeros(1_000).reshape(2, 500),)}])
    assert not memory.has_room_for([1])
    tests = CLOSE + CLOSE.replace("test_adds", "test_adds_again")
    long = [0.5] * 200
    found = verdicts(tests, lambda *_: long)
    assert [v.asked[0].results is None for v in found] == [False, True]


SEVERAL = "".join(
    CLOSE.replace("test_adds", f"test_{name}") for name in ("first", "second", "third", "fourth")
)


def test_an_exercise_tells_one_exception_and_what_is_not_written(verdicts):
    """Type and line could carry the inputs of every test out."""
    raised = iter(
        [
            Fault("error", "ValueError", (0, 3)),
            Fault("error", "KeyError", (0, 4)),
            Fault("error", "NotImplementedError", (0, 5)),
            Fault("error", "ValueError", (0, 3)),
        ]
    )

    def answer(*_: object) -> object:
        raise next(raised)

    faults = [verdict.faults[0] for verdict in verdicts(SEVERAL, answer)]
    assert [(fault.error, fault.place) for fault in faults] == [
        ("ValueError", (0, 3)),
        ("an exception", None),
        ("NotImplementedError", (0, 5)),
        ("ValueError", (0, 3)),
    ]


def test_a_wall_that_falls_under_a_test_is_no_failure_of_the_test(verdicts):
    calls: list[object] = []

    def fallen(*case: object) -> object:
        calls.append(case)
        raise WallError("it fell")

    with pytest.raises(WallError, match="it fell"):
        verdicts(SEVERAL, fallen)
    assert len(calls) == 1, "the others need not ask"
