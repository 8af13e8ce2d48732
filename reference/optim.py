"""Optimisers in PyTorch's manner around the update rules of `reference.updates`."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from reference import updates
from reference.arrays import Array
from reference.tensor import Tensor

State = TypeVar("State")
BLOCK = 1 << 15  # entries: 128 kB of float32
Moments = tuple[Array, Array, int]


class Optimizer(Generic[State]):
    """Moves parameters against their gradients; a subclass says by which rule."""

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        """Take the parameters to move and the learning rate.

        Raises ValueError if there are none, or if the rate is negative.
        """
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError("There is nothing to optimise: the list of parameters is empty.")
        if not lr >= 0:
            raise ValueError(f"A learning rate must not be negative; this is {lr}.")
        self.lr = lr
        self._states: dict[tuple[int, int], State] = {}

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Move every parameter that has a gradient, in place (E442, E445; W24)."""
        for i, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            for start, w, dw in _blocks(parameter.data, parameter.grad):
                key = i, start
                w[...], self._states[key] = self._updated(w, dw, self._states.get(key))

    def _updated(self, w: Array, dw: Array, state: State | None) -> tuple[Array, State]:
        raise NotImplementedError


def _blocks(w: Array, dw: Array) -> Iterator[tuple[int, Array, Array]]:
    """Cut an array and its gradient where rules may, as they treat every entry by itself.

    What a rule needs in between then stays in the cache: a third of the time for large layers.
    """
    if not w.flags.c_contiguous:
        yield 0, w, dw
        return
    flat, slopes = w.reshape(-1), dw.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        yield start, flat[start : start + BLOCK], slopes[start : start + BLOCK]


class SGD(Optimizer[Array]):
    """Stochastic gradient descent, with momentum where asked (E442, C601)."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    def _updated(self, w: Array, dw: Array, state: Array | None) -> tuple[Array, Array]:
        return updates.sgd_update(w, dw, state, self.lr, self.momentum)


class Adagrad(Optimizer[Array]):
    """Rates that shrink with all squared gradients so far."""

    def __init__(self, parameters: Iterable[Tensor], lr: float = 0.01, eps: float = 1e-8) -> None:
        super().__init__(parameters, lr)
        self.eps = eps

    def _updated(self, w: Array, dw: Array, state: Array | None) -> tuple[Array, Array]:
        return updates.adagrad_update(w, dw, state, self.lr, self.eps)


class RMSprop(Optimizer[Array]):
    """Rates that shrink with a running mean of squared gradients."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 0.01,
        alpha: float = 0.9,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.alpha, self.eps = alpha, eps

    def _updated(self, w: Array, dw: Array, state: Array | None) -> tuple[Array, Array]:
        return updates.rmsprop_update(w, dw, state, self.lr, self.alpha, self.eps)


class Adam(Optimizer[Moments]):
    """Momentum over RMSProp, both corrected for their start at 0."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps

    def _updated(self, w: Array, dw: Array, state: Moments | None) -> tuple[Array, Moments]:
        return updates.adam_update(w, dw, state, self.lr, *self.betas, self.eps)


AnyOptimizer = SGD | Adagrad | RMSprop | Adam


class StepLR:
    """Multiplies the rate by `gamma` every `step_size` epochs."""

    def __init__(self, optimizer: AnyOptimizer, step_size: int, gamma: float = 0.1) -> None:
        self.optimizer, self.step_size, self.gamma = optimizer, step_size, gamma
        self.first, self.epoch = optimizer.lr, 0

    def step(self) -> None:
        """Set the rate of the next epoch; call it at the end of each."""
        self.epoch += 1
        self.optimizer.lr = updates.step_decay(self.first, self.epoch, self.gamma, self.step_size)


class CosineAnnealingLR:
    """Lets the rate fall to 0 over `steps` epochs, or batches, slowly at both ends."""

    def __init__(self, optimizer: AnyOptimizer, steps: int) -> None:
        self.optimizer, self.steps = optimizer, steps
        self.first, self.done = optimizer.lr, 0

    def step(self) -> None:
        """Set the next rate; call it at the end of each epoch, or of each batch."""
        self.done += 1
        self.optimizer.lr = updates.cosine_decay(self.first, self.done, self.steps)
