"""A pair of functions, forward and backward, called on copies of the same inputs."""

import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from course.checks_file import CALL_SECONDS
from course.compare import Floats, difference
from course.errors import error_in_words, students_line
from course.time_limit import TookTooLong, within
from course.words import named, plural

Numbers: TypeAlias = float | NDArray[np.floating]


class LayerError(Exception):
    """There is no gradient to compare; the text says why and what was expected."""


@dataclass(frozen=True)
class Layer:
    """`forward(*inputs) -> (out, cache)` and `backward(dout, cache) -> gradients`."""

    forward: Callable[..., object]
    backward: Callable[..., object]
    inputs: Sequence[object]

    @property
    def floats(self) -> list[int]:
        """Positions of the inputs that have a gradient: floats and arrays of floats."""
        return [place for place, each in enumerate(self.inputs) if _is_float(each)]

    def name(self, place: int) -> str:
        """The parameter of `forward` at that position, or `input 0`."""
        try:
            parameters = [*inspect.signature(self.forward).parameters.values()]
        except (TypeError, ValueError):
            parameters = []
        plain = [each.name for each in parameters if each.kind is not each.VAR_POSITIONAL]
        return plain[place] if place < len(plain) else f"input {place}"

    def run_forward(self, inputs: Sequence[object]) -> tuple[Numbers, object]:
        """Return (out, cache); `inputs` are the caller's to give away.

        Raises:
            LayerError: forward raised an exception, or returned something else.
        """
        pair = _call("forward", self.forward, *inputs)
        if pair is None:
            raise LayerError(
                "forward returned None: is a `return` missing? Expected is a pair (out, cache)."
            )
        parts = _items(pair)
        if parts is None or len(parts) != 2:
            raise LayerError(f"forward returned {named(pair)}, expected a pair (out, cache).")
        out, cache = parts
        if not _is_float(out):
            raise LayerError(
                f"forward returned {named(out)} for out, expected a float or an array of floats."
            )
        return cast("Numbers", out), cache

    def gradients(self, dout: Numbers, cache: object) -> list[object]:
        """Return one gradient for each float input, of the input's shape and kind.

        Raises:
            LayerError: backward raised an exception, or returned something else.
        """
        returned = _call("backward", self.backward, dout, cache)
        if returned is None:
            raise LayerError("backward returned None: is a `return` missing?")
        chosen = self._one_for_each(returned)
        for place, gradient in zip(self.floats, chosen, strict=True):
            where = f"the gradient of {self.name(place)}"
            model = np.zeros_like(self.inputs[place])[()]
            wanted = named(model) if np.ndim(model) else "a float"
            if gradient is None:
                raise LayerError(f"{where} is missing: backward returned None, expected {wanted}.")
            off = difference(gradient, model, where=where)
            if off is not None and off.kind != "value":
                number = f"{where} is {named(gradient)}, expected {wanted}."
                raise LayerError(off.sentence if np.ndim(model) else number)
        return chosen

    def _one_for_each(self, returned: object) -> list[object]:
        items = _items(returned)
        if items is None:
            items = [returned]
        if len(items) == len(self.floats):
            return items
        if len(items) == len(self.inputs):
            return [items[place] for place in self.floats]
        names = ", ".join(map(self.name, self.floats))
        raise LayerError(
            f"backward returned {named(returned)}, expected "
            f"{plural(len(self.floats), 'gradient')}, for {names}."
        )

    def copies(self) -> list[object]:
        """Fresh copies of the inputs."""
        return [copy.deepcopy(each) for each in self.inputs]

    def wide_copies(self) -> list[object]:
        """Fresh copies of the inputs, with the floats in double precision."""
        copies = self.copies()
        for place in self.floats:
            copies[place] = np.array(copies[place], dtype=np.float64)[()]
            if isinstance(copies[place], np.floating):
                copies[place] = float(cast("np.float64", copies[place]))
        return copies


def as_floats(value: object) -> Floats:
    """A number or an array in double precision."""
    return np.array(value, dtype=np.float64)


def _is_float(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return cast("NDArray[np.generic]", value).dtype.kind == "f"
    return isinstance(value, float | np.floating)


def _items(value: object) -> list[object] | None:
    return list(cast("Sequence[object]", value)) if isinstance(value, tuple | list) else None


def _call(name: str, function: Callable[..., object], *inputs: object) -> object:
    try:
        return within(CALL_SECONDS, lambda: function(*inputs))
    except NotImplementedError:
        raise LayerError(f"{name} is not written yet.") from None
    except (Exception, SystemExit, TookTooLong) as error:
        lines = [f"{name} does not run. {error_in_words(error)}", students_line(error) or ""]
        raise LayerError("\n".join(lines).rstrip()) from None
