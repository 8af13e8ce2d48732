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
        """Take the parameters to move, each once however often it is listed, and the learning rate.

        Raises ValueError if there are none, or if the rate is negative, and TypeError if they are
        no Tensors.
        """
        self.parameters = list(dict.fromkeys(_tensors(parameters)))
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
            w = parameter.data
            flat, slopes = w.reshape(-1), parameter.grad.reshape(-1)
            # Rules treat every entry by itself. In blocks, what they need in between stays in the
            # cache: a third of the time for large layers.
            for start in range(0, flat.size, BLOCK):
                key, part = (i, start), slice(start, start + BLOCK)
                new, state = self._updated(flat[part], slopes[part], self._states.get(key))
                flat[part], self._states[key] = new, state
            if not w.flags.c_contiguous:  # then `flat` is a copy
                w[...] = flat.reshape(w.shape)

    def _updated(self, w: Array, dw: Array, state: State | None) -> tuple[Array, State]:
        raise NotImplementedError


def _tensors(parameters: Iterable[object]) -> Iterator[Tensor]:
    for each in parameters if hasattr(parameters, "__iter__") else [parameters]:
        if not isinstance(each, Tensor):
            raise TypeError(
                "An optimiser takes a list of Tensors, as model.parameters() returns it; this is, "
                f"or holds, {type(each).__name__}."
            )
        yield each


class SGD(Optimizer[Array]):
    """Stochastic gradient descent, with momentum where asked (E442, C601)."""

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    def _updated(self, w: Array, dw: Array, state: Array | None) -> tuple[Array, Array]:
        if state is None or w.shape != dw.shape:  # which raises, and says so
            return updates.sgd_update(w, dw, state, float(self.lr), float(self.momentum))
        # The same rule in place: new arrays would cost a large layer a quarter of its step.
        state *= float(self.momentum)
        state += dw
        w -= float(self.lr) * state
        return w, state


class Adagrad(Optimizer[Array]):
    """Rates that shrink with all squared gradients so far; PyTorch's default of `eps` is 1e-10."""

    def __init__(self, parameters: Iterable[Tensor], lr: float = 0.01, eps: float = 1e-8) -> None:
        super().__init__(parameters, lr)
        self.eps = eps

    def _updated(self, w: Array, dw: Array, state: Array | None) -> tuple[Array, Array]:
        return updates.adagrad_update(w, dw, state, float(self.lr), float(self.eps))


class RMSprop(Optimizer[Array]):
    """Rates that shrink with a running mean of squared gradients.

    `alpha` says how much of it is kept; PyTorch's default is 0.99.
    """

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
        settings = float(self.lr), float(self.alpha), float(self.eps)
        return updates.rmsprop_update(w, dw, state, *settings)


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
        settings = map(float, (self.lr, *self.betas, self.eps))
        return updates.adam_update(w, dw, state, *settings)


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
