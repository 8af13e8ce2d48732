"""An exercise with all that its directive names: its answers, and its public programs."""

import ast
import hashlib
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

from autograder.answers import Answer, AnswerError, find_answer
from autograder.assignment import Assignment
from autograder.directives import Exercise
from autograder.flaws import DirectiveError, raise_any
from autograder.program import ProgramError, program_of, public_inputs
from course.forms import Form


@dataclass(frozen=True)
class Parts:
    """What an exercise is made of.

    `names` are what the visible check is called with: what the public programs use of the
    reference, sorted. A literal answer has a `form`, and no public programs.
    """

    exercise: Exercise
    answers: tuple[Answer, ...]
    programs: tuple[FunctionType, ...]
    names: tuple[str, ...]
    form: Form | None


def parts_of(assignment: Assignment) -> list[Parts]:
    """Find the answers and the public programs of every exercise.

    Raises:
        DirectiveError: something is missing or does not fit; the text names file and line.
    """
    found: list[Parts] = []
    errors: list[DirectiveError] = []
    for exercise in assignment.exercises:
        try:
            found.append(_parts(assignment, exercise))
        except (AnswerError, ProgramError, _SuiteError) as error:
            errors.append(assignment.error(exercise.line, f"exercise {exercise.id!r}: {error}"))
    raise_any(errors)
    return found


class _SuiteError(ValueError):
    """The suite of an exercise is missing or cannot be used."""


def _parts(assignment: Assignment, exercise: Exercise) -> Parts:
    answers = tuple(find_answer(spec) for spec in exercise.answers)
    for name in exercise.builds_on:
        for spec in assignment.exercise(name).answers:
            if not isinstance(find_answer(spec).node, ast.FunctionDef) or "." in spec.split(":")[1]:
                raise AnswerError(
                    f"it builds on {name!r}, whose answer {spec} is no function of data that could "
                    "be served in its place; say needs instead of builds_on"
                )
    suite = assignment.rooms.suite(assignment.id, exercise.id)
    shown = assignment.rooms.shown(suite)
    programs = _public_programs(suite, shown)
    if any(isinstance(answer.node, ast.Assign) for answer in answers):
        return Parts(exercise, answers, (), (answers[0].name,), _form(exercise, answers))
    if exercise.is_question:
        raise _SuiteError(
            "choices or form was given, but the answer is not a literal; take it away"
        )
    if not programs:
        raise _SuiteError(f"{shown} has no public program; mark at least one with @public(...)")
    names = {name for program in programs for name in program_of(program).names}
    return Parts(exercise, answers, programs, tuple(sorted(names)), None)


def _form(exercise: Exercise, answers: tuple[Answer, ...]) -> Form:
    node = answers[0].node
    if len(answers) > 1 or not isinstance(node, ast.Assign):
        raise AnswerError("a literal answer must be the only answer of its exercise")
    value: object = ast.literal_eval(node.value)
    keys = node.value.keys if isinstance(node.value, ast.Dict) else ()
    names = tuple(str(ast.literal_eval(key)) for key in keys if key is not None)
    form = (
        Form(exercise.form, names)
        if exercise.form
        else Form("choice", (*(exercise.choices or ""),))
    )
    if form.flaw(value) is not None:
        raise AnswerError(
            'a literal answer is one letter of choices="ABCD", a dict of tuples of whole numbers '
            '(form="table") or a set of pairs of them (form="pairs"); this one has another form '
            f"(choices={exercise.choices!r}, form={exercise.form!r})"
        )
    return form


def _public_programs(suite: Path, shown: str) -> tuple[FunctionType, ...]:
    if not suite.is_file():
        raise _SuiteError(f"there is no suite {shown}; write its hidden tests and public programs")
    try:
        module = load_suite(suite)
    except Exception as error:  # a suite is code: whatever it raises is told in one sentence
        raise _SuiteError(
            f"the suite {shown} cannot be imported ({type(error).__name__}: {error})"
        ) from error
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and public_inputs(value)
    )


def load_suite(path: Path) -> ModuleType:
    """Import a suite from its file, once; it need not lie on the import path."""
    name = f"suite_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]
