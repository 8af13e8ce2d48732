"""The watch: what many processes hold together, counted once, and what lies on their disks."""

import mmap
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from autograder.sandbox import wall as wall_module
from autograder.sandbox.inside import watch
from autograder.sandbox.inside.confine import MEGABYTE
from autograder.sandbox.wall import Wall
from tests.autograder.sandbox.conftest import text

CHILDREN = 4


@contextmanager
def family(size: int, shared: bool) -> Iterator[int]:
    """Yield a process that filled so many bytes, and whose children share them."""
    reader, writer = os.pipe()
    first = os.fork()
    if first == 0:
        try:
            os.setsid()
            space = mmap.mmap(-1, size, mmap.MAP_SHARED if shared else mmap.MAP_PRIVATE)
            for at in range(0, size, mmap.PAGESIZE):
                space[at] = 1
            for _ in range(CHILDREN):
                if os.fork() == 0:
                    break
            sum(space[at] for at in range(0, size, mmap.PAGESIZE))
            os.write(writer, b"x")
            signal.pause()
        finally:
            os._exit(0)
    os.close(writer)
    try:
        for _ in range(CHILDREN + 1):
            os.read(reader, 1)
        yield first
    finally:
        os.close(reader)
        os.killpg(first, signal.SIGKILL)
        os.waitpid(first, 0)


@pytest.mark.parametrize("shared", [False, True], ids=["copied when changed", "shared"])
def test_what_processes_share_is_counted_once(shared):
    size = 80 * MEGABYTE
    with family(size, shared) as first:
        assert len(watch.below(first)) == CHILDREN
        assert watch.resident(first) > size
        assert watch.exceeds(first, size // 2)
        assert not watch.exceeds(first, 2 * size)


def test_where_the_kernel_does_not_tell_it_is_never_counted_too_low(monkeypatch):
    monkeypatch.setattr(watch, "PROPORTIONAL", ())
    with family(80 * MEGABYTE, shared=True) as first:
        assert watch.exceeds(first, 80 * MEGABYTE)


def test_a_process_that_has_ended_holds_nothing():
    child = os.fork()
    if child == 0:
        os._exit(0)
    time.sleep(0.1)
    assert not watch.exceeds(child, 0)
    os.waitpid(child, 0)
    assert not watch.exceeds(child, 0)
    assert watch.below(child) == []


def test_a_look_is_cheap():
    with family(20 * MEGABYTE, shared=False) as first:
        began = time.process_time()
        for _ in range(20):
            watch.exceeds(first, 2**40)
        assert (time.process_time() - began) / 20 < 0.01


def test_a_folder_is_measured_and_a_maze_is_too_large(tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"x" * MEGABYTE)
    assert MEGABYTE <= watch.in_folder(str(tmp_path)) < 2 * MEGABYTE
    (tmp_path / "to nowhere").symlink_to("/nowhere")
    (tmp_path / "to all").symlink_to("/")
    assert watch.in_folder(str(tmp_path)) < 2 * MEGABYTE
    monkeypatch.setattr(watch, "MOST_FILES", 3)
    assert watch.in_folder(str(tmp_path)) > 2**60
    assert watch.in_folder("/no/such/place") == 0
    assert watch.on_disks(["/no/such/place"]) == 0
    assert watch.on_disks(["/"]) > 0


def test_strays_are_ended_and_others_kept():
    def in_a_process_of_its_own() -> bool:
        kept = os.fork()
        if kept == 0:
            signal.pause()
        for _ in range(3):
            if os.fork() == 0:
                os.fork()
                signal.pause()
        time.sleep(0.2)
        watch.sweep({kept})
        alone = watch.below(os.getpid()) == [kept]
        watch.sweep(())
        return alone and watch.below(os.getpid()) == []

    child = os.fork()
    if child == 0:
        try:
            from autograder.sandbox.inside.confine import become_subreaper

            become_subreaper()
            os._exit(0 if in_a_process_of_its_own() else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


SHARE = """
import os, time
if os.fork() == 0: os._exit(0)  # nobody waits for it, and it changes no count
x = bytearray(200 * 2**20)
for _ in range(4):
    if os.fork() == 0:
        sum(x[::4096]); time.sleep(1.5); os._exit(0)
time.sleep(1); print('honest')
"""
FILES = """
import time
x = bytearray(200 * 2**20)
for n in range(4): open(f'/tmp/{n}', 'wb').write(bytes(50 * 2**20))
time.sleep(5)
"""


@pytest.fixture
def small(monkeypatch, wall: Wall, submission):
    """Submissions that may hold no more than 350 MB."""
    monkeypatch.setattr(wall_module, "MEMORY", 350 * MEGABYTE)
    return submission


def test_children_that_share_do_not_cost_their_parent_the_submission(small):
    """200 MB, seen by five processes, are 200 MB."""
    assert text(small(SHARE).run()[0]) == "ok\nhonest\n"


def test_files_in_memory_count(small):
    """200 MB of objects and 200 MB of files on a disk that is memory."""
    assert small(FILES).run()[0].fate == "memory"
