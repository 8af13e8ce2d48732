"""Losses: how bad a batch of scores is, as one number, and its gradient with respect to them.

Every loss is summed over the outputs of an example and averaged over the batch, so that the size
of a batch changes neither the loss nor the step it leads to (ACT; W21).
"""

from collections.abc import Sequence

import numpy as np

from reference.arrays import Array, Labels


def squared_error(y: Array, t: Array) -> tuple[float, Array]:
    """Return `(loss, dy)` for half the squared distance between outputs `y` and targets `t`.

    Both are (N,) or (N, M), and so is `dy`.
    Raises ValueError if the shapes differ (T311; W9, W17, W21).
    """
    if y.shape != t.shape:
        raise ValueError(f"y {y.shape} and t {t.shape} must have the same shape.")
    dy = (y - t) / len(y)
    return float(0.5 * np.sum((y - t) * dy)), dy


def hinge_loss(scores: Array, y: Array | Labels) -> tuple[float, Array]:
    """Return `(loss, dscores)` for max(0, 1 - y s), with y either -1 or +1.

    Both are (N,), and so is `dscores`; at the margin, where y s = 1, the slope is 0.
    Raises ValueError if the shapes differ (E445, ACT; W14, W21).
    """
    if scores.shape != y.shape:
        raise ValueError(f"scores {scores.shape} and y {y.shape} must have the same shape.")
    y = y.astype(scores.dtype)  # integers would turn float32 scores into float64
    margins = 1.0 - y * scores
    loss = np.sum(np.maximum(margins, 0.0)) / len(scores)
    return float(loss), np.where(margins > 0, -y, 0.0) / len(scores)


def bce_with_logits(z: Array, y: Array | Labels) -> tuple[float, Array]:
    """Return `(loss, dz)` for binary cross-entropy of sigmoid(z), with y either 0 or 1.

    Both are (N,), and so is `dz`. Sigmoid and logarithm together never overflow, and their
    gradient collapses to sigmoid(z) - y.
    Raises ValueError if the shapes differ (C601, ACT; W18, W21).
    """
    if z.shape != y.shape:
        raise ValueError(f"z {z.shape} and y {y.shape} must have the same shape.")
    y = y.astype(z.dtype)
    small = np.exp(-np.abs(z))  # never above 1, where exp(-z) overflows for z below -709
    a = np.where(z >= 0, 1.0, small) / (1.0 + small)
    losses = np.maximum(z, 0.0) - z * y + np.log1p(small)
    return float(np.sum(losses) / len(z)), (a - y) / len(z)


def softmax_cross_entropy(scores: Array, labels: Labels) -> tuple[float, Array]:
    """Return `(loss, dscores)` for -log of the softmax probability of the right class.

    `scores` and `dscores` are (N, K), `labels` whole numbers 0 to K - 1, (N,).
    Raises ValueError if the shapes do not fit or a label is no class (C601, ACT; W21, W34).
    """
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"scores {scores.shape} and labels {labels.shape} do not fit: (N, K) and (N,)."
        )
    if np.any((labels < 0) | (labels >= scores.shape[1])):
        raise ValueError(f"A label is not among the {scores.shape[1]} classes, counted from 0.")
    rows = np.arange(len(labels))
    # Subtracting the largest score changes no probability, and then exp cannot overflow.
    shifted = scores - scores.max(axis=1, keepdims=True, initial=-np.inf)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[rows, labels] -= 1.0
    return float(-np.sum(log_p[rows, labels]) / len(labels)), dscores / len(labels)


def multiclass_hinge(scores: Array, labels: Labels, margin: float = 1.0) -> tuple[float, Array]:
    """Return `(loss, dscores)` for the sum of max(0, s_j - s_right + margin), j the wrong classes.

    `scores` and `dscores` are (N, K), `labels` whole numbers 0 to K - 1, (N,).
    Raises ValueError if the shapes do not fit or a label is no class (ACT; W21).
    """
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"scores {scores.shape} and labels {labels.shape} do not fit: (N, K) and (N,)."
        )
    if np.any((labels < 0) | (labels >= scores.shape[1])):
        raise ValueError(f"A label is not among the {scores.shape[1]} classes, counted from 0.")
    rows = np.arange(len(labels))
    excess = scores - scores[rows, labels][:, np.newaxis] + margin
    excess[rows, labels] = 0.0
    dscores = (excess > 0).astype(scores.dtype)
    dscores[rows, labels] = -dscores.sum(axis=1)  # it stands in every term that is not yet 0
    return float(np.sum(np.maximum(excess, 0.0)) / len(labels)), dscores / len(labels)


def l2_penalty(weights: Sequence[Array], strength: float) -> tuple[float, list[Array]]:
    """Return `(loss, gradients)` for strength times the sum of all squared weights.

    `gradients` holds an array like each of `weights`: 2 strength w (ACT; W21).
    """
    loss = strength * sum(float(np.sum(w * w)) for w in weights)
    return loss, [2.0 * strength * w for w in weights]
