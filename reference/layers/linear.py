"""The dense layer: every output is a weighted sum of all inputs, plus a bias.

The lectures write it for one example as a column, W x + b. Here every row of `x` is an example,
so that the same layer reads `x @ w + b`, and `w` is the transpose of W.
"""

from reference.arrays import Array


def linear_forward(x: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
    """Return `(x @ w + b, cache)`.

    `x` is (N, D), `w` (D, M), `b` (M,); the output is (N, M).
    Raises ValueError if these shapes do not fit (T311, ACT; W17, W23).
    """
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[0] or b.shape != w.shape[1:]:
        raise ValueError(
            f"x {x.shape}, w {w.shape} and b {b.shape} do not fit: "
            "x must be (N, D), w (D, M) and b (M,)."
        )
    return x @ w + b, (x, w)


def linear_backward(dout: Array, cache: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Return `(dx, dw, db)` from the output's gradient `dout`, (N, M).

    Raises ValueError if `dout` is not shaped like the output (T311; W13, W17).
    """
    x, w = cache
    if dout.shape != (x.shape[0], w.shape[1]):
        raise ValueError(
            f"dout {dout.shape} must be shaped like the output, {(x.shape[0], w.shape[1])}."
        )
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)  # b went to every row: its gradients add up
