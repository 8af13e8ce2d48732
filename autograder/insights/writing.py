"""Write the page and the table of a class."""

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.assignment import Assignment, read_assignment
from autograder.classroom import classroom
from autograder.insights import findings, plots, statistics
from autograder.insights.copies import copies
from autograder.insights.gathering import Gathered, gather
from autograder.insights.scorecard import scorecard
from autograder.misconception import read_misconceptions
from autograder.sandbox.outputs import readable
from autograder.versions import versions

NAMED = 4
"""So many students of a mistake are named at once, the others on demand."""


def write_insights(name: str, out: Path | None) -> tuple[Path, Path]:
    """Write `<name>.html` and `<name>.csv` into a folder, `insights` of the classroom without one.

    Returns:
        The two files.

    Raises:
        OSError: the store keeps no reports of the assignment, or a file cannot be written.
        DirectiveError: there is no such assignment.
    """
    assignment = read_assignment(name)
    gathered = gather(classroom(), assignment)
    folder = classroom() / "insights" if out is None else out
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give a folder to write into")
    folder.mkdir(parents=True, exist_ok=True)
    page, table = folder / f"{name}.html", folder / f"{name}.csv"
    bank = [each.entry for each in read_misconceptions(assignment)]
    reports = gathered.reports
    made = findings.mistakes(reports, bank)
    late, broken = findings.time_outs(reports), findings.failed_cells(reports)
    page.write_text(_page(assignment, gathered, made), encoding="utf-8")
    table.write_text(scorecard(gathered, made, late, broken), encoding="utf-8-sig")
    return page, table


def _page(assignment: Assignment, gathered: Gathered, made: list[findings.Mistake]) -> str:
    environment = Environment(
        loader=PackageLoader("autograder.insights", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    reports = gathered.reports
    scores, items = statistics.scores(reports), statistics.items(reports)
    return environment.get_template("page.html.j2").render(
        assignment=assignment.id,
        title=assignment.title,
        gathered=gathered,
        outdated=sum(report.versions != versions() for report in reports),
        scores=scores,
        scores_plot=plots.draw_scores(scores),
        items=items,
        items_plot=plots.draw_items(items),
        enough=statistics.ENOUGH,
        least=plots.LEAST,
        statuses=statistics.STATUSES,
        mistakes=made,
        explained=findings.explained(reports),
        named=NAMED,
        late=findings.time_outs(reports),
        repairs=findings.repairs(reports),
        broken=findings.failed_cells(reports),
        copies=copies(gathered.handed_in, assignment),
    )


def _finalize(value: object) -> object:
    """Take what no browser should see out of plain texts; ready-made HTML is left as it is."""
    return readable(value) if type(value) is str else value
