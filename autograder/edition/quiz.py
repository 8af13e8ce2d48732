"""The grading edition of `course.quiz`: the questions as text, without JupyterQuiz."""

from course.questions import QuizFileError, in_words, read_questions


def quiz(path: str) -> None:
    """Print the questions in the JSON file `path`, without answers, or why they cannot be read."""
    try:
        print(in_words(read_questions(path)))
    except QuizFileError as error:
        print(error)
