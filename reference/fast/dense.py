"""What stands between and after the convolutions: biases, ReLU, dense layers.

Dense layers keep the images innermost too: (D, N) to (M, N), so that flattening moves whole runs of
images and a bias is one number for a row. The weights stay as the rest of the world keeps them,
(D, M): BLAS reads either side of a product transposed at no cost.
"""

import numpy as np

from reference.fast.stage import Array, Shape, Stage, memory


class Dense(Stage):
    """The product of (D, N) with w (D, M); the bias comes later."""

    def __init__(self, n: int, w: Array, dw: Array, order: str) -> None:
        self.w, self.dw = w, dw
        self.x, self.y, self.dx = (
            memory((size, n), w.dtype, order) for size in (0, w.shape[1], w.shape[0])
        )

    def forward(self, x: Array, k: int) -> Array:
        """Return (M, N) for (D, N)."""
        self.x = x
        return np.matmul(self.w.T, x, out=self.y)

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return (D, N) for (M, N); set dw."""
        np.matmul(self.x, g.T, out=self.dw)
        return np.matmul(self.w, g, out=self.dx) if wanted else self.dx


class Bias(Stage):
    """Adds b, one number a channel, in place: it only ever follows a stage with own memory."""

    def __init__(self, axis: int, axes: int, b: Array, db: Array) -> None:
        self.b, self.db = b.reshape(-1, *(1,) * (axes - 1 - axis)), db
        self.others = tuple(i for i in range(axes) if i != axis)

    def prepare(self) -> None:
        """Start the sum over chunks."""
        self.db[:] = 0

    def forward(self, x: Array, k: int) -> Array:
        """Return x, changed in place."""
        return np.add(x, self.b, out=x)

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return g as it is; add its sums to db."""
        self.db += g.sum(self.others)
        return g


class Relu(Stage):
    """The larger of x and 0, with slope 0 at 0."""

    def __init__(self, shape: Shape, chunks: int, dtype: np.dtype, order: str = "C") -> None:
        self.y = [memory(shape, dtype, order) for _ in range(chunks)]
        self.positive = memory(shape, dtype, order)

    def forward(self, x: Array, k: int) -> Array:
        """Return an array shaped like x."""
        return np.maximum(x, 0, out=self.y[k])

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return g, its entries set to 0 where x was not positive."""
        np.greater(self.y[k], 0, out=self.positive)
        return np.multiply(g, self.positive, out=g)
