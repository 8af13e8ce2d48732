"""Trials in processes of their own, which have no other threads and so may fork."""

from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed

from tests.mutation.mutants import mutants
from tests.mutation.trial import Outcome, outcomes
from tests.processes import processes

BATCH = 40  # mutants for which a suite is started once
Task = tuple[str, str, tuple[str, ...]]
"""Assignment, exercise, names of mutants."""


def tasks(assignment: str, exercise: str) -> list[Task]:
    """Cut all mutants of an exercise into batches."""
    names = [mutant.name for mutant in mutants(assignment, exercise)]
    starts = range(0, len(names), BATCH)
    return [(assignment, exercise, tuple(names[start : start + BATCH])) for start in starts]


def tried(wanted: Sequence[Task], workers: int) -> Iterator[tuple[Task, list[Outcome]]]:
    """Try batches of mutants, and yield each with its outcomes as soon as they are known."""
    with processes(workers) as pool:
        futures = {pool.submit(_try, task): task for task in wanted}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _try(task: Task) -> list[Outcome]:
    assignment, exercise, names = task
    known = {mutant.name: mutant for mutant in mutants(assignment, exercise)}
    return outcomes(assignment, exercise, [known[name] for name in names])
