"""The report store: whole or not at all, by the hash of all that a report depends on."""

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder import store as store_module
from autograder.grade import Graded, GradedCell
from autograder.repair import Cell
from autograder.report import Receipt, Report
from autograder.sandbox.outputs import Output
from autograder.signature import sign
from autograder.store import Store


def graded(key: str = "k" * 64, text: str = "hello") -> Graded:
    receipt = Receipt("a1_graphs", 7, key)
    report = Report(
        1, "a1_graphs", "x.ipynb", "ada", 0.5, 100.0, [], [], ["é"], 1.5, {"numpy": "2"}, receipt
    )
    return Graded(
        report,
        {"gates": text},
        [GradedCell(Cell("code", "1", id="a"), [Output("stream", text=text)])],
    )


def signed(classroom: Path) -> Graded:
    found = graded()
    sign(found.report, classroom)
    return found


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path):
    store = Store(tmp_path)
    assert store.get("a1_graphs", "k" * 64) is None
    store.put(graded())
    assert store.get("a1_graphs", "k" * 64) == signed(tmp_path)
    assert store.get("a2_other", "k" * 64) is None
    assert store.get("a1_graphs", "j" * 64) is None


def test_a_damaged_file_is_no_report(tmp_path: Path):
    store = Store(tmp_path)
    store.put(graded())
    path = store.path("a1_graphs", "k" * 64)
    for damage in (path.read_bytes()[:-5], b"", b"{}", b"\xff\xfe"):
        path.write_bytes(damage)
        assert store.get("a1_graphs", "k" * 64) is None
    store.put(graded())
    assert store.get("a1_graphs", "k" * 64) == signed(tmp_path)


def test_many_may_write_at_once(tmp_path: Path):
    store = Store(tmp_path)

    def write(number: int) -> Graded | None:
        pid = os.fork()
        if pid == 0:
            try:
                store.put(graded(text=str(number) * 10_000))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        return store.get("a1_graphs", "k" * 64)

    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(write, range(12)))
    assert all(one is not None for one in read)
    folder = store.path("a1_graphs", "k").parent
    assert [file.name for file in folder.iterdir()] == ["k" * 64 + ".json"]


def test_a_report_without_a_receipt_is_not_kept(tmp_path: Path):
    found = graded()
    found.report.receipt = None
    with pytest.raises(AssertionError):
        Store(tmp_path).put(found)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk that is soon full: a real one where we may mount it, else as `fsync` would tell."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    if not mounted:
        monkeypatch.setattr(os, "fsync", full)
    yield tmp_path
    if mounted:
        subprocess.run(["umount", str(tmp_path)], check=True)


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_and_what_was_kept_stays(small_disk: Path, monkeypatch):
    monkeypatch.setattr(store_module, "PAUSES", (0.01, 0.01))
    store = Store(small_disk)
    with monkeypatch.context() as room:
        room.setattr(os, "fsync", lambda _: None)
        store.put(graded())
    with pytest.raises(
        OSError, match="No space left on device; reports that were kept stay"
    ) as told:
        store.put(graded("j" * 64, "x" * 100_000))
    folder = store.path("a1_graphs", "k").parent
    assert told.value.filename == str(folder / ("j" * 64 + ".json"))
    assert [file.name for file in folder.iterdir()] == ["k" * 64 + ".json"], "no half of one"
    assert store.get("a1_graphs", "k" * 64) == signed(small_disk)


def test_a_disk_that_has_room_again_is_waited_for(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(store_module, "PAUSES", (0.01, 0.01))
    times = iter([full, full, lambda _: None])
    monkeypatch.setattr(os, "fsync", lambda number: next(times)(number))
    Store(tmp_path).put(graded())
    assert Store(tmp_path).get("a1_graphs", "k" * 64) == signed(tmp_path)


def test_drafts_of_killed_processes_are_taken_away_and_those_of_living_ones_not(tmp_path: Path):
    store = Store(tmp_path)
    store.put(graded())
    folder = store.path("a1_graphs", "k").parent
    for name, age in (("old", 7_200), ("new", 60)):
        (folder / f"{name}.draft7").touch()
        os.utime(folder / f"{name}.draft7", (time.time() - age,) * 2)
    store.forget_drafts("a1_graphs")
    store.forget_drafts("a2_other")
    assert sorted(each.name for each in folder.iterdir()) == ["k" * 64 + ".json", "new.draft7"]
