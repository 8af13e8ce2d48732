# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
#   course:
#     title: Convolutional networks
#     cell_seconds: 60
#     notebook_seconds: 300
#     call_seconds: 5
#     shows:
#       - "reference.training:minibatches"
#       - "reference.training:train"
#       - "reference.updates:sgd_update"
#       - "reference.updates:cosine_decay"
#     given:
#       - "reference.layers.linear:linear_forward"
#       - "reference.layers.linear:linear_backward"
#       - "reference.layers.activations:relu_forward"
#       - "reference.layers.activations:relu_backward"
#       - "reference.layers.losses:softmax_cross_entropy"
#       - "reference.signals:output_size"
#       - "reference.signals:zero_pad"
#       - "reference.signals:shift"
#       - "reference.layers.convolution:conv2d_forward"
#       - "reference.layers.convolution:conv2d_backward"
#       - "reference.layers.pooling:maxpool2d_forward"
#       - "reference.layers.pooling:maxpool2d_backward"
# ---

# %% [markdown]
# # Convolutional networks
#
# You have layers that look at windows, layers that pool, layers that decide. Now put them in a row. In
# this notebook you follow a gradient by hand through a whole convolutional network, read the plans
# of two famous ones, build LeNet-5, and train it, in ten seconds, until it reads 99 of 100 digits that
# it has never seen. Then you open it: what do its filters look for, which pixels does it listen
# to, and what happens in it when the digit moves?
#
# **What to know before.** Layers as pairs, softmax cross-entropy and the gradient of a network
# (`a3_mlp`); momentum and falling rates (`a4_training`); convolution, pooling and the size of what
# comes out (`a5_convolution`). The functions of those assignments are given ready-made: nothing that
# went wrong there costs you here.
#
# **Time.** 60 to 90 minutes to read, 4 to 8 hours to solve. There are ten exercises (100 points,
# graded by machine) and one essay ({points:essay_convnets}, read by a person).
#
# **The lectures** are cited by code. You can work here without having heard them.
#
# | code | lecture |
# | --- | --- |
# | T311 | CSC 311 lecture 6, *Neural Nets II* (Toronto) |
# | C601 | 10-601 lecture 14, *Backpropagation + Deep Learning* (Carnegie Mellon) |
#
# Worked examples carry a number, W33 to W39, and come in that order; checks and hints refer to it.
# Every number was recomputed. Where a slide differs, the text says so.

# %% [markdown]
# ## The rules, in short
#
# They are those of `a1_graphs`: write in the cells marked `# YOUR CODE HERE`, keep names and
# signatures, run the `check(...)` below. Hidden tests ask the same with other numbers and sizes
# and give the points. Before you hand in, choose *Restart Kernel and Run All Cells*. Besides:
#
# - **Images are `(N, C, H, W)`**, filters `(F, C, KH, KW)`; dense layers take rows `(N, D)` and have
#   weights `(D, M)`. Arrays are of floats, float64 or float32. Nothing need be square.
# - **A layer is a pair**: `f_forward(...) -> (out, cache)` and `f_backward(dout, cache)`, which
#   returns the gradients in the order of the forward arguments, or one array where there is one.
#   `cache` is your own business.
# - **Arguments are not modified**: images, gradients and the arrays in `params` stay as they were.
# - **A `ValueError`** is tested where the *text* of an exercise asks for it. Others that a docstring names
#   are good manners.
# - **Only NumPy and Python's `math` compute an answer**, and what `given` hands you.
# - **Announced costs.** Three exercises have one test of the category *cost*; each says so. A gradient
#   by nudging one number after the other is too slow there; backpropagation is not.
# - **Time, when graded.** Your notebook runs from top to bottom in a closed room: a cell may take 60
#   seconds and the whole notebook 300, on one processor core. With the answers in, all cells together
#   take about half a minute. A hidden test may take 5 seconds for one call.
# - **Data, when graded.** The digits are there, without internet and without the labels of the
#   test part.
#
# The next cell imports all you need. What comes from `given` are parts of `a3_mlp` and
# `a5_convolution`; their docstrings are there, `help(conv2d_forward)` shows one.

# %%
import functools
import math
import time

import numpy as np
from given import (
    conv2d_backward,
    conv2d_forward,
    linear_backward,
    linear_forward,
    maxpool2d_backward,
    maxpool2d_forward,
    output_size,
    relu_backward,
    relu_forward,
    shift,
    softmax_cross_entropy,
)

from course import check, check_backward, datasets, plots, progress, quiz, widgets

# %% [markdown]
# ---
# ## 1. Why convolution at all?
#
# ### Example W33: 120 million weights (T311)
#
# T311 asks for a network that takes a photograph of 200x200 pixels in three colours, and starts as
# usual: with a dense layer, of 1000 units. *What is the problem with having this as the first layer?*
# Each unit has a weight for each of the $200 \cdot 200 \cdot 3 = 120\,000$ numbers, so
#
# $$120\,000 \cdot 1000 = 120\,000\,000 \text{ weights},$$
#
# in the first layer alone, biases apart. T311 goes on: *what happens if the object in the image
# shifts a little?* Then other weights read it, which have never seen such a thing. Two remedies, one
# after the other:
#
# - **Look locally.** A unit looks at one window of 5x5 pixels, not at the whole image: 75 weights.
#   1000 such units have 75 000. But each of them knows one place only.
# - **Share.** "The same sorts of features that are useful in analyzing one part of the image will
#   probably be useful for analyzing other parts as well" (T311). So let every place use the *same* 75
#   weights. A layer of 1000 filters still has 75 000 weights, and looks for each of its thousand
#   features at all $196 \cdot 196 = 38\,416$ places.
#
# The last row of the picture is what a dense layer would need for as many outputs.

# %%
plots.draw_bars(
    {
        "dense, 1000 units": [120_000_000],
        "local windows, 1000 units": [75_000],
        "convolution, 1000 filters 5x5": [75_000],
        "dense, as many outputs as that": [120_000 * 1000 * 196 * 196],
    },
    ["weights"],
    title="W33: first layers for a photograph of 3x200x200",
    logarithmic=True,
)

# %% [markdown]
# ### Exercise `dense_or_conv` ({points:dense_or_conv})
#
# Count weights, **biases left out**; both functions return an `int`.
#
# - `dense_parameters(input_shape, units)`: `input_shape` is a tuple of any length, such as `(3, 200,
#   200)` or `(7,)`.
# - `conv_parameters(input_shape, filters, kernel)`: `input_shape` is `(C, H, W)`, kernels are square.
#   Which parts of the shape matter?

# %% exercise="dense_or_conv" points=4 answer=["reference.convnet:dense_parameters", "reference.convnet:conv_parameters"]

# %% [markdown]
# **A small thing to do.** How large must a photograph be for the dense layer to have a billion
# weights? And what becomes of the convolution's 75 000 then?

# %% [markdown]
# ---
# ## 2. Softmax, as a layer
#
# ### Example W34: every output depends on every input (C601)
#
# At its end the network turns scores $x$ into probabilities:
#
# $$y_i = \frac{e^{x_i}}{\sum_k e^{x_k}}.$$
#
# In `a3_mlp` softmax came fused with the cross-entropy. C601 draws it as a layer of its own, and then
# something is new: ReLU and sigmoid work entry by entry, but here **raising one score lowers all other
# probabilities**. There is a slope for each pair of output and input, a whole matrix, the *Jacobian*:
#
# $$\frac{\partial y_i}{\partial x_j} = \begin{cases} y_i (1 - y_i) & i = j, \\ - y_i\, y_j & i \neq j,
# \end{cases} \qquad \frac{\partial J}{\partial x_j} = \sum_i \frac{\partial J}{\partial y_i}
# \frac{\partial y_i}{\partial x_j}.$$
#
# With scores $(0, \ln 2, 0)$ (our numbers) the powers are 1, 2, 1, and $y = (\frac{1}{4}, \frac{1}{2},
# \frac{1}{4})$. Let the right class be the first. Then $J = -\ln y_1 = \ln 4$, and only $y_1$ hears of it:
# $\partial J / \partial y = (-1 / y_1, 0, 0) = (-4, 0, 0)$. Times the Jacobian,
# which the picture shows sixteen times as large, in whole numbers. Only its framed row counts, times −4:

# %%
w34_y = np.array([0.25, 0.5, 0.25])
w34_jacobian = np.diag(w34_y) - np.outer(w34_y, w34_y)
w34_dy = np.array([-4.0, 0.0, 0.0])
plots.draw_grids(
    {
        "y": w34_y,
        "16 x Jacobian": 16 * w34_jacobian,
        "dJ/dy": w34_dy,
        "dJ/dx": w34_dy @ w34_jacobian,
    },
    title="W34: from the gradient of y to that of x",
    frames={"16 x Jacobian": (0, 0, 1, 3), "dJ/dy": (0, 0, 1, 1)},
)

# %% [markdown]
# Three things to see:
#
# - The result is $(-\frac{3}{4}, \frac{1}{2}, \frac{1}{4}) = y - (1, 0, 0)$: **the probabilities, less 1 at the right
#   class**. That is what the fused loss of `a3_mlp` gives at once.
# - Each row of the Jacobian adds up to 0. Adding the same number to *all* scores changes nothing; that
#   is why you may subtract the largest score before taking powers, and must, or $e^{1000}$ overflows.
# - Nobody needs to write the matrix down. Put the formula into the sum and take $y_j$ out:
#
# $$\frac{\partial J}{\partial x_j} = y_j \Bigl( \frac{\partial J}{\partial y_j} - \sum_i
# \frac{\partial J}{\partial y_i}\, y_i \Bigr).$$
#
# **Check it by hand** with the numbers above: the sum is $-4 \cdot \frac{1}{4} = -1$.

# %% [markdown]
# ### Exercise `softmax_layer` ({points:softmax_layer})
#
# - `softmax_forward(x) -> (out, cache)`: along the **last axis** of an array of any shape, `(K,)`, `(N,
#   K)`, `(N, M, K)`, ...
# - `softmax_backward(dout, cache) -> dx` for **any** `dout`, not only that of the cross-entropy.
# - Finite for any finite scores, 1000 and −1000 among them.

# %% exercise="softmax_layer" points=10 answer=["reference.layers.softmax:softmax_forward", "reference.layers.softmax:softmax_backward"]

# %% [markdown]
# **Alone or fused?** The cell computes the loss of one example both ways, for scores that lie
# further and further apart; the right class has the low score. Up to some distance the two agree to
# all digits. **Then look** at what the logarithm gets from the layer, and why networks are trained
# with the fused one.


# %% tags=["raises-exception"]
def alone_or_fused(distance):
    scores = np.array([[0.0, float(distance)]])
    y, cache = softmax_forward(scores)
    with np.errstate(all="ignore"):
        loss = -np.log(y[0, 0])
        dx = softmax_backward(np.array([[-1.0 / y[0, 0], 0.0]]), cache)
    fused, dscores = softmax_cross_entropy(scores, np.array([0]))
    print(f"{distance:5}: alone {loss:.6g} {dx[0]}, fused {fused:.6g} {dscores[0]}")


for distance in (1, 10, 700, 800):
    alone_or_fused(distance)

# %% [markdown]
# ---
# ## 3. A whole network, by hand
#
# ### Example W35: conv - pool - conv - ReLU - linear - softmax (C601)
#
# C601 writes a small convolutional network as six lines, to be read upwards:
#
# $$\begin{split} J &= \ell(y, y^*), \qquad y = \mathrm{softmax}(z^{(5)}), \\ z^{(5)} &=
# \mathrm{linear}(z^{(4)}, w), \\ z^{(4)} &= \mathrm{relu}(z^{(3)}), \\ z^{(3)} &=
# \mathrm{conv}(z^{(2)}, \beta), \\ z^{(2)} &= \text{max-pool}(z^{(1)}), \\ z^{(1)} &= \mathrm{conv}(x,
# \alpha). \end{split}$$
#
# It is trained by SGD on $\theta = [\alpha, \beta, w]$. Mind that **there is no ReLU between the first
# convolution and the pooling**. Here it is with numbers (ours): a 5x5 image of a seven, one filter
# $\alpha$, then two filters $\beta$ on the pooled map, all without bias but the last layer. Follow the
# frames: one window of $x$ gives the 4, and the 4 is the largest of its own window.

# %%
w35 = {
    "x": np.array([[0.0, 1, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0],
                   [0, 0, 1, 0, 0]]),
    "alpha": np.array([[1.0, 2.0], [0.0, 1.0]]),
    "z1 = conv": np.array([[2.0, 3, 3, 4], [0, 0, 1, 2], [0, 1, 2, 1], [0, 3, 1, 0]]),
    "z2 = max-pool": np.array([[3.0, 4.0], [3.0, 2.0]]),
}  # fmt: skip
w35_beta = np.array([[[1.0, -1.0], [0.0, 1.0]], [[0.0, -1.0], [1.0, 0.0]]])
plots.draw_grids(
    w35,
    title="W35: from the image to the pooled map",
    frames={"x": (0, 3, 2, 2), "z1 = conv": (0, 2, 2, 2), "z2 = max-pool": (0, 1, 1, 1)},
)

# %%
plots.draw_grids(
    {
        "z2": w35["z2 = max-pool"],
        "beta 1": w35_beta[0],
        "beta 2": w35_beta[1],
        "z3 = conv": np.array([1.0, -1.0]),
        "z4 = relu": np.array([1.0, 0.0]),
        "w": np.array([[1.0, -1.0], [2.0, 1.0]]),
        "b": np.array([-1.0, 1.0]),
        "z5": np.array([0.0, 0.0]),
    },
    title="W35: from the pooled map to two scores",
)

# %% [markdown]
# $3 - 4 + 2 = 1$ and $-4 + 3 = -1$; the ReLU stops the second; $z^{(5)} = (1, 0)\,w + b = (0, 0)$. Both
# classes get $y = \frac{1}{2}$: the network cannot decide, and $J = \ln 2 = 0.6931$ whatever the label. Let
# it be the first class. **The way back**, one line for each line above. A bar means the gradient: $\bar
# z$ is $\partial J / \partial z$, and `dz` in pictures and code.
#
# | | gradient | because |
# | --- | --- | --- |
# | softmax with its loss | $\bar z^{(5)} = (-\frac{1}{2}, \frac{1}{2})$ | $y - (1, 0)$ |
# | linear | $\bar w = \begin{pmatrix} -\frac{1}{2} & \frac{1}{2} \\ 0 & 0 \end{pmatrix}$, $\bar b = (-\frac{1}{2}, \frac{1}{2})$, $\bar z^{(4)} = (-1, -\frac{1}{2})$ | $z^{(4)\top} \bar z^{(5)}$ and $\bar z^{(5)} w^\top$ |
# | ReLU | $\bar z^{(3)} = (-1, 0)$ | the second was stopped |
# | conv $\beta$ | $\bar\beta^{(1)} = - z^{(2)}$, $\bar\beta^{(2)} = 0$, $\bar z^{(2)} = -\beta^{(1)} = \begin{pmatrix} -1 & 1 \\ 0 & -1 \end{pmatrix}$ | one window: everything once |
# | max-pool | each entry goes to its window's maximum | the picture's $\bar z^{(1)}$ |
# | conv $\alpha$ | three windows of $x$, times −1, 1, −1, added up | the picture's last grid |

# %%
w35_dz1 = np.array([[0.0, -1, 0, 1], [0, 0, 0, 0], [0, 0, -1, 0], [0, 0, 0, 0]])
windows = {
    f"{'+' if w35_dz1[i, j] > 0 else '−'} window ({i}, {j})": w35_dz1[i, j]
    * w35["x"][i : i + 2, j : j + 2]
    for i, j in ((0, 1), (0, 3), (2, 2))
}
plots.draw_grids(
    {
        "dz2": np.array([[-1.0, 1.0], [0.0, -1.0]]),
        "dz1": w35_dz1,
        **windows,
        "dalpha": sum(windows.values()),
    },
    title="W35: back through the pooling, to the first filter",
)

# %% [markdown]
# Every layer of the row is an old friend of yours, and so is the rule: *hand the gradient to the layer
# below, and keep the part that belongs to your own weights*.

# %% [markdown]
# ### Exercise `flatten` ({points:flatten})
#
# One layer is still missing. Feature maps are `(N, C, H, W)`, a dense layer reads rows `(N, D)`.
# C601: "stretch out into a long vector". Write
#
# - `flatten_forward(x) -> (out, cache)`: `x` is `(N, ...)`; `out` `(N, D)`, all further axes in one, in
#   the order of `reshape`;
# - `flatten_backward(dout, cache) -> dx`: nothing was computed, so what happens to the gradient?

# %% exercise="flatten" points=4 answer=["reference.layers.flatten:flatten_forward", "reference.layers.flatten:flatten_backward"]

# %% [markdown]
# ### Exercise `convnet_loss` ({points:convnet_loss})
#
# Write `convnet_loss(x, labels, params) -> (loss, grads)` for C601's network, W35.
#
# - `x` is `(N, C, H, W)`, `labels` `(N,)`. `params` is a dict: `alpha`, `beta` are filters `(F, C, KH,
#   KW)`, `alpha_b`, `beta_b` their biases; `w` `(D, K)` and `b` `(K,)` belong to the dense layer. `grads`
#   is a dict with the same keys and shapes.
# - Stride 1, no padding; the pooling has windows of 2x2, two apart. **No ReLU after the first
#   convolution.** The loss is softmax cross-entropy, its mean over the examples, a number.
# - Sizes may be odd, so that the pooling leaves a row or column over; filters may be rectangles; `N`
#   may be 1. `params` and `x` stay as they were. (Good manners, not tested: shapes that do not fit are
#   a `ValueError`; the given functions see to that.)
# - **Announced cost**, one test: a network too large for nudging its parameters one by one.
# - Nudging is a good way to check your gradients. As the answer itself it earns nothing: one hidden
#   test, required for any points here, tells the two apart.
#
# The given pairs do the work of each layer. Write the way there, keep each cache, and then walk back.

# %% exercise="convnet_loss" points=24 answer="reference.convnet:convnet_loss" builds_on=["flatten"]

# %% [markdown]
# **Your gradient, used.** C601's algorithm on three kinds of images: bars in the upper, the middle or
# the lower part, on noise. Each step takes ten of sixty. Does it learn?


# %%
def trained_by_sgd():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    images = 0.3 * rng.normal(size=(60, 1, 10, 8))
    for image, label in zip(images, labels, strict=True):
        image[0, 3 * label + 1 : 3 * label + 3] += 1.0
    shapes = {"alpha": (3, 1, 3, 3), "beta": (4, 3, 2, 2), "w": (4 * 3 * 2, 3)}
    params = {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}
    params |= {"alpha_b": np.zeros(3), "beta_b": np.zeros(4), "b": np.zeros(3)}
    losses = []
    for _ in range(200):
        chosen = rng.integers(0, 60, 10)
        loss, grads = convnet_loss(images[chosen], labels[chosen], params)
        params = {name: params[name] - 0.1 * grads[name] for name in params}
        losses.append(loss)
    return losses


plots.draw_series(
    {"loss of each step's ten images": trained_by_sgd},
    across="step",
    up="loss",
    title="W35: a small convolutional network learns",
)

# %% [markdown]
# ---
# ## 4. Reading a plan
#
# ### Example W36: LeNet-5 and AlexNet, layer by layer (T311, C601)
#
# A network's plan is a list. Ours: `("conv", filters, kernel, stride, pad)`, `("pool", size, stride)`,
# `("relu",)`, `("flatten",)`, `("linear", units)`. From the list and the shape of one image everything
# follows: the shape after each layer, and how many numbers it has to learn. For the first layer of
# LeNet-5 on an image of 1x28x28:
#
# - 6 filters of 5x5 on 1 channel: $6 \cdot (1 \cdot 25 + 1) = 156$ parameters, biases included;
# - $28 - 5 + 1 = 24$ places along each axis: the shape is now (6, 24, 24).

# %%
lenet5 = [
    ("conv", 6, 5, 1, 0), ("relu",), ("pool", 2, 2),
    ("conv", 16, 5, 1, 0), ("relu",), ("pool", 2, 2),
    ("flatten",), ("linear", 120), ("relu",), ("linear", 84), ("relu",), ("linear", 10),
]  # fmt: skip
alexnet = [
    ("conv", 96, 11, 4, 0), ("relu",), ("pool", 3, 2),
    ("conv", 256, 5, 1, 2), ("relu",), ("pool", 3, 2),
    ("conv", 384, 3, 1, 1), ("relu",), ("conv", 384, 3, 1, 1), ("relu",),
    ("conv", 256, 3, 1, 1), ("relu",), ("pool", 3, 2),
    ("flatten",), ("linear", 4096), ("relu",), ("linear", 4096), ("relu",), ("linear", 1000),
]  # fmt: skip

# %% [markdown]
# ### Exercise `layer_table` ({points:layer_table})
#
# Write `layer_table(layers, input_shape) -> list`: for each layer a tuple `(name, output_shape,
# parameters)`, for example `("conv", (6, 24, 24), 156)`.
#
# - Shapes are tuples without `N`: `(C, H, W)`, or `(D,)` after `flatten`. The name is the first entry of
#   the layer.
# - `parameters` **include the biases**: one for each filter, one for each unit. Layers without weights
#   have 0.
# - Sizes that do not divide evenly are `output_size`'s business; it is given. `flatten` leaves `(D,)`
#   as it is.
# - A layer that does not fit what comes in is a `ValueError`: `conv` or `pool` on `(D,)`, `linear` on
#   `(C, H, W)`, a window larger than the padded image. (`avgpool`, which the docstring names besides,
#   is not tested: its row is that of `pool`, under its own name.)

# %% exercise="layer_table" points=12 answer="reference.convnet:layer_table"


# %% tags=["raises-exception"]
def show_table(layers, input_shape):
    total = 0
    for name, shape, parameters in layer_table(layers, input_shape):
        total += parameters
        if name != "relu":
            print(f"{name:8} {' x '.join(map(str, shape)):14} {parameters:>12,}")
    print(f"{'in all':23} {total:>12,}\n")


show_table(lenet5, (1, 28, 28))
show_table(alexnet, (3, 227, 227))

# %% [markdown]
# **44 426 and 62 378 344.** T311 calls AlexNet "essentially like LeNet but scaled up in every way":
# fourteen hundred times as many parameters. Now check the decks, and what stands behind their figures:
#
# - **C601**: "five convolutional layers (with max-pooling), three fully connected layers". Count.
# - **The input.** The drawing in AlexNet's paper, which lectures reprint, says 224x224. **Try it** in
#   `show_table`: the first layer then has 54 rows, not 55, and the dense layers see 6400 numbers instead
#   of 9216. The plan works with 227.
# - **60 million parameters**, says that paper. AlexNet was cut into two towers for two graphics cards,
#   and its second, fourth and fifth convolutions see only the maps of their own tower: half the weights
#   each, and 60 965 224 in all.
# - **LeNet-5** of 1998 read images of 32x32, MNIST's 28x28 with a border. **Try** `("conv", 6, 5, 1, 2)`
#   as its first layer: 61 706 parameters. It averaged where we take maxima, and bent with tanh where
#   we have ReLU. The drawing calls the layer of 120 a convolution: one of 5x5 on maps of 5x5, which is the
#   same as a dense layer. **Why?**
#
# Where do the parameters sit, and where is the work? A weight of a dense layer is used once for an
# image, one of a filter at every place:


# %%
def parameters_and_work():
    rows = {}
    table = layer_table(alexnet, (3, 227, 227))
    for layer, (name, shape, parameters) in zip(alexnet, table, strict=True):
        if parameters:
            places = math.prod(shape[1:])
            work = (parameters - shape[0]) * places
            rows[f"{len(rows) + 1}. {name} {layer[1]}"] = [parameters / 1e6, work / 1e6]
    return rows


plots.draw_bars(
    parameters_and_work,
    ["millions of parameters", "millions of multiplications"],
    title="W36: AlexNet keeps 94 % of its parameters in its dense layers, 95 % of its work elsewhere",
)

# %% [markdown]
# ### Exercise `lenet` ({points:lenet})
#
# Build it: a class `LeNet5`. conv 6@5x5, ReLU, pool 2, conv 16@5x5, ReLU, pool 2, then dense 120, ReLU,
# 84, ReLU, 10. Stride 1 and no padding in the convolutions, windows of 2x2, two apart, in the pools.
#
# - `LeNet5(rng)` draws its weights from the generator, and from nothing else: the same seed, the same
#   network. Signals must neither die nor explode on their way; He's rule of `a4_training`, variance 2 /
#   fan_in, does that. Biases start at 0 or near it.
# - `.params` is a dict with the keys `w1 b1` to `w5 b5`, shapes `(6, 1, 5, 5)`, `(6,)`, `(16, 6, 5, 5)`,
#   `(16,)`, `(256, 120)`, `(120,)`, `(120, 84)`, `(84,)`, `(84, 10)`, `(10,)`. **`forward` uses what stands
#   in `.params` at that moment**: tests, and training, put other arrays there, float64 or float32. With
#   float32 parameters and images, the scores and gradients are float32.
# - `forward(x) -> scores`, `(N, 1, 28, 28)` to `(N, 10)`, any `N` from 1 up. No softmax: that is the loss's
#   business.
# - `backward(dscores) -> dx`, for the last `forward`: puts the gradients into `.grads`, a dict with the
#   same keys, **not added to older ones**, and returns that of the images, `(N, 1, 28, 28)`.
# - **Announced cost**, one test: 256 images, there and back, within the 5 seconds. Layers that take all
#   images at once need a small part of that; nudging is too slow. (A loop over the images
#   passes here, but in section 5 its training may take longer than a cell has.)

# %% exercise="lenet" points=16 answer="reference.convnet:LeNet5" builds_on=["flatten"]

# %% [markdown]
# **The judge**: `check_backward` on your network as if it were one layer, and the spread of the scores
# of a fresh network. Between a tenth and ten it is healthy.


# %% tags=["raises-exception"]
def whole_network(x):
    return judged.forward(x), judged


judged = LeNet5(np.random.default_rng(1))
some_images = datasets.digits(28)[0][:64].astype(float)
print(f"spread of the scores: {judged.forward(some_images).std():.2f}")
check_backward(whole_network, lambda dout, model: model.backward(dout), some_images[:1])

# %% [markdown]
# ---
# ## 5. Training
#
# The digits are those of `a4_training`, enlarged to 28x28: 1437 to learn from, 360 sealed. Of the
# 1437, 237 are set aside to choose settings with.

# %%
x_train, labels_train, x_test, _ = datasets.digits(28)
learnt, labels_learnt = x_train[:1200], labels_train[:1200]
aside, labels_aside = x_train[1200:], labels_train[1200:]
plots.draw_maps(
    {"digits to learn from": x_train[:16, 0]},
    title=f"They are {', '.join(map(str, labels_train[:16]))}",
)

# %% [markdown]
# Here is a loop, all of it known from `a4_training`: minibatches of 32, momentum 0.9, a rate that falls
# like half a wave of the cosine, float32 to be twice as fast. One thing is new. **1200 digits are
# few**, and a network of 44 426 parameters learns them by heart. But we know something about digits
# that no example needs to tell: *a digit that moves a little stays what it is*. So `jiggled` moves each
# image of a batch by up to `most` pixels, another way each time. That costs next to nothing, and with two
# pixels there are 25 images of each digit instead of one. It is called **data augmentation**.


# %%
def jiggled(images, most, rng):
    """The images, each moved by up to `most` pixels down or up, right or left."""
    moves = rng.integers(-most, most + 1, (len(images), 2))
    return np.stack([shift(image, dy, dx) for image, (dy, dx) in zip(images, moves, strict=True)])


def guess(model, images):
    """The label with the largest score for each image; some hundred images at a time."""
    parts = [images[n : n + 500] for n in range(0, len(images), 500)]
    return np.concatenate([np.argmax(model.forward(part), axis=1) for part in parts])


def fit(model, images, labels, epochs, rate, most, rng, after_epoch=None):
    """Train the model in place, by SGD with momentum on softmax cross-entropy."""
    model.params = {name: value.astype(np.float32) for name, value in model.params.items()}
    velocity = {name: np.zeros_like(value) for name, value in model.params.items()}
    for epoch in progress(range(epochs), "epochs"):
        order = rng.permutation(len(images))
        for start in range(0, len(images), 32):
            batch = order[start : start + 32]
            scores = model.forward(jiggled(images[batch], most, rng))
            _, dscores = softmax_cross_entropy(scores, labels[batch])
            model.backward(dscores)
            done = (epoch + start / len(images)) / epochs
            step = 0.5 * rate * (1 + math.cos(math.pi * done))
            for name, gradient in model.grads.items():
                velocity[name] = 0.9 * velocity[name] + gradient
                model.params[name] = model.params[name] - step * velocity[name]
        if after_epoch:
            after_epoch()


@functools.cache
def trial(most):
    """A network trained on 1200 digits; after each epoch, how many of the 237 it gets wrong."""
    rng = np.random.default_rng(0)
    model, wrong = LeNet5(rng), []
    fit(model, learnt, labels_learnt, 15, 0.03, most, rng,
        lambda: wrong.append(np.mean(guess(model, aside) != labels_aside)))  # fmt: skip
    return model, wrong


# %% [markdown]
# **Guess before you run it** (some ten seconds): will the network that hardly ever meets the same
# image again be better or worse on the 237, after 15 epochs? And in the first ones?
# (Both outcomes are kept. To train anew, with another `LeNet5`, run the cell above again first.)

# %%
plots.draw_series(
    {
        "digits as they are": lambda: trial(0)[1],
        "each moved by up to 2 pixels": lambda: trial(2)[1],
    },
    across="epoch",
    up="share of the 237 that is wrong",
    title="The same network, the same digits, 15 epochs",
    first=1,
)

# %% [markdown]
# **Now train yours**, once, on all 1437, with settings of your choice. These work: 30 epochs take about
# ten seconds. (If it stops with an error, `LeNet5` is not finished. If it takes more than half a
# minute, with nothing else running, something in it goes image by image: when graded, a cell is stopped
# after 60 seconds.)

# %% tags=["raises-exception"]
rng = np.random.default_rng(0)
network = LeNet5(rng)
fit(network, x_train, labels_train, 30, 0.03, 2, rng)

# %% [markdown]
# ### Exercise `train_lenet` ({points:train_lenet})
#
# Write `predict(images)`, which returns one label for each image: the one to which the network that you
# have trained above, `network`, gives the largest score.
#
# - `images` is `(N, 1, 28, 28)`, floats 0 to 1, as `datasets.digits(28)` has them, `N` any number from 1
#   up; float32 or float64. The labels are whole numbers 0 to 9, `(N,)`, an array or a list. The
#   same image gets the same label, whichever others come with it.
# - **What is judged are the labels of a `LeNet5`**: those of the 360 sealed digits, each four times,
#   every time moved by up to a third of a pixel and with a little noise (deviation 0.02), other ones for
#   each submission. 97 of 100 must be right for all points; some points are given from 90 of 100. A
#   classifier of another kind gets none, however good: where `LeNet5` has the same scores for all images,
#   `predict` must have one label for them.
# - Training happens **in the notebook**, above, where it is run again when you hand in, within the
#   times of the rules. `predict` only uses its outcome.

# %% exercise="train_lenet" points=12 answer="reference.lenet_experiment:predict" needs=["lenet"]

# %% [markdown]
# **Break the seal**, once, when you are done. (When graded, the labels are not known, and a sentence
# stands here.)

# %%
plots.draw_mistakes(predict, *datasets.digits(28)[2:], title="Unseen digits")

# %% [markdown]
# Both parts hold the hands of the same 13 writers, which makes these digits easier than the
# world's. **MNIST** has 60 000 digits of about 250 writers, and 10 000 of others to test with. It is
# downloaded once (11 MB), or read from the folder that `COURSE_DATA` names. Set `WITH_MNIST` to `True`:
# three epochs take half a minute to a minute and reach 99 %. **Set it back before you hand in**: there is
# no internet where notebooks are graded, and the digits above are what counts.

# %%
WITH_MNIST = False


def on_mnist(epochs=3):
    try:
        images, labels, unseen, their_labels = datasets.mnist()
    except datasets.DataUnavailable as reason:
        print(reason)
        return None
    rng = np.random.default_rng(0)
    model = LeNet5(rng)
    fit(model, images, labels, epochs, 0.03, 0, rng)
    print(f"MNIST, unseen: {np.mean(guess(model, unseen) == their_labels):.2%} right")
    return model


if WITH_MNIST:
    mnist_network = on_mnist()

# %% [markdown]
# ---
# ## 6. When the image moves
#
# ### Example W37: equivariant and invariant (T311)
#
# "We said the network's responses should be robust to translations of the input. But this can mean two
# different things" (T311):
#
# - **Convolution layers are equivariant**: "if you translate the inputs, the outputs are translated by
#   the same amount".
# - The network's *predictions* should be **invariant**: "if you translate the inputs, the prediction
#   should not change". "Pooling layers provide invariance to small translations."
#
# See the first in your own network: one map of its first layer, for a digit and for the same digit three
# pixels further to the right.


# %%
def moved_along():
    image = x_test[:1].astype(float)
    w, b = network.params["w1"].astype(float), network.params["b1"].astype(float)
    strongest = int(np.abs(w).sum(axis=(1, 2, 3)).argmax())
    before, after = (conv2d_forward(x, w, b)[0][0, strongest] for x in (image, shift(image, 0, 3)))
    difference = after - shift(before, 0, 3)
    inside = np.abs(difference[:, 3:]).max()
    print(f"largest difference, the three columns on the left apart: {inside:.2g}")
    return {
        "digit": image[0, 0],
        "its map": before,
        "map of the moved digit": after,
        "that, less the moved map": difference,
    }


plots.draw_images(moved_along, title="W37: shared weights move along")

# %% [markdown]
# The difference is 0, but for the columns where something new came in at the border. No training was
# needed for that; it is how the layer is made.

# %% [markdown]
# ### Exercise `invariance` ({points:invariance})
#
# And the scores? Write `score_change(model, image, shifts) -> list`: for each whole number in `shifts`
# the **L2 distance** between the scores of the image, moved that many pixels **to the right**, and the
# scores of the image where it was. `shift` is given; zeros come in.
#
# - `image` is `(1, 28, 28)` or `(28, 28)`; `model.forward` wants `(N, 1, 28, 28)` and returns `(N, K)`.
#   Nothing else of the model is used: the checks bring a small one of their own.
# - Shifts may be negative, which is to the left, or 0, in any order. Plain floats, please; `image` stays
#   as it is.

# %% exercise="invariance" points=4 answer="reference.inspection:score_change"

# %% [markdown]
# How far do the scores of 20 digits move, measured by the length of the score vector itself? The two
# networks are the trials of section 5: one has seen its digits in one place only. (The axis begins
# with a shift of 0; `pixels` is the change of the image itself.)


# %%
def relative_change(model):
    shifts = range(9)
    digits = aside[:20]
    ratios = [
        np.array(score_change(model, image, shifts)) / np.linalg.norm(model.forward(image[None]))
        for image in digits
    ]
    return np.mean(ratios, axis=0)


def pixel_change():
    norms = np.linalg.norm(aside[:20].reshape(20, -1), axis=1)
    return [
        np.mean(
            np.linalg.norm((shift(aside[:20], 0, n) - aside[:20]).reshape(20, -1), axis=1) / norms
        )
        for n in range(9)
    ]


plots.draw_series(
    {
        "scores, trained on digits as they are": lambda: relative_change(trial(0)[0]),
        "scores, trained on moved digits": lambda: relative_change(trial(2)[0]),
        "pixels": pixel_change,
    },
    across="pixels to the right",
    up="relative change",
    title="W37: what a shift does to the scores",
)


# %%
def still_right(model):
    return [np.mean(guess(model, shift(aside, 0, n)) == labels_aside) for n in range(9)]


plots.draw_series(
    {
        "trained on digits as they are": lambda: still_right(trial(0)[0]),
        "trained on moved digits": lambda: still_right(trial(2)[0]),
    },
    across="pixels to the right",
    up="share of the 237 that is right",
    title="W37: and to the answers",
)

# %% [markdown]
# So LeNet-5 is *not* invariant by itself. Its two pools forgive a pixel or two; then the pooled maps
# have moved, and the dense layers, which have a weight for each place, read something else. What is not
# in the plan must come from the data: the second network has been shown that places do not matter, up
# to the two pixels that it was shown, and a little beyond.

# %% [markdown]
# ---
# ## 7. Looking inside
#
# ### Example W38: filters and feature maps (T311, C601)
#
# C601 counts among the virtues of these networks that they learn "interpretable features". T311 shows
# first-layer filters of a large network: edges in all directions, and blobs of colour. Here are
# yours. Red weights want ink, blue ones want paper. Six filters that have met few digits are not as
# tidy: some have become edges, others still look like the noise that they began as.

# %%
plots.draw_maps(
    lambda: {"six filters of 5x5": network.params["w1"][:, 0]},
    title="W38: what the first layer of your network looks for",
)

# %% [markdown]
# ### Exercise `feature_maps` ({points:feature_maps})
#
# Write `feature_maps(model, image) -> dict` with the keys `conv1`, `pool1`, `conv2`, `pool2`: the maps
# of LeNet-5 for one image, `(6, 24, 24)`, `(6, 12, 12)`, `(16, 8, 8)` and `(16, 4, 4)`.
#
# - `conv1` and `conv2` are taken **after the ReLU**.
# - `image` is `(1, 28, 28)` or `(28, 28)`, and stays as it is. Of the model only `model.params` is used,
#   with `w1`, `b1`, `w2`, `b2`: the checks bring one that has nothing else. The given layers do the work.

# %% exercise="feature_maps" points=6 answer="reference.inspection:feature_maps"

# %%
widgets.FeatureMaps(lambda: network, feature_maps, aside, labels_aside)

# %% [markdown]
# Here is one digit on its way through your network. The maps of the first layer can still be read:
# each is the digit, seen by one filter. Those of the second answer to certain strokes. A map that is
# dark all over is silent: the ReLU let nothing through. If it stays so for every digit, its filter is
# *dead*: no gradient comes back to it, so it learns no more. Some of the six may be. After the
# last pooling, 16 maps of 4x4 are left, and on these 256 numbers the dense layers decide.
#
# **Try.** Move over a map with the mouse, or choose a layer and use the arrow keys: frames show what
# an entry has seen in every layer before, and below stands how it was computed. How many pixels decide
# about one entry of `pool2`? Then choose another digit, press *Clear* and draw one of your own: which
# map of `conv2` answers to a bar on top, and what must you rub out before your 8 becomes a 3?
#
# Back to W37 with these eyes: push a digit about, with mouse or arrow keys. The maps move along, and
# once they are moved back no difference is left; the largest entry of each map, which is a pooling over
# all of it, hardly changes while the digit stays in the picture. **Then find** a shift after which the
# network errs.

# %%
widgets.Shift(lambda: network, feature_maps, shift, aside, labels_aside)

# %% [markdown]
# And on average, over 20 digits: how far does each stage change when the digit moves?


# %%
def change_by_stage():
    stages = {"conv1": [], "pool1": [], "conv2": [], "pool2": []}
    for n in range(7):
        ratios = {name: [] for name in stages}
        for image in aside[:20]:
            still, moved = feature_maps(network, image), feature_maps(network, shift(image, 0, n))
            for name, found in ratios.items():
                gap = np.linalg.norm(moved[name] - still[name])
                found.append(gap / np.linalg.norm(still[name]))
        for name, found in ratios.items():
            stages[name].append(np.mean(found))
    return stages


stages = functools.cache(change_by_stage)
plots.draw_series(
    {name: lambda name=name: stages()[name] for name in ("conv1", "pool1", "conv2", "pool2")},
    across="pixels to the right",
    up="relative change of the maps",
    title="W37 again: pooling forgives a little, twice",
)

# %% [markdown]
# Each pool changes less than the convolution below it: that is what it forgives. But the second
# convolution changes more than the pool that it reads, and so the last maps are no calmer than the
# first. After two pixels they have changed by more than half, the scores of section 6 by about a
# quarter: the rest is forgiven by the dense layers, which have seen moved digits.

# %% [markdown]
# ### Exercise `saliency` ({points:saliency})
#
# Which pixels does the answer hang on? Backpropagation knows: it computes the gradient of *anything* with
# respect to *anything before*. So ask for the gradient of one **score** with respect to the **pixels**.
#
# Write `saliency_map(model, image, label) -> array`, `(28, 28)`: the **absolute value** of the
# derivative of the score of `label` with respect to each pixel. Of the score, not of its probability,
# and not of a loss.
#
# - `image` is `(1, 28, 28)` or `(28, 28)`, and stays as it is. `model` has `forward` and `backward` as your
#   LeNet5 has; the checks bring a small one of their own.
# - **Announced cost**, one test: a slow model. One way there and one way back are enough, and they fit
#   into the 5 seconds; nudging 784 pixels does not.

# %% exercise="saliency" points=8 answer="reference.inspection:saliency_map"


# %%
def saliencies():
    rng = np.random.default_rng(0)
    chosen = [int(np.flatnonzero(labels_train == digit)[0]) for digit in range(8)]
    both = []
    for n in chosen:
        image, label = x_train[n], int(labels_train[n])
        copies = [image + rng.normal(0, 0.15, image.shape).astype(np.float32) for _ in range(30)]
        sharp = saliency_map(network, image, label)
        smooth = np.mean([saliency_map(network, copy, label) for copy in copies], axis=0)
        both.append((sharp / np.max(sharp), smooth / np.max(smooth)))
    return {
        "digits": x_train[chosen, 0],
        "where their own score is most sensitive": np.stack([maps[0] for maps in both]),
        "the same, mean over 30 noisy copies of each": np.stack([maps[1] for maps in both]),
    }


plots.draw_maps(saliencies, title="W38: where your network looks")

# %% [markdown]
# Bright is where a little more or less ink would change the score most; each map is scaled to its own
# maximum. The single maps are speckled: a slope at *one* image depends on which ReLUs happen to be
# open and which pixel wins its pool. Averaged over noisy copies they calm down, and show places on and
# *beside* the strokes: a gap that must stay open counts as much as ink. And
# mind what the map does not say: it is a slope, at this image, not a reason.

# %%
widgets.Saliency(lambda: network, saliency_map, aside, labels_aside)

# %% [markdown]
# **Try** the score of another label for the same image: which pixels would make this 3 more of an 8?
# Add ink where it is bright, and see whether the score follows; average over noisy copies; draw a digit
# that the network cannot decide about, and ask for both its scores.

# %% [markdown]
# ---
# ## 8. A decade in one picture
#
# ### Example W39: ImageNet (T311, C601)
#
# ImageNet's contest: 1.2 million photographs, 1000 classes. A network may make five guesses, and errs
# if none is right. T311's table, and C601's "revolution of depth", which counts layers with weights:
#
# | year | model | top-5 error | layers |
# | --- | --- | --- | --- |
# | 2010 | hand-designed descriptors and SVM | 28.2 % | |
# | 2011 | compressed Fisher vectors and SVM | 25.8 % | |
# | 2012 | AlexNet | 16.4 % | 8 |
# | 2013 | a variant of AlexNet | 11.7 % | 8 |
# | 2014 | GoogLeNet | 6.6 % | 22 |
# | 2015 | deep residual network | 4.5 % | 152 |
# | | a person | about 5.1 % | |

# %%
plots.draw_bars(
    {
        "2010 hand-designed": [28.2, None],
        "2011 Fisher vectors": [25.8, None],
        "2012 AlexNet": [16.4, 8],
        "2013 AlexNet, varied": [11.7, 8],
        "2014 GoogLeNet": [6.6, 22],
        "2015 residual network": [4.5, 152],
    },
    ["top-5 error in percent", "layers with weights"],
    title="W39: ImageNet 2010 to 2015",
    mark=("a person", 5.1),
)

# %% [markdown]
# Three remarks on the decks. T311 says of these errors that "chance = 0.5 %". That is the share that
# guessing gets *right*, 5 of 1000; as an error, as in the table, chance is **99.5 %**. C601 gives
# AlexNet 15.3 %, T311 16.4 %: both are in AlexNet's paper, 16.4 for five networks that vote, 15.3 for
# seven of which two had learnt from a larger ImageNet. And the residual network's 4.5 % is one network
# alone; the team that won in 2015 let several vote and erred in 3.6 %. GoogLeNet's 6.67 is cut to 6.6.
#
# What made AlexNet possible is all in this course: convolution, pooling, ReLU, backpropagation, SGD
# with momentum, images moved at random. What was new was the size, and a machine for it. What had to be
# found for 152 layers was a way for the gradient to get through them; you know where it gets lost
# (`a4_training`).

# %% [markdown]
# ---
# ## 9. How fast can NumPy go? (optional, no points)
#
# The same numbers can be had at very different prices. Here is one layer, 32 channels of 30x30 to 32
# filters of 3x3, and five ways to compute it:
#
# 1. **Seven loops** in plain Python, one product at a time.
# 2. **A loop over windows**: the sum over each window is one line of NumPy.
# 3. **A loop over the filter's nine places**: at each, all channels of all images in one matrix product.
# 4. **im2col and one matrix product** (GEMM, the operation that processors do best), as in
#    `given.py`: write all windows out as columns, nine times the memory, then multiply once.
# 5. **Winograd**: outputs in tiles of 2x2 depend on 4x4 inputs. Directly a tile takes 36
#    multiplications; transformed (additions, and halves, only) it takes 16.


# %%
def seven_loops(x, w, b):
    (n, c, height, width), (f, _, kh, kw) = x.shape, w.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1), x.dtype)
    pixels, weights = x.tolist(), w.tolist()
    for place in np.ndindex(out.shape):
        image, number, i, j = place
        total = float(b[number])
        for channel in range(c):
            for q in range(kh):
                for r in range(kw):
                    total += weights[number][channel][q][r] * pixels[image][channel][i + q][j + r]
        out[place] = total
    return out


def window_loop(x, w, b):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1), x.dtype)
    for image, number, i, j in np.ndindex(out.shape):
        out[image, number, i, j] = (
            np.sum(x[image, :, i : i + kh, j : j + kw] * w[number]) + b[number]
        )
    return out


def nine_places(x, w, b):
    (n, c, height, width), (f, _, kh, kw) = x.shape, w.shape
    oh, ow = height - kh + 1, width - kw + 1
    rows = x.transpose(1, 0, 2, 3).reshape(c, -1)
    out = np.zeros((f, n, oh, ow), x.dtype) + b[:, None, None, None]
    for q, r in np.ndindex(kh, kw):
        everywhere = (w[:, :, q, r] @ rows).reshape(f, n, height, width)
        out += everywhere[:, :, q : q + oh, r : r + ow]
    return out.transpose(1, 0, 2, 3)


def winograd(x, w, b):
    (n, c, height, width), f = x.shape, len(w)
    high, wide = (height - 2) // 2, (width - 2) // 2
    spread = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]], x.dtype)
    halves = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]], x.dtype)
    gather = np.array([[1, 1, 1, 0], [0, 1, -1, -1]], x.dtype)
    tiles = np.lib.stride_tricks.sliding_window_view(x, (4, 4), axis=(2, 3))[:, :, ::2, ::2]
    columns = tiles.transpose(4, 5, 1, 0, 2, 3).reshape(16, -1)
    inputs = (np.kron(spread, spread) @ columns).reshape(16, c, -1)
    filters = (np.kron(halves, halves) @ w.reshape(f * c, 9).T).reshape(16, f, c)
    products = (filters @ inputs).reshape(16, -1)
    out = (np.kron(gather, gather) @ products).reshape(2, 2, f, n, high, wide)
    return out.transpose(3, 2, 4, 0, 5, 1).reshape(n, f, 2 * high, 2 * wide) + b[:, None, None]


# %% [markdown]
# **Your turn**: write your own below, or put in the `conv2d_forward` that you wrote in `a5_convolution`.
# It starts as a copy of the third way. All must agree before they are timed.


# %%
def my_own(x, w, b):
    return nine_places(x, w, b)


def im2col(x, w, b):
    return conv2d_forward(x, w, b)[0]


def seconds(work, *inputs):
    """The best of some runs, for at most a third of a second."""
    runs, begin = [], time.perf_counter()
    while not runs or time.perf_counter() - begin < 0.3:
        start = time.perf_counter()
        work(*inputs)
        runs.append(time.perf_counter() - start)
    return min(runs)


def race():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 32, 30, 30), np.float32)
    w, b = rng.standard_normal((32, 32, 3, 3), np.float32), np.zeros(32, np.float32)
    # the slow ones get one image and few filters, and their time is scaled up
    ways = {seven_loops: (1, 1), window_loop: (1, 4), nine_places: (8, 32), im2col: (8, 32)}
    rows = {}
    for work, (images, filters) in {**ways, winograd: (8, 32), my_own: (8, 32)}.items():
        inputs = x[:images], w[:filters], b[:filters]
        found, wanted = work(*inputs), im2col(*inputs)
        if found.shape != wanted.shape or not np.allclose(found, wanted, atol=1e-2):
            print(f"{work.__name__} computes something else, and does not run.")
            continue
        each = seconds(work, *inputs) / images * 32 / filters
        rows[work.__name__] = each
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed here; it would have a bar of its own.")
    else:
        inputs = [torch.tensor(array) for array in (x, w, b)]
        rows["PyTorch"] = seconds(torch.nn.functional.conv2d, *inputs) / len(x)
    billions = 2 * 32 * 32 * 9 * 28 * 28 / 1e9
    return {name: [1000 * each, billions / each] for name, each in rows.items()}


plots.draw_bars(
    race,
    ["milliseconds for an image", "billion operations a second"],
    title="One layer, 14 million multiplications and additions an image",
    logarithmic=True,
)

# %% [markdown]
# (Operations are counted as the direct way would need them, for all alike.) From the first bar to the
# third lies a factor in the thousands, for the same arithmetic. What makes the difference is **where
# the numbers are when they are needed**: a plain loop asks Python for each one, a matrix product
# keeps blocks of them next to the processor and uses each many times.
#
# Winograd saves more than half of the multiplications and yet is hardly faster here, or even slower:
# written like this it spends what it saved on copying tiles to and fro. It pays once the copying is cut: keep the maps in an
# order in which channels lie side by side, work on one row of tiles at a time so that it stays in the
# processor's cache, plan a whole network at once and use the same memory again and again. Done so,
# with NumPy alone, training LeNet-5 can be faster than PyTorch on one core. **Where does your machine
# stand?** And how many times faster than seven loops can `my_own` become?

# %% [markdown]
# ---
# ## 10. Check yourself
#
# Six questions, no points. Click an answer and read what it says, also the wrong ones.

# %%
quiz("quiz.json")

# %% [markdown]
# ---
# ## 11. Essay ({points:essay_convnets})
#
# A post office reads digits with a dense network, 784-1000-10. In the laboratory it is right on 98 of
# 100. In the sorting hall the camera sits a little to the left, and it is right on 60. The engineer asks
# you whether a convolutional network would help, and why. Answer in **200 to 400 words**:
#
# 1. What goes wrong in the dense network when the digit moves? Count the weights of its first layer, and
#    those of LeNet-5's, and say what sharing has to do with it.
# 2. She has read that "convolutional networks do not care where things are". What of that is true?
#    Tell equivariance from invariance, say which layer gives what, and support it with **figures that
#    you measured** in this notebook.
# 3. Follow the gradient of one example back through conv, max-pool, conv, ReLU and the dense layer in
#    words: what does each layer hand down, and what does it keep?
# 4. She wants to know *why* the network takes a certain 3 for an 8. What can a saliency map show her,
#    and what not? And what would you do about the camera first?
#
# Write for somebody who knows dense networks but has never built a convolutional one.

# %% [markdown] essay="essay_convnets" points=10

# %% [markdown]
# ---
# ## What you have now
#
# - Reasons for convolution, in numbers (W33), and a softmax that stands alone (W34).
# - The gradient of a whole convolutional network, by hand and as code (W35).
# - Plans that you can read (W36), and LeNet-5, built and trained by you.
# - Measurements of what moves along and what stays (W37), filters, maps and saliency (W38), and a
#   decade to put them in (W39).
#
# **Before you hand in:** *Kernel → Restart Kernel and Run All Cells*, look at each check, save.
#
# This was the last of the six. From `a + b` to a network that reads: every gradient on the way was yours.
