"""One submission from outside: what becomes of cells, and of calls."""

import base64
import struct
import time
import zlib
from pathlib import Path

import pytest

from autograder.assignment import Limits
from autograder.sandbox.outputs import ROOM, Output, clean, is_png, readable
from autograder.sandbox.submission import Fault
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
        ("import inside.wire as w; w._plain = lambda *_: {}", "died", ""),
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
    began = time.monotonic()
    runs = peer.run()
    assert time.monotonic() - began < 5
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


# --- calls ---------------------------------------------------------------------------------------


def test_each_call_sees_the_state_after_the_notebook(submission):
    peer = submission("n = 0", "def g(x):\n    global n\n    n += x\n    return n")
    peer.run()
    assert [give(peer, 5), give(peer, 2)] == [5, 2]
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
        ("class Mine(Exception): pass\ndef g(x): raise Mine", "error", "Mine", (0, 2)),
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


def test_slow_calls_are_bounded_together(submission):
    peer = submission("import time\ndef g(x): time.sleep(0.18)", limits=Limits(1.0, 5.0, 0.2))
    peer.run()
    began = time.monotonic()
    kinds: list[str] = []
    for _ in range(60):
        try:
            give(peer, 1)
        except Fault as found:
            kinds.append(found.kind)
    assert len(kinds) > 40
    assert set(kinds) == {"timeout"}
    assert time.monotonic() - began < 6


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


def test_places_of_no_cell_are_only_numbers(submission):
    lie = "{'error': 'ValueError', 'place': (2**40, -7)}"
    peer = submission("g = abs", f"import inside.session as s\ns._answer = lambda *a: {lie}")
    peer.run()
    assert fault(peer, 1).place == (2**40, -7)


OWN_SERVER = """
import gc, socket
import inside.wire as wire
(line,) = [o for o in gc.get_objects() if isinstance(o, socket.socket) and o.fileno() > 0]
line.settimeout(None)
wire.send(line, {"success": True, "outputs": []})
while True:
    message, files = wire.receive_with_files(line)
    if message["ask"] == "call":
        with socket.socket(fileno=files[0]) as reply:
            wire.send(reply, {"results": [ANSWER for case in message["cases"]]})
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
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


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
