"""A replay in words: the program, its inputs, what came back, what was expected, and why."""

import copy
import inspect
import pprint
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from autograder.repair import Cell
from autograder.replay import Replay, Replayed
from autograder.sandbox.outputs import readable
from autograder.sandbox.replies import Fault
from autograder.verdict import Asked, Verdict
from course.compare import Difference, difference, relative_error, tolerance

WIDTH = 100
LONGEST = 3_000
NO_ANSWER = {
    "timeout": "nothing in time",
    "died": "nothing: the code ended its process",
}


def in_words(replay: Replay) -> str:
    """Write a replay for a terminal."""
    report = replay.report
    lines = [
        f"{report.assignment} · {report.notebook} · {report.student} · seed {replay.seed}",
        *(replay.changes or ["The notebook is the one that was graded; no version has changed."]),
        *(f"Repaired: {repair}" for repair in replay.repairs),
    ]
    shown: set[str] = set()
    for test in replay.tests:
        lines += ["", *_test(test, replay.cells, shown)]
    failed = sum(not test.verdict.passed for test in replay.tests)
    count = f"{failed} of {len(replay.tests)} replayed tests failed"
    lines += [
        "",
        f"{count}, in {replay.duration_s:g} s. Hidden inputs stand above: not for students.",
    ]
    return "\n".join(map(readable, lines))


def first_difference(got: object, expected: object, where: str = "result") -> Difference | None:
    """Return the first entry that differs, in the order in which the value is written."""
    found = difference(got, expected, where=where)
    if found is None:
        return None
    for name, mine, theirs in _parts(got, expected, where):
        inner = first_difference(mine, theirs, name)
        if inner is not None:
            return inner
    return found


def written(value: object) -> str:
    """Write a value out, on as many lines as it takes; very long ones are cut."""
    try:
        with np.printoptions(threshold=200, edgeitems=4, linewidth=WIDTH):
            text = pprint.pformat(value, width=WIDTH, compact=True, sort_dicts=False)
    except (ValueError, RecursionError):  # an int of ten thousand digits, a thousand brackets
        return f"<{type(value).__name__} too large to write>"
    cut = len(text) - LONGEST
    return text if cut <= 0 else f"{text[:LONGEST]} … ({cut} more characters)"


def _test(test: Replayed, cells: Sequence[Cell], shown: set[str]) -> Iterator[str]:
    verdict = test.verdict
    yield f"── {verdict.exercise}/{verdict.name} [{verdict.category}]: {_outcome(test)}"
    yield from _block("", verdict.says)
    if verdict.asked:
        yield from _call(verdict, cells, shown)
    else:
        yield "   It made no call."
    if test.cause is not None:
        yield from _block(f"known mistake ({test.found})", test.cause.idea)
        yield from _block(f"hint (see {test.cause.see})", test.cause.hint)
    elif not verdict.passed:
        yield from _block("known mistake", "none gives just this")
    if verdict.why:
        yield from _block("the test says", verdict.why)


def _outcome(test: Replayed) -> str:
    now = "passed" if test.verdict.passed else "failed"
    if test.reported is None:
        return now
    before = "passed" if test.reported.passed else "failed"
    return f"{now}, as in the report" if now == before else f"{now}; in the report it {before}"


def _call(verdict: Verdict, cells: Sequence[Cell], shown: set[str]) -> Iterator[str]:
    """Show the call and the case that tell most: no answer, else the first difference.

    A program that was shown is named and not shown again.
    """
    number, case, found = _telling(verdict.asked)
    asked = verdict.asked[number]
    inputs = asked.cases[case] if asked.cases else ()
    source = _source(asked.program)
    again = f"{asked.program.__name__}, as above"
    title = f"program{_of(number, verdict.asked, 'call')}"
    yield from _block(title, again if source in shown else source)
    shown.add(source)
    names = list(inspect.signature(asked.program).parameters)
    wrong = _of(case, asked.cases, "case")
    lines = [
        f"{names[place] if place < len(names) else f'input {place}'} = {written(value)}"
        for place, value in enumerate(inputs)
    ]
    yield from _block(f"inputs{wrong}", "\n".join(lines) or "none")
    if asked.results is None:
        yield from _block("came back", _no_answer(verdict.faults, cells))
    else:
        yield from _block("came back", written(asked.results[case]))
    yield from _block("expected", written(_expected(asked, case)) if asked.cases else "nothing")
    if found is not None:
        yield from _block("first difference", found.sentence)
    elif asked.results is not None and not verdict.passed:
        yield from _block("first difference", "none within the usual tolerance")


def _telling(asked: Sequence[Asked]) -> tuple[int, int, Difference | None]:
    for number, each in enumerate(asked):
        if each.results is None:
            return number, 0, None
        for case, result in enumerate(each.results):
            found = first_difference(result, _expected(each, case))
            if found is not None:
                return number, case, found
    return 0, 0, None


def _expected(asked: Asked, case: int) -> object:
    with np.errstate(all="ignore"):
        return asked.program(*copy.deepcopy(asked.cases[case]))


def _no_answer(faults: Sequence[Fault], cells: Sequence[Cell]) -> str:
    fault = faults[0] if faults else Fault("died")
    if fault.kind == "missing":
        return f"nothing: {fault.error} is not defined"
    if fault.kind != "error":
        return NO_ANSWER.get(fault.kind, f"nothing ({fault})")
    said = f"nothing: the code raised {fault.error}"
    if fault.place is None:
        return said
    index, line = fault.place
    lines = cells[index].source.split("\n") if 0 <= index < len(cells) else []
    if not 1 <= line <= len(lines):
        return said
    home = cells[index].grade_id or f"number {index + 1}"
    return f"{said} in cell {home}, line {line}: {lines[line - 1].strip()}"


def _source(program: Callable[..., object]) -> str:
    """Return the program as its author wrote it, without what makes it a visible check."""
    text = textwrap.dedent(inspect.getsource(program))
    return text[text.index("def ") :].rstrip()


def _of(place: int, among: Sequence[object], noun: str) -> str:
    return f" ({noun} {place + 1} of {len(among)})" if len(among) > 1 else ""


def _block(title: str, text: str) -> Iterator[str]:
    """Yield a title and an indented text, on one line where it is short."""
    lines = text.rstrip().split("\n")
    if not title:
        yield from textwrap.wrap(text, WIDTH, initial_indent="   ", subsequent_indent="   ")
    elif len(lines) == 1 and len(lines[0]) < WIDTH:
        yield f"   {title + ':':<18} {lines[0]}"
    else:
        yield f"   {title}:"
        yield from (f"       {line}" for line in lines)


def _parts(got: object, expected: object, where: str) -> Iterator[tuple[str, object, object]]:
    """Yield pairs of parts that can be compared one by one, and what they are called."""
    if isinstance(expected, tuple | list) and isinstance(got, tuple | list):
        mine, theirs = cast("Sequence[object]", got), cast("Sequence[object]", expected)
        if len(mine) == len(theirs):
            for place, pair in enumerate(zip(mine, theirs, strict=True)):
                yield f"{where}[{place}]", *pair
    elif isinstance(expected, dict) and isinstance(got, dict):
        entries = cast("dict[object, object]", got)
        for name, value in cast("dict[object, object]", expected).items():
            if name in entries:
                yield f"{where}[{name!r}]", entries[name], value
    elif isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        yield from _first_entry(
            cast("NDArray[np.generic]", got), cast("NDArray[np.generic]", expected), where
        )


def _first_entry(
    got: NDArray[np.generic], expected: NDArray[np.generic], where: str
) -> Iterator[tuple[str, object, object]]:
    """Yield the first entry of two arrays that differs, if they can be compared and have any."""
    if got.shape != expected.shape or not got.ndim or "U" in (got.dtype.kind, expected.dtype.kind):
        return
    exact = "f" not in (got.dtype.kind, expected.dtype.kind)
    allowed = 0.0 if exact else tolerance(got.dtype, expected.dtype)
    error = relative_error(got.astype(np.float64), expected.astype(np.float64))
    for place in np.argwhere(error > allowed)[:1]:
        index = tuple(map(int, place))
        yield f"{where}[{', '.join(map(str, index))}]", got[index], expected[index]
