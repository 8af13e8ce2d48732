"""A hostile peer: whatever it sends, the reader ends in good time, with bounded memory.

The reader is a process of its own, which says how long each frame took and how much memory it had
at most, over what it had before.
"""

import json
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Limits
from autograder.rooms import PROJECT
from autograder.sandbox.inside import plain, wire
from autograder.sandbox.replies import Fault
from autograder.sandbox.submission import Submission
from tests.autograder.sandbox.conftest import call

SECONDS, MEGABYTES = 8.0, 200  # generous: this machine may be busy
READER = """
import json, resource, socket, sys, time
from autograder.sandbox.inside import wire

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

with socket.socket(fileno=int(sys.argv[1])) as line:
    before, began = peak(), time.monotonic()
    try:
        wire.receive(line, began + 30)
        said = "plain"
    except (wire.WireError, EOFError) as error:
        said = type(error).__name__
    print(json.dumps([said, time.monotonic() - began, peak() - before]))
"""


def read(frame: bytes) -> tuple[str, float, int]:
    """Send bytes to a reader and return what it made of them, its seconds, its megabytes."""
    ours, theirs = socket.socketpair()
    words = [sys.executable, "-c", READER, str(theirs.fileno())]
    pipe = subprocess.PIPE
    with (
        ours,
        subprocess.Popen(words, stdout=pipe, cwd=PROJECT, pass_fds=[theirs.fileno()]) as peer,
    ):
        theirs.close()
        with suppress(BrokenPipeError):  # it has read enough
            ours.sendall(frame)
            ours.shutdown(socket.SHUT_WR)
        assert peer.stdout
        said, seconds, megabytes = json.loads(peer.stdout.read())
    return said, seconds, megabytes


def framed(tree: bytes, bulk: bytes = b"", size: int | None = None) -> bytes:
    body = struct.pack(">I", len(tree) if size is None else size) + tree + bulk
    return struct.pack(">I", len(body)) + body


def a_list(item: bytes, room: int = plain.MAX_TREE) -> bytes:
    number = (room - 16) // len(item)
    return b"\x92\xa1l\xdd" + struct.pack(">I", number) + item * number


def a_dict(keys: Iterator[int], number: int) -> bytes:
    pairs = b"".join(b"\x92\xcf" + struct.pack(">Q", next(keys)) + b"\xc0" for _ in range(number))
    return b"\x92\xa1d\xdd" + struct.pack(">I", number) + pairs


def one_hash() -> Iterator[int]:
    """Yield integers that fall into one place of a table, of whatever size, as long as they can."""
    yield from (base + (high << 44) for base in range(100) for high in range(2**16))


WHOLE_FRAME = wire.MAX_FRAME - 16
HOSTILE = {
    "a whole frame of empty lists": framed(a_list(b"\x90", WHOLE_FRAME)),
    "the same, as bulk": framed(b"\xc0", b"\x90" * WHOLE_FRAME),
    "the same, said to be short": framed(a_list(b"\x90", WHOLE_FRAME), size=plain.MAX_TREE),
    "a tree of empty lists": framed(a_list(b"\x90")),
    "a tree of tagged lists": framed(a_list(b"\x92\xa1l\x90")),
    "a tree of integers": framed(a_list(b"\xe0")),
    "a tree of maps": framed(a_list(b"\x80")),
    "a tree of short texts": framed(a_list(b"\xa1x")),
    "a tree of floats": framed(a_list(b"\xcb" + bytes(8))),
    "a tree of empty arrays": framed(a_list(b"\x94\xa1a\xa3<f8\x91\x00\xa1C")),
    "nested by the million": framed(b"\x91" * plain.MAX_TREE),
    "nested with tags": framed(b"\x92\xa1l\x91" * (plain.MAX_TREE // 4) + b"\xc0"),
    "keys that collide": framed(a_dict(one_hash(), 80_000)),
    "a frame of four gigabytes": b"\xff" * 4 + bytes(100),
    "a tree of four gigabytes": framed(b"\xc0", size=2**32 - 1),
    "noise": framed(random.Random(1).randbytes(WHOLE_FRAME)),
    "noise as a tree": framed(random.Random(2).randbytes(plain.MAX_TREE)),
}


@pytest.mark.parametrize("frame", HOSTILE.values(), ids=HOSTILE)
def test_time_and_memory_are_bounded(frame):
    said, seconds, megabytes = read(frame)
    assert said in ("plain", "WireError")
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_what_is_honest_and_large_still_crosses():
    said, _, megabytes = read(framed(*_honest()))
    assert said == "plain"
    assert megabytes < 60


def _honest() -> tuple[bytes, bytes]:
    return b"\x94\xa1a\xa3<f8\x91\xce" + struct.pack(">I", 900_000) + b"\xa1C", bytes(7_200_000)


LISTS = [b"\x90", b"\x91", b"\x92", b"\x93", b"\xdc\xff\xff", b"\xdd\xff\xff\xff\xff", b"\x80"]
OTHERS = [
    b"\xc0",
    b"\xe0",
    b"\xa1l",
    b"\xa1a",
    b"\xa3<f8",
    b"\xc4\x00",
    b"\xc7\x00\x01",
    b"\xcb" + bytes(8),
]
ITEMS = st.sampled_from(LISTS + OTHERS)


@given(st.lists(ITEMS, min_size=1, max_size=6), st.integers(1, 4_000), st.binary(max_size=30))
@settings(max_examples=150, deadline=None)
def test_repeated_pieces_raise_nothing_but_wire_errors(pieces, times, bulk):
    tree = b"".join(pieces) * times
    began = time.monotonic()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=theirs.sendall, args=[framed(tree, bulk)])
        sender.start()
        with suppress(wire.WireError):
            wire.receive(ours, began + 10)
        sender.join()
    assert time.monotonic() - began < SECONDS


LIMITS = Limits(cell_seconds=5.0, notebook_seconds=20.0, call_seconds=1.0)
FIND = """
import gc, os, socket, struct
def lines():
    found = []
    for number in range(3, 64):
        try:
            found.append(socket.socket(fileno=os.dup(number)))
        except OSError:
            continue
    return found
def say(data):
    for line in lines():
        try: line.sendall(data)
        except OSError: pass
"""
PEERS = {
    "garbage": "say(os.urandom(5_000))",
    "a huge length": "say(b'\\xff' * 4)",
    "half a frame": "say(struct.pack('>I', 100) + b'x')",
    "a forged answer": "say(FORGED)",
    "a slow one": "import time\n    while True: say(b'\\0'); time.sleep(0.2)",
    "a frame of lists": f"say(struct.pack('>II', 8 * 2**20 - 16, {2**20}) + b'\\x90' * 2**20)",
}


def answer(peer: Submission) -> object:
    """Return what g gave, or what kept it from giving."""
    try:
        return call(peer, "def p(): return g()", names=["g"])
    except Fault as fault:
        return fault.kind


@pytest.mark.parametrize("peer", PEERS)
def test_a_student_who_speaks_for_the_wall_fails_and_no_more(peer, submission, wall):
    """What is sent on every socket that can be found, in the middle of a call."""
    forged = wire.pack({"results": [1], "missing": None, "error": None, "place": None})
    cells = [FIND, f"FORGED = {struct.pack('>I', len(forged)) + forged!r}"]
    cells.append(f"def g():\n    {PEERS[peer]}\n    return 2")
    taken = submission(*cells, limits=LIMITS)
    assert [run.fate for run in taken.run().values()] == ["ok"] * 3
    assert answer(taken) in (1, 2, "died", "timeout", "error")
    with Submission(wall, {0: "x = 3"}, {}, LIMITS) as honest:
        assert honest.run()[0].fate == "ok"
        assert call(honest, "def p(): return x", names=["x"]) == 3


def test_answers_to_calls_not_made_are_no_answers(submission):
    """Frames that lie ready before a question are not taken for its answer."""
    forged = wire.pack({"results": [41], "missing": None, "error": None, "place": None})
    frame = struct.pack(">I", len(forged)) + forged
    taken = submission(FIND, "def g(): return 2", f"say({frame!r} * 3)", limits=LIMITS)
    taken.run()
    assert answer(taken) in (2, "died")
