"""The gate: hidden suites see every mutant, but for those that are listed with a reason.

What has changed since the results were kept is tried again as a whole, and of the rest a sample,
another one each day. `make mutation` tries everything.
"""

import random
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts
from tests.mutation.mutants import mutants
from tests.mutation.record import flaws, key, known, read_results, result, unexplained
from tests.mutation.table import PAGE, page
from tests.mutation.trial import Outcome
from tests.mutation.workers import Task, tasks, tried

LEAST = 0.98
SAMPLED_EXERCISES = 12
SAMPLED_MUTANTS = 6
ADVICE = (
    "run python -m tests.mutation with the exercise's name, list what survives with its reason in "
    "tests/mutation/survivors, and commit what was written"
)
RESULTS = read_results()
EXERCISES = [(name, exercise) for name in Rooms().known() for exercise in parts(name)]
TRIED = [each for each in EXERCISES if each[1] in RESULTS.get(each[0], {})]


def test_every_exercise_was_tried():
    new = [exercise for name, exercise in EXERCISES if (name, exercise) not in TRIED]
    assert new == [], f"run python -m tests.mutation {' '.join(new)}, and commit what it writes"


@pytest.mark.parametrize(("assignment", "exercise"), TRIED)
def test_every_survivor_is_explained(assignment: str, exercise: str):
    survivors = RESULTS[assignment][exercise].survivors
    assert unexplained(assignment, exercise, survivors) == [], ADVICE
    assert list(flaws(assignment, exercise, survivors)) == [], ADVICE


@pytest.mark.parametrize("assignment", Rooms().known())
def test_nearly_all_mutants_are_killed(assignment: str):
    right = {
        name for entry in known(assignment) for name in entry.mutants if entry.kind != "missed"
    }
    rest = [
        (result.mutants - len(right & set(result.survivors)), len(set(result.survivors) - right))
        for result in RESULTS[assignment].values()
    ]
    counted, missed = map(sum, zip(*rest, strict=True))
    assert counted - missed >= LEAST * counted


def test_exercises_of_the_list_exist():
    listed = {(name, entry.exercise) for name in Rooms().known() for entry in known(name)}
    assert listed <= set(EXERCISES)


def test_the_page_says_what_the_results_are():
    assert PAGE.read_text() == page(RESULTS), ADVICE


def changed() -> list[tuple[str, str]]:
    """Exercises whose answers or suites are not those of the results."""
    return [each for each in TRIED if RESULTS[each[0]][each[1]].key != key(*each)]


def outcomes_of(wanted: Iterable[Task]) -> dict[tuple[str, str], list[Outcome]]:
    found: dict[tuple[str, str], list[Outcome]] = {}
    for (assignment, exercise, _), outcomes in tried(list(wanted), workers=1):
        found.setdefault((assignment, exercise), []).extend(outcomes)
    return found


def test_what_has_changed_gives_the_results_that_are_kept():
    batches = [task for each in changed() for task in tasks(*each)]
    for (assignment, exercise), outcomes in outcomes_of(batches).items():
        now, kept = result(assignment, exercise, outcomes), RESULTS[assignment][exercise]
        assert now.survivors == kept.survivors, f"{assignment}/{exercise}: {ADVICE}"
        assert (now.mutants, now.seen) == (kept.mutants, kept.seen), f"{exercise}: {ADVICE}"


def test_a_sample_of_the_rest_gives_the_results_that_are_kept():
    rng = random.Random(f"{datetime.now(UTC):%Y-%m-%d}")
    unchanged = sorted(set(TRIED) - set(changed()))
    batches: list[Task] = []
    for assignment, exercise in rng.sample(unchanged, min(SAMPLED_EXERCISES, len(unchanged))):
        names = [mutant.name for mutant in mutants(assignment, exercise)]
        chosen = tuple(rng.sample(names, min(SAMPLED_MUTANTS, len(names))))
        batches.append((assignment, exercise, chosen))
    found = outcomes_of(batches)
    assert found or not unchanged
    for (assignment, exercise), outcomes in found.items():
        survivors = RESULTS[assignment][exercise].survivors
        for outcome in outcomes:
            assert (outcome.killer is None) == (outcome.mutant in survivors), outcome
