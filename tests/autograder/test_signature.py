"""Signatures: of the whole report, by the course key."""

from pathlib import Path

import msgspec
import pytest

from autograder.report import Receipt, Report
from autograder.signature import is_signed, sign


@pytest.fixture
def report(tmp_path: Path) -> Report:
    receipt = Receipt("a1_graphs", 7, "k")
    made_by = {"python": "3", "numpy": "2"}
    made = Report(1, "a1_graphs", "x.ipynb", "ada", 1, 100, [], [], ["é"], 1.5, made_by, receipt)
    sign(made, tmp_path)
    return made


def test_a_report_that_was_written_and_read_is_signed(report: Report, tmp_path: Path):
    read = msgspec.json.decode(msgspec.json.encode(report, order="sorted"), type=Report)
    assert is_signed(report, tmp_path)
    assert is_signed(read, tmp_path)


def test_reports_made_twice_are_signed_alike(report: Report, tmp_path: Path):
    again = msgspec.structs.replace(report, duration_s=9.0)
    assert is_signed(again, tmp_path)


@pytest.mark.parametrize("change", [{"student": "eve"}, {"score": 2}, {"versions": {}}])
def test_a_changed_report_is_not(report: Report, tmp_path: Path, change: dict[str, object]):
    assert not is_signed(msgspec.structs.replace(report, **change), tmp_path)


@pytest.mark.parametrize("change", [{"seed": 8}, {"key": "j"}, {"signature": "é"}])
def test_nor_one_with_another_receipt(report: Report, tmp_path: Path, change: dict[str, object]):
    assert report.receipt is not None
    report.receipt = msgspec.structs.replace(report.receipt, **change)
    assert not is_signed(report, tmp_path)


def test_nor_one_of_another_classroom_or_without_receipt(report: Report, tmp_path: Path):
    (tmp_path / "other").mkdir()
    assert not is_signed(report, tmp_path / "other")
    assert not is_signed(report.for_students(), tmp_path)
