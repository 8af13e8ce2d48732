"""Say why tests failed, as far as a student may know: in terms of their own cells and lines."""

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from autograder.assignment import Limits
from autograder.repair import Cell
from autograder.report import Failure
from autograder.sandbox.inside.wire import Foreign
from autograder.sandbox.outputs import readable
from autograder.sandbox.replies import SPENT, CellRun, Fate, Fault
from autograder.told import UNWRITTEN
from autograder.verdict import Verdict

NOT_READ = "The file that was handed in could not be read as a notebook."
NOT_WRITTEN = "Not written yet."
NOT_ANSWERED = "Not answered yet."
STOPPED: dict[Fate, str] = {
    "timeout": "was stopped: it took too long",
    "memory": "was stopped: it took too much memory",
    "died": "ended the process",
}
NO_PYTHON = ("SyntaxError", "IndentationError", "TabError")
NOT_USABLE = ("TypeError", "AttributeError")  # raised by who asked, not in a cell
RETURNS = "It returned None: is a `return` missing?"
NO_MODULE = ("ModuleNotFoundError", "ImportError")
THERE = "Grading has Python's own modules, NumPy and Matplotlib; SciPy and others are not there."
LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
WIDTH = 100


@dataclass(frozen=True)
class Ran:
    """A notebook as it ran: what there is to point at.

    `runs` tells what became of code cells, by their index. `homes` gives the exercise in whose cell
    a name has to be defined; `questions` are the exercises whose answer is a value. It is not
    `of_theirs` if nothing could be read of what was handed in.
    """

    cells: Sequence[Cell]
    runs: Mapping[int, CellRun]
    homes: Mapping[str, str]
    questions: Collection[str]
    limits: Limits
    of_theirs: bool = True

    def failed_cell(self, exercise: str) -> int | None:
        """Return the index of the exercise's own cell if it did not run to its end."""
        index = self.cell_of(exercise)
        run = None if index is None else self.runs.get(index)
        return None if run is None or run.fate == "ok" else index

    def cell_of(self, exercise: str) -> int | None:
        """Return the index of the exercise's own cell, if it is there."""
        ids = [cell.grade_id for cell in self.cells]
        return ids.index(exercise) if exercise in ids else None


class Explanation(NamedTuple):
    """What is said of a test, and the part of it that other tests which fail so have as well."""

    message: str
    reason: str


def explain(verdicts: Sequence[Verdict], ran: Ran) -> list[Explanation]:
    """Explain each verdict of an exercise; nothing is said of those that passed.

    Where all tests fail for one reason, it alone is said.
    """
    reasons = ["" if verdict.passed else _reason(verdict, ran) for verdict in verdicts]
    found: list[Explanation] = []
    for verdict, reason in zip(verdicts, reasons, strict=True):
        root = "" if verdict.passed else root_cause(verdict, ran)
        if verdict.passed or root:
            found.append(Explanation(root, root))
        elif len(reasons) > 1 and set(reasons) == {reason} and reason:
            found.append(Explanation(reason, reason))
        else:
            found.append(Explanation(f"{verdict.says} {reason}".rstrip(), reason))
    return found


def root_cause(verdict: Verdict, ran: Ran) -> str:
    """Say what kept the test from being tried at all, "" if nothing did."""
    if not ran.of_theirs:
        return NOT_READ
    if verdict.exercise in ran.questions and unanswered(verdict):
        return NOT_ANSWERED
    if not verdict.faults:
        return ""
    fault = verdict.faults[0]
    if fault.error == UNWRITTEN:
        return NOT_WRITTEN
    if fault.kind == "missing":
        return _missing(fault.error.split(", ")[0], ran)
    if fault.kind != "error":
        return ""
    homes = [verdict.exercise] if fault.place is None else _homes_on_line(fault, ran)
    troubles = (
        cell_trouble(failed, ran) for failed in map(ran.failed_cell, homes) if failed is not None
    )
    return next(troubles, "")


def _homes_on_line(fault: Fault, ran: Ran) -> list[str]:
    """Return the exercises that were to define what the line of a NameError uses."""
    line = _own_line(*fault.place, ran) if fault.place and fault.error == "NameError" else ""
    return [ran.homes[name] for name in re.findall(r"\w+", line) if name in ran.homes]


def kind_of(verdict: Verdict, ran: Ran) -> Failure:
    """Say in one word how a test failed."""
    if root_cause(verdict, ran) in (NOT_READ, NOT_WRITTEN, NOT_ANSWERED):
        return "missing"
    if not verdict.faults:
        return "failed"
    fault = verdict.faults[0]
    home = ran.homes.get(fault.error.split(", ")[0]) if fault.kind == "missing" else None
    cell = None if home is None else ran.failed_cell(home)
    if fault.kind == "missing" and cell is None:
        return "missing"
    hung = fault.kind if cell is None else ran.runs[cell].fate
    return "timeout" if hung == "timeout" else "error"


def unanswered(verdict: Verdict) -> bool:
    """Tell whether what came back is the `...` of a question's stub, or None."""
    results = [result for asked in verdict.asked for result in asked.results or ()]
    return bool(results) and all(map(_blank, results))


def _blank(result: object) -> bool:
    if isinstance(result, dict):  # a table that is not filled in, or a row of one
        result = list(cast("dict[object, object]", result).values())
    if isinstance(result, list):
        return any(map(_blank, cast("list[object]", result)))
    return result is None or (isinstance(result, Foreign) and result.name == "ellipsis")


def name_cell(cell: Cell) -> str:
    """Name a cell as its author knows it; nobody counts cells."""
    if cell.grade_id:
        return f"your cell `{cell.grade_id}`"
    first = next((line.strip() for line in cell.source.split("\n") if line.strip()), "")
    return f"the cell that begins with `{readable(first[:40])}`"


def cell_trouble(index: int, ran: Ran) -> str:
    """Say in a sentence what kept a cell from running to its end."""
    named, limits = name_cell(ran.cells[index]), ran.limits
    name = named[0].upper() + named[1:]
    fate = ran.runs[index].fate
    if fate not in STOPPED:
        return _raised(name, index, ran)
    clocks = (
        f"A cell has {limits.cell_seconds:g} seconds, the notebook {limits.notebook_seconds:g}."
    )
    more = f" {clocks}" if fate == "timeout" else ""
    return f"{name} {STOPPED[fate]}; nothing in it counts.{more}"


def _raised(name: str, index: int, ran: Ran) -> str:
    errors = [output for output in ran.runs[index].outputs if output.output_type == "error"]
    kind = errors[-1].ename if errors else "an exception"
    if kind == UNWRITTEN:
        return NOT_WRITTEN
    found = LINE.search("\n".join(errors[-1].traceback)) if errors else None
    quoted = _quote(index, int(found[1]), ran) if found else ""
    place = f" in {quoted}" if quoted else ""
    if kind in NO_PYTHON:
        return f"{name} cannot be read as Python, so nothing in it ran: {kind}{place}."
    more = f" {THERE}" if kind in NO_MODULE else ""
    return f"{name} stopped with {kind}{place}.{more}"


def _missing(name: str, ran: Ran) -> str:
    home = ran.homes.get(name)
    if home is None:
        return f"`{name}` is not defined."
    failed = ran.failed_cell(home)
    if failed is not None:
        return cell_trouble(failed, ran)
    if ran.cell_of(home) is None:
        return f"`{name}` is not defined: your cell `{home}` is missing."
    return f"`{name}` is not defined: it belongs in your cell `{home}`."


def _reason(verdict: Verdict, ran: Ran) -> str:
    """Say what became of the call that was not answered, "" if the answer was wrong."""
    if not verdict.faults:
        return RETURNS if _gave_none(verdict) else ""
    fault = verdict.faults[0]
    match fault.kind:
        case "error" if fault.place is None and fault.error in NOT_USABLE:
            return f"What it returned is of another kind ({fault.error}): is a `return` missing?"
        case "error":
            more = f" {THERE}" if fault.error in NO_MODULE else ""
            return f"Your code raised {fault.error}{_place(fault, ran)}.{more}"
        case "timeout" if fault.error == SPENT:
            return "Not asked: calls before it, which did not end, took all the time there is."
        case "timeout":
            return f"Your code had not finished after {ran.limits.call_seconds:g} seconds."
        case _:
            return "Your code ended its process before it answered."


def _gave_none(verdict: Verdict) -> bool:
    """Tell whether None came back where something was wanted."""
    return any(
        result is None and asked.program(*copy.deepcopy(inputs)) is not None
        for asked in verdict.asked
        for result, inputs in zip(asked.results or (), asked.cases, strict=False)
    )


def _place(fault: Fault, ran: Ran) -> str:
    """Point at the student's own line."""
    quoted = _quote(*fault.place, ran) if fault.place else ""
    if fault.place is None or not quoted:
        return ""
    return f" in {name_cell(ran.cells[fault.place[0]])}, {quoted}"


def _quote(index: int, line: int, ran: Ran) -> str:
    own = _own_line(index, line, ran)
    return f"line {line}: `{own}`" if own else ""


def _own_line(index: int, line: int, ran: Ran) -> str:
    """Return a line, "" if there is none: from the notebook and not from what came back."""
    lines = ran.cells[index].source.split("\n") if 0 <= index < len(ran.cells) else []
    return readable(lines[line - 1].strip()[:WIDTH]) if 1 <= line <= len(lines) else ""
