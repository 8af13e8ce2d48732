"""Receipts: reports as files, whether a notebook is theirs, and which of their tests are meant."""

from difflib import get_close_matches
from pathlib import Path

import msgspec

from autograder.classroom import classroom
from autograder.handed_in import MAX_BYTES
from autograder.report import Report
from autograder.seeds import course_key, seed
from autograder.signature import is_signed
from autograder.ungraded import is_ungraded
from autograder.verdict import TestId
from autograder.versions import key, versions

SHOWN = 8
GIVE = "give one from the classroom's folder reports, or a file of `autograder grade --format json`"


def read_reports(file: Path) -> list[Report]:
    """Read a JSON report, a list of them, or what the store keeps.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no report.
    """
    data, why = _bytes_of(file), "it is empty"
    try:
        found: object = msgspec.json.decode(data)
        if isinstance(found, dict) and "report" in found:
            found = msgspec.convert(found, dict[str, object])["report"]
        reports = msgspec.convert(found if isinstance(found, list) else [found], list[Report])
    except (msgspec.MsgspecError, RecursionError) as error:
        reports, why = [], str(error)
    if not reports:
        raise ValueError(f"{file} is no report of the autograder ({why}); {GIVE}")
    return reports


def _bytes_of(file: Path) -> bytes:
    """Read an ordinary file: a pipe would keep us waiting, and a huge one fill the memory."""
    if file.exists() and not file.is_file():
        raise ValueError(f"{file} is no file that holds a report; {GIVE}")
    with file.open("rb") as opened:
        data = opened.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"{file} has over {MAX_BYTES // 2**20} MB; give a file of fewer reports")
    return data


def of_notebook(reports: list[Report], data: bytes, notebook: Path, receipt: Path) -> Report:
    """Return the only report; of several the one whose receipt is of this notebook's bytes."""
    found = reports if len(reports) == 1 else [each for each in reports if _fits(each, data)]
    if not found:
        names = [report for report in reports if report.notebook == notebook.name]
        found = names if len(names) == 1 else []
    if len(found) != 1:
        raise ValueError(
            f"{receipt} holds {len(reports)} reports, and it is not plain which is of {notebook}; "
            "give a file that holds one"
        )
    return found[0]


def _fits(report: Report, data: bytes) -> bool:
    """Tell whether the receipt was written for these bytes, under the report's own versions."""
    receipt = report.receipt
    if receipt is None:
        return False
    return key(data, receipt.assignment, receipt.seed, report.versions) == receipt.key


def tests_of(report: Report, test: str | None) -> list[TestId]:
    """Return the tests to run, in the report's order."""
    every = [(exercise.id, each) for exercise in report.exercises for each in exercise.tests]
    if is_ungraded(report):
        raise ValueError(
            "this notebook brought its grader down, so no test was run that could be replayed"
        )
    if test is None:
        failed = [(exercise, each.name) for exercise, each in every if not each.passed]
        if not failed:
            raise ValueError("no test failed in this report; name one with --test NAME")
        return failed
    named = [
        (home, each.name) for home, each in every if test in (each.name, f"{home}/{each.name}")
    ]
    if len(named) == 1:
        return named
    if named:
        places = " or ".join(f"{home}/{name}" for home, name in named)
        raise ValueError(f"several exercises have a test of the name {test}; say {places}")
    names = [f"{home}/{each.name}" for home, each in every]
    near = get_close_matches(test, [*names, *(each.name for _, each in every)], n=3, cutoff=0.4)
    raise ValueError(
        f"the report has no test {test}; it has, among {len(names)}: "
        f"{', '.join(near or names[:SHOWN])}"
    )


def since(report: Report, data: bytes) -> tuple[int, list[str]]:
    """Return the seed, and what is no longer as it was when the report was made."""
    now = versions()
    changes = [
        f"{name} was {report.versions.get(name, 'not named')} and is {now[name]}: "
        "results may differ."
        for name in now
        if report.versions.get(name) != now[name]
    ]
    receipt = report.receipt
    if receipt is None:
        changes.insert(
            0,
            "The report has no receipt (it is the students' edition), so the inputs are those that "
            f"this classroom draws for {report.student}, and nobody can tell whether this notebook "
            "is the one that was graded.",
        )
        return seed(course_key(classroom()), report.student, report.assignment), changes
    if not is_signed(report, classroom()):
        changes.insert(
            0,
            "The report does not bear this classroom's signature (its course key is another, or "
            "somebody changed or made up the report), so nobody can tell who wrote its receipt, "
            "and whether this notebook is the one that was graded.",
        )
    elif not _fits(report, data):
        changes.insert(0, "The notebook is not the one that was graded: its hash is another.")
    return receipt.seed, changes
