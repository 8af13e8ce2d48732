"""The questions of a self-check: read from a file beside the notebook, told as plain text."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, cast

Question: TypeAlias = Mapping[str, object]

_KINDS = ("multiple_choice", "many_choice", "numeric", "string")


class QuizFileError(Exception):
    """The questions cannot be read; the text says why and what to do."""


def read_questions(path: str) -> list[Question]:
    """Read a quiz in JupyterQuiz's format: a list of questions, each with its answers.

    Raises:
        QuizFileError: the file is not there or holds something else.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise QuizFileError(
            f"There is no {path} beside this notebook. Fetch the assignment again and keep its "
            "files together in one folder."
        ) from None
    except (OSError, ValueError):
        content = None
    questions = cast("list[Question]", content) if isinstance(content, list) else []
    if not questions or not all(map(_is_question, questions)):
        raise QuizFileError(f"{path} is damaged. Fetch the assignment again.")
    return questions


def in_words(questions: Sequence[Question]) -> str:
    """The questions and, where there is a choice, what to choose from; no answers."""
    told = ["Questions to check yourself (not graded):"]
    for number, question in enumerate(questions, 1):
        told.append(f"{number}. {_text(question['question'])}")
        if question["type"] in ("multiple_choice", "many_choice"):
            answers = cast("Sequence[Question]", question["answers"])
            told += [f"   - {_text(answer['answer'])}" for answer in answers]
    return "\n".join(told)


def _is_question(question: object) -> bool:
    if not isinstance(question, dict):
        return False
    parts = cast("Question", question)
    answers = parts.get("answers")
    if parts.get("type") not in _KINDS or "question" not in parts or not isinstance(answers, list):
        return False
    chosen = str(parts["type"]).endswith("choice")
    items = cast("list[object]", answers)
    return all(isinstance(each, dict) and ("answer" in each or not chosen) for each in items)


def _text(value: object) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", str(value)))
