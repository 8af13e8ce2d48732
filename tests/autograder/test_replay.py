"""Hidden tests run again: the same inputs, the chosen test alone, and what has changed is said."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from autograder.demo.samples import Samples
from autograder.formats.as_json import as_json
from autograder.grade import Graded, grade
from autograder.judge import judge
from autograder.program import Program
from autograder.receipts import read_reports
from autograder.replay import replay
from autograder.replayed import in_words
from autograder.report import Receipt, Report
from autograder.sandbox.wall import Wall
from autograder.signature import sign
from autograder.store import Store
from autograder.ungraded import FELLED
from autograder.versions import key
from tests.autograder.conftest import Classroom

SEED = 41
TEST = "gates/test_multiply"
DEEP = "[" * 100_000


class Given:
    """A graded notebook with a mistake in each exercise: its file, its report and receipt."""

    def __init__(self, root: Path, samples: Samples, wall: Wall) -> None:
        self.notebook, self.root = root / "xena.ipynb", root
        self.notebook.write_text(json.dumps(samples.subtle_mistakes()))
        self.graded: Graded = grade(
            self.notebook.read_bytes(),
            samples.assignment,
            SEED,
            wall=wall,
            notebook="xena.ipynb",
            student="xena",
        )
        Store(root).put(self.graded)
        assert self.graded.report.receipt is not None
        self.receipt = Store(root).path("a1_graphs", self.graded.report.receipt.key)

    def other(self, name: str, *reports: Report, signed: bool = True) -> Path:
        """Write reports as a file of their own."""
        file = self.root / f"{name}.json"
        for report in reports if signed else ():
            sign(report, self.root)
        file.write_bytes(msgspec.json.encode(reports[0] if len(reports) == 1 else reports))
        return file


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, samples: Samples, wall: Wall) -> Given:
    return Given(tmp_path_factory.mktemp("replay"), samples, wall)


@pytest.fixture(autouse=True)
def no_other_classroom(monkeypatch: pytest.MonkeyPatch, given: Given):
    monkeypatch.setenv("COURSE_ROOT", str(given.root))


def test_a_failed_test_is_shown_with_its_values(given: Given):
    again = replay(given.receipt, given.notebook, TEST, "auto")
    said = in_words(again)
    assert again.changes == []
    assert "The notebook is the one that was graded; no version has changed." in said
    assert f"seed {SEED}" in said
    assert "gates/test_multiply [values]: failed, as in the report" in said
    assert "def product(" in said or "def multiply" in said
    assert "known mistake (as the report says): Each factor is given its own value" in said
    assert "slopes_not_swapped" not in said
    (test,) = again.tests
    (asked,) = test.verdict.asked
    # The mistake gives dout * a for dout * b: what came back is what those inputs make of it.
    a, b, dout = asked.cases[0]
    assert f"a = {a}" in said
    assert f"{dout * a}" in said
    assert f"{dout * b}" in said


def test_the_same_verdicts_as_when_it_was_graded(given: Given):
    again = replay(given.receipt, given.notebook, None, "auto")
    failed = [
        (exercise.id, test.name)
        for exercise in given.graded.report.exercises
        for test in exercise.tests
        if not test.passed
    ]
    assert [(each.verdict.exercise, each.verdict.name) for each in again.tests] == failed
    assert not any(each.verdict.passed for each in again.tests)
    assert all(each.reported is not None for each in again.tests)


def test_only_the_chosen_test_reaches_the_code(samples: Samples):
    class Counter:
        def __init__(self) -> None:
            self.names: set[str] = set()

        def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
            self.names.add(program.name)
            return [None] * len(cases)

    peer = Counter()
    wanted = {("gates", "test_max")}
    verdicts = judge("a1_graphs", peer, SEED, only=wanted)
    assert peer.names == {"max_gate"}
    assert {(each.exercise, each.name) for each in verdicts} == wanted
    assert judge("a1_graphs", peer, SEED, only={("gates", "test_of_old")}) == []


def test_another_notebook_is_said_to_be_another(given: Given, samples: Samples):
    right = given.root / "right.ipynb"
    right.write_text(json.dumps(samples.full_marks()))
    again = replay(given.receipt, right, TEST, "auto")
    said = in_words(again)
    assert again.changes == ["The notebook is not the one that was graded: its hash is another."]
    assert "passed; in the report it failed" in said
    assert "Each factor is given its own value" not in said


def test_a_forged_report_is_said_to_be_unsigned_and_its_test_is_run(given: Given, samples: Samples):
    """All that a student can know of it is right: notebook, versions, the hash of both."""
    right = given.root / "forged.ipynb"
    right.write_text(json.dumps(samples.full_marks()))
    report = msgspec.json.decode(msgspec.json.encode(given.graded.report), type=Report)
    report.receipt = Receipt("a1_graphs", 5, key(right.read_bytes(), "a1_graphs", 5), "0" * 64)
    again = replay(given.other("forged", report, signed=False), right, TEST, "auto")
    (change,) = again.changes
    assert "nobody can tell who wrote its receipt" in change
    assert "The notebook is the one that was graded" not in in_words(again)
    assert again.tests[0].verdict.passed


def test_a_signed_report_that_was_changed_is_said_to_be(given: Given):
    report = msgspec.json.decode(msgspec.json.encode(given.graded.report), type=Report)
    report.score = 100.0
    again = replay(given.other("changed", report, signed=False), given.notebook, TEST, "auto")
    assert "does not bear this classroom's signature" in again.changes[0]


def test_another_classrooms_report_is_said_to_be_unsigned(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    again = replay(given.receipt, given.notebook, TEST, "auto")
    assert "does not bear this classroom's signature" in again.changes[0]


def test_other_versions_are_named_and_the_notebook_is_still_known(given: Given):
    old = msgspec.structs.replace(given.graded.report, versions={"numpy": "1.0"})
    assert old.receipt is not None
    data = given.notebook.read_bytes()
    old.receipt = msgspec.structs.replace(
        old.receipt, key=key(data, "a1_graphs", SEED, old.versions)
    )
    again = replay(given.other("old", old), given.notebook, TEST, "auto")
    assert any(sentence.startswith("numpy was 1.0 and is ") for sentence in again.changes)
    assert not any("hash" in sentence for sentence in again.changes)


def test_without_a_receipt_the_classrooms_inputs_are_drawn(given: Given):
    file = given.root / "public.json"
    file.write_text(as_json([given.graded.report]))
    again = replay(file, given.notebook, TEST, "auto")
    assert again.seed != SEED
    assert "has no receipt" in again.changes[0]
    assert again.tests[0].found == "found now, from the replayed tests alone"
    assert again.tests[0].cause is not None
    assert again.tests[0].cause.name == "slopes_not_swapped"


def test_of_several_reports_the_one_of_the_notebook_is_taken(given: Given):
    report = given.graded.report
    assert report.receipt is not None
    receipt = msgspec.structs.replace(report.receipt, key="of another notebook")
    other = msgspec.structs.replace(report, student="yuri", receipt=receipt)
    again = replay(given.other("both", other, report), given.notebook, TEST, "auto")
    assert again.report.student == "xena"
    with pytest.raises(ValueError, match="holds 2 reports, and it is not plain"):
        replay(given.other("neither", other, other), given.notebook, TEST, "auto")


def test_names_of_tests(given: Given):
    with pytest.raises(ValueError, match=r"no test test_multipy; it has.*test_multiply"):
        replay(given.receipt, given.notebook, "test_multipy", "auto")
    with pytest.raises(ValueError, match=r"several exercises have .*test_whole_numbers; say"):
        replay(given.receipt, given.notebook, "test_whole_numbers", "auto")
    report = msgspec.json.decode(msgspec.json.encode(given.graded.report), type=Report)
    report.exercises[0].tests[0].name = "test_of_old"
    with pytest.raises(ValueError, match="has no test_of_old any more"):
        replay(given.other("renamed", report), given.notebook, "test_of_old", "auto")
    report.exercises[0].tests[0].name = FELLED
    with pytest.raises(ValueError, match="brought its grader down"):
        replay(given.other("felled", report), given.notebook, None, "auto")
    report.exercises[0].tests[0].name = "test_again"
    for exercise in report.exercises:
        exercise.tests = [test for test in exercise.tests if test.passed]
    with pytest.raises(ValueError, match="no test failed in this report"):
        replay(given.other("passed", report), given.notebook, None, "auto")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"cells": []}', '{"report": 3}', '"x"', DEEP]
)
def test_what_is_no_report_is_named(tmp_path: Path, text: str):
    file = tmp_path / "some.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"some\.json is no report of the autograder"):
        read_reports(file)


def test_the_command(given: Given, classroom: Classroom, tmp_path: Path):
    words = ("autograder", "replay", str(given.receipt), str(given.notebook))
    done = classroom.run(*words, "--test", TEST, COURSE_ROOT=str(given.root))
    assert "The notebook is the one that was graded; no version has changed." in done.stdout
    assert "failed, as in the report" in done.stdout
    for bad in (
        ("autograder", "replay", str(given.notebook), str(given.notebook)),
        ("autograder", "replay", str(given.receipt), str(tmp_path)),
        ("autograder", "replay", str(tmp_path / "none.json"), str(given.notebook)),
        (*words, "--test", "nothing"),
    ):
        done = classroom.run(*bad, ends=2)
        assert done.stdout == ""
        assert done.stderr.startswith("autograder: ")


def test_receipts_of_notebooks_graded_by_name_are_signed(
    given: Given, classroom: Classroom, tmp_path: Path
):
    reports, there = tmp_path / "reports.json", {"COURSE_ROOT": str(given.root)}
    words = ("--assignment", "a1_graphs", "--format", "json", "--receipts", "--out", str(reports))
    classroom.run("autograder", "grade", str(given.notebook), *words, **there)
    again = ("autograder", "replay", str(reports), str(given.notebook), "--test", TEST)
    assert "no version has changed." in classroom.run(*again, **there).stdout


def test_the_report_command(given: Given, classroom: Classroom, tmp_path: Path):
    done = classroom.run("autograder", "report", "a9_nothing", ends=2)
    assert "a9_nothing" in done.stderr
    done = classroom.run("autograder", "report", "a1_graphs", ends=2, COURSE_ROOT=str(tmp_path))
    assert "run `autograder grade a1_graphs` first" in done.stderr
    done = classroom.run("autograder", "report", "a1_graphs", COURSE_ROOT=str(given.root))
    page, table = map(Path, done.stdout.split())
    assert "Each factor is given its own value as the slope." in page.read_text(encoding="utf-8")
    assert given.receipt.name in table.read_text(encoding="utf-8")
