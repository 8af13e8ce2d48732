"""Show a self-check in the notebook: questions that answer at once, and are not graded."""

import random
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from IPython.core.getipython import get_ipython
from IPython.utils.capture import capture_output

from course.questions import Question, QuizFileError, in_words, read_questions
from course.showing import show


class _JupyterQuiz(Protocol):
    """What is used of JupyterQuiz, which has no types of its own."""

    def display_quiz(self, ref: Sequence[Question], /) -> None: ...


class _Output(Protocol):
    """One captured output."""

    data: Mapping[str, str]


def quiz(path: str) -> None:
    """Show the questions in the JSON file `path`, which lies beside the notebook.

    The format is JupyterQuiz's; formulas are plain text or HTML. A file that is missing or
    damaged is told in a sentence and nothing is raised, since nothing depends on a self-check.
    """
    try:
        questions = read_questions(path)
    except QuizFileError as error:
        print(error)
        return
    show(_page(questions) if get_ipython() else "", in_words(questions))


def _page(questions: Sequence[Question]) -> str:
    """JupyterQuiz's page and script in one piece, so that words can stand beside it."""
    import jupyterquiz  # slow to import, and only needed here

    state = random.getstate()
    random.seed()  # ids are drawn from the generator that the student may have seeded
    try:
        with capture_output() as captured:
            cast("_JupyterQuiz", jupyterquiz).display_quiz(questions)
    finally:
        random.setstate(state)
    outputs = [cast("_Output", each).data for each in captured.outputs]
    page = "".join(each.get("text/html", "") for each in outputs)
    script = "".join(each.get("application/javascript", "") for each in outputs)
    # With the page's MathJax in sight the script may fetch another one from the internet.
    return f"{page}</div><script>(function (MathJax) {{\n{script}\n}})(undefined);</script>"
