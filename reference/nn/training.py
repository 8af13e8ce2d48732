"""The training loop around a module: minibatches, history, callbacks and a progress hook."""

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

import numpy as np

from reference.arrays import Array, Labels
from reference.nn.functional import cross_entropy
from reference.nn.module import Module
from reference.optim import AnyOptimizer
from reference.tensor import Tensor, no_grad
from reference.training import minibatches

Data = tuple[Array, Labels, Array, Labels]
History = dict[str, list[float]]


def fit(
    model: Module,
    data: Data,
    optimizer: AnyOptimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    loss: Callable[[Tensor, Labels], Tensor] = cross_entropy,
    callbacks: Iterable[Callable[[History], bool | None]] = (),
    progress: Callable[[int, int], object] | None = None,
) -> History:
    """Train a classifier on `(x_train, labels_train, x_test, labels_test)` (E445, C601; W24, W25).

    Returns the history, with one number an epoch: `train_loss` (the mean over its batches),
    `test_loss`, `test_accuracy`, and `seconds` of training. After each epoch every callback is
    handed the history, and training ends early if one returns True. `progress(done, total)` is
    called after each batch. Raises ValueError if there is nothing to train on, or to test on.
    """
    x, labels, x_test, labels_test = data
    if min(len(x), len(x_test), batch_size) < 1:
        raise ValueError(
            f"Cannot train on {len(x)} examples in batches of {batch_size} and test on "
            f"{len(x_test)}: each must be at least 1."
        )
    callbacks = list(callbacks)
    history: History = {"train_loss": [], "test_loss": [], "test_accuracy": [], "seconds": []}
    batches = -(-len(x) // batch_size)
    for epoch in range(epochs):
        model.train()
        start, total = time.perf_counter(), 0.0
        for batch, (xb, lb) in enumerate(minibatches(x, labels, batch_size, rng), 1):
            optimizer.zero_grad()
            batch_loss = loss(model(xb), lb)
            batch_loss.backward()
            optimizer.step()
            total += batch_loss.item() * len(xb)
            if progress is not None:
                progress(epoch * batches + batch, epochs * batches)
        history["seconds"].append(time.perf_counter() - start)
        history["train_loss"].append(total / len(x))
        test_loss, accuracy = evaluate(model, x_test, labels_test, loss)
        history["test_loss"].append(test_loss)
        history["test_accuracy"].append(accuracy)
        if True in [callback(history) for callback in callbacks]:
            break
    return history


def evaluate(
    model: Module,
    x: Array,
    labels: Labels,
    loss: Callable[[Tensor, Labels], Tensor] = cross_entropy,
    batch_size: int = 500,
) -> tuple[float, float]:
    """Return the mean loss and the share of right labels, the model in `eval` mode meanwhile.

    Raises ValueError if there are no examples, or none in a batch.
    """
    if len(x) == 0:
        raise ValueError("There is nothing to evaluate: x has no examples.")
    if batch_size < 1:
        raise ValueError(f"A batch has at least 1 example, not {batch_size}.")
    total, right = 0.0, 0
    with no_grad(), _evaluating(model):
        for start in range(0, len(x), batch_size):
            xb, lb = x[start : start + batch_size], labels[start : start + batch_size]
            scores = model(xb)
            total += loss(scores, lb).item() * len(xb)
            right += int((scores.data.argmax(1) == lb).sum())
    return total / len(x), right / len(x)


@contextmanager
def _evaluating(model: Module) -> Generator[None]:
    """Within this context the model is in `eval` mode; then each part is in its own again."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
