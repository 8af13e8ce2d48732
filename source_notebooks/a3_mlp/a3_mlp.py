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
#     title: Neurons, losses and the multilayer perceptron
#     cell_seconds: 10
#     notebook_seconds: 80
#     call_seconds: 4
# ---

# %% [markdown]
# # Neurons, losses and the multilayer perceptron
#
# A network is made of three kinds of parts: layers that mix, activations that bend, and one loss
# that complains. In this notebook you write each of them as a pair, one function for the way there
# and one for the way back, and put them in a row. At the end your own **multilayer perceptron**
# tells two entangled moons apart, and you know where every number of its gradient came from.
#
# **What to know before.** The chain rule on a graph, and that gradients from several uses add up
# (`a1_graphs`); how NumPy adds a row to a matrix, and what that means on the way back
# (`a2_tensors`); the product of two matrices. Nothing that you wrote there is needed here.
#
# **Time.** 60 to 90 minutes to read, 4 to 8 hours to solve. There are ten exercises (100 points,
# graded by machine) and one essay ({points:essay_design}, read by a person).
#
# **The lectures** are cited by code. You can work here without having heard them.
#
# | code | lecture |
# | --- | --- |
# | E445 | EECS 445 lecture 14, *Backpropagation & Intro to Convolutional Neural Networks* (Michigan) |
# | C601 | 10-601 lecture 14, *Backpropagation + Deep Learning* (Carnegie Mellon) |
# | T311 | CSC 311 lecture 6, *Neural Nets II* (Toronto) |
# | E442 | EECS 442, *Backpropagation and Neural Nets* (Michigan) |
# | ACT | *Activation functions and error functions* |
#
# Worked examples carry a number, W14 to W23, and come in that order; checks and hints refer to it.
# Other numbers belong to other notebooks; what you need of them is said again. Every number was
# recomputed. Where a slide differs, the text says so.

# %% [markdown]
# ## The rules, in short
#
# They are those of `a1_graphs`: write in the cells marked `# YOUR CODE HERE`, keep names and
# signatures, run the `check(...)` below. Hidden tests ask the same with other numbers and sizes
# and give the points. Before you hand in, choose *Restart Kernel and Run All Cells*. Besides:
#
# - **A layer is a pair.** `f_forward(...)` returns `(out, cache)`; `f_backward(dout, cache)`
#   returns the gradients in the order of the forward arguments, or one array where there is one.
#   `dout` has the shape of `out`, and each gradient the shape of what it is the gradient of.
#   `cache` is your own business; keep it out of global variables, for a layer is called many times.
# - **A loss returns `(loss, gradient)`**: the mean over the batch, and the gradient of that mean
#   with respect to the scores.
# - **One row is one example.** `x` is `(N, D)`: $N$ examples of $D$ numbers. Weights are `(D, M)`,
#   biases `(M,)`, labels whole numbers `(N,)`. Arrays are of floats, float64 or float32.
# - **Arguments are not modified**, `dout` included. A gate such as `dout[x < 0] = 0` writes into
#   an array that belongs to the caller. Visible checks look, and so do hidden tests.
# - **Corners.** ReLU and leaky ReLU at 0, the hinge at its margin, maxout at a tie: hidden tests
#   stay away or accept every valid slope. Ours: the slope from the left at ReLU's corners, 0 at the
#   margin, and at a tie the first layer takes all.
# - **A `ValueError`** is tested where the *text* of an exercise asks for it. Others that a docstring names
#   are good manners.
# - **Only NumPy and Python's `math` compute an answer.** Plain loops are fast enough everywhere;
#   where an exercise names a cost, it says which.
# - **Announced cost.** Measuring a gradient by nudging is a fine way to *test* a backward pass, and
#   a hopeless way to *be* one. So where it is announced, one hidden test asks for a gradient with
#   many entries, within 4 seconds: a loop over the entries has plenty of time, a loop that runs the
#   forward pass again for each entry has not.
#
# The next cell imports all you need. `datasets` holds points to learn from.

# %%
import numpy as np

from course import check, check_backward, datasets, plots, quiz, widgets

# %% [markdown]
# ---
# ## 1. One neuron that learns from its mistakes
#
# ### Example W14: hinge loss on one linear layer (E445)
#
# A neuron weighs its inputs and adds a bias: $z = w_1 x_1 + w_2 x_2 + w_3 x_3 + b$. Its **score**
# $z$ should be positive for examples with the label $y = +1$ and negative for $y = -1$. The **hinge
# loss** is content when the score is on the right side *by at least 1*:
#
# $$L = \max(0,\ 1 - y z).$$
#
# Here is the graph of such a neuron, with a loss at its end. Numbers are ours, E445 keeps letters.

# %%
w1, x1 = plots.Node(0.5, grad=-2, name="w1"), plots.Node(2, grad=-0.5, name="x1")
w2, x2 = plots.Node(1, grad=1, name="w2"), plots.Node(-1, grad=-1, name="x2")
w3, x3 = plots.Node(-0.5, grad=-1, name="w3"), plots.Node(1, grad=0.5, name="x3")
b = plots.Node(0.5, grad=-1, name="b")
p1 = plots.Node(1, grad=-1, parents=(w1, x1), op="×")
p2 = plots.Node(-1, grad=-1, parents=(w2, x2), op="×")
p3 = plots.Node(-0.5, grad=-1, parents=(w3, x3), op="×")
z = plots.Node(0, grad=-1, parents=(p1, p2, p3, b), op="+", name="z")
short = plots.Node(1, grad=1, parents=(z,), op="1 −", name="1 − yz")
loss = plots.Node(1, grad=1, parents=(short,), op="max", name="L")
plots.draw_graph(loss, title="W14: a linear neuron with hinge loss, y = +1")

# %% [markdown]
# Read it from the right. The last gate lets the gradient pass, since $1 - yz = 1$ is positive. The
# gate before it turns the sign (and multiplies by $y$). The sum hands $-1$ to each of its inputs,
# and each product swaps, as products do. So
#
# $$\frac{\partial L}{\partial w_i} = \begin{cases} -y\,x_i & \text{if } 1 - yz > 0, \\
# 0 & \text{otherwise,} \end{cases} \qquad \frac{\partial L}{\partial b} = \begin{cases} -y &
# \text{if } 1 - yz > 0, \\ 0 & \text{otherwise.} \end{cases}$$
#
# E445 picks $w_3$, for which it is $-y x_3 = -1$, and writes the condition as an indicator:
# $-y x_3\,\mathbb{1}[1 - yz > 0]$. A step of gradient descent with rate $\eta$ is then
#
# $$w_i \leftarrow w_i + \eta\, y\, x_i\, \mathbb{1}[1 - yz > 0].$$
#
# In words: **an example that is wrong, or right by too little, pulls the weights towards itself;
# one that is right by enough leaves them alone.** With $\eta = 0.1$, the same example again and
# again:
#
# | step | $w_1, w_2, w_3, b$ | $z$ | $L$ |
# | --- | --- | --- | --- |
# | 0 | 0.5, 1, −0.5, 0.5 | 0 | 1 |
# | 1 | 0.7, 0.9, −0.4, 0.6 | 0.7 | 0.3 |
# | 2 | 0.9, 0.8, −0.3, 0.7 | 1.4 | 0 |
# | 3 | the same | 1.4 | 0 |
#
# Each step raises $z$ by $\eta\,(x_1^2 + x_2^2 + x_3^2 + 1) = 0.7$. **Before you go on:** how would
# the first step look for $y = -1$? (Then $1 - yz = 1$ as well; ask your
# function when it is written.)

# %% [markdown]
# ### Exercise `hinge_update` ({points:hinge_update})
#
# Write `hinge_update(w, x, y, rate) -> w`: one step, on one example.
#
# - `x` is `(D,)`, `y` is −1 or +1. `w` is `(D + 1,)`: the weights, and **the bias last**.
# - Return the new weights as a **new array** `(D + 1,)`; `w` and `x` stay as they were, also when
#   nothing is to be learnt.
# - Where the lengths do not fit, a `ValueError` that names both is good manners; not tested.

# %% exercise="hinge_update" points=4 answer="reference.mlp:hinge_update"

# %% [markdown]
# **See it move.** With one input and a bias the loss is a landscape over two numbers. Below are
# four examples, the mean of their hinge losses as height, and seven rounds of **your** steps, one
# example at a time.


# %%
corners_x = np.array([-2.0, -0.5, 1.0, 2.5])
corners_y = np.array([-1.0, -1.0, 1.0, 1.0])


def mean_hinge(w, b):
    return np.mean(np.maximum(0.0, 1.0 - corners_y * (w * corners_x + b)))


def seven_rounds(rate=0.4):
    w = np.array([-3.0, 3.0])
    path = [w]
    for _ in range(7):
        for x, y in zip(corners_x, corners_y, strict=True):
            w = hinge_update(w, np.array([x]), y, rate)
            path.append(w)
    return path


plots.draw_surfaces({"mean hinge loss": mean_hinge}, seven_rounds, title="W14: your steps")

# %% [markdown]
# The landscape is made of flat facets with folds between them: one fold for each example. Where the
# loss is 0, within the darkest region, nobody complains any more and the path stops. It does not go
# straight down, since each step listens to one example alone. **Change the rate**, 0.4, to 0.1 and
# to 2: which path is still on its way after seven rounds, and which arrives in the first?

# %% [markdown]
# ---
# ## 2. More layers, more paths
#
# ### Example W15: two layers, hinge and ReLU (E445)
#
# Now put a row of neurons in between. Each computes $z_j = \sum_i w^{(1)}_{ji} x_i + w^{(1)}_{j0}$
# and passes on $h_j = \max(0, z_j)$, the **ReLU**; a last neuron makes the score $z^{(3)} = \sum_j
# w^{(2)}_{1j} h_j + w^{(2)}_{10}$ of them. E445 follows two weights, $w^{(2)}_{15}$ from the fifth
# hidden neuron to the score, and $w^{(1)}_{53}$ from the third input to the fifth hidden neuron.
#
# (Two remarks on letters. E445 writes "to" before "from": $w^{(1)}_{53}$ leads *to* 5 *from* 3. In
# our arrays `w[i, j]` leads *from* `i` *to* `j`, counted from 0, so it is `w1[2, 4]`. And E445
# counts the input as layer 1, so that the hidden values are $z^{(2)}, h^{(2)}$ and the score is
# $z^{(3)}$.)

# %%
two_x, two_y = np.array([1.0, -1.0, 2.0]), 1.0
two_w1 = np.array(
    [[1.0, 0.5, -1.0, 2.0, 1.0], [0.0, 1.0, 1.0, -0.5, 1.0], [0.5, -1.0, 0.25, 0.0, 0.5]]
)
two_w2, two_b2 = np.array([[0.5], [1.0], [-1.0], [-0.2], [-0.5]]), 0.2  # hidden biases: 0
two_h = np.maximum(0.0, two_x @ two_w1)
two_z3 = two_h @ two_w2 + two_b2
plots.draw_network(
    [two_w1, two_w2], [two_x, two_h, two_z3], through=(0, 2, 4), title="W15: the path of w53"
)

# %% [markdown]
# The circles hold $x$, $h$ and the score. With $y = +1$ the score $0.2$ is not enough, $1 - yz^{(3)}
# = 0.8 > 0$. From the loss back to $w_{15}^{(2)}$ there are two stations, to $w_{53}^{(1)}$ four:
#
# $$\frac{\partial L}{\partial w^{(2)}_{15}} = \underbrace{-y\,\mathbb{1}[1 - yz^{(3)} > 0]}_{-1}
# \cdot \underbrace{h_5}_{1} = -1,$$
#
# $$\frac{\partial L}{\partial w^{(1)}_{53}} = \underbrace{-y\,\mathbb{1}[1 - yz^{(3)} > 0]}_{-1}
# \cdot \underbrace{w^{(2)}_{15}}_{-0.5} \cdot \underbrace{\mathbb{1}[z_5 > 0]}_{1} \cdot
# \underbrace{x_3}_{2} = 1.$$
#
# E445's advice: begin with the loss, end with the weight, and let every numerator depend *directly*
# on its denominator. Note what the two have in common: the first factor. And note neurons 2 and 3,
# whose $z$ is negative: whatever the loss says, the indicator silences all weights that lead into
# them. **Write down** $\partial L/\partial w^{(1)}_{43}$ before you run the next cell. It measures.


# %%
def two_layer_loss(w1, w2):
    score = (np.maximum(0.0, two_x @ w1) @ w2)[0] + two_b2
    return max(0.0, 1.0 - two_y * score)


def nudged(matrix, i, j, step):
    moved = matrix.copy()
    moved[i, j] += step
    return moved


tiny = 1e-5
for i, j in [(2, 4), (2, 3), (2, 1)]:
    up, down = (two_layer_loss(nudged(two_w1, i, j, s), two_w2) for s in (tiny, -tiny))
    print(f"w{j + 1}{i + 1} in layer 1: slope {(up - down) / (2 * tiny):.4f}")
up, down = (two_layer_loss(two_w1, nudged(two_w2, 4, 0, s)) for s in (tiny, -tiny))
print(f"w15 in layer 2: slope {(up - down) / (2 * tiny):.4f}")

# %% [markdown]
# ### Example W16: three layers, and a sum over all paths (E445)
#
# With two hidden layers, a weight of the first layer reaches the score along **several** paths, one
# through each neuron of the second hidden layer. Gradients add over paths (W5), so E445 sums:
#
# $$\frac{\partial L}{\partial w_{11}^{(1)}} = \frac{\partial L}{\partial \hat y} \sum_{j=1}^{3}
# \frac{\partial \hat y}{\partial h_j^{(3)}} \frac{\partial h_j^{(3)}}{\partial z_j^{(3)}}
# \frac{\partial z_j^{(3)}}{\partial h_1^{(2)}} \frac{\partial h_1^{(2)}}{\partial z_1^{(2)}}
# \frac{\partial z_1^{(2)}}{\partial w_{11}^{(1)}} .$$

# %%
three_x = np.array([1.0, 2.0])
three_w1 = np.array([[1.0, -1.0, 0.5], [0.5, 1.0, -1.0]])
three_w2 = np.array([[1.0, -1.0, 1.0], [0.5, 1.0, -1.0], [1.0, 1.0, 1.0]])
three_w3 = np.array([[0.4], [2.0], [-1.0]])
three_weights = [three_w1, three_w2, three_w3]  # biases: 0
three_rows = [three_x]
for w in three_weights[:-1]:
    three_rows.append(np.maximum(0.0, three_rows[-1] @ w))
three_rows.append(three_rows[-1] @ three_w3)
plots.draw_network(
    three_weights, three_rows, through=(0, 0, 0), title="W16: three paths from w11 to the score"
)

# %% [markdown]
# Here $\hat y = 0$ and $y = +1$, so $\partial L/\partial\hat y = -1$. Each path contributes the
# product of what lies on it:
#
# | path through | $\partial\hat y/\partial h_j$ | ReLU on? | $\partial z_j/\partial h_1$ | ReLU on? | $x_1$ | product |
# | --- | --- | --- | --- | --- | --- | --- |
# | $j = 1$ | 0.4 | 1 | 1 | 1 | 1 | 0.4 |
# | $j = 2$ | 2 | **0** | −1 | 1 | 1 | 0 |
# | $j = 3$ | −1 | 1 | 1 | 1 | 1 | −1 |
#
# The sum is $-0.6$, and $\partial L/\partial w_{11}^{(1)} = -1 \cdot (-0.6) = 0.6$. For
# $w_{12}^{(1)}$, from the second input to the same neuron, only the last factor changes, $x_2 = 2$
# for $x_1 = 1$: it is $1.2$.
#
# The next cell takes this literally, for networks of any depth: it lists every path with
# `itertools.product` and adds up the products. Read it; you will use it as a judge in section 8.


# %%
from itertools import pairwise, product


def sum_over_paths(weights, slopes, x, i, j):
    """d score / d weights[0][i, j]: one product for each path (W16).

    `slopes[k]` holds the derivative of the activation at each unit of hidden layer k; there is one
    score and one example `x`, (D,).
    """
    between = [range(len(s)) for s in slopes[1:]]
    total, paths = 0.0, 0
    for units in product([j], *between, [0]):
        slope = x[i]
        for k in range(len(slopes)):
            slope = slope * slopes[k][units[k]] * weights[k + 1][units[k], units[k + 1]]
        total, paths = total + slope, paths + 1
    return total, paths


three_slopes = [(row > 0) * 1.0 for row in three_rows[1:-1]]
for i in range(2):
    slope, paths = sum_over_paths(three_weights, three_slopes, three_x, i, 0)
    print(f"w1{i + 1}: {paths} paths, d score {slope:.2f}, d loss {-slope:.2f}")

# %% [markdown]
# That is right, and hopeless. With $k$ hidden layers of $m$ neurons, a weight of the first layer
# has $m^{k-1}$ paths: at $m = 100$ and $k = 5$, a hundred million, **for each weight**. The way out
# stands in the formula: most factors are shared. E445's second summary: the chain rule *reduces the
# number of computations, due to shared components*. So do not follow weights. **Follow layers**:
# compute once, for each layer, how the loss depends on its outputs; everything before it uses only
# that. The rest of this notebook does so.

# %% [markdown]
# ---
# ## 3. A whole layer at once
#
# ### Example W17: a perceptron with several outputs, in eight lines (T311)
#
# T311 writes $\bar v$ for $\partial\mathcal{L}/\partial v$, a number that the program computes. Its
# network has one hidden layer with $\sigma$, several outputs, and half the squared distance as
# loss. Forward and backward, neuron by neuron and in whole arrays:
#
# | forward | backward, each number | backward, whole arrays |
# | --- | --- | --- |
# | | $\bar{\mathcal L} = 1$ | $\bar{\mathcal L} = 1$ |
# | $\mathcal L = \frac{1}{2} \sum_k (y_k - t_k)^2$ | $\bar y_k = \bar{\mathcal L}\,(y_k - t_k)$ | $\bar{\mathbf y} = \bar{\mathcal L}\,(\mathbf y - \mathbf t)$ |
# | $y_k = \sum_i w^{(2)}_{ki} h_i + b^{(2)}_k$ | $\bar w^{(2)}_{ki} = \bar y_k\, h_i$ | $\bar{\mathbf W}^{(2)} = \bar{\mathbf y}\,\mathbf h^\top$ |
# | | $\bar b^{(2)}_k = \bar y_k$ | $\bar{\mathbf b}^{(2)} = \bar{\mathbf y}$ |
# | | $\bar h_i = \sum_k \bar y_k\, w^{(2)}_{ki}$ | $\bar{\mathbf h} = \mathbf W^{(2)\top}\,\bar{\mathbf y}$ |
# | $h_i = \sigma(z_i)$ | $\bar z_i = \bar h_i\, \sigma'(z_i)$ | $\bar{\mathbf z} = \bar{\mathbf h} \circ \sigma'(\mathbf z)$ |
# | $z_i = \sum_j w^{(1)}_{ij} x_j + b^{(1)}_i$ | $\bar w^{(1)}_{ij} = \bar z_i\, x_j$ | $\bar{\mathbf W}^{(1)} = \bar{\mathbf z}\,\mathbf x^\top$ |
# | | $\bar b^{(1)}_i = \bar z_i$ | $\bar{\mathbf b}^{(1)} = \bar{\mathbf z}$ |
#
# Look at $\bar h_i$: **that sum is all that is left of the paths.** Whatever lies behind, each
# hidden value asks its consumers once. T311 writes vectors as columns and works on one example.
# The next cell types both columns of the table and compares them.


# %%
def squash(a):
    return 1.0 / (1.0 + np.exp(-a))


W1, b1 = np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, 1.0]]), np.array([0.0, 0.0, 0.5])
W2, b2 = np.array([[1.0, -2.0, 1.0], [0.5, 1.0, -1.0]]), np.array([0.0, 1.0])
x, t = np.array([1.0, 0.5]), np.array([1.0, 0.0])
z = W1 @ x + b1
h = squash(z)
y = W2 @ h + b2

# whole arrays
y_bar = y - t
W2_bar, b2_bar = np.outer(y_bar, h), y_bar
h_bar = W2.T @ y_bar
z_bar = h_bar * h * (1.0 - h)
W1_bar, b1_bar = np.outer(z_bar, x), z_bar

# each number
one_h = [sum(y_bar[k] * W2[k, i] for k in range(2)) for i in range(3)]
one_z = [one_h[i] * h[i] * (1.0 - h[i]) for i in range(3)]
one_w = [[one_z[i] * x[j] for j in range(2)] for i in range(3)]

print("loss", round(0.5 * np.sum((y - t) ** 2), 4))
print("gradient of W1, whole arrays:", W1_bar.round(4).tolist())
print("largest difference to the sums:", np.abs(W1_bar - one_w).max())

# %% [markdown]
# ### From columns to rows, and from one to many
#
# The lectures write a layer for one example as a column, $W\mathbf x + \mathbf b$ with $W$ of shape
# $(M, D)$. Programs work on $N$ examples at once and put each into a **row**. Transposing turns
# one into the other: $(W\mathbf x)^\top = \mathbf x^\top W^\top$. So our `w` is $W^\top$, `(D, M)`,
# and the layer reads `x @ w + b`, for all rows at the same time. The bias is added to every row.
#
# On the way back two things are new.
#
# - **The shapes tell you where to transpose.** The gradient of `w` must be `(D, M)`, and what you
#   have is `x`, `(N, D)`, and `dout`, `(N, M)`. There is one product of the two with that shape.
# - **The examples add up.** `w` and `b` were used by every row, so they hear from every row
#   (W5 again). `dx` does not: each row has its own.

# %% [markdown]
# ### Exercise `linear` ({points:linear})
#
# Write the dense layer.
#
# - `linear_forward(x, w, b) -> (out, cache)`: `x` `(N, D)`, `w` `(D, M)`, `b` `(M,)`, `out`
#   `(N, M)`.
# - `linear_backward(dout, cache) -> (dx, dw, db)`, shaped like `x`, `w` and `b`. So `db` is `(M,)`,
#   not `(1, M)`.
# - One example, one input or one output are nothing special; the axes stay.
# - Where the rows of `x` are not as long as `w` is high, raise a `ValueError`. NumPy's own will do;
#   a sentence that names both shapes is kinder.
# - **Announced cost:** a layer with some hundred thousand entries in its inputs.
# - Nudging is a good way to check your gradients. As the answer itself it earns nothing: one hidden
#   test, required for any points here, tells the two apart.

# %% exercise="linear" points=12 answer=["reference.layers.linear:linear_forward", "reference.layers.linear:linear_backward"]

# %% [markdown]
# **A second opinion**, with numbers of your choice. `check_backward` knows no formula; it nudges.

# %% tags=["raises-exception"]
check_backward(
    linear_forward,
    linear_backward,
    np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]),
    np.array([[1.0, -1.0, 0.5], [2.0, 0.0, 1.0]]),
    np.array([0.1, 0.2, 0.3]),
)

# %% [markdown]
# **What does it cost?** T311 counts one multiply-add for each weight forward and two backward (one
# for `dw`, one for `dx`): the way back is about as dear as going there twice, for *all* gradients.

# %% [markdown]
# ---
# ## 4. A sigmoid and its loss belong together
#
# ### Example W18: binary cross-entropy after a sigmoid (ACT)
#
# For two classes, $y \in \{0, 1\}$, let the last neuron answer with a probability $a = \sigma(z)$.
# The **binary cross-entropy** is minus the logarithm of the probability given to what happened:
#
# $$L = -\bigl(y \log a + (1 - y) \log(1 - a)\bigr).$$
#
# Take $\mathbf a_{\text{prev}} = (0.5, -1, 2)$ from the layer before, weights $(1, -0.5, 0.25)$, bias
# 0 and the label $y = 0$ (numbers ours). Forward: $z = 1.5$, $a = 0.8176$, $L = -\log(1 - a) =
# 1.7014$. Backward, station by station:
#
# | station | in letters | number |
# | --- | --- | --- |
# | $\partial L/\partial a$ | $-\frac{y}{a} + \frac{1 - y}{1 - a}$ | $1/0.1824 = 5.4817$ |
# | times $\partial a/\partial z$ | $a(1 - a)$ | $5.4817 \cdot 0.1491 = 0.8176$ |
# | times $\partial z/\partial\mathbf w$ | $\mathbf a_{\text{prev}}^\top$ | $(0.4088,\ -0.8176,\ 1.6351)$ |
#
# The second line is $a$ itself. That is no accident:
#
# $$\Bigl(-\frac{y}{a} + \frac{1 - y}{1 - a}\Bigr)\,a(1 - a) = -y(1 - a) + (1 - y)\,a = a - y,
# \qquad \frac{\partial L}{\partial \mathbf w} = (a - y)\,\mathbf a_{\text{prev}}^\top .$$
#
# The steep $1/(1 - a)$ of the loss and the flat $a(1 - a)$ of the sigmoid cancel. What is left is
# the plainest error signal there is: **answer minus truth.** A neuron that is sure and wrong gets a
# gradient near 1; with squared error instead, the factor $a(1 - a)$ would leave it nearly none.
#
# (Three slips on ACT's slides. When it first writes the loss it forgets the minus in front. In the
# derivation it prints $\partial L/\partial a$ as $-\frac{y}{a} - \frac{1 - y}{1 - a}$; the second
# sign is $+$, as on its next slide. And it calls $\mathbf w^{[3]}$ "of the size 3x1"; by its own
# matrix notation it is $1 \times 3$, as is $\mathbf a^{[2]\top}$. The result is right.)
#
# **The numbers matter, too.** At $z = 800$ the float $\sigma(z)$ is exactly 1, and $\log(1 - a)$ is
# $-\infty$. So compute the loss from $z$, never from $a$. With $y = 1$ it is $\log(1 + e^{-z})$;
# with $y = 0$ it is $\log(1 + e^{z})$. Each is harmless for one sign of $z$. **Find** a form that is
# harmless for both: pull the large part out of the logarithm,
# $\log(1 + e^{z}) = z + \log(1 + e^{-z})$. You will write it in section 6.

# %% [markdown]
# ---
# ## 5. A quiz, and a trap
#
# ### Example W19: two hidden layers (C601)
#
# *Differentiation Quiz #2* of C601 gives a network with two hidden layers,
#
# $$y = \sigma\bigl(\beta^\top \mathbf z^{(2)}\bigr), \qquad \mathbf z^{(2)} =
# \sigma\bigl((\alpha^{(2)})^\top \mathbf z^{(1)}\bigr), \qquad \mathbf z^{(1)} =
# \sigma\bigl((\alpha^{(1)})^\top \mathbf x\bigr),$$
#
# without biases, and asks for $\partial y/\partial\beta_j$ and $\partial y/\partial\alpha^{(i)}_j$,
# where $\alpha^{(i)}_j$ is the column of weights that lead *into* neuron $j$ of layer $i$. (The
# names $\mathbf z$ for the hidden values are ours. C601 says that $\alpha^{(i)}$ is $D^{(i)} \times
# D^{(i-1)}$; for the transposed products above to exist it has to be $D^{(i-1)} \times D^{(i)}$,
# the shape that our `w` has.) Take a sheet of paper, then choose. The quiz cannot set formulas: it
# writes z2_j for $z^{(2)}_j$, α2_j for the column $\alpha^{(2)}_j$ and α2_jk for the weight *from* $j$
# *to* $k$. In section 8 your own network confirms the formulas.

# %%
quiz("quiz_two_hidden_layers.json")

# %% [markdown]
# ### Example W20: without a bend, layers collapse (E442)
#
# Leave the $\sigma$'s out and stack two linear layers. In rows, $(\mathbf x w_1 + b_1)\,w_2 + b_2 =
# \mathbf x\,(w_1 w_2) + (b_1 w_2 + b_2)$: **one** linear layer, whatever the number of neurons in
# between. E442: *it collapses into one linear layer!* Your layer shows it on random numbers, with
# 50 hidden units between 2 inputs and 1 output: 201 numbers that do the work of 3.


# %% tags=["raises-exception"]
def two_layers_or_one():
    rng = np.random.default_rng(20)
    x = rng.normal(size=(6, 2))
    w1, b1 = rng.normal(size=(2, 50)), rng.normal(size=50)
    w2, b2 = rng.normal(size=(50, 1)), rng.normal(size=1)
    hidden, _ = linear_forward(x, w1, b1)
    stacked, _ = linear_forward(hidden, w2, b2)
    single, _ = linear_forward(x, w1 @ w2, b1 @ w2 + b2)
    bent, _ = linear_forward(np.maximum(0.0, hidden), w2, b2)
    print("stacked against one layer, largest difference:", np.abs(stacked - single).max())
    print("with a ReLU in between:                       ", np.abs(bent - single).max())


two_layers_or_one()

# %% [markdown]
# So something has to bend between the layers; section 7 has the choice of bends. **Ask yourself:**
# would $\max(0, \cdot)$ on the *inputs* alone, followed by two linear layers, help? Below the line
# that draws `x` write `x = np.maximum(0.0, x)`, and run the cell again.

# %% [markdown]
# ---
# ## 6. Losses: what is complained about
#
# ### Example W21: five losses and a penalty (ACT, T311, E445)
#
# The loss decides what "wrong" means, and its gradient is the first number of every backward pass.
# All are means over the batch, so that the size of a batch changes neither the loss nor the step.
#
# | loss | of one example | answers | truth |
# | --- | --- | --- | --- |
# | squared error | $\frac{1}{2} \sum_k (y_k - t_k)^2$ | outputs $y$ | targets $t$ |
# | hinge | $\max(0,\ 1 - y s)$ | a score $s$ | $y = \pm 1$ |
# | binary cross-entropy | $-\bigl(y\log\sigma(z) + (1 - y)\log(1 - \sigma(z))\bigr)$ | a logit $z$ | $y \in \{0, 1\}$ |
# | softmax cross-entropy | $-\log \frac{e^{s_\ell}}{\sum_j e^{s_j}}$ | a score for each class | label $\ell$ |
# | multiclass hinge | $\sum_{j \neq \ell} \max(0,\ s_j - s_\ell + \Delta)$ | a score for each class | label $\ell$ |
#
# A *logit* is a score before its sigmoid. ACT's **total loss** adds a **regulariser** $R$, which
# complains about the weights themselves, $\lambda$ times as loudly:
#
# $$L = \frac{1}{N} \sum_{i=1}^{N} L_i + \lambda R(W), \qquad \text{with } R(W) = \sum w^2.$$
#
# **In numbers** (ours): the scores $(2,\ 1.5,\ -1)$, label 0. Softmax gives the probabilities
# $(0.6037,\ 0.3662,\ 0.0301)$, so the cross-entropy is $-\log 0.6037 = 0.5046$. The multiclass
# hinge with $\Delta = 1$ is $\max(0, 0.5) + \max(0, -2) = 0.5$. With weights $(1, -2)$ and $\lambda
# = 0.1$ the penalty is $0.1 \cdot 5 = 0.5$, and the total, with cross-entropy, $1.0046$.

# %% [markdown]
# ### Exercise `losses` ({points:losses})
#
# Write three losses. Each returns `(loss, gradient)`: a number, the mean over the $N$ examples, and
# the gradient of *that mean* by the first argument, in its shape.
#
# - `squared_error(y, t)`: `y` and `t` are both `(N,)` or both `(N, M)`. **Half** the squared
#   distance, summed over the $M$ outputs, then the mean over the $N$ examples.
# - `hinge_loss(scores, y)`: both `(N,)`, `y` of −1 and +1.
# - `bce_with_logits(z, y)`: both `(N,)`, `y` of 0 and 1. **At $z = \pm 1000$ loss and gradient are
#   finite** (W18).
# - `y` may hold whole numbers or floats.
# - **Different shapes raise a `ValueError`.** Mind `(N, 1)` against `(N,)`: NumPy turns their
#   difference into `(N, N)` without a word, and the loss looks fine. An easy slip, and a quiet one;
#   so here it is tested.
# - **Announced cost:** a hundred thousand examples.

# %% exercise="losses" points=15 answer=["reference.layers.losses:squared_error", "reference.layers.losses:hinge_loss", "reference.layers.losses:bce_with_logits"]

# %% [markdown]
# **Your losses, drawn** for one example that should be positive. At the left are examples that are
# badly wrong, at the right those that are right beyond need. Read the slopes: who still complains
# about $+4$, and in which direction? Who shouts louder and louder at $-4$?


# %%
def squared_of(score):
    return squared_error(score, np.array([1.0]))


def hinge_of(score):
    return hinge_loss(score, np.array([1.0]))


def bce_of(score):
    return bce_with_logits(score, np.array([1.0]))


plots.draw_losses(
    {"squared error, t = 1": squared_of, "hinge, y = +1": hinge_of, "BCE, y = 1": bce_of},
    title="W21: three losses of one example that should be positive",
)

# %% [markdown]
# **Two landscapes.** A sigmoid neuron with one weight and a bias, on the four examples of section
# 1, under squared error of $\sigma(z)$ and under cross-entropy. E445 warns that losses of networks
# are not convex; for one neuron, the choice of the loss already decides it.


# %%
def squared_after_sigmoid(w, b):
    return squared_error(squash(w * corners_x + b), (corners_y + 1.0) / 2.0)[0]


def bce_after_sigmoid(w, b):
    return bce_with_logits(w * corners_x + b, (corners_y + 1.0) / 2.0)[0]


plots.draw_surfaces(
    {"squared error of sigmoid": squared_after_sigmoid, "cross-entropy": bce_after_sigmoid},
    reach=8.0,
    title="W18, W21: one neuron, four examples, two losses",
)

# %% [markdown]
# Put a finger on the left edge at $w = -8$, $b = 0$, where every answer is wrong. On the left map it stands on
# a plateau: hardly any slope, so hardly any learning. On the right map it stands on a steep slope
# that leads all the way down. Both facts are W18, seen from above.

# %% [markdown]
# ### Exercise `softmax_cross_entropy` ({points:softmax_cross_entropy})
#
# Write `softmax_cross_entropy(scores, labels) -> (loss, dscores)`; `scores` and `dscores` are
# `(N, K)`, `labels` whole numbers from 0 to $K - 1$, `(N,)`.
#
# - **Stable**, in two ways that are tested apart. *All* scores of a row raised by 1000 change no
#   probability, so they must change neither loss nor gradient; but $e^{1000}$ is no float.
#   (Which number could you take away from the whole row?) And scores *spread* from −1000 to 1000
#   make some probabilities exactly 0 as floats; the loss is then large but **finite**. So do not
#   take the logarithm of a probability: take it apart, $\log\frac{a}{b} = \log a - \log b$, first.
# - The gradient, for one example, is the vector of probabilities, minus 1 at the label. That is
#   W18 once more, for $K$ classes. (Derive it: $\log\sum_j e^{s_j}$ has the derivative
#   $e^{s_k} / \sum_j e^{s_j}$ with respect to $s_k$.) In numbers, for W21: $(-0.3963,\ 0.3662,\
#   0.0301)$.
# - **Announced cost:** tens of thousands of examples.

# %% exercise="softmax_cross_entropy" points=12 answer="reference.layers.losses:softmax_cross_entropy"

# %% [markdown]
# ### Exercise `multiclass_hinge` ({points:multiclass_hinge})
#
# Write `multiclass_hinge(scores, labels, margin=1.0) -> (loss, dscores)`, shapes as above. For each
# example: the sum over the *wrong* classes $j \neq \ell$ of $\max(0,\ s_j - s_\ell + \Delta)$, with
# $\Delta$ the `margin`.
#
# A wrong class that comes too close hears $+1$; the right class hears $-1$ **for each of those**. In
# W21's numbers the gradient is $(-1, 1, 0)$. Do not let the right class compete with itself.
#
# **Announced cost:** as before.

# %% exercise="multiclass_hinge" points=8 answer="reference.layers.losses:multiclass_hinge"

# %% [markdown]
# ### Exercise `l2_penalty` ({points:l2_penalty})
#
# Write `l2_penalty(weights, strength) -> (loss, gradients)`: `weights` is a list of arrays of any
# shapes; the loss is `strength` times the sum of **all** their squares, one number; `gradients` is
# a list with an array like each of them, $2\lambda w$. (Some texts put $\frac{1}{2}$ in front and lose
# the 2. Ours has neither.) An empty list costs nothing and has no gradients.

# %% exercise="l2_penalty" points=4 answer="reference.layers.losses:l2_penalty"

# %% [markdown]
# **A pair in disguise.** `(loss, gradient)` is `(out, cache)` of a layer whose backward pass is
# `dout * gradient`. So `check_backward` can try losses as well:

# %% tags=["raises-exception"]
check_backward(
    lambda scores: softmax_cross_entropy(scores, np.array([0, 2])),
    lambda dout, gradient: dout * gradient,
    np.array([[2.0, 1.5, -1.0], [0.0, 0.5, 1.0]]),
)

# %% [markdown]
# ---
# ## 7. Activations: what bends
#
# ### Example W22: five activations (E442, ACT)
#
# | name | forward | own slope | known for |
# | --- | --- | --- | --- |
# | sigmoid | $\sigma(x) = 1/(1 + e^{-x})$ | $\sigma(x)(1 - \sigma(x))$, never above $\frac{1}{4}$ | reads as a probability; flat at both ends |
# | tanh | $\tanh x$ | $1 - \tanh^2 x$, never above 1 | centred at 0; flat at both ends |
# | ReLU | $\max(0, x)$ | 1 right of 0, 0 left of it | never flat at the right; E442: converges about 6 times faster |
# | leaky ReLU | $x$ right of 0, $\text{slope} \cdot x$ left of it | 1 and `slope` | no neuron falls silent for good |
# | maxout | $\max(\mathbf x w_1 + b_1,\ \mathbf x w_2 + b_2)$ | a gate: the larger one takes the gradient | learns its own bend |
#
# (For the leaky ReLU E442 takes the slope 0.01, ACT 0.1. So it is an argument here.)
#
# "Flat" is where learning stops: ten sigmoids in a row multiply a gradient by at most
# $(1/4)^{10} \approx 10^{-6}$. And a ReLU whose inputs are all negative passes nothing back, so
# nothing ever changes that (W15, neurons 2 and 3).

# %% [markdown]
# ### Exercise `activations` ({points:activations})
#
# Write five pairs. The first four work entry by entry, on arrays of **any shape**:
#
# | forward `-> (out, cache)` | backward `-> dx` |
# | --- | --- |
# | `sigmoid_forward(x)` | `sigmoid_backward(dout, cache)` |
# | `tanh_forward(x)` | `tanh_backward(dout, cache)` |
# | `relu_forward(x)` | `relu_backward(dout, cache)` |
# | `leaky_relu_forward(x, slope=0.01)` | `leaky_relu_backward(dout, cache)` |
#
# - **At $\pm 1000$ the values are right and the gradients are 0**, not NaN. A warning of NumPy's costs
#   nothing. If you want none: an array holds both signs at once, so an `if` will not do for the
#   sigmoid. What is $e^{-|x|}$ good for?
# - Far out the slopes are tiny, yet not zero; a large `dout` must still come through right to six
#   digits. The formulas of the table do that; nudging, a difference of nearly equal numbers, does not.
#
# Maxout is a layer, two linear ones with a max gate behind them:
#
# - `maxout_forward(x, w1, b1, w2, b2) -> (out, cache)`: `x` `(N, D)`, `w1` and `w2` `(D, M)`, `b1` and
#   `b2` `(M,)`, `out` `(N, M)`;
# - `maxout_backward(dout, cache) -> (dx, dw1, db1, dw2, db2)`. Entry by entry the winner takes the
#   gradient; `x` was used twice.
# - **Announced cost:** maxout with some hundred thousand inputs.

# %% exercise="activations" points=15 answer=["reference.layers.activations:sigmoid_forward", "reference.layers.activations:sigmoid_backward", "reference.layers.activations:tanh_forward", "reference.layers.activations:tanh_backward", "reference.layers.activations:relu_forward", "reference.layers.activations:relu_backward", "reference.layers.activations:leaky_relu_forward", "reference.layers.activations:leaky_relu_backward", "reference.layers.activations:maxout_forward", "reference.layers.activations:maxout_backward"] builds_on=["linear"]

# %% [markdown]
# **Your pairs, drawn**: the line is your forward, the dashes are your backward with ones for
# `dout`. The maxout has one input, and its two layers are $x$ and $-x$. Which named function has it
# learnt to be? Choose other weights and make it a ReLU.


# %%
def leaky(x):
    return leaky_relu_forward(x, 0.1)


def maxout_of_one(x):
    plus, minus, none = np.array([[1.0]]), np.array([[-1.0]]), np.zeros(1)
    out, cache = maxout_forward(x.reshape(-1, 1), plus, none, minus, none)
    return out[:, 0], cache


def maxout_slope(dout, cache):
    return maxout_backward(dout.reshape(-1, 1), cache)[0][:, 0]


def five_pairs():
    return {
        "sigmoid": (sigmoid_forward, sigmoid_backward),
        "tanh": (tanh_forward, tanh_backward),
        "ReLU": (relu_forward, relu_backward),
        "leaky ReLU, slope 0.1": (leaky, leaky_relu_backward),
        "maxout of x and −x": (maxout_of_one, maxout_slope),
    }


plots.draw_activations(five_pairs(), title="W22: activations and their derivatives")

# %% [markdown]
# **Read off** with a point on your own curves: drag it, or move the slider with the arrow keys. Where is
# each derivative largest, and where has it lost nine tenths of that? An input of 5 to a sigmoid is not
# exotic at all. Which two of the five are *flat* nowhere?

# %%
widgets.Activations(five_pairs())

# %% [markdown]
# ---
# ## 8. The whole network
#
# ### Example W23: scores for three classes (ACT)
#
# ACT flattens an image of 2x2 pixels into $\mathbf x = (1, 2, 3, 4)$ and multiplies by a matrix with
# one row for each of dog, cat and pig:
#
# $$W\mathbf x = \begin{pmatrix} 0.2 & 0.4 & 0.1 & 0.6 \\ 0.3 & 0.8 & 0.2 & 0.1 \\ 0.5 & 0.6 & 0.4
# & 0.7 \end{pmatrix} \begin{pmatrix} 1 \\ 2 \\ 3 \\ 4 \end{pmatrix} = \begin{pmatrix} 3.7 \\ 2.9
# \\ 5.7 \end{pmatrix},$$
#
# before the bias. (The slide prints the scores 3.6, 2.6 and −3.0. With this $W$ they would take
# the bias $(-0.1, -0.3, -8.7)$, so we do not use them.) Your layer wants rows, hence the
# transpose. The image shows a cat; your loss says what that answer costs.


# %% tags=["raises-exception"]
def animals():
    pixels = np.array([[1.0, 2.0, 3.0, 4.0]])
    table = np.array([[0.2, 0.4, 0.1, 0.6], [0.3, 0.8, 0.2, 0.1], [0.5, 0.6, 0.4, 0.7]])
    scores, cache = linear_forward(pixels, table.T, np.zeros(3))
    loss, blame = softmax_cross_entropy(scores, np.array([1]))
    _, dw, _ = linear_backward(blame, cache)
    print("scores of dog, cat, pig:", np.round(scores, 1))
    print("loss for a cat:", round(float(loss), 4), " gradient:", np.round(blame, 4))
    print("rows of dW for dog, cat, pig:")
    print(np.round(np.transpose(dw), 3))


animals()

# %% [markdown]
# Each row of $dW$ is a multiple of the image: the cat's row is told to become more like it, the
# others less, the pig's most of all. A linear classifier has one template for each class and no way
# to combine clues. So stack layers: ACT's $f = W_3 \max(0, W_2 \max(0, W_1 \mathbf x))$.

# %% [markdown]
# ### Exercise `mlp_forward` ({points:mlp_forward})
#
# Write `mlp_forward(x, params, activation="relu") -> (scores, cache)`.
#
# - `x` is `(N, D)`; `params` is a list with a pair `(w, b)` for each layer, first layer first. It
#   may hold one layer or many, of any widths that fit.
# - `activation` is `"relu"`, `"tanh"` or `"sigmoid"`. It stands **between** layers; **the last
#   layer has none**: scores are scores.
# - Use your own layers. Everything that the way back needs goes into `cache`.
# - Another `activation` is a `ValueError`; good manners, not tested.

# %% exercise="mlp_forward" points=10 answer="reference.mlp:mlp_forward" builds_on=["linear", "activations"]

# %% [markdown]
# ### Exercise `mlp_backward` ({points:mlp_backward})
#
# Write `mlp_backward(dscores, cache) -> list[(dw, db)]`: the gradients in the order of `params`,
# first layer first. `dscores` is shaped like the scores.
#
# - Walk the layers from last to first. What one layer returns as `dx` is the `dout` of what stood
#   before it. There is nothing else to it; that is why this was worth all the preparation.
# - The cache of one forward pass must not be disturbed by another one, and `params` stay as they
#   are.
# - **Announced cost:** a network with some hundred thousand weights.

# %% exercise="mlp_backward" points=16 answer="reference.mlp:mlp_backward" builds_on=["linear", "activations"] needs=["mlp_forward"]

# %% [markdown]
# **The judge of W16.** A random network with three hidden layers of 4 neurons: `sum_over_paths`
# walks 16 paths for each weight of the first layer, your backward pass walks the layers once.


# %% tags=["raises-exception"]
def paths_or_layers():
    rng = np.random.default_rng(16)
    sizes = [3, 4, 4, 4, 1]
    params = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(sizes)]
    x = rng.normal(size=(1, 3))
    _, cache = mlp_forward(x, params, "tanh")
    dw1, _ = mlp_backward(np.ones((1, 1)), cache)[0]
    slopes, h = [], x
    for w, b in params[:-1]:
        h = np.tanh(h @ w + b)
        slopes.append(1.0 - h[0] ** 2)
    weights = [w for w, _ in params]
    largest = 0.0
    for i, j in np.ndindex(3, 4):
        by_paths, count = sum_over_paths(weights, slopes, x[0], i, j)
        largest = max(largest, abs(by_paths - dw1[i, j]))
    print(f"{count} paths for each of {dw1.size} weights; largest difference {largest:.1e}")


paths_or_layers()

# %% [markdown]
# **The answer to W19.** Your network ends in scores, and $y$ is the $\sigma$ of one: the factor
# $y(1 - y)$ is all that has to be put in front. Were your choices right?


# %% tags=["raises-exception"]
def quiz_by_network():
    rng = np.random.default_rng(19)
    x, alpha1, alpha2 = rng.normal(size=3), rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    beta = rng.normal(size=2)
    z1 = squash(x @ alpha1)
    z2 = squash(z1 @ alpha2)
    y = squash(z2 @ beta)
    params = [(alpha1, np.zeros(4)), (alpha2, np.zeros(2)), (beta.reshape(2, 1), np.zeros(1))]
    _, cache = mlp_forward(x.reshape(1, 3), params, "sigmoid")
    (da1, _), (da2, _), (dbeta, _) = mlp_backward(np.array([[y * (1.0 - y)]]), cache)
    into2 = y * (1.0 - y) * beta * z2 * (1.0 - z2)
    into1 = (alpha2 @ into2) * z1 * (1.0 - z1)
    for name, mine, formula in [
        ("beta", dbeta[:, 0], y * (1.0 - y) * z2),
        ("alpha2", da2, np.outer(z1, into2)),
        ("alpha1", da1, np.outer(x, into1)),
    ]:
        print(f"dy/d{name}: largest difference {np.abs(mine - formula).max():.1e}")


quiz_by_network()

# %% [markdown]
# ### Exercise `count_parameters` ({points:count_parameters})
#
# ACT shows a network with 3, 3 and 1 neurons and asks: *number of parameters?* Write
# `count_parameters(sizes) -> int`: `sizes` lists the inputs, then the neurons of each layer; count
# weights **and biases**. With ACT's layers and one input, `(1, 3, 3, 1)`, there are
# $3 + 3$, $9 + 3$ and $3 + 1$: 22. Inputs alone, `(5,)`, have none.

# %% exercise="count_parameters" points=4 answer="reference.mlp:count_parameters"

# %% [markdown]
# ### Your network learns
#
# Two moons, 60 points: no line parts them. The next cell trains two networks with **your** code, the
# plainest way there is: all points, 200 times, a step against the gradient of the total loss. One
# has no hidden layer, one has eight neurons. (Better ways to train are the next assignment.)


# %%
def learn(sizes, points, classes, steps=200, eta=1.0, strength=1e-4):
    source = np.random.default_rng(3)
    layers = [(source.normal(size=(d, m)) / np.sqrt(d), np.zeros(m)) for d, m in pairwise(sizes)]
    for _ in range(steps):
        answers, memory = mlp_forward(points, layers, "tanh")
        error_signal = softmax_cross_entropy(answers, classes)[1]
        shrink = l2_penalty([w for w, _ in layers], strength)[1]
        slopes = mlp_backward(error_signal, memory)
        layers = [
            (w - eta * (dw + extra), b - eta * db)
            for (w, b), (dw, db), extra in zip(layers, slopes, shrink, strict=True)
        ]
    return layers


moons_x, moons_labels = datasets.moons(60, np.random.default_rng(0))
learnt = {}


def classify(sizes):
    def scores_of(points):
        if sizes not in learnt:
            learnt[sizes] = learn(sizes, moons_x, moons_labels)
        return mlp_forward(points, learnt[sizes], "tanh")[0]

    return scores_of


plots.draw_regions(
    {"2-2, a line": classify((2, 2)), "2-8-2, bent": classify((2, 8, 2))},
    moons_x,
    moons_labels,
    title="W20 in colour: two moons and two networks",
)

# %% [markdown]
# Try `datasets.circles` or `datasets.xor` (they take the same arguments), other widths, and `"relu"`
# for `"tanh"` in both places. How few hidden neurons still do it? How many parameters are that?

# %% [markdown]
# ---
# ## 9. Check yourself
#
# Six questions, no points. Click an answer and read what it says, also the wrong ones.

# %%
quiz("quiz.json")

# %% [markdown]
# ---
# ## 10. Essay ({points:essay_design})
#
# A colleague sorts photographs into three kinds. She has built a network of four dense layers with
# a sigmoid after **every** one, the last included, trains it with squared error against targets such
# as $(0, 1, 0)$, and computes each weight's gradient from its own written-out formula. It learns
# hardly anything, and slowly. Advise her in **200 to 400 words**:
#
# 1. Her gradients: what should the way back through one dense layer take in and give out, with
#    shapes, and why does that replace a formula for each weight? Use the number of paths.
# 2. Her last layer: what goes wrong when a network is sure and wrong, and what would you put there?
#    Give **numbers of your own** for one output, before and after.
# 3. Her hidden layers: what do four sigmoids do to a gradient, which activation would you try, and
#    what new trouble can that bring?
# 4. She suspects that the activations are the problem and wants to drop them all. Answer her.
#
# Write for somebody who knows calculus but not this course. Formulas between dollar signs are
# welcome.

# %% [markdown] essay="essay_design" points=10

# %% [markdown]
# ---
# ## What you have now
#
# - A neuron that learns from its mistakes, and the paths behind a gradient (W14 to W16).
# - A layer forward and backward, for a whole batch (W17, W20, W23).
# - Losses with honest gradients that survive large numbers (W18, W21).
# - Bends, and where they stop the gradient (W22).
# - A network of any depth whose backward pass is a loop (W16, W17, W19).
#
# **Before you hand in:** *Kernel → Restart Kernel and Run All Cells*, look at each check, save.
#
# **Next:** `a4_training` makes it train: where to start, which steps to take, when to stop.
