"""The command line: build, grade, demo, doctor. Never a traceback; exit codes 0, 1, 2."""

import io
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from autograder.report import Report

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

    if fail_under is not None and not 0 <= fail_under <= 100:
        raise stop(f"--fail-under was {fail_under:g}; give a percentage from 0 to 100")
    if assignment is None:
        check_id(notebooks)
    files = [Path(name) for name in notebooks]
    if out is not None:
        check_out(out, files)
    if sandbox is SandboxChoice.none:
        tell("no wall: submissions run as plain processes of yours, as you asked")
    if assignment is None:
        reports = guarded(lambda: grade_classroom(notebooks[0], sandbox.value, jobs, seed))
    else:
        reports = guarded(lambda: grade_notebooks(files, assignment, sandbox.value, jobs, seed))
    text = FORMATS[format.value](reports)
    if out is None:
        guarded(lambda: print(text, flush=True))
    else:
        guarded(lambda: out.write_text(text + "\n", encoding="utf-8"))
        tell(f"written: {out}")
    raise typer.Exit(verdict(reports, fail_under))


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


def check_id(words: list[str]) -> None:
    """See that one assignment's id was given, and no notebook."""
    from autograder.rooms import Rooms

    for word in words:
        if word.endswith(".ipynb") or Path(word).is_file():
            known = ", ".join(Rooms().known())
            raise stop(
                f"{word} is a notebook: say which assignment it answers with --assignment ID "
                f"(there are: {known})"
            )
    if len(words) != 1:
        raise stop("several ids were given; give one, or notebooks with --assignment ID")


def check_out(out: Path, notebooks: list[Path]) -> None:
    """See before grading that the reports can be written."""
    if out.is_dir():
        raise stop(f"--out {out} is a folder; give the path of a file")
    if not out.parent.is_dir():
        raise stop(f"--out {out}: there is no folder {out.parent}; make it first")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise stop(f"--out {out} cannot be written; give a place that you may write")
    if out.resolve() in [notebook.resolve() for notebook in notebooks]:
        raise stop(f"--out {out} is a notebook to grade; give another file")


def verdict(reports: "list[Report]", fail_under: float | None) -> int:
    """Return the exit code; name what is below the bar."""
    if fail_under is None:
        return GRADED
    shares = [(100 * report.score / report.max_score, report) for report in reports]
    low = [(share, report) for share, report in shares if share < fail_under]
    for share, report in low:
        tell(f"below {fail_under:g} percent: {report.student}, {report.notebook}: {share:.1f}")
    return BELOW if low else GRADED


def guarded(work: Callable[[], Result]) -> Result:
    """Run `work`; what is wrong with the world ends the command with one sentence."""
    try:
        return work()
    except OSError as error:
        place = f"{error.filename}: " if error.filename is not None else ""
        raise stop(place + (error.strerror or str(error))) from None
    except BrokenExecutor:
        time.sleep(0.5)  # Ctrl-C is for all our processes, and may reach this one last
        raise stop("a grading process was ended from outside; run the command again") from None
    except (ValueError, RuntimeError) as error:
        raise stop(str(error)) from None


def tell(sentence: str) -> None:
    """Say something that is not the result."""
    errors.print(Text(sentence), soft_wrap=True)


def stop(sentence: str) -> typer.Exit:
    """Say why nothing was done."""
    tell(f"autograder: {sentence}")
    return typer.Exit(USAGE)


def main() -> None:
    """Run the command line; a fault of our own is kept in a file for whoever mends it."""
    stdout = cast("io.TextIOWrapper | None", sys.stdout)
    if stdout is not None:
        stdout.reconfigure(errors="replace")  # some terminals cannot write every letter
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(USAGE)
    except Exception as error:
        with tempfile.NamedTemporaryFile("w", prefix="autograder-", delete=False) as file:
            traceback.print_exc(file=file)
        what = f"{type(error).__name__}: {error}"
        tell(f"autograder: this is a fault of the autograder ({what}); report it with {file.name}")
        sys.exit(USAGE)
