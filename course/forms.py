"""Answers that are values, not code: their form is checked, never whether they are right."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast

from course.words import named, plural

Kind = Literal["choice", "table", "pairs"]


@dataclass(frozen=True)
class Form:
    """What an answer must look like.

    `kind` is "choice", one of the letters `names`; "table", a dict with the keys `names` whose
    entries are tuples of whole numbers; or "pairs", a set of pairs of whole numbers.
    """

    kind: Kind
    names: tuple[str, ...] = ()

    def asked(self) -> str:
        """Say what to write."""
        match self.kind:
            case "choice":
                return f"Choose one of {', '.join(self.names)}."
            case "table":
                return "Write a tuple of whole numbers for every key, such as (2, 3), (4,) or ()."
            case "pairs":
                return "Write a set of pairs of whole numbers, such as {(0, 2), (1, 1)}."

    def flaw(self, answer: object) -> str | None:
        """Say what is wrong with the form of an answer; None if nothing is."""
        match self.kind:
            case "choice":
                right = isinstance(answer, str) and len(answer) == 1 and answer in self.names
                letters = ", ".join(self.names)
                wanted = f"but should be one letter in quotes: one of {letters}"
                return None if right else f"the answer is {named(answer)}, {wanted}."
            case "table":
                return self._table_flaw(answer)
            case "pairs":
                return _pairs_flaw(answer)

    def unanswered(self, answer: object) -> bool:
        """Tell whether nothing was written yet: `...` stands there, or in some entry of a table."""
        if isinstance(answer, dict):
            return any(entry is ... for entry in cast("dict[object, object]", answer).values())
        return answer is ...

    def _table_flaw(self, answer: object) -> str | None:
        if not isinstance(answer, dict):
            return f"the answer is {named(answer)}, but should be a dict. {self.asked()}"
        table = cast("dict[object, object]", answer)
        if missing := [name for name in self.names if name not in table]:
            return f"the answer lacks {plural(len(missing), 'key')}: {', '.join(missing)}."
        if strange := [repr(key) for key in table if key not in self.names]:
            return f"the answer has keys that nobody asked for: {', '.join(strange[:3])}."
        for name in self.names:
            if not _whole(table[name]):
                comma = " A tuple with one entry is written with a comma: (4,)."
                why = comma if type(table[name]) is int else ""
                what = f"the entry {name!r} is {named(table[name])}"
                return f"{what}, but should be a tuple of whole numbers.{why}"
        return None


def _pairs_flaw(answer: object) -> str | None:
    if not isinstance(answer, set | frozenset):
        wanted = "but should be a set of pairs of whole numbers, such as {(0, 2), (1, 1)}"
        return f"the answer is {named(answer)}, {wanted}."
    for pair in cast("Iterable[object]", answer):
        if not _whole(pair) or len(cast("tuple[object, ...]", pair)) != 2:
            return f"{named(pair)} stands in the set, but each should be a pair of whole numbers."
    return None


def _whole(value: object) -> bool:
    """Tell whether it is a tuple of whole numbers."""
    return isinstance(value, tuple) and all(
        type(number) is int for number in cast("tuple[object, ...]", value)
    )
