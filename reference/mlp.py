"""The multilayer perceptron: dense layers in a row, and the vectorised backward pass.

Forward each layer leaves a cache; backward the caches are read in the opposite order, and every
layer turns the gradient of its output into those of its weights and of its input (T311, E445).
"""

from collections.abc import Sequence

from reference.arrays import Array
from reference.layers.activations import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from reference.layers.linear import linear_backward, linear_forward

Params = Sequence[tuple[Array, Array]]
Gradients = list[tuple[Array, Array]]
Cache = tuple[str, list[tuple[Array, Array]], list[Array]]


def mlp_forward(x: Array, params: Params, activation: str = "relu") -> tuple[Array, Cache]:
    """Return `(scores, cache)` of dense layers with an activation between them, none at the end.

    `x` is (N, D); `params` holds a `(w, b)` for each layer, (D, M) and (M,); the scores are
    (N, M) of the last. `activation` is "relu", "tanh" or "sigmoid".
    Raises ValueError for another one, or for shapes that do not fit (T311, ACT; W15, W17).
    """
    activations = {"relu": relu_forward, "tanh": tanh_forward, "sigmoid": sigmoid_forward}
    if activation not in activations:
        raise ValueError(f"activation must be one of {', '.join(activations)}, not {activation!r}.")
    linear_caches: list[tuple[Array, Array]] = []
    activation_caches: list[Array] = []
    for w, b in params:
        if linear_caches:
            x, activation_cache = activations[activation](x)
            activation_caches.append(activation_cache)
        x, linear_cache = linear_forward(x, w, b)
        linear_caches.append(linear_cache)
    return x, (activation, linear_caches, activation_caches)


def mlp_backward(dscores: Array, cache: Cache) -> Gradients:
    """Return `[(dw, db), ...]`, first layer first, from the gradient of the scores.

    Raises ValueError if `dscores` is not shaped like the scores (T311, E445; W16, W17).
    """
    activation, linear_caches, activation_caches = cache
    backward = {"relu": relu_backward, "tanh": tanh_backward, "sigmoid": sigmoid_backward}
    dout, dw, db = linear_backward(dscores, linear_caches[-1])
    gradients = [(dw, db)]
    for linear_cache, activation_cache in zip(
        reversed(linear_caches[:-1]), reversed(activation_caches), strict=True
    ):
        dout = backward[activation](dout, activation_cache)
        dout, dw, db = linear_backward(dout, linear_cache)
        gradients.append((dw, db))
    return gradients[::-1]


def hinge_update(w: Array, x: Array, y: float, rate: float) -> Array:
    """Return the weights after one step of gradient descent on max(0, 1 - y z), as a new array.

    `x` is one example, (D,), and y its label, -1 or +1; `w` is (D + 1,), the bias last, and
    z = w[:-1] . x + w[-1]. Raises ValueError if the shapes do not fit (E445; W14).
    """
    if x.ndim != 1 or w.shape != (len(x) + 1,):
        raise ValueError(f"w {w.shape} must be one longer than x {x.shape}: its last is the bias.")
    new = w * 1.0
    if 1 - y * (w[:-1] @ x + w[-1]) > 0:
        new[:-1] += rate * y * x
        new[-1] += rate * y
    return new


def count_parameters(sizes: Sequence[int]) -> int:
    """Return the number of weights and biases of dense layers between `sizes` units (ACT).

    `sizes` begins with the inputs: (4, 3, 3, 1) means three layers, 31 parameters.
    """
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1))
