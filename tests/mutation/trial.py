"""Trials: every mutant of an exercise before its hidden suite, and before its visible checks.

A suite starts once. At its first call the process forks for each mutant; the child answers this
and all later calls with the mutant's definitions, and ends where the first test fails. So a mutant
costs what its tests cost, and whatever it does to its process ends with it.
"""

import gc
import json
import os
import resource
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.answers import Answer
from autograder.judge import SUITES, JudgeError, one_by_one
from autograder.program import Program
from autograder.verdict import Verdict
from tests.autograder.suites.peers import LocalPeer, OutOfTime, call_seconds, time_limit
from tests.autograder.suites.rights import parts, reference, visible_failures
from tests.mutation.mutants import Mutant, definitions

SEED = 7
SECONDS = 30  # of processor time, for what heeds no signal


@dataclass(frozen=True)
class Outcome:
    """Who sees a mutant: the hidden test that fails first, and whether a visible check does."""

    mutant: str
    killer: str | None
    seen: bool


class TrialError(RuntimeError):
    """The suite fails the answer as it is, or cannot be run: its mutants say nothing."""


@dataclass
class ForkingPeer(LocalPeer):
    """Forks at the first call; each child is the peer that answers for one mutant.

    The first child answers for the unchanged answer: what fails it would fail every mutant.
    """

    exercise: str = ""
    mutants: Sequence[Mutant] = ()
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    child: "Child | None" = None

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        if self.mutants and not self.calls:
            gc.freeze()
            self._try_all()
        return super().call(program, cases)

    def _try_all(self) -> None:
        for mutant in (None, *self.mutants):
            read, write = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(read)
                self.child = Child(mutant, write)
                if mutant:
                    self._become(mutant)
                return
            os.close(write)
            self.outcomes.append(_heard(mutant, pid, read))

    def _become(self, mutant: Mutant) -> None:
        warnings.simplefilter("ignore")
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, most))
        try:
            with time_limit(call_seconds(self.assignment)):
                changed = definitions(mutant.answer, mutant.compiled())
            others = {name: self.names[name] for name in self.names.keys() - {mutant.answer.name}}
            self.names = {**others, **changed}
        except (Exception, OutOfTime):
            self.names = {}
        programs = parts(self.assignment)[self.exercise].programs
        assert self.child is not None
        try:
            with time_limit(call_seconds(self.assignment)):
                self.child.seen = any(visible_failures(programs, self.names))
        except OutOfTime:
            self.child.seen = True


@dataclass
class Child:
    """What a forked process is about, and where it tells its outcome."""

    mutant: Mutant | None
    write: int
    seen: bool = False

    def tell(self, verdicts: Sequence[Verdict]) -> None:
        """Write the outcome; the parent reads it."""
        killer = next((verdict.name for verdict in verdicts if not verdict.passed), None)
        outcome = Outcome(_name(self.mutant), killer, self.seen)
        os.write(self.write, json.dumps(asdict(outcome)).encode())


def _name(mutant: Mutant | None) -> str:
    return mutant.name if mutant else "unchanged"


def _heard(mutant: Mutant | None, pid: int, read: int) -> Outcome:
    with open(read) as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    if told:
        return Outcome(**json.loads(told))
    if os.WIFSIGNALED(status):
        return Outcome(_name(mutant), f"signal {os.WTERMSIG(status)}", seen=True)
    raise TrialError(f"the trial of {_name(mutant)} ended without an outcome")


def outcomes(assignment: str, exercise: str, tried: Sequence[Mutant]) -> list[Outcome]:
    """Try some mutants of an exercise.

    Raises:
        TrialError: the suite cannot tell, since it fails the answer itself or is at fault.
    """
    answers = parts(assignment)[exercise].answers
    peer = ForkingPeer(assignment, _unchanged(assignment, answers), exercise=exercise)
    peer.mutants = tried
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder, assignment, f"test_{exercise}.py")
        suite.parent.mkdir()
        shutil.copy(SUITES / assignment / suite.name, suite)
        verdicts = _judged(peer, Path(folder))
    if wrong := [verdict.name for verdict in verdicts if not verdict.passed]:
        raise TrialError(f"{assignment}/{exercise}: {wrong[0]} fails the answer as it is")
    control, *found = peer.outcomes
    if control.killer:
        raise TrialError(f"{assignment}/{exercise}: {control.killer} fails what was not changed")
    return found


def _judged(peer: ForkingPeer, suites: Path) -> list[Verdict]:
    """Judge until the first test fails; a child tells its outcome and does not return."""
    try:
        verdicts: list[Verdict] = []
        for verdict in one_by_one(peer.assignment, peer, SEED, suites):
            verdicts.append(verdict)
            if not verdict.passed:
                break
        if peer.child:
            peer.child.tell(verdicts)
            os._exit(0)
    except JudgeError as error:
        raise TrialError(str(error)) from error
    finally:
        if peer.child:
            os._exit(1)
    return verdicts


def _unchanged(assignment: str, answers: Sequence[Answer]) -> Mapping[str, object]:
    names = reference(assignment)
    for answer in {answer.module: answer for answer in answers}.values():
        code = compile(answer.source, str(answer.file), "exec")
        names = {**names, **definitions(answer, code)}
    return names
