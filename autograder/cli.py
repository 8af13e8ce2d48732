"""The command line: build, grade, demo, doctor. Never a traceback; exit codes 0, 1, 2."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.text import Text

Result = TypeVar("Result")
GRADED, BELOW, USAGE = 0, 1, 2
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build assignments, run submissions behind a wall, and judge them from outside.",
)
errors = Console(stderr=True)


class SandboxChoice(StrEnum):
    """Where submissions run."""

    auto = "auto"
    bwrap = "bwrap"
    none = "none"


class FormatChoice(StrEnum):
    """How reports are written."""

    table = "table"
    json = "json"
    junit = "junit"


@app.command()
def build(
    assignments: Annotated[list[str] | None, typer.Argument(help="Their ids; all without.")] = None,
) -> None:
    """Make the nbgrader source notebooks of assignments."""
    from autograder.build import build_command

    raise typer.Exit(build_command(assignments or []))


@app.command()
def grade(
    notebooks: Annotated[
        list[str], typer.Argument(help="Notebooks with --assignment; or an assignment's id.")
    ],
    assignment: Annotated[
        str | None, typer.Option(help="The assignment that the notebooks answer.")
    ] = None,
    format: Annotated[FormatChoice, typer.Option(help="How to write.")] = FormatChoice.table,
    out: Annotated[Path | None, typer.Option(help="Write to a file.")] = None,
    sandbox: Annotated[
        SandboxChoice, typer.Option(help="none: no wall, for code that you trust.")
    ] = SandboxChoice.auto,
    seed: Annotated[int | None, typer.Option(help="Draw the inputs from it.", min=0)] = None,
    jobs: Annotated[int, typer.Option(help="How many processes.", min=1)] = 2,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 if a score is below it, in percent.")
    ] = None,
) -> None:
    """Grade notebooks, or with an id the whole classroom into nbgrader's gradebook."""
    from autograder.formats import FORMATS
    from autograder.grading import grade_classroom, grade_notebooks

    if sandbox is SandboxChoice.none:
        tell("no wall: submissions run as plain processes of yours, as you asked")
    if assignment is None:
        if len(notebooks) != 1:
            raise stop("several ids were given; give one, or notebooks with --assignment ID")
        reports = guarded(lambda: grade_classroom(notebooks[0], sandbox.value, jobs, seed))
    else:
        files = [Path(name) for name in notebooks]
        reports = guarded(lambda: grade_notebooks(files, assignment, sandbox.value, jobs, seed))
    text = FORMATS[format.value](reports)
    if out is None:
        print(text)
    else:
        guarded(lambda: out.write_text(text + "\n", encoding="utf-8"))
        tell(f"written: {out}")
    worst = min((100 * report.score / report.max_score for report in reports), default=100.0)
    raise typer.Exit(BELOW if fail_under is not None and worst < fail_under else GRADED)


@app.command()
def demo() -> None:
    """See the whole road: five sample submissions, graded in a temporary classroom."""
    from autograder.demo import run_demo

    raise typer.Exit(guarded(run_demo))


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and the command that mends it."""
    from autograder.doctor import examine

    raise typer.Exit(examine())


def guarded(work: Callable[[], Result]) -> Result:
    """Run `work`; what is wrong with the world ends the command with one sentence."""
    try:
        return work()
    except (OSError, ValueError, RuntimeError) as error:
        raise stop(str(error)) from None


def tell(sentence: str) -> None:
    """Say something that is not the result."""
    errors.print(Text(sentence), soft_wrap=True)


def stop(sentence: str) -> typer.Exit:
    """Say why nothing was done."""
    tell(f"autograder: {sentence}")
    return typer.Exit(USAGE)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(USAGE)
