"""The only comparisons a hidden test may make; they see plain data, never a student's object."""

from course.compare import difference


class Mismatch(AssertionError):
    """What came back is not what was wanted; the text is for the instructor alone."""


def close(got: object, wanted: object, rtol: float | None = None) -> None:
    """Compare by value: exact shape, kind of dtype, finite where finite, then a tolerance.

    Tuples and lists are interchangeable. The tolerance is relative to max(1, |wanted|): 1e-6,
    or 1e-4 where `got` is float32, unless `rtol` is given.

    Raises:
        Mismatch: they differ.
    """
    found = difference(got, wanted, rtol)
    if found is not None:
        raise Mismatch(found.sentence)


def equal(got: object, wanted: object) -> None:
    """Compare exactly, the type included (True is not 1, 1 is not 1.0).

    Raises:
        Mismatch: they differ.
    """
    if type(got) is not type(wanted) or got != wanted:
        raise Mismatch(f"came back {got!r:.200}, wanted {wanted!r:.200}")


def holds(condition: bool, sentence: str) -> None:
    """Check a property of observations, computed here from plain data.

    Raises:
        Mismatch: the condition is not True.
    """
    if condition is not True:
        raise Mismatch(sentence)
