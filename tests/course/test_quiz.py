"""A self-check: shown with a twin in words, nothing fetched, nothing given away in the words."""

import json
import random
import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from course import quiz

QUESTIONS = [
    {
        "question": "Which gate <b>adds</b> gradients?",
        "type": "multiple_choice",
        "answers": [
            {"answer": "a fork &amp; only that", "correct": True, "feedback": "Yes, W5."},
            {"answer": "a maximum", "correct": False, "feedback": "No, it routes."},
        ],
    },
    {
        "question": "What is 3 * 2?",
        "type": "numeric",
        "answers": [{"type": "value", "value": 6, "correct": True, "feedback": "Right."}],
    },
]
WORDS = """Questions to check yourself (not graded):
1. Which gate adds gradients?
   - a fork & only that
   - a maximum
2. What is 3 * 2?"""


@pytest.fixture
def beside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quiz.json").write_text(json.dumps(QUESTIONS))
    return tmp_path


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.mark.usefixtures("beside")
def test_without_a_notebook_the_words_are_printed(capsys):
    quiz("quiz.json")
    assert capsys.readouterr().out == WORDS + "\n"


@pytest.mark.usefixtures("beside", "shell")
def test_in_a_notebook_one_output_holds_page_and_words():
    with capture_output() as captured:
        quiz("quiz.json")
    (output,) = captured.outputs
    assert output.data["text/plain"] == WORDS
    page = output.data["text/html"]
    assert page.count("<div") == page.count("</div>") == page.count("<script>") == 1
    assert "a fork &amp; only that" in page


@pytest.mark.usefixtures("beside", "shell")
def test_no_script_is_fetched_since_mathjax_is_out_of_sight():
    with capture_output() as captured:
        quiz("quiz.json")
    page = captured.outputs[0].data["text/html"]
    assert re.search(r"<script>\(function \(MathJax\) \{", page)
    assert page.endswith("})(undefined);</script>")
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", page)


@pytest.mark.usefixtures("beside", "shell")
def test_two_quizzes_do_not_meet_and_random_numbers_stay_the_students():
    random.seed(3)
    expected = random.Random(3).random()
    with capture_output() as captured:
        quiz("quiz.json")
        quiz("quiz.json")
    assert random.random() == expected
    ids = [re.search(r'<div id="(\w+)"', each.data["text/html"])[1] for each in captured.outputs]
    assert ids[0] != ids[1]


def test_a_missing_file_is_a_sentence(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quiz("quiz.json")
    assert capsys.readouterr().out.startswith("There is no quiz.json beside this notebook.")


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}", "[]", "[1]", '[{"question": "a"}]', '"text"',
     '[{"question": "a", "type": "string", "answers": 3}]',
     '[{"question": "a", "type": "multiple_choice", "answers": [{"correct": true}]}]'],
)  # fmt: skip
def test_a_damaged_file_is_a_sentence(capsys, beside, text):
    (beside / "quiz.json").write_text(text)
    quiz("quiz.json")
    assert capsys.readouterr().out == "quiz.json is damaged. Fetch the assignment again.\n"
