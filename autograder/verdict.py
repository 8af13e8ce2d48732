"""One hidden test: what it asks the student's code, and what becomes of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Protocol, TypeAlias, TypeVar, cast

from autograder.program import Program, ProgramError, program_of
from autograder.sandbox.replies import Fault
from autograder.sandbox.wall import WallError
from autograder.watchdog import Memory

Observation = TypeVar("Observation")
TestId: TypeAlias = tuple[str, str]
"""An exercise and a test's name: a name may stand in the suites of two exercises."""


class Peer(Protocol):
    """Whoever answers calls: a submission behind the wall, or the reference in our own tests."""

    def call(self, program: Program, cases: Sequence[Sequence[object]]) -> list[object]:
        """Run a program on each case.

        Raises:
            Fault: there is no answer.
        """
        ...


@dataclass(frozen=True)
class Asked:
    """One call of a program: the results, or the type of the exception that the code raised.

    Neither is there if it hung, ended its process or is not defined.
    """

    program: Callable[..., object]
    cases: Sequence[Sequence[object]]
    results: Sequence[object] | None = None
    error: str = ""


@dataclass
class Verdict:
    """One hidden test's outcome. `why` is for the instructor, `says` for the student.

    The exercise earns nothing unless a `required` one has passed.
    """

    exercise: str
    name: str
    category: str
    weight: float
    says: str
    passed: bool = False
    required: bool = False
    why: str = ""
    faults: list[Fault] = field(default_factory=list[Fault])
    asked: list[Asked] = field(default_factory=list[Asked])


@dataclass(frozen=True)
class StudentCalls:
    """The `student` fixture: programs go to the peer, what comes of it is remembered."""

    peer: Peer
    verdict: Verdict
    broken: list[str]
    memory: Memory
    fallen: list[WallError]

    def __call__(self, program: Callable[..., Observation], *inputs: object) -> Observation:
        """Run `program(*inputs)` behind the wall."""
        return self.map(program, [inputs])[0]

    def map(
        self, program: Callable[..., Observation], cases: Iterable[Sequence[object]]
    ) -> list[Observation]:
        """Run `program` on each case, in one fork."""
        assert isinstance(program, FunctionType)
        cases = list(cases)
        if self.fallen:
            raise self.fallen[0]
        try:
            results = self.peer.call(program_of(program), cases)
        except Fault as fault:
            self.verdict.faults.append(fault)
            error = fault.error if fault.kind == "error" else ""
            self.verdict.asked.append(Asked(program, cases, error=error))
            raise
        except ProgramError as error:
            self.broken.append(str(error))
            raise
        except WallError as error:
            self.fallen.append(error)
            raise
        kept = results if self.memory.has_room_for(results) else None
        self.verdict.asked.append(Asked(program, cases, kept))
        return cast(list[Observation], results)
