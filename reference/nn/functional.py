"""The layers of `reference.layers` as functions of Tensors; none is written a second time."""

from reference.arrays import Array
from reference.layers import activations, convolution, losses, pooling
from reference.layers import dropout as dropping
from reference.layers import flatten as flattening
from reference.layers import linear as dense
from reference.layers import softmax as probabilities
from reference.operation import operation

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


squared_error = operation(losses.squared_error, _scale)
hinge_loss = operation(losses.hinge_loss, _scale)
multiclass_hinge = operation(losses.multiclass_hinge, _scale)
binary_cross_entropy_with_logits = operation(losses.bce_with_logits, _scale)
cross_entropy = operation(losses.softmax_cross_entropy, _scale)
