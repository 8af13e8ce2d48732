"""The gate: known mistakes are named, and nothing else is called one of them.

What is tried again is a sample, another one each day; `make diagnosis` tries everything.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts, solutions
from tests.diagnosis.batches import mistakes, of_mutants
from tests.diagnosis.record import PAGE, Tally, every, page, read_results
from tests.diagnosis.trial import bank, some_mutants
from tests.processes import processes

LEAST_RIGHT, MOST_FALSE = 0.95, 0.02
SAMPLED = 6
ADVICE = "run make diagnosis and commit what it has written"
RESULTS = read_results()


def test_known_mistakes_are_named():
    for of_hints in (False, True):
        tally = Tally.of(every(RESULTS["mistakes"]), of_hints)
        assert tally.right >= LEAST_RIGHT * tally.tried


@pytest.mark.parametrize("kind", ["mutants", "rights"])
def test_nothing_else_is_called_a_known_mistake(kind: str):
    for of_hints in (False, True):
        tally = Tally.of(every(RESULTS[kind]), of_hints)
        assert tally.false <= MOST_FALSE * tally.tried


def test_the_page_says_what_the_results_are():
    assert PAGE.read_text() == page(RESULTS), ADVICE


@pytest.mark.parametrize("assignment", Rooms().known())
def test_all_there_is_was_tried(assignment: str):
    """A new exercise may wait for the next run, which takes half an hour."""
    tried = {kind: {trial.what for trial in RESULTS[kind][assignment]} for kind in RESULTS}
    known = tuple({f"{name.split('/')[0]}/" for name in tried["mutants"]})
    assert tried["mistakes"] == {n for n in bank(assignment) if n.startswith(known)}, ADVICE
    assert tried["rights"] == {file.stem for file in solutions(assignment)}, ADVICE
    mutants = {name for name, _ in _mutants(assignment)}
    assert tried["mutants"] == {name for name in mutants if name.startswith(known)}, ADVICE


@pytest.mark.thorough
@pytest.mark.parametrize("assignment", Rooms().known())
def test_a_sample_gives_what_is_kept(assignment: str):
    rng = random.Random(f"{datetime.now(UTC):%Y-%m-%d} {assignment}")
    names = rng.sample(sorted(bank(assignment)), SAMPLED)
    chosen = rng.sample(list(_mutants(assignment)), SAMPLED)
    with processes(1) as pool:  # of one thread: limits are processor time
        found = pool.submit(mistakes, assignment, names).result()
        for name, exercise in chosen:
            found += pool.submit(of_mutants, assignment, exercise, [name]).result()
    kept = {trial.what: trial for kind in RESULTS for trial in RESULTS[kind][assignment]}
    assert len(found) == 2 * SAMPLED
    assert found == [kept[trial.what] for trial in found], ADVICE


def _mutants(assignment: str) -> Iterator[tuple[str, str]]:
    for exercise in parts(assignment):
        for mutant in some_mutants(assignment, exercise):
            yield f"{exercise}/{mutant.name}", exercise
