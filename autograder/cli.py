"""The command line, one function a command. Never a traceback; exit codes 0, 1, 2."""

import gc
import io
import sys
import traceback
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from autograder.ending import USAGE, guarded, stop, tell, trace_file

if TYPE_CHECKING:
    from autograder.bundles.command import Kind
    from autograder.report import Report

Ids = Annotated[list[str], typer.Argument(help="Their ids.")]
BundleFolder = Annotated[
    Path | None, typer.Option(help="The folder to write into; classroom/bundles without.")
]
GRADED, BELOW = 0, 1
GO_ON = "interrupted; what is graded is kept, and the same command goes on from there"
ANEW = (
    "interrupted; what is graded is kept. The same command without --regrade puts the gradebook in "
    "order and grades what is left as it was; with it, all begins anew"
)
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build assignments, run submissions behind a wall, and judge them from outside.",
)


class SandboxChoice(StrEnum):
    """Where submissions run."""

    auto = "auto"
    bwrap = "bwrap"
    landlock = "landlock"
    none = "none"


class FormatChoice(StrEnum):
    """How reports are written."""

    table = "table"
    json = "json"
    junit = "junit"
    gradescope = "gradescope"
    markdown = "markdown"


class BundleChoice(StrEnum):
    """For whom a bundle is."""

    student = "student"
    gradescope = "gradescope"
    github = "github"


@app.command()
def build(
    assignments: Annotated[list[str] | None, typer.Argument(help="Their ids; all without.")] = None,
) -> None:
    """Make the nbgrader source notebooks of assignments."""
    from autograder.build import build_command

    guarded(lambda: build_command(assignments or []))


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
    scheduler: Annotated[
        str | None, typer.Option(help="Of a dask cluster, whose workers grade, not --jobs.")
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 if a score is below it, in percent.")
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade again what has been graded.")
    ] = False,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="JSON for instructors, from which `replay` works.")
    ] = False,
    log_json: Annotated[
        Path | None, typer.Option(help="Append events to a file, each a line of JSON.")
    ] = None,
) -> None:
    """Grade notebooks, or with an id the whole classroom into nbgrader's gradebook."""
    from autograder.asked import check_id, check_out
    from autograder.formats import FORMATS
    from autograder.formats.as_json import as_json
    from autograder.grading import Unwritten, Way, grade_classroom, grade_notebooks

    if fail_under is not None and not 0 <= fail_under <= 100:
        raise stop(f"--fail-under was {fail_under:g}; give a percentage from 0 to 100")
    if receipts and format is not FormatChoice.json:
        raise stop(f"--receipts goes with --format json, not with --format {format.value}")
    if assignment is None:
        check_id(notebooks)
    files = [Path(name) for name in notebooks]
    if out is not None:
        check_out(out, files)
    if sandbox is SandboxChoice.none:
        tell("no wall: submissions run as plain processes of yours, as you asked")
    way = Way(sandbox.value, jobs, regrade, log_json, scheduler)
    unwritten = ""
    if assignment is None:

        def all_of_it() -> "tuple[list[Report], str]":
            try:
                return grade_classroom(notebooks[0], way, seed), ""
            except Unwritten as error:
                return error.reports, str(error)

        reports, unwritten = guarded(all_of_it, ANEW if regrade else GO_ON)
    else:
        reports = guarded(lambda: grade_notebooks(files, assignment, way, seed))
    text = as_json(reports, receipts) if receipts else FORMATS[format.value](reports)
    if out is None:
        guarded(lambda: print(text, flush=True))
    else:
        guarded(lambda: out.write_text(text + "\n", encoding="utf-8"))
        tell(f"written: {out}")
    if unwritten:
        raise stop(unwritten)
    raise typer.Exit(verdict(reports, fail_under))


@app.command()
def demo() -> None:
    """See the whole road: five sample submissions, graded in a temporary classroom."""
    from autograder.demo import run_demo

    raise typer.Exit(guarded(run_demo))


@app.command()
def replay(
    receipt: Annotated[Path, typer.Argument(help="A JSON report, or one of classroom/reports.")],
    notebook: Annotated[Path, typer.Argument(help="The notebook that was graded, or another.")],
    test: Annotated[
        str | None, typer.Option(help="A hidden test's name; all that failed without.")
    ] = None,
    sandbox: Annotated[
        SandboxChoice, typer.Option(help="none: no wall, for code that you trust.")
    ] = SandboxChoice.auto,
) -> None:
    """Run hidden tests of a report once more, and show all their values: for instructors."""
    from autograder.replay import replay as run
    from autograder.replayed import in_words

    if sandbox is SandboxChoice.none:
        tell("no wall: the notebook runs as a plain process of yours, as you asked")
    text = guarded(lambda: in_words(run(receipt, notebook, test, sandbox.value)))
    guarded(lambda: print(text, flush=True))


@app.command()
def report(
    assignment: Annotated[str, typer.Argument(help="An assignment's id.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder to write into; classroom/insights without.")
    ] = None,
) -> None:
    """Write a page and a table about a class, from the reports that `grade ID` has stored."""
    from autograder.insights import write_insights

    page, table = guarded(lambda: write_insights(assignment, out))
    guarded(lambda: print(f"{page}\n{table}", flush=True))


@app.command()
def bundle(
    kind: Annotated[BundleChoice, typer.Argument(help="For whom.")],
    assignments: Ids,
    out: BundleFolder = None,
    after_deadline: Annotated[
        bool, typer.Option("--after-deadline", help="Answers to others of them may be in it.")
    ] = False,
) -> None:
    """Write a zip file: a kit for students, Gradescope's autograder, or GitHub's repositories."""
    write_bundles(kind.value, assignments, out, after_deadline)


@app.command()
def solutions(
    assignments: Ids,
    out: BundleFolder = None,
) -> None:
    """Write the student kit with the answers, for after the deadline."""
    write_bundles("solutions", assignments, out)


def write_bundles(
    kind: "Kind", assignments: list[str], out: Path | None, after_deadline: bool = False
) -> None:
    """Write bundles and say where they are, and what to mind."""
    from autograder.bundles.command import write_bundles as write

    files, notices = guarded(lambda: write(kind, assignments, out, after_deadline))
    for notice in notices:
        tell(notice)
    guarded(lambda: print(*files, sep="\n", flush=True))


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and the command that mends it."""
    from autograder.doctor import examine

    raise typer.Exit(guarded(examine))


def verdict(reports: "list[Report]", fail_under: float | None) -> int:
    """Return the exit code; name what is below the bar, unless the autograder itself failed."""
    from autograder.ungraded import is_faulty

    if any(map(is_faulty, reports)):
        return USAGE
    if fail_under is None:
        return GRADED
    shares = [(100 * report.score / report.max_score, report) for report in reports]
    low = [(share, report) for share, report in shares if share < fail_under]
    for share, report in low:
        tell(f"below {fail_under:g} percent: {report.student}, {report.notebook}: {share:.1f}")
    return BELOW if low else GRADED


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
        what, file = f"{type(error).__name__}: {error}", trace_file(traceback.format_exc())
        tell(f"autograder: this is a fault of the autograder ({what}); report it with {file}")
        sys.exit(USAGE)
    finally:
        gc.freeze()  # the process ends: a last look for garbage would take a tenth of its time
