"""The report and its published schema."""

import json
from typing import get_args

import jsonschema
import msgspec
import pytest

from autograder.assignment import read_assignment
from autograder.formats.as_json import as_json
from autograder.grade import grade
from autograder.report import Failure, Report, Status, schema
from autograder.rooms import PROJECT

PUBLISHED = PROJECT / "autograder" / "report.schema.json"


def test_the_published_schema_is_the_codes():
    assert PUBLISHED.read_bytes() == schema() + b"\n", (
        "write it again: python -c 'import sys; from autograder.report import schema; "
        'sys.stdout.buffer.write(schema() + b"\\n")\' > autograder/report.schema.json'
    )


@pytest.fixture(scope="module")
def reports(wall, samples) -> list[Report]:
    assignment = read_assignment("a1_graphs")
    handed_in = {"subtle": json.dumps(samples.subtle_mistakes()).encode(), "no json": b"{"}
    return [
        grade(data, assignment, 3, wall=wall, notebook=f"{name}.ipynb", student=name).report
        for name, data in handed_in.items()
    ]


@pytest.fixture
def validator() -> jsonschema.Draft202012Validator:
    published = json.loads(PUBLISHED.read_bytes())
    jsonschema.Draft202012Validator.check_schema(published)
    return jsonschema.Draft202012Validator(published)


def test_real_reports_are_as_the_schema_says(reports, validator):
    for report in reports:
        validator.validate(json.loads(as_json([report])))
        validator.validate(json.loads(msgspec.json.encode(report)))
    both = json.loads(as_json(reports))
    assert [one["student"] for one in both] == ["subtle", "no json"]


def test_the_schema_refuses_other_things(reports, validator):
    report = json.loads(as_json(reports[:1]))
    for change in ({"score": "much"}, {"exercises": None}, {"student": 5}):
        assert not validator.is_valid({**report, **change})
    assert not validator.is_valid({k: v for k, v in report.items() if k != "score"})
    report["exercises"][0]["status"] = "splendid"
    assert not validator.is_valid(report)


def test_a_report_has_what_the_design_names(reports):
    report = json.loads(as_json(reports[:1]))
    assert set(report) == {
        *("schema", "assignment", "notebook", "student", "score", "max_score", "exercises"),
        *("cells_with_errors", "repairs", "duration_s", "versions"),
    }
    assert set(report["exercises"][0]) == {"id", "score", "max_score", "status", "tests"}
    tests = [test for exercise in report["exercises"] for test in exercise["tests"]]
    assert {frozenset(test) for test in tests} == {
        frozenset(
            {
                "name",
                "category",
                "passed",
                "message",
                "misconception",
                "required",
                "fault",
                "reason",
            }
        )
    }
    assert {test["fault"] for test in tests if test["passed"]} == {None}
    assert {test["fault"] for test in tests if not test["passed"]} <= set(get_args(Failure))
    assert {exercise["status"] for exercise in report["exercises"]} <= set(get_args(Status))
    assert report["score"] == sum(exercise["score"] for exercise in report["exercises"])


def test_the_students_edition_has_no_receipt(reports):
    assert reports[0].receipt is not None
    assert "receipt" not in json.loads(as_json(reports[:1]))
    assert str(reports[0].receipt.seed) != ""
    assert reports[0].receipt.key not in as_json(reports)


def test_the_instructors_edition_has_it(reports, validator):
    report = json.loads(as_json(reports[:1], receipts=True))
    validator.validate(report)
    assert report["receipt"]["seed"] == 3
