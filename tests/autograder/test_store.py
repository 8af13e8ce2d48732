"""The report store: whole or not at all, by the hash of all that a report depends on."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.grade import Graded, GradedCell
from autograder.repair import Cell
from autograder.report import Receipt, Report
from autograder.sandbox.outputs import Output
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


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path):
    store = Store(tmp_path)
    assert store.get("a1_graphs", "k" * 64) is None
    store.put(graded())
    assert store.get("a1_graphs", "k" * 64) == graded()
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
    assert store.get("a1_graphs", "k" * 64) == graded()


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
