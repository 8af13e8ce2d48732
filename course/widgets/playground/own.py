"""Somebody's own network, loss and rules for the playground: called, and their answers checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError, numbers
from course.widgets.playground.data import Floats, Points

Params: TypeAlias = list[tuple[Floats, Floats]]
Function: TypeAlias = Callable[..., object]


@dataclass(frozen=True)
class Own:
    """Somebody's network, loss and rules, and how they are called.

    `forward(x, params, activation) -> (scores, cache)`, `backward(dscores, cache) -> [(dw, db)]`,
    `loss(scores, labels) -> (loss, dscores)`, and for each name in `updates` a rule
    `update(w, dw, state, rate) -> (w, state)`. They get copies: what they write into is theirs.
    """

    forward: Function
    backward: Function
    loss: Function
    updates: Mapping[str, Function]

    def scores(self, params: Params, x: Floats, activation: str) -> tuple[Floats, object]:
        """Return the scores (N, K) and the cache; raises CannotDrawError with a sentence."""
        answer = self.forward(x.copy(), copied(params), activation)
        scores, cache = pair(answer, "mlp_forward should return (scores, cache)")
        shape = (len(x), len(params[-1][1]))
        return numbers(scores, shape, "The scores of your forward"), cache

    def judge(self, scores: Floats, labels: NDArray[np.int64]) -> tuple[float, Floats]:
        """Return the mean loss and its gradient (N, K)."""
        answer = self.loss(scores.copy(), labels.copy())
        loss, dscores = pair(answer, "the loss should return (loss, gradient)")
        loss = numbers(loss, (), "The loss")
        return float(loss), numbers(dscores, scores.shape, "The gradient of your loss")

    def gradients(self, params: Params, part: Points, activation: str) -> Params:
        """Return a pair (dw, db) for each layer."""
        scores, cache = self.scores(params, part.x, activation)
        answer = self.backward(self.judge(scores, part.labels)[1].copy(), cache)
        if not isinstance(answer, list | tuple) or len(cast("list[object]", answer)) != len(params):
            raise CannotDrawError(
                f"mlp_backward should return a list of {len(params)} pairs (dw, db), one a layer."
            )
        found: Params = []
        for place, (each, (w, b)) in enumerate(
            zip(cast("list[object]", answer), params, strict=True), 1
        ):
            dw, db = pair(each, "mlp_backward should return a list of pairs (dw, db)")
            found.append(
                (
                    numbers(dw, w.shape, f"dw of layer {place}"),
                    numbers(db, b.shape, f"db of layer {place}"),
                )
            )
        return found

    def update(self, rule: str, w: Floats, dw: Floats, state: object, rate: float) -> object:
        """Return `(w, state)` after a step by the rule; a bare step where no rule is given."""
        if rule in self.updates:
            return self.updates[rule](w.copy(), dw.copy(), state, rate)
        if rule != "sgd":
            raise CannotDrawError(
                f"your functions have no rule {rule!r} here: give "
                f'updates={{"{rule}": …}}, or choose sgd.'
            )
        return w - rate * dw, None


def copied(params: Params) -> Params:
    """Return copies of all arrays."""
    return [(w.copy(), b.copy()) for w, b in params]


def pair(found: object, sentence: str) -> tuple[object, object]:
    """Return the two things that came; raises CannotDrawError with the sentence if not two."""
    if found is None:
        raise CannotDrawError(f"{sentence}; it gave None. Is a `return` missing?")
    if not isinstance(found, tuple | list) or len(cast("list[object]", found)) != 2:
        raise CannotDrawError(f"{sentence}.")
    first, second = cast("list[object]", found)
    return first, second
