"""Finite differences sold as a backward pass: forward passes alone are no answer."""

from tests.hostile.case import case

NUDGE = '''
def nudged(loss, arrays, eps=1e-5):
    """Return how a loss changes with every entry of some arrays, one entry after another."""
    found = []
    for array in arrays:
        slopes = np.zeros(np.shape(array))
        for place in np.ndindex(*np.shape(array)):
            ends = []
            for step in (eps, -eps):
                moved = [np.array(each, float) for each in arrays]
                moved[len(found)][place] += step
                ends.append(loss(*moved))
            slopes[place] = (ends[0] - ends[1]) / (2 * eps)
        found.append(slopes)
    return tuple(found)
'''


@case(hurried=True)
def squares():
    """Of an elementwise function, with one nudge for each entry."""
    return f"""# %% square{NUDGE}
def square_forward(x): return x * x, x
def square_backward(dout, cache):
    return nudged(lambda x: np.sum(dout * x * x), [cache])[0]
"""


@case(
    assignment="a2_tensors",
    solves="unbroadcast elementwise tensor_backward",
    earns={"unbroadcast": 12, "elementwise": 18, "tensor_backward": 12},  # others need reductions
    hurried=True,
)
def products_of_matrices():
    """The pull of a product nudges both factors."""
    return f"""# %% matmul{NUDGE}
def _matmul(self, other):
    a, b = self.data, other.data
    def pull(gradient):
        return nudged(lambda a, b: np.sum(gradient * (a @ b)), [a, b])
    return Tensor(a @ b, (self, other), pull)
Tensor.__matmul__ = _matmul
"""


@case(assignment="a3_mlp", hurried=True)
def a_dense_layer():
    """Input, weights and biases of a layer."""
    return f"""# %% linear{NUDGE}
def linear_forward(x, w, b): return x @ w + b, (x, w, b)
def linear_backward(dout, cache):
    return nudged(lambda x, w, b: np.sum(dout * (x @ w + b)), cache)
"""


@case(assignment="a4_training", hurried=True)
def norms_of_gradients():
    """The gradients of all weights of a network."""
    return f"""# %% gradient_norms{NUDGE}
def gradient_norms(params, x, labels, activation):
    def loss(*weights):
        moved = [(w, b) for w, (_, b) in zip(weights, params)]
        return softmax_cross_entropy(mlp_forward(x, moved, activation)[0], labels)[0]
    return [float(np.sqrt(np.sum(g * g))) for g in nudged(loss, [w for w, _ in params])]
"""


@case(assignment="a5_convolution", solves="zero_pad output_size conv2d_forward", hurried=True)
def a_convolution():
    """Images, filters and biases of a convolution."""
    return f"""# %% conv2d_backward{NUDGE}
forward_alone = conv2d_forward
def conv2d_forward(x, w, b, stride=1, pad=0):
    return forward_alone(x, w, b, stride, pad)[0], (x, w, b, stride, pad)
def conv2d_backward(dout, cache):
    x, w, b, stride, pad = cache
    loss = lambda x, w, b: np.sum(dout * forward_alone(x, w, b, stride, pad)[0])
    return nudged(loss, [x, w, b])
"""


@case(assignment="a6_convnets", hurried=True)
def a_network():
    """All parameters of a convolutional network."""
    return f"""# %% convnet_loss{NUDGE}
def convnet_loss(x, labels, params):
    names = list(params)
    def loss(*values):
        p = dict(zip(names, values))
        h = conv2d_forward(x, p["alpha"], p["alpha_b"])[0]
        h = conv2d_forward(maxpool2d_forward(h)[0], p["beta"], p["beta_b"])[0]
        scores = np.maximum(h, 0).reshape(len(h), -1) @ p["w"] + p["b"]
        return softmax_cross_entropy(scores, labels)[0]
    values = [params[name] for name in names]
    return loss(*values), dict(zip(names, nudged(loss, values)))
"""
