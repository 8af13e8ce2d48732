"""One fork for the tests of an exercise, and a fork of its own for each that fails there."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from autograder.judge import judge
from autograder.program import Program
from autograder.sandbox.replies import Fault
from autograder.sharing import Sharing

HEAD = '''
"""Adding."""
import pytest
from autograder import expect
from reference.gates import add_forward

def added(a, b):
    """Add."""
    return add_forward(a, b)[0]

'''
TEST = '''
@pytest.mark.category("values")
def test_{name}(student):
    """It adds {name}."""
    {body}
'''
ONE = "expect.close(student(added, 1.0, 2.0), 3.0)"
TWO = f"{ONE}\n    expect.close(student(added, 2.0, 2.0), 4.0)"

State = dict[str, int]


class Forking:
    """Answers from copies of a state, as a submission does from forks of a process."""

    def __init__(self, answer: Callable[[State, float, float], float]) -> None:
        self.answer = answer
        self.forks = 0
        self.calls: list[int] = []
        self.allotted: list[int] = []
        self.state: State | None = None

    def fork(self) -> None:
        self.state = None

    def allot(self) -> None:
        self.allotted.append(len(self.calls))

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        if self.state is None:
            self.state = {}
            self.forks += 1
        self.calls.append(self.forks)
        return [self.answer(self.state, *map(float, map(str, case))) for case in cases]


def add(state: State, a: float, b: float) -> float:
    return a + b


def first_call_only(state: State, a: float, b: float) -> float:
    """Right in a fresh state, wrong ever after."""
    state["calls"] = state.get("calls", 0) + 1
    return a + b if state["calls"] == 1 else 0.0


def later_calls_only(state: State, a: float, b: float) -> float:
    state["calls"] = state.get("calls", 0) + 1
    return a + b if state["calls"] > 1 else 0.0


def not_three(state: State, a: float, b: float) -> float:
    return 0.0 if a + b == 3 else a + b


def unwritten(state: State, a: float, b: float) -> float:
    raise Fault("error", "NotImplementedError")


def crash(state: State, a: float, b: float) -> float:
    raise Fault("died")


numbers: Iterator[int] = iter(range(10**6))


@pytest.fixture
def outcomes(tmp_path: Path):
    """outcomes(peer, *bodies): which tests passed, each body a test of the exercise."""

    def run(peer: Forking, *bodies: str) -> list[bool]:
        folder = tmp_path / "tiny"
        folder.mkdir()
        tests = (TEST.format(name=f"n{i}", body=body) for i, body in enumerate(bodies))
        (folder / f"test_shared_{next(numbers)}.py").write_text(HEAD + "".join(tests))
        return [verdict.passed for verdict in judge("tiny", peer, 1, tmp_path)]

    return run


def test_tests_that_pass_share_one_fork(outcomes):
    peer = Forking(add)
    assert outcomes(peer, ONE, TWO, ONE) == [True, True, True]
    assert peer.calls == [1, 1, 1, 1]


def test_an_exercise_has_time_of_its_own(outcomes):
    peer = Forking(add)
    outcomes(peer, ONE, TWO)
    assert peer.allotted == [0], "its tests share it"


def test_a_changed_state_costs_no_test_that_would_pass_alone(outcomes):
    """The first passes, the second fails in its fork and passes in one of its own."""
    peer = Forking(first_call_only)
    assert outcomes(peer, ONE, ONE, ONE) == [True, True, True]
    assert peer.calls == [1, 1, 2, 2, 3]


def test_alone_each_call_has_a_fork_of_its_own(outcomes):
    peer = Forking(first_call_only)
    assert outcomes(peer, TWO) == [True]
    assert peer.calls == [1, 1, 2, 3]


def test_what_fails_in_a_fresh_fork_is_not_run_again(outcomes):
    peer = Forking(later_calls_only)
    assert outcomes(peer, ONE, ONE) == [False, False]
    assert peer.calls == [1, 2]


def test_wrong_answers_stay_wrong_alone(outcomes):
    peer = Forking(not_three)
    assert outcomes(peer, ONE.replace("1.0, 2.0), 3.0", "2.0, 2.0), 4.0"), ONE, ONE) == [
        True,
        False,
        False,
    ]
    assert peer.calls == [1, 1, 2, 3]


def test_what_is_not_written_yet_needs_no_second_fork(outcomes):
    peer = Forking(unwritten)
    assert outcomes(peer, ONE, ONE, ONE) == [False, False, False]
    assert peer.calls == [1, 1, 1]


def test_half_written_code_costs_no_test_that_would_pass_alone(outcomes):
    """It changes the state before it says that it is not written; what comes next is run again."""

    def half_written(state: State, a: float, b: float) -> float:
        if peer.calls == [1]:
            state["changed"] = 1
            raise Fault("error", "NotImplementedError")
        return 0.0 if "changed" in state else a + b

    peer = Forking(half_written)
    assert outcomes(peer, ONE, ONE) == [False, True]
    assert peer.calls == [1, 1, 2]


def test_after_a_crash_the_next_test_has_a_fresh_fork(outcomes):
    peer = Forking(crash)
    assert outcomes(peer, ONE, ONE) == [False, False]
    assert peer.calls == [1, 2]


def test_exercises_share_nothing():
    peer = Forking(add)
    sharing = Sharing(peer)
    program = Program("added", "", "", ())
    for exercise in ("first", "first", "second"):
        sharing.begin(exercise)
        sharing.call(program, [(1, 2)])
        assert not sharing.end(passed=True)
    assert peer.calls == [1, 1, 2]
