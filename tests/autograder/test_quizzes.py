"""A self-check that the notebook shows is there and can be shown."""

import pytest

from autograder.build import build
from autograder.flaws import DirectiveError

GOOD = '[{"question": "W1?", "type": "many_choice", "answers": [{"answer": "no"}]}]'
BAD = {
    "empty": ("[]", 1, "no list of questions as JupyterQuiz has them"),
    "no JSON": ('[\n{"question": }]', 2, "the quiz is no JSON (Expecting value, column 14)"),
    "no kind": (GOOD.replace("many", "any"), 1, "multiple_choice, many_choice, numeric or string"),
    "no text": ("\ud800", 1, "save it as UTF-8"),
}


@pytest.fixture
def quiz(tiny):
    tiny.edit(
        tiny.text, "import math\n", 'import math\nfrom course import quiz\n\nquiz("quiz.json")\n'
    )
    return tiny.text.parent / "quiz.json"


@pytest.mark.parametrize(("text", "line", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_damaged_quiz_is_told_by_file_and_line(tiny, quiz, tmp_path, text, line, sentence):
    quiz.write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], tmp_path, tiny.rooms)
    assert str(told.value).startswith(f"source_notebooks/tiny/quiz.json:{line}: ")
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_quiz_is_told_where_it_is_shown(tiny, quiz, tmp_path, line_of):
    quiz.unlink()
    with pytest.raises(DirectiveError, match=r"tiny/quiz\.json is missing") as told:
        build(["tiny"], tmp_path, tiny.rooms)
    assert f"tiny.py:{line_of('quiz.json')}: " in str(told.value)


def test_a_good_quiz_is_built(tiny, quiz, tmp_path):
    quiz.write_text(GOOD)
    (built,) = build(["tiny"], tmp_path, tiny.rooms)
    assert (built.folder / "quiz.json").read_text() == GOOD
