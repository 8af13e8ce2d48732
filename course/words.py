"""Values in words: how the checks name what came back and what was expected."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

LONGEST = 240


def plural(count: int, noun: str) -> str:
    """`1 value`, `3 values`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def apart(got: float, expected: float) -> tuple[str, str]:
    """Two numbers in as many digits as it takes to tell them apart, at least six."""
    for digits in (6, 9, 12, 17):
        texts = f"{got:.{digits}g}", f"{expected:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def named(value: object) -> str:
    """What kind of thing a value is: `None`, `an array of shape (2, 3)`, `a list of 4 values`."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {np.shape(cast('NDArray[np.generic]', value))}"
    if isinstance(value, bool | np.bool_):
        return f"the truth value {shown(cast('object', value))}"
    if isinstance(value, int | float | np.number):
        return f"the number {shown(cast('object', value))}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, list | tuple | dict):
        items = cast("Collection[object]", value)
        return f"a {type(items).__name__} of {plural(len(items), 'value')}"
    return _object(value)


def shown(value: object) -> str:
    """The value on one line, shortened; a `__repr__` that fails costs nothing."""
    try:
        if isinstance(value, str | int | float):  # names of entries: very many
            text = _shown(value)
        else:
            with np.printoptions(precision=6, threshold=24, edgeitems=3):
                text = _shown(value)
        text = " ".join(text.split())
    except Exception:  # a half-written __repr__ of the student's must not hide the real message
        text = "<too long to write>" if isinstance(value, int) else f"<{_object(value)}>"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def rounded(value: object) -> object:
    """The value with its numbers to six digits, as eyes compare them; `apart` tells where more."""
    if isinstance(value, float | np.floating):
        return float(f"{float(cast('float', value)):.6g}")
    if isinstance(value, tuple):
        return tuple(map(rounded, cast("Sequence[object]", value)))
    if isinstance(value, list):
        return [*map(rounded, cast("Sequence[object]", value))]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in cast("dict[object, object]", value).items()}
    return value


def _object(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name} object"


def _shown(value: object) -> str:
    if isinstance(value, np.number | np.bool_):
        return repr(cast("np.generic", value).item())
    if isinstance(value, tuple):
        items = cast("Sequence[object]", value)
        return f"({', '.join(map(shown, items))}{',' if len(items) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, cast('Sequence[object]', value)))}]"
    if isinstance(value, dict):
        items = cast("Mapping[object, object]", value).items()
        return "{" + ", ".join(f"{shown(key)}: {shown(item)}" for key, item in items) + "}"
    return repr(value)
