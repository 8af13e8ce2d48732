"""The layers of `reference.layers` as functions of Tensors; none is written a second time."""

import reprlib
from collections.abc import Callable
from functools import wraps

from reference.arrays import Array, Labels
from reference.layers import activations, convolution, losses, pooling
from reference.layers import dropout as dropping
from reference.layers import flatten as flattening
from reference.layers import linear as dense
from reference.layers import softmax as probabilities
from reference.operation import operation
from reference.tensor import Tensor

linear = operation(dense.linear_forward, dense.linear_backward)
conv2d = operation(convolution.conv2d_forward, convolution.conv2d_backward)
max_pool2d = operation(pooling.maxpool2d_forward, pooling.maxpool2d_backward)
avg_pool2d = operation(pooling.avgpool2d_forward, pooling.avgpool2d_backward)
flatten = operation(flattening.flatten_forward, flattening.flatten_backward)
sigmoid = operation(activations.sigmoid_forward, activations.sigmoid_backward)
tanh = operation(activations.tanh_forward, activations.tanh_backward)
relu = operation(activations.relu_forward, activations.relu_backward)
leaky_relu = operation(activations.leaky_relu_forward, activations.leaky_relu_backward)
dropout = operation(dropping.dropout_forward, dropping.dropout_backward)
softmax = operation(probabilities.softmax_forward, probabilities.softmax_backward)


def _scale(dout: Array, gradient: Array) -> Array:
    """Pull back through a loss, whose cache is its gradient; a plain number keeps the dtype."""
    return float(dout) * gradient


def _towards_both(dout: Array, gradient: Array) -> tuple[Array, Array]:
    """Pull back through a difference, whose target may be computed too."""
    return _scale(dout, gradient), _scale(-dout, gradient)


@wraps(losses.hinge_loss)
def _hinge(scores: Array, y: Array | Labels) -> tuple[float, Array]:
    if y.dtype == bool:
        raise ValueError("The targets of a hinge loss are -1 and +1, not truth values.")
    return losses.hinge_loss(scores, y)


def _of_labels(loss: Callable[..., tuple[float, Array]]) -> Callable[..., Tensor]:
    """Return a loss of classes on the tape; truth values would pick rows where they are meant."""
    taped = operation(loss, _scale)

    def apply(scores: object, labels: object, *settings: object, **named: object) -> Tensor:
        kind = getattr(getattr(labels, "dtype", None), "kind", None)
        if kind is None or kind not in "iu":
            raise ValueError(
                "Labels are an array of whole numbers, the classes counted from 0, not "
                f"{reprlib.repr(labels)}."
            )
        return taped(scores, labels, *settings, **named)

    return apply


squared_error = operation(losses.squared_error, _towards_both)
hinge_loss = operation(_hinge, _scale)
binary_cross_entropy_with_logits = operation(losses.bce_with_logits, _scale)
multiclass_hinge = _of_labels(losses.multiclass_hinge)
cross_entropy = _of_labels(losses.softmax_cross_entropy)
