"""Try an exercise on its visible checks and say in plain words what happened."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from course.checks_file import ChecksFileError, VisibleExercise, load_exercise
from course.errors import students_line
from course.failure import CheckFailed, fail
from course.forms import Form
from course.hints import hint_for
from course.picture import show_error
from course.running import Run, run_case
from course.story import modified_note, tell, unwritten
from course.time_limit import TookTooLong
from course.words import named, plural

_TOLD = 3


def check(exercise: str, *objects: object) -> None:
    """Run the visible checks of an exercise on what you have written.

    `objects` are the functions and classes of the exercise (or its answer), in alphabetical order
    of their names. What is wrong is explained in print, with a picture where arrays differ.

    Raises:
        CheckFailed: a visible check does not pass, or cannot be run.
    """
    try:
        visible = load_exercise(exercise, Path.cwd())
    except ChecksFileError as error:
        fail(str(error), f"{exercise}: the visible checks could not be run")
    if len(objects) != len(visible.names):
        right = ", ".join([f'"{exercise}"', *visible.names])
        fail(
            f"{exercise}: check was given {plural(len(objects), 'object')} after the name of the "
            f"exercise, and needs {len(visible.names)}: check({right}).",
            f"{exercise}: the visible checks could not be run",
        )
    if visible.form is not None:
        _check_form(exercise, objects[0], visible.form)
        return
    try:
        _check_runs(exercise, visible, objects)
    except KeyboardInterrupt as error:
        place = students_line(error)
        where = f" It was {place}" if place else ""
        fail(f"{exercise}: you stopped the check before its end.{where}", f"{exercise}: stopped")


def _check_form(exercise: str, answer: object, form: Form) -> None:
    if form.unanswered(answer):
        fail(f"{exercise}: not answered yet. {form.asked()}", f"{exercise}: no answer")
    if flaw := form.flaw(answer):
        fail(f"{exercise}: {flaw}", f"{exercise}: the answer does not have the right form")
    print(
        f"{exercise}: {named(answer)} has the right form. Whether it is right is not checked here."
    )


def _check_runs(exercise: str, visible: VisibleExercise, objects: Sequence[object]) -> None:
    given = dict(zip(visible.names, objects, strict=True))
    runs = list(_runs(visible, given))
    if not all(run.passed for run in runs):
        _explain(exercise, runs, sum(len(program.cases) for program in visible.programs))
    print(f"{exercise}: the visible checks pass ({len(runs)} of {len(runs)}).")
    for note in dict.fromkeys(modified_note(run) for run in runs if run.modified):
        print(f"Note: {note}")


def _runs(visible: VisibleExercise, given: Mapping[str, object]) -> Iterator[Run]:
    """Run case after case; one that has to be stopped is the last, since others may hang too."""
    for program in visible.programs:
        for case in program.cases:
            run = run_case(program, case, given, visible.call_seconds)
            yield run
            if isinstance(run.error, TookTooLong):
                return


def _explain(exercise: str, runs: Sequence[Run], total: int) -> NoReturn:
    failed, not_run = [run for run in runs if not run.passed], total - len(runs)
    do = "does" if len(failed) == 1 else "do"
    verdict = f"{exercise}: {len(failed)} of {plural(total, 'visible check')} {do} not pass"
    if not_run:
        verdict += f", {not_run} {'was' if not_run == 1 else 'were'} not run"
    stubs = dict.fromkeys(name for name in map(unwritten, failed) if name is not None)
    wrong = [run for run in failed if unwritten(run) is None]
    if stubs:
        print(
            f"{exercise}: {', '.join(stubs)} {'is' if len(stubs) == 1 else 'are'} not written yet. "
            "Fill in the cell above, run it, then run this one again."
        )
    if not wrong:
        raise CheckFailed(f"{exercise}: not written yet")
    print(f"{verdict}.")
    drawn = False
    told: set[str | None] = set()
    for run in _most_telling_first(wrong)[:_TOLD]:
        name, hint = run.program.name, hint_for(run, runs)
        story = tell(run, None if hint in told else hint, with_source=name not in told)
        print(f"\n{story}", flush=True)
        told |= {name, hint}
        if not drawn and run.off is not None and run.off.got is not None and run.off.got.size > 1:
            show_error(run.off, name)
            drawn = True
    others = len(wrong) - _TOLD
    if others > 0:
        print(f"\n{plural(others, 'more check')} {'does' if others == 1 else 'do'} not pass.")
    raise CheckFailed(verdict)


def _most_telling_first(wrong: Sequence[Run]) -> list[Run]:
    """What cannot even be compared by value first, then each program once, in their own order."""
    first = {run.program.name: run for run in reversed(wrong)}

    def rank(run: Run) -> tuple[bool, bool]:
        by_value = run.off is not None and run.off.kind == "value"
        return by_value, run is not first[run.program.name]

    return sorted(wrong, key=rank)
