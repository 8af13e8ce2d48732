"""The wire: frames cross sockets, and a peer that misbehaves is an error in good time."""

import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from autograder.sandbox.inside import wire


def soon() -> float:
    return time.monotonic() + 0.2


def test_a_frame_crosses_a_socket():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, [1, (2.0, "x")])
        assert wire.receive(ours, soon()) == [1, (2.0, "x")]


def test_a_frame_longer_than_allowed_is_refused_at_once():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", wire.MAX_FRAME + 1))
        with pytest.raises(wire.WireError, match="longer"):
            wire.receive(ours, soon())


def test_silence_ends_at_the_deadline_also_in_the_middle_of_a_frame():
    for said in (b"", b"\0\0", struct.pack(">I", 100) + b"x"):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(said)
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                wire.receive(ours, soon())
            assert time.monotonic() - began < 2


def test_a_peer_that_dribbles_does_not_move_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 1000))
        began = time.monotonic()
        dribble = threading.Thread(
            target=lambda: [(theirs.send(b"x"), time.sleep(0.05)) for _ in range(20)]
        )
        dribble.start()
        with pytest.raises(TimeoutError):
            wire.receive(ours, began + 0.3)
        assert time.monotonic() - began < 0.8
        dribble.join()


def test_a_peer_that_hangs_up_is_told_from_a_silent_one():
    for said in (b"", b"\0", struct.pack(">I", 100) + b"x"):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                theirs.sendall(said)
            with pytest.raises(EOFError):
                wire.receive(ours, soon())


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_files_cross_to_the_one_who_asks_and_to_nobody_else():
    ours, theirs = socket.socketpair()
    with ours, theirs, open("/dev/null") as file:
        before = open_files()
        for _ in range(20):
            wire.send(theirs, "a gift", [file.fileno()] * 3)
            assert wire.receive(ours, soon()) == "a gift"
        assert open_files() == before
        wire.send(theirs, "asked for", [file.fileno()])
        message, (descriptor,) = wire.receive_with_files(ours)
        assert message == "asked for"
        with open(descriptor):
            assert open_files() == before + 1
