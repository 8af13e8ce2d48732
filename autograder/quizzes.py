"""The self-checks of an assignment: a notebook's `quiz("quiz.json")` finds what it shows."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment
from autograder.directives import Code
from autograder.flaws import DirectiveError
from course.questions import QuizFileError, read_questions


def quiz_errors(assignment: Assignment) -> Iterator[DirectiveError]:
    """Yield an error for each quiz that is missing, no JSON, or no list of questions."""
    for line, name in _quizzes(assignment):
        file = assignment.rooms.folder(assignment.id) / name
        shown = assignment.rooms.shown(file)
        if not file.is_file():
            yield assignment.error(line, f"the quiz {shown} is missing; write it")
            continue
        if problem := _problem(file):
            yield DirectiveError(shown, *problem)


def _problem(file: Path) -> tuple[int, str] | None:
    try:
        json.loads(file.read_text(encoding="utf-8"))
        read_questions(str(file))
    except json.JSONDecodeError as error:
        return error.lineno, f"the quiz is no JSON ({error.msg}, column {error.colno})"
    except UnicodeDecodeError:
        return 1, "the quiz is no text; save it as UTF-8"
    except QuizFileError:
        return 1, (
            "the quiz is no list of questions as JupyterQuiz has them: each needs question, type "
            "(multiple_choice, many_choice, numeric or string) and answers"
        )
    return None


def _quizzes(assignment: Assignment) -> Iterator[tuple[int, str]]:
    """Yield the files that the notebook's cells name, and the line of the call."""
    for cell, tree in code_trees(assignment):
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name("quiz"), args=[ast.Constant(str() as name)]):
                    yield cell.line + node.lineno, name
                case _:
                    pass


def code_trees(assignment: Assignment) -> Iterator[tuple[Code, ast.Module]]:
    """Yield the cells of code that students get, and their trees; magics are no Python."""
    for cell in assignment.cells:
        if isinstance(cell, Code):
            try:
                yield cell, ast.parse(cell.source)
            except SyntaxError:
                continue
