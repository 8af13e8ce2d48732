"""Functions answered from outside: data for data, whatever the code behind the wall does."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from autograder.assignment import Limits
from autograder.sandbox.clock import patience
from autograder.sandbox.replies import Fault, Wish
from autograder.sandbox.serving import answer
from tests.autograder.sandbox.conftest import Open, call

OWN = "def h(x, by=1): raise NotImplementedError\ndef g(x): return h(x), h(x, by=3)"
ASKS = "def p(x):\n    return g(x)\n"
IMPATIENT = Limits(cell_seconds=3.0, notebook_seconds=20.0, call_seconds=0.5)


def times(x, by=1):
    return np.multiply(x, by)


def ask(peer, *inputs):
    return call(peer, ASKS, *inputs, names=["g"])


def test_it_stands_in_the_place_of_what_the_cells_define(submission: Open):
    peer = submission(OWN)
    peer.run()
    with pytest.raises(Fault, match="NotImplementedError"):
        ask(peer, 2.0)
    peer.serve({"h": times})
    once, thrice = ask(peer, np.array([1.0, 2.0], np.float32))
    assert once.tolist() == [1, 2]
    assert thrice.tolist() == [3, 6]
    assert once.dtype == np.float32
    peer.serve({})
    with pytest.raises(Fault, match="NotImplementedError"):
        ask(peer, 2.0)


def test_it_is_there_for_a_notebook_that_never_defined_it(submission: Open):
    peer = submission("def g(x): return h(x, 2)")
    peer.run()
    peer.serve({"h": times})
    assert ask(peer, 5) == 10


def test_all_calls_of_one_fork_are_served(submission: Open):
    peer = submission("def g(x): return sum(h(n) for n in range(x))")
    peer.run()
    peer.serve({"h": times})
    assert [ask(peer, n) for n in (3, 200)] == [3, 19_900]


def test_of_an_error_its_type_is_told_and_nothing_else(submission: Open):
    def refuses(x: object) -> object:
        raise ValueError("the secret of the reference")

    peer = submission(
        "def g(x):\n  try: h(x)\n  except ValueError as error: return str(error), error.args"
    )
    peer.run()
    peer.serve({"h": refuses})
    told = ask(peer, 1)
    assert "secret" not in str(told)
    assert "h cannot be called with these" in str(told)


FORGED = {
    "a function that is not served": 'send({"serve": "eval", "inputs": ["1"], "named": {}})',
    "no wish at all": 'send({"serve": 1})',
    "more than a wish": 'send({"serve": "h", "inputs": [], "named": {}, "results": [1]})',
    "inputs that are none": 'send({"serve": "h", "inputs": 5, "named": {}})',
    "garbage": 'asked.sendall(b"\\0\\0\\0\\4abcd")',
    "more than may cross": "h(np.zeros(3_000_000))",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_is_no_wish_ends_the_call_and_no_other(forged: str, submission: Open):
    peer = submission(
        "import numpy as np, sys\n"
        "def g(x):\n"
        "    if x: return h(x)\n"
        "    asked = [c.cell_contents for c in h.__closure__ if 'socket' in str(c)][0]\n"
        "    send = lambda m: sys.modules['inside.wire'].send(asked, m)\n"
        f"    {forged}\n"
        "    return sys.modules['inside.wire'].receive_with_files(asked)\n"
    )
    peer.run()
    peer.serve({"h": times})
    with pytest.raises(Fault) as caught:
        ask(peer, 0)
    assert caught.value.kind == "died"
    assert ask(peer, 3) == 3


def test_wishes_without_end_are_over_with_the_calls_time(submission: Open):
    peer = submission("def g(x):\n    h(x)\n    while x: h(x)\n    return 7", limits=IMPATIENT)
    peer.run()
    peer.serve({"h": times})
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Fault, match="timeout"):
            ask(peer, 1)
        assert time.monotonic() - began < patience(IMPATIENT.call_seconds) + 1
    assert ask(peer, 0) == 7, "there is time for other calls"


def test_where_the_grader_had_enough_the_next_call_has_a_fork_of_its_own(submission: Open):
    class Enough(BaseException):
        pass

    def stopped(x: object) -> object:
        if x == 0:
            raise Enough
        return x

    peer = submission("def g(x): return h(x)")
    peer.run()
    peer.serve({"h": stopped})
    with pytest.raises(Enough):
        ask(peer, 0)
    assert ask(peer, 7) == 7


@pytest.mark.parametrize(
    ("inputs", "error"),
    [([[1, 2], [1, 2, 3]], "ValueError"), ([], "TypeError"), ([1, 2, 3], "TypeError")],
)
def test_inputs_of_any_kind_have_an_answer(inputs: list[object], error: str):
    functions: dict[str, Callable[..., object]] = {"h": times}
    found = answer(Wish("h", inputs, {}), functions)
    assert found["error"] == error
