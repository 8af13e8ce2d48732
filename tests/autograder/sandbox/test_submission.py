"""One submission from outside: what becomes of cells, and of calls."""

import base64
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from autograder.assignment import Limits
from autograder.sandbox.clock import patience, processor_seconds
from autograder.sandbox.inside.watch import below
from autograder.sandbox.outputs import ROOM, Output, clean, is_png, readable
from autograder.sandbox.replies import SPENT, Fault
from autograder.sandbox.submission import MORE_CALLS, OWN_CALLS
from autograder.told import TYPES
from tests.autograder.sandbox.conftest import call, program, text

GIVES = "def p(x):\n    return g(x)\n"


def give(peer, *inputs):
    return call(peer, GIVES, *inputs, names=["g"])


def fault(peer, *inputs) -> Fault:
    with pytest.raises(Fault) as caught:
        give(peer, *inputs)
    return caught.value


def fates(runs) -> list[str]:
    return [runs[index].fate for index in sorted(runs)]


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "fate", "reason"),
    [
        ("1 + 1", "ok", "2"),
        ("import warnings; warnings.warn('careful')", "ok", "careful"),
        ("import sys; print('a note', file=sys.stderr)", "ok", "a note"),
        ("x = [", "error", "SyntaxError"),
        ("1 / 0", "error", "ZeroDivisionError"),
        ("input()", "error", "EOFError"),
        ("!rm -rf /", "error", "shell not found"),
        ("%%bash\necho hello", "ok", "Couldn't find program"),
        ("raise SystemExit(3)", "error", "SystemExit"),
        ("raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
        ("class E(Exception):\n  def __str__(self): 1 / 0\nraise E", "error", "ZeroDivisionError"),
        ("class R:\n  def __repr__(self): 1 / 0\nR()", "ok", "ZeroDivisionError"),
        ("raise type('M' * 10**5, (Exception,), {})", "error", "MMM"),
        ("def f(): f()\nf()", "error", "RecursionError"),
        ("print('a\\ud800b')", "ok", "a?b"),
        ("while True: pass", "timeout", ""),
        ("import time; time.sleep(60)", "timeout", ""),
        ("import os; os._exit(0)", "died", ""),
        ("import os, signal; os.abort()", "died", ""),
        ("import ctypes; ctypes.string_at(0)", "died", ""),
        ("import inside.wire as w; w.pack = lambda _: b'?'", "died", ""),
    ],
)
def test_what_becomes_of_a_cell_and_that_the_next_one_runs(source, fate, reason, submission):
    runs = submission("a = 1", source, "print(a + 1)", limits=Limits(0.5, 10.0, 1.0)).run()
    assert fates(runs) == ["ok", fate, "ok"]
    assert reason in text(runs[1])
    assert "Traceback (most recent call last):\nTraceback" not in text(runs[1])
    assert text(runs[2]) == "ok\n2\n"


def test_cells_see_the_files_beside_the_notebook(submission):
    runs = submission("print(open('quiz.json').read())", files={"quiz.json": b"[1]"}).run()
    assert text(runs[0]) == "ok\n[1]\n"


def test_a_picture_is_kept(submission):
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    (output,) = submission(plot).run()[0].outputs
    assert output.output_type == "display_data"
    assert is_png(output.data["image/png"])


def test_the_notebook_has_a_time_of_its_own_and_cells_that_ran_before_it_was_over_count(submission):
    peer = submission(
        "def g(x): return 2 * x", *["while True: pass"] * 8, limits=Limits(0.5, 1.5, 1.0)
    )
    began = time.process_time()
    runs = peer.run()
    assert time.process_time() - began < 1
    assert fates(runs) == ["ok", *["timeout"] * 8]
    assert give(peer, 4) == 8


def test_all_outputs_together_are_bounded(submission):
    """A peer that patches its own limits away sends what it likes."""
    patch = (
        "import inside.shell as s\n"
        "s.MAX_TEXT = s.MAX_BUNDLE = 10**9\n"
        "s.collector.__class__.__init__.__defaults__ = None"
    )
    runs = submission(patch, *["for _ in range(25): print('x' * 200_000); 1"] * 30).run()
    assert sum(output.size for run in runs.values() for output in run.outputs) <= ROOM


def test_there_are_only_so_many_outputs_and_an_error_is_always_among_them(submission):
    many = "from IPython.display import display\nfor n in range(3_000): display(n)\n1 / 0"
    patch = (
        "import inside.session as s\n"
        "s.shell.run_cell = lambda *_: (True, [{'output_type': 'stream', 'text': 'x'}] * 2_000)"
    )
    runs = submission(many, patch, "print('more')").run()
    assert fates(runs) == ["error", "ok", "died"]
    assert len(runs[0].outputs) == 1_000
    assert runs[0].outputs[-1].ename == "ZeroDivisionError"


def test_the_name_of_an_error_stays_a_name():
    (kept,) = clean([Output("error", ename="\x1b[31mBad\n\u2028Error " + "x" * 200_000)])
    assert kept.ename.startswith("Bad Error xxx")
    assert len(kept.ename) <= 100


# --- calls ---------------------------------------------------------------------------------------


def test_each_fork_sees_the_state_after_the_notebook(submission):
    peer = submission("n = 0", "def g(x):\n    global n\n    n += x\n    return n")
    peer.run()
    assert [give(peer, 5), give(peer, 2)] == [5, 7]
    peer.fork()
    assert give(peer, 2) == 2
    peer.fork()
    assert peer.call(program(GIVES, "g"), [(1,), (1,), (1,)]) == [1, 2, 3]


def test_data_arrive_and_come_back_as_they_are(submission):
    peer = submission("g = lambda x: x")
    peer.run()
    value = {"a": [(1, 2.5), None, "é"], 3: b"x"}
    assert give(peer, value) == value


@pytest.mark.parametrize(
    ("cell", "kind", "error", "place"),
    [
        ("def h(x): pass", "missing", "g", None),
        ("def g(x):\n    y = x\n    raise ValueError(x)", "error", "ValueError", (0, 3)),
        ("import math\ndef g(x): return math.sqrt(-1)", "error", "ValueError", (0, 2)),
        ("def g(): pass", "error", "TypeError", None),
        ("def g(x): return g(x)", "error", "RecursionError", (0, 1)),
        ("class Mine(Exception): pass\ndef g(x): raise Mine", "error", "an exception", (0, 2)),
        ("def g(x): raise SystemExit", "error", "SystemExit", (0, 1)),
        ("import time\ndef g(x): time.sleep(60)", "timeout", "", None),
        ("def g(x):\n    while True: pass", "timeout", "", None),
        ("import os\ndef g(x): os._exit(0)", "died", "", None),
        ("import ctypes\ndef g(x): return ctypes.string_at(0)", "died", "", None),
        ("def g(x): return 'x' * 20 * 2**20", "died", "", None),
    ],
)
def test_a_call_without_an_answer_says_why(cell, kind, error, place, submission):
    peer = submission(cell, "def healthy(): return 1", limits=Limits(2.0, 10.0, 0.5))
    peer.run()
    found = fault(peer, 1.0)
    assert (found.kind, found.error, found.place) == (kind, error, place)
    assert call(peer, "def p(): return healthy()", names=["healthy"]) == 1


# --- clocks ------------------------------------------------------------------------------------

COMPUTES = "import time\ndef g(x):\n    while time.process_time() < x: pass\n    return x"
FORKS = """
import os, signal, time
def g(x):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL if x else signal.SIG_IGN)
    while True:
        if os.fork():
            os.wait() if x else time.sleep(0.05)
        else:
            end = time.process_time() + 0.1
            while time.process_time() < end: pass
            os._exit(0)
"""


@contextmanager
def starved() -> Iterator[None]:
    """Let all processes below this one run for a third of the time, as on a busy machine."""
    over = threading.Event()

    def tell(number: signal.Signals) -> None:
        for process in below(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def hold() -> None:
        while not over.wait(0.1):
            tell(signal.SIGSTOP)
            time.sleep(0.2)
            tell(signal.SIGCONT)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield
    finally:
        over.set()
        holder.join()


def test_a_busy_machine_costs_honest_code_nothing(submission):
    """What takes 0.5 s by itself takes far longer here; the limit is 1 s."""
    wait = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    peer = submission(COMPUTES, wait, limits=Limits(1.0, 20.0, 1.0))
    with starved():
        began = time.monotonic()
        assert fates(peer.run()) == ["ok", "ok"]
        assert give(peer, 0.5) == 0.5
        assert time.monotonic() - began > 2.0, "nothing held it up; this proves nothing"


@pytest.mark.parametrize(("cell", "value"), [(COMPUTES, 60.0), (FORKS, 1)])
def test_processor_time_ends_a_call_and_children_count(cell, value, submission):
    peer = submission(cell, limits=Limits(2.0, 10.0, 0.6))
    peer.run()
    began = time.monotonic()
    assert fault(peer, value).kind == "timeout"
    assert time.monotonic() - began < patience(0.6), "the clock on the wall was not needed"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("import time\ndef g(x): time.sleep(60)", 1), (FORKS, 0)],
    ids=["sleeping", "children that nobody waits for"],
)
def test_the_clock_on_the_wall_ends_what_uses_no_time_that_is_seen(cell, value, submission):
    peer = submission(cell, limits=Limits(2.0, 10.0, 0.3))
    peer.run()
    began = time.monotonic()
    assert fault(peer, value).kind == "timeout"
    assert time.monotonic() - began < patience(0.3) + 1


def test_slow_calls_are_bounded_together(submission):
    """Each stays below its own limit, all of them together do not."""
    peer = submission(COMPUTES.replace("< x", "< 0.18"), limits=Limits(1.0, 5.0, 0.2))
    peer.run()
    outcomes: list[str] = []
    began = time.monotonic()
    for _ in range(100):
        peer.fork()
        try:
            give(peer, 1)
            outcomes.append("answered")
        except Fault as found:
            outcomes.append(found.kind)
    assert time.monotonic() - began < patience((OWN_CALLS + MORE_CALLS) * 0.2) + 1
    assert outcomes[0] == "answered"
    assert outcomes[-1] == "timeout"
    assert fault(peer, 1).error == SPENT


def test_what_hangs_in_one_exercise_costs_no_other_its_time(submission):
    peer = submission(COMPUTES, limits=Limits(1.0, 5.0, 0.2))
    peer.run()
    for _ in range(OWN_CALLS + MORE_CALLS + 2):
        assert fault(peer, 60.0).kind == "timeout"
    assert fault(peer, 0).error == SPENT
    for _ in range(2):
        peer.allot()
        assert fault(peer, 60.0).error == ""
        assert give(peer, 0) == 0


def test_a_sleeping_notebook_ends(submission):
    peer = submission(*["import time; time.sleep(60)"] * 9, limits=Limits(0.2, 0.4, 0.2))
    began = time.monotonic()
    assert set(fates(peer.run())) == {"timeout"}
    assert time.monotonic() - began < patience(0.4) + 2


def test_processor_time_of_children_that_ended_and_of_what_has_gone():
    source = "import os\nwhile sum(os.times()[:2]) < 0.2: pass\nprint(flush=True)\ninput()"
    shell = [sys.executable, "-c", source]
    pipe = subprocess.PIPE
    before = processor_seconds(os.getpid())
    with subprocess.Popen(shell, stdin=pipe, stdout=pipe) as child:
        assert child.stdout
        child.stdout.readline()
        running = processor_seconds(os.getpid())
        child.kill()
    assert running - before > 0.15
    assert processor_seconds(os.getpid()) >= running
    assert processor_seconds(child.pid) == 0


# --- what goes wrong between calls ---------------------------------------------------------------


def test_a_process_that_ended_between_calls_comes_back(submission):
    peer = submission(
        "g = abs",
        "import os, threading\nthreading.Timer(0.3, os._exit, (0,)).start()",
    )
    peer.run()
    assert give(peer, -1) == 1
    time.sleep(0.6)
    kinds = [fault(peer, -2).kind]
    assert kinds == ["died"]
    assert give(peer, -3) == 3


def test_what_a_student_reads_never_comes_from_behind_the_wall(submission):
    """A peer that lies about its errors could carry the inputs of a hidden test out."""
    lie = "import inside.session as s\ns._answer = lambda *a: {'error': f'secret_{a[-1].cases}'}"
    peer = submission("g = abs", lie)
    peer.run()
    assert fault(peer, 4.25).error == "an exception"
    for answer in (
        "{'missing': ['secret']}",
        "{'missing': ['secret', 'g']}",
        "{'results': [1, 2]}",
    ):
        peer = submission("g = abs", f"import inside.session as s\ns._answer = lambda *a: {answer}")
        peer.run()
        found = fault(peer, 4.25)
        assert (found.kind, found.error) in [("died", ""), ("missing", "g")]


@pytest.mark.parametrize(
    "reply",
    [
        "None",
        "5",
        "[]",
        "{}",
        "{'results': 5}",
        "{'results': []}",
        "{'error': 7}",
        "{'error': 'E', 'place': 'here'}",
        "{'results': None, 'error': None}",
        "{3: 4}",
        "{'missing': 'g'}",
        "b'x' * 9 * 2**20",
        "1 / 0",
    ],
)
def test_a_reply_of_another_shape_is_no_answer(reply, submission):
    peer = submission("g = abs", f"import inside.session as s\ns._answer = lambda *a: {reply}")
    peer.run()
    assert fault(peer, 1).kind == "died"


@pytest.mark.parametrize(
    ("error", "place", "told"),
    [
        ("ValueError", (0, 1), ("ValueError", (0, 1))),
        ("LinAlgError", (1, 2), ("LinAlgError", (1, 2))),
        ("ValueError", (2**40, -7), ("ValueError", None)),
        ("ValueError", (0, 0), ("ValueError", None)),
        ("ValueError", (0, 2), ("ValueError", None)),
        ("ValueError", (2, 4_090), ("ValueError", (2, 4_090))),
        ("ValueError", (2, 4_098), ("ValueError", None)),
        ("g", (0, 1), ("an exception", (0, 1))),
        ("print", (0, 1), ("an exception", (0, 1))),
    ],
)
def test_only_so_many_types_and_places_can_be_told(error, place, told, submission):
    lie = f"{{'error': {error!r}, 'place': {place}}}"
    patch = f"import inside.session as s\ns._answer = lambda *a: {lie}"
    peer = submission("g = abs", patch, "\n" * 5_000)
    peer.run()
    found = fault(peer, 1)
    assert (found.error, found.place) == told
    assert len(TYPES) <= 128, "7 bits, as `told` says"


OWN_SERVER = """
import gc, socket
import inside.wire as wire
(line,) = [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 0]
line.settimeout(None)
wire.send(line, {"success": True, "outputs": []})
while True:
    message, files = wire.receive_with_files(line)
    if message["ask"] == "fork":
        with socket.socket(fileno=files[0]) as asked:
            call, _ = wire.receive_with_files(asked)
            wire.send(asked, {"results": [ANSWER for case in call["cases"]]})
    else:
        wire.send(line, {"ready": True, "success": True, "outputs": []})
"""


def test_a_cell_that_takes_the_channel_over_answers_with_data_like_any_other(submission):
    """It belongs to the student anyway; what it says is compared outside."""
    peer = submission(OWN_SERVER.replace("ANSWER", "case[0] * 3"), "print('never run')")
    assert fates(peer.run()) == ["ok", "ok"]
    assert give(peer, 2.0) == 6.0


def test_open_files_sent_to_the_grader_are_not_taken(submission):
    patch = (
        "import os, inside.wire as w\n"
        "old, gifts = w.send, [os.open('/dev/null', 0) for _ in range(3)]\n"
        "w.send = lambda channel, value, files=(): old(channel, value, gifts)"
    )
    peer = submission(patch, *["1"] * 20, "g = abs")
    before = len(list(Path("/proc/self/fd").iterdir()))
    peer.run()
    assert [give(peer, -n) for n in range(20)] == list(range(20))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2  # to the session, to the fork


# --- outputs -------------------------------------------------------------------------------------


def png(width: int = 1, height: int = 1) -> str:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0"))
    return base64.b64encode(file + chunk(b"IEND", b"")).decode()


def test_only_text_and_png_are_kept():
    data = {
        "text/plain": "a figure",
        "text/html": "<script>",
        "image/svg+xml": "<svg onload=x>",
        "application/javascript": "alert(1)",
        "image/png": png(),
    }
    (kept,) = clean([Output("display_data", data=data)])
    assert kept.data == {"text/plain": "a figure", "image/png": png()}


@pytest.mark.parametrize(
    "picture",
    [
        "",
        "<svg>",
        'x" onerror="alert(1)',
        png() + '" onerror="alert(1)',
        png()[:20],
        "é",
        base64.b64encode(b"<svg onload=alert(1)>").decode(),
        png(100_000, 100_000),
        png(2**32 - 1, 2**32 - 1),
    ],
)
def test_what_is_no_png_or_a_bomb_is_left_out(picture):
    (kept,) = clean([Output("display_data", data={"image/png": picture})])
    assert "image/png" not in kept.data


def test_text_keeps_its_characters_and_loses_commands():
    assert readable("a\x1b[31mred\x1b[0m \x1b]0;title\x07\x00\u202eevil\n\té ∂ 你") == (
        "ared ]0;titleevil\n\té ∂ 你"
    )
    assert len(readable("x" * 10**6)) == 200_000


def test_outputs_end_where_there_is_no_room():
    outputs = [Output("stream", text="x" * 1_000)] * 10
    assert len(list(clean(outputs, 3_500))) == 3
    assert [each.name for each in clean([Output("stream", name="stderr\x00<b>")])] == ["stdout"]
