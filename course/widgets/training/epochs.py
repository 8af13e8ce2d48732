"""A training as somebody's own `train` does it, epoch by epoch, so that it can stop in between."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from course.plots.picture import CannotDrawError

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Data = tuple[Array, Labels, Array, Labels]
Params = list[tuple[Array, Array]]
KEYS = ("train_loss", "test_loss", "test_accuracy")


class Epochs:
    """Call `train` for one epoch after the other, each from the parameters of the last (W25).

    `train(params, data, epochs, rate, batch_size, rng) -> (params, history)` and
    `forward(x, params) -> (scores, cache)` are a4's and a3's; `start()` returns the parameters to
    begin with. `data` is `(x_train, labels_train, x_test, labels_test)`.
    """

    def __init__(
        self,
        train: Callable[[Params, Data, int, float, int, np.random.Generator], object],
        forward: Callable[[Array, Params], object],
        start: Callable[[], Params],
        data: Data,
        epochs: int = 40,
        batch_size: int = 32,
    ) -> None:
        self._train, self._forward, self._start = train, forward, start
        self.data, self.epochs, self._batch_size = data, epochs, batch_size
        self.reset()

    def reset(self) -> None:
        """Forget what was learnt."""
        self.params: Params | None = None
        self._rng = np.random.default_rng(0)

    def next(self, rate: float) -> dict[str, float]:
        """Train for one epoch; return its losses and its accuracy."""
        params = self._start() if self.params is None else self.params
        found = self._train(params, self.data, 1, rate, self._batch_size, self._rng)
        if not isinstance(found, tuple) or len(cast("tuple[object, ...]", found)) != 2:
            missing = "; is a `return` missing?" if found is None else "."
            raise CannotDrawError(f"train should return (params, history){missing}")
        trained, history = cast("tuple[Params, object]", found)
        measured = {key: _last(history, key) for key in KEYS}
        self.params = trained
        return {"loss": measured.pop("train_loss"), **measured}

    def scores(self) -> object:
        """Return the scores of the test part."""
        if self.params is None:
            raise CannotDrawError("nothing is trained yet.")
        found = self._forward(self.data[2], self.params)
        if not isinstance(found, tuple) or not found:
            raise CannotDrawError("mlp_forward should return (scores, cache).")
        return cast("tuple[object, ...]", found)[0]


def _last(history: object, key: str) -> float:
    try:
        return float(cast("Mapping[str, list[float]]", history)[key][-1])
    except (TypeError, KeyError, IndexError, ValueError):
        raise CannotDrawError(
            f'the history of train should have the list "{key}", one number for each epoch.'
        ) from None
