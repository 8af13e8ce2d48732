"""`results.json`: Gradescope's documented fields, and what students may see when."""

import json

from autograder.formats.as_gradescope import as_gradescope
from tests.autograder.test_formats import report

TOP = {"score", "execution_time", "output", "output_format", "test_output_format"}
TOP |= {"stdout_visibility", "tests"}
TEST = {"number", "name", "score", "max_score", "status", "output", "visibility"}


def test_it_has_the_fields_that_gradescope_names():
    result = json.loads(as_gradescope([report()]))
    assert result.keys() == TOP
    assert [test.keys() for test in result["tests"]] == [TEST, TEST]
    assert (result["score"], result["execution_time"]) == (27.5, 1.25)
    gates, operations = result["tests"]
    assert (gates["name"], gates["score"], gates["max_score"]) == ("gates", 3.5, 10)
    assert (gates["status"], operations["status"]) == ("failed", "passed")


def test_hidden_verdicts_wait_for_the_due_date_and_cells_do_not():
    result = json.loads(as_gradescope([report(message="A hidden verdict.", repairs=("Mended.",))]))
    assert {test["visibility"] for test in result["tests"]} == {"after_due_date"}
    assert result["stdout_visibility"] == "hidden"
    assert "A hidden verdict." in result["tests"][0]["output"]
    assert "A hidden verdict." not in result["output"]
    assert "your cell `gates`: ValueError" in result["output"]
    assert "- Mended." in result["output"]


def test_a_misconception_is_told_by_its_hint():
    one = report()
    one.exercises[0].tests[1].misconception = "slopes_not_swapped"
    said = json.loads(as_gradescope([one]))["tests"][0]["output"]
    assert "Hint: When only a moves" in said
    assert "slopes_not_swapped" not in said


def test_several_are_a_list():
    assert len(json.loads(as_gradescope([report(), report("bob")]))) == 2
