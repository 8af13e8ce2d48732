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
#     title: Reverse-mode autodiff on arrays
#     cell_seconds: 6
#     notebook_seconds: 60
#     call_seconds: 3
# ---

# %% [markdown]
# # Reverse-mode autodiff on arrays
#
# In `a1_graphs` every node of the graph was one number. A network with a million weights would be
# a graph of millions of Python objects, far too slow. So let a node hold a whole **array**: one
# node for all inputs, one for all weights, one for a product of matrices. The graph shrinks to a
# dozen nodes and NumPy does the arithmetic. The order of the walk, forward and backward, stays the
# same. What is new is **shapes**. At the end you have a small PyTorch of your own, and a test that
# shows that its gradients are right.
#
# **What to know before.** `a1_graphs`: slopes multiply along a path, gradients add over paths, and
# a node passes its gradient on when it is complete. Of NumPy: shapes and axes, `sum(axis=...)`,
# the product `@` of matrices, indexing. Of linear algebra: the product of a matrix and a vector,
# and the transpose.
#
# **Time.** 60 to 90 minutes to read, 4 to 8 hours to solve. There are nine exercises (100 points,
# graded by machine) and one essay ({points:essay_shapes}, read by a person).
#
# **The lectures** are cited by code. You can work here without having heard them.
#
# | code | lecture |
# | --- | --- |
# | C601 | 10-601 lecture 14, *Backpropagation + Deep Learning* (Carnegie Mellon) |
# | T311 | CSC 311 lecture 6, *Neural Nets II* (Toronto) |
# | E442 | EECS 442, *Backpropagation and Neural Nets* (Michigan) |
# | ACT | *Activation functions and error functions* |
#
# The worked examples W12 and W13 are new. W2, W4, W5, W8, W10 and W11 are those of `a1_graphs`; what
# you need of them is said again. Higher numbers, in the docstrings of functions, belong to later
# notebooks and are not needed here. Where a slide differs from what is right, the text says so.

# %% [markdown]
# ## The rules
#
# They are those of `a1_graphs`, in short:
#
# - Write in the cells marked `# YOUR CODE HERE`; `check(...)` below tells you more. Hidden tests
#   with other numbers and other shapes give the points, and nothing while the values are wrong.
# - Only NumPy and Python's `math` compute an answer. Arguments are not modified: neither arrays
#   that come in, nor the `.data` of a Tensor.
# - Plain loops over entries are fast enough, unless an exercise announces a cost. Results may be
#   float32 or float64; they are judged by value and by **shape**.
# - At corners and ties every valid choice is accepted; each exercise says which those are.
# - An error is tested where the *text* of an exercise asks for it. Others that a docstring names are
#   good manners.
# - If you run the cell of the class `Tensor` again, run the cells below it again: they attach
#   methods to it. Before you hand in: *Restart Kernel and Run All Cells*.
#
# The next cell imports what you need. `normalize_axis_tuple` is NumPy's own helper for the
# argument `axis`; section 5 explains it.

# %%
import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from course import check, plots, quiz

# %% [markdown]
# ---
# ## 1. What shape has a derivative?
#
# ### Example W12: nine kinds of derivatives (C601)
#
# A number, a vector or a matrix can be differentiated by a number, a vector or a matrix. That makes
# nine kinds:
#
# | | scalar $y$ | vector $\mathbf{y}$ | matrix $\mathbf{Y}$ |
# | --- | --- | --- | --- |
# | by scalar $x$ | $\partial y/\partial x$ | $\partial\mathbf{y}/\partial x$ | $\partial\mathbf{Y}/\partial x$ |
# | by vector $\mathbf{x}$ | $\partial y/\partial\mathbf{x}$ | $\partial\mathbf{y}/\partial\mathbf{x}$ | $\partial\mathbf{Y}/\partial\mathbf{x}$ |
# | by matrix $\mathbf{X}$ | $\partial y/\partial\mathbf{X}$ | $\partial\mathbf{y}/\partial\mathbf{X}$ | $\partial\mathbf{Y}/\partial\mathbf{X}$ |
#
# Each is nothing but a collection of ordinary slopes: one for every entry of what is
# differentiated and every entry of what it is differentiated by. The only question is how to lay
# them out. C601 puts the **denominator first**: entries of $\mathbf{x}$ count the rows, entries of
# $\mathbf{y}$ the columns. With $P$ entries in $\mathbf{x}$ and $N$ in $\mathbf{y}$,
#
# $$\frac{\partial y}{\partial\mathbf{x}} = \begin{bmatrix} \partial y/\partial x_1 \\ \vdots \\
# \partial y/\partial x_P \end{bmatrix}, \qquad
# \frac{\partial\mathbf{y}}{\partial\mathbf{x}} = \begin{bmatrix}
# \partial y_1/\partial x_1 & \cdots & \partial y_N/\partial x_1 \\
# \vdots & & \vdots \\
# \partial y_1/\partial x_P & \cdots & \partial y_N/\partial x_P \end{bmatrix}.$$
#
# Other books print the transpose (*numerator layout*, or *Jacobian*). Neither is wrong; mixing the
# two is. (The slides introduce $\mathbf{y}$ with $M$ entries and then print it with $N$; here it
# is $N$ throughout.)
#
# Some useful ones, from the slide *Common Vector Derivatives*, with vectors $\mathbf{x},
# \mathbf{b}$ and a matrix $B$:
#
# | function | derivative by $\mathbf{x}$ | compare: numbers |
# | --- | --- | --- |
# | $\mathbf{x}^\top B$ | $B$ | $xb \to b$ |
# | $\mathbf{x}^\top \mathbf{b}$ | $\mathbf{b}$ | $xb \to b$ |
# | $\mathbf{x}^\top \mathbf{x}$ | $2\mathbf{x}$ | $x^2 \to 2x$ |
# | $\mathbf{x}^\top B \mathbf{x}$, $B$ symmetric | $2B\mathbf{x}$ | $bx^2 \to 2bx$ |
#
# (The slide lets $B$ be $m \times n$; in the last line it must be square, or $B\mathbf{x}$ does
# not exist.) Check two of them by nudging: each row of the result belongs to one entry of
# $\mathbf{x}$.


# %%
def by_nudging(f, x, eps=1e-6):
    return np.array([(f(x + step) - f(x)) / eps for step in eps * np.eye(x.size)])  # to one side


draw = np.random.default_rng(1)
x_vector, b_matrix = draw.normal(size=4), draw.normal(size=(4, 2))
slopes = by_nudging(lambda x: x @ b_matrix, x_vector)
distance = np.abs(slopes - b_matrix).max()
print(f"x^T B: shape {slopes.shape}, largest distance from B {distance:.0e}")
slopes = by_nudging(lambda x: x @ x, x_vector)
distance = np.abs(slopes - 2 * x_vector).max()
print(f"x^T x: shape {slopes.shape}, largest distance from 2x {distance:.0e}")

# %% [markdown]
# ### The chain rule in this layout (C601)
#
# C601 asks: let $y = g(\mathbf{u})$ and $\mathbf{u} = h(\mathbf{x})$. Which is the chain rule?
#
# | | $\partial y/\partial\mathbf{x} = \ldots$ | | $\partial y/\partial\mathbf{x} = \ldots$ |
# | --- | --- | --- | --- |
# | A | $\dfrac{\partial y}{\partial\mathbf{u}}\,\dfrac{\partial\mathbf{u}}{\partial\mathbf{x}}$ | D | $\left(\dfrac{\partial y}{\partial\mathbf{u}}\right)^{\!\top}\left(\dfrac{\partial\mathbf{u}}{\partial\mathbf{x}}\right)^{\!\top}$ |
# | B | $\left(\dfrac{\partial y}{\partial\mathbf{u}}\right)^{\!\top}\dfrac{\partial\mathbf{u}}{\partial\mathbf{x}}$ | E | $\left(\dfrac{\partial y}{\partial\mathbf{u}}\,\dfrac{\partial\mathbf{u}}{\partial\mathbf{x}}\right)^{\!\top}$ |
# | C | $\dfrac{\partial y}{\partial\mathbf{u}}\left(\dfrac{\partial\mathbf{u}}{\partial\mathbf{x}}\right)^{\!\top}$ | F | none of the above |
#
# **Decide before you read on**, from the shapes alone: with $P$ entries in $\mathbf{x}$ and $N$ in
# $\mathbf{u}$, what are the shapes of the two factors, and what must come out?
#
# The factors are $N \times 1$ and $P \times N$; wanted is $P \times 1$. A, B, C and E ask for
# products that do not exist. D exists, has the right numbers and is a row, $1 \times P$. So the
# answer is **F**: what is right is
#
# $$\frac{\partial y}{\partial\mathbf{x}} =
# \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\,\frac{\partial y}{\partial\mathbf{u}},
# \qquad (P \times N)\,(N \times 1) = P \times 1 .$$
#
# In words: for each entry of $\mathbf{x}$, go through all entries of $\mathbf{u}$, multiply the two
# slopes and add up. That is W5, gradients add over all paths, as a product of matrices.

# %%
u_vector = x_vector @ b_matrix
slopes = by_nudging(lambda x: (x @ b_matrix) @ (x @ b_matrix), x_vector)
print("y = u^T u with u^T = x^T B, by nudging:", slopes)
print("the answer F, B times 2u:              ", b_matrix @ (2 * u_vector))

# %% [markdown]
# ### Exercise `quiz_layouts` ({points:quiz_layouts})
#
# Now with arrays, which may have any number of axes. Let $y$ be a scalar, of shape `()`, a vector
# of shape `(2,)` or a matrix of shape `(2, 3)`; and $x$ a scalar, a vector of shape `(4,)` or a
# matrix of shape `(4, 5)`. Give the shapes of all nine derivatives in C601's layout, **the axes of
# the denominator first**, then those of the numerator. A scalar has no axes, so it adds none: we
# write `(4,)` where the slide prints a column of 4.
#
# In "matrix by matrix" the entry `[p, q, m, n]` is $\partial Y_{mn}/\partial X_{pq}$. Write a tuple
# for every key in place of the dots, for example `(4,)`, with its comma, and delete the `raise`
# below the table. The check looks at the form alone.

# %% exercise="quiz_layouts" points=4 answer="reference.quizzes.a2_tensors:answers" form="table"

# %% [markdown]
# **And now the good news: you will never build most of these.** Take a layer that turns a batch of
# 64 images with 784 pixels into 100 numbers each. The derivative of its output, `(64, 100)`, by
# its weights, `(784, 100)`, has $784 \cdot 100 \cdot 64 \cdot 100 = 501\,760\,000$ entries: 4 GB,
# nearly all of them zero. But the end of the graph is a *loss*, one number. So only the first column
# of the table is ever asked for, scalar by array, and there
#
# > **a gradient has the shape of what it belongs to.**
#
# A gate receives the gradient of its output, which has the output's shape, and must hand on the
# gradients of its inputs, which have theirs. How it gets from one to the other is its own
# business; the huge array in between is never written down. This notebook is about that step. We
# call it **pull**: it pulls a gradient back from the output to the inputs. (The literature says
# *vector-Jacobian product*.)

# %% [markdown]
# ---
# ## 2. Copies going forward, sums coming back
#
# NumPy adds arrays of different shapes by **broadcasting**. Write the shapes one below the other,
# aligned at the *right*; where one has size 1, or nothing, it is copied as often as the other one
# needs:
#
# | | | | | |
# | --- | --- | --- | --- | --- |
# | x | `(3, 1)` | 3 | 1 | every column is a copy of the only one |
# | y | `(4,)` | – | 4 | every row is a copy of the only one |
# | x + y | `(3, 4)` | 3 | 4 | |
#
# Nothing is really copied in memory, but the graph does not care: each entry of $x$ is **used four
# times**. And what happens to a value that is used several times? W5 says it: gradients from all
# its uses **add up**. So the way back from a copy is a sum, over just those axes along which it was
# copied. You will see a picture of it as soon as your function draws it.

# %% [markdown]
# ### Exercise `unbroadcast` ({points:unbroadcast})
#
# Write `unbroadcast(gradient, shape)`. An array of shape `shape` was broadcast until it had the
# shape of `gradient`. Return its own gradient: an array of shape `shape`, exactly, in which every
# entry is the sum over its copies.
#
# - Two things may have happened: **axes were added** at the left, and **axes of size 1 were
#   stretched**. Both may happen to one array; `(3, 1)` may have become `(2, 3, 4)`.
# - An axis whose size is 1 in both is not summed away: the result keeps it.
# - `shape` may be `()`: a number that was added to a whole array. Where nothing was broadcast,
#   the numbers come back as they are.
# - Sizes of 0 (an empty batch) need no special care: a sum over nothing is 0.
# - A shape that cannot be broadcast to `gradient.shape` is an error: raise a `ValueError` that
#   names both shapes.

# %% exercise="unbroadcast" points=12 answer="reference.tensor:unbroadcast"

# %% [markdown]
# The lower half of this picture comes from your function. Check one entry of each sum in your
# head. Then change the shapes: what does it look like for `(1, 4)` and `(3, 4)`?

# %%
plots.broadcasting(
    np.array([[1.0], [2.0], [3.0]]),
    np.array([10.0, 20.0, 30.0, 40.0]),
    np.array([[1.0, -1.0, 2.0, 0.0], [0.0, 3.0, 1.0, 1.0], [2.0, -2.0, -1.0, 0.0]]),
    unbroadcast,
)

# %% [markdown]
# ---
# ## 3. A Value that holds an array
#
# `Tensor` is `Value` grown up. It has no `.local`: a slope for every pair of entries would be the
# huge array of section 1. In its place stands a *function*.
#
# | attribute | what it holds | for $y = \sin x$ with `x.data` of shape `(3, 4)` |
# | --- | --- | --- |
# | `.data` | the array, of floats | shape `(3, 4)` |
# | `.grad` | `None` until a backward pass; then an array of the same shape | `None` |
# | `.parents` | the Tensors this one was computed from; empty for a leaf | `(x,)` |
# | `.pull` | a function: given the gradient of this Tensor, it returns **a tuple with one gradient for each parent**, each in its parent's shape; `None` for a leaf | see below |
#
# A complete gate, one that is not asked of you:
#
# ```python
# def sine(t):
#     x = t.data
#     return Tensor(np.sin(x), (t,), lambda gradient: (gradient * np.cos(x),))
# ```
#
# Look at three things. The pull is *defined* when the forward pass runs and *called* later; until
# then it remembers `x`. It multiplies what arrives, entry by entry, with the gate's own slope: in
# `a1_graphs` that was done by `backward`, here it is the gate's business. And it returns a tuple,
# even for one parent: **mind the comma**. (Without it a check will say that *zip() argument 2 is
# longer than argument 1*: so many gradients for so few parents.) A pull reads the gradient that it gets and does not
# change it, for somebody else may hold the same array.
#
# Where two operands have different shapes, the pull hands each of them a gradient *in its own
# shape*: this is what `unbroadcast` is for. For $x \cdot y$, entry by entry, what arrives for $x$
# is `gradient * y`, in the shape of the product; `x` may be smaller.

# %% [markdown]
# ### Exercise `elementwise` ({points:elementwise})
#
# Complete the class `Tensor`. Each operation works entry by entry and returns a **new** Tensor with
# its parents and its pull. It leaves its operands alone.
#
# - `x + y`, `x - y`, `x * y`, `x / y`, broadcasting as NumPy does. One side may be a plain number
#   or an array: `3 - x` and `array / x` work too.
# - `x ** k` with a plain number `k`, negative and fractional too; `x ** 0` is 1 with gradient 0,
#   also where x is 0. And `-x`.
# - `x.exp()`, `x.log()` (natural), `x.tanh()`, `x.sigmoid()`, `x.relu()`. **At ±1000 tanh and the
#   sigmoid must still give numbers**, not NaN. A warning of NumPy's costs nothing; a NaN does.
# - `x.maximum(y)`: the larger of the two, entry by entry, broadcasting. `y` may be a number.
# - Corners: `relu` at 0 may have any slope from 0 to 1. **Where `x` and `y` tie, `maximum` shares
#   what arrives between them**: all to one of the two (we: to `x`), or a part to each; but not all
#   to both.
#
# What the class gives you: `__init__` makes floats of whole numbers. `lift(other)` makes a Tensor
# of a number or an array, to be used when `other` is not yet one. `__array_ufunc__ = None` tells
# NumPy to leave `array + x` to `x.__radd__`. `shape`, `item()` and `repr` are for looking at a
# Tensor, `zero_grad()` forgets its gradient, and `detach()` is the same array as a new leaf, through
# which nothing flows back. `recording` is a switch: where nobody will ask for gradients it can be
# set to `False`, and then results forget their parents. Here it stays `True`. `array @ x` is given
# too; it waits for your `@` in section 4.
#
# There is no `backward` yet. The checks walk every path from the result down to the inputs, calling
# `pull` on the way, as you did by hand in W5, and add up what arrives.

# %% exercise="elementwise" points=18 answer="reference.tensor:Tensor" given=["__init__", "__repr__", "shape", "item", "detach", "zero_grad", "lift", "__rmatmul__"] builds_on=["unbroadcast"]

# %% [markdown]
# The next picture follows the `.parents` of *your* Tensors. It is the sigmoid neuron of W4, now for
# five examples at once: two inputs, as columns, and weights that are single numbers. Which arrays
# were broadcast? (There are no gradients below the lines yet. Where you built one gate of others,
# you see those; a box with a dot is a leaf without a name, such as a number.)


# %%
def five_examples():
    draw = np.random.default_rng(0)
    x0, x1 = Tensor(draw.normal(size=(5, 1))), Tensor(draw.normal(size=(5, 1)))
    w0, w1, w2 = Tensor(2.0), Tensor(-3.0), Tensor(-3.0)
    f = (w0 * x0 + w1 * x1 + w2).sigmoid()
    return f, {"x0": x0, "x1": x1, "w0": w0, "w1": w1, "w2": w2, "f": f}


plots.draw_arrays(five_examples, title="W4 for five examples at once")

# %% [markdown]
# ---
# ## 4. The product of matrices
#
# A layer of a network is a product: `z = x @ w`, with one example in each row of `x`. Entry by
# entry, $z_{ij} = \sum_k x_{ik} w_{kj}$. Who uses $x_{ik}$? The whole row $i$ of $z$: each $z_{ij}$
# takes it with the slope $w_{kj}$. Who uses $w_{kj}$? The whole column $j$ of $z$. Add over the
# uses (W5), writing a bar for the gradient as T311 does:
#
# $$\bar{x}_{ik} = \sum_j \bar{z}_{ij}\, w_{kj}, \qquad \bar{w}_{kj} = \sum_i x_{ik}\, \bar{z}_{ij} .$$
#
# These sums are products of matrices again:
#
# $$\bar{X} = \bar{Z}\, W^\top, \qquad \bar{W} = X^\top \bar{Z} .$$
#
# You need not learn that by heart. $\bar{X}$ must have the shape of $X$, it is made of $\bar{Z}$
# and $W$, and there is only one way in which the shapes fit. (The lectures write a layer as
# $W\mathbf{x} + \mathbf{b}$, with one example as a column. Then T311's lines
# $\overline{\mathbf{W}} = \bar{\mathbf{z}}\,\mathbf{x}^\top$ and $\bar{\mathbf{x}} = \mathbf{W}^\top
# \bar{\mathbf{z}}$ are the same two, transposed. This course puts examples in rows, as every
# library does.)
#
# A small one to do by hand, with our numbers:
#
# $$X = \begin{bmatrix} 1 & 2 \end{bmatrix}, \; W = \begin{bmatrix} 3 & 4 \\ 5 & 6 \end{bmatrix},
# \; Z = \begin{bmatrix} 13 & 16 \end{bmatrix}, \qquad \bar{Z} = \begin{bmatrix} 1 & 10 \end{bmatrix}$$
#
# $$\Rightarrow\quad \bar{X} = \begin{bmatrix} 43 & 65 \end{bmatrix}, \quad \bar{W} = \begin{bmatrix} 1 & 10
# \\ 2 & 20 \end{bmatrix} .$$
#
# **Cover the last line** and work out $\bar{X}$ and $\bar{W}$ before you look.
#
# `@` does more than matrices:
#
# | left | right | result | what it is |
# | --- | --- | --- | --- |
# | `(N, K)` | `(K, M)` | `(N, M)` | the product of two matrices |
# | `(K,)` | `(K, M)` | `(M,)` | a vector on the left is **one row** |
# | `(N, K)` | `(K,)` | `(N,)` | a vector on the right is **one column** |
# | `(K,)` | `(K,)` | `()` | the dot product |
# | `(B, N, K)` | `(B, K, M)` | `(B, N, M)` | a batch: B products, one after the other |
# | `(B, N, K)` | `(K, M)` | `(B, N, M)` | the matrix is used for the whole batch: it is *broadcast* |
#
# The last two axes are multiplied; all axes before them are a batch and broadcast, like sizes in
# section 2. And the way back from broadcasting you have already.

# %% [markdown]
# ### Exercise `matmul` ({points:matmul})
#
# Write `Tensor.__matmul__`, so that `x @ y` works for Tensors, and for a Tensor and an array. The
# cell defines a function and attaches it to the class.
#
# - All rows of the table, and any number of batch axes on either side that broadcast, for example
#   `(2, 1, 3, 4) @ (5, 4, 2)`. A vector against a batch counts as well: `(K,) @ (B, K, M)`.
# - Each gradient has exactly the shape of its operand: a vector's is a vector.
# - Shapes that do not fit raise a `ValueError` that names both, and so does a number (shape `()`) on
#   either side; for a number there is `*`.
# - **Announced cost:** the product of two 300 × 300 matrices, and its pull, must take less than a
#   second. Three nested loops over entries do not, nor does nudging each entry in turn.
# - Nudging is a good way to check your gradients. As the answer itself it earns nothing: one hidden
#   test, required for any points here, tells the two apart.
#
# One way: make a matrix of a vector first (`x[None, :]` or `y[:, None]`), give the gradient the axis
# that is missing, multiply, and give everything its shape back. `a.mT` transposes the last two axes
# of a batch.

# %% exercise="matmul" points=14 answer="reference.tensor:Tensor.__matmul__" builds_on=["unbroadcast"] needs=["elementwise"]

# %% [markdown]
# **Try it** on the small example above: in a cell of your own, make `x` and `w`, let `z = x @ w`, and
# call `z.pull(np.array([[1.0, 10.0]]))`. Do the two arrays agree with your sheet?

# %% [markdown]
# ---
# ## 5. Sums, means, maxima
#
# A loss is one number, made of many: somewhere the graph must *reduce*. Read section 2 backward
# and you have the pull of a sum.
#
# | gate | going forward | its own slope | coming back |
# | --- | --- | --- | --- |
# | `x.sum(axis)` | adds along an axis | 1 for each entry | every entry gets a **copy** of what arrives for its sum |
# | `x.mean(axis)` | the sum over $n$ entries, divided by $n$ | $1/n$ | a copy, divided by $n$ |
# | `x.max(axis)` | the largest | 1 for the winner, 0 for the others | the **winner** gets all |
#
# *A sum going forward is a copy coming back; a copy going forward is a sum coming back.* The two
# are each other's mirror image.
#
# The trouble is the axes. `x.sum(axis=1)` of a `(3, 4)` has shape `(3,)`, and so has the gradient
# that arrives. Put back as it is, NumPy would align it at the right, with the 4. It must become
# `(3, 1)` first: the axis that was summed away has to come back with size 1. `np.expand_dims(g,
# axis)` does that. With `keepdims=True` the axis has never gone.

# %% [markdown]
# ### Exercise `reductions` ({points:reductions})
#
# Write the methods `sum`, `mean` and `max`, each with `(axis=None, keepdims=False)`, with the same
# meaning as in NumPy.
#
# - `axis` is a whole number, a tuple of them, or `None` for all axes. Numbers may be negative, and
#   the tuple in any order. `normalize_axis_tuple(axis, ndim)` makes a tidy tuple of either:
#   `normalize_axis_tuple(-1, 3)` is `(2,)`.
# - With `keepdims=True` the reduced axes stay, with size 1.
# - **Where several entries tie for the maximum, what arrives is shared among them, and their
#   gradients sum to it.** All to the first of them, row by row (that is ours), or an
#   equal part to each: both are accepted. The whole to each of them is not: raising one of two equal
#   numbers raises the maximum, but not twice.
# - **Announced cost:** the pull takes about as long as the forward pass, also for an array of
#   300 000 entries. Nudging each entry in turn does not.
#
# `sum` and `max` are also names of functions of Python's own. The last line of each definition
# below gives the name back, so that `max(2, 3)` still works in the cells after it. Inside the
# methods `sum(...)` is Python's too; write `self.sum(...)` for yours.

# %% exercise="reductions" points=14 answer=["reference.tensor:Tensor.sum", "reference.tensor:Tensor.mean", "reference.tensor:Tensor.max"] builds_on=["unbroadcast"] needs=["elementwise"]

# %% [markdown]
# **Ask yourself:** `x` has shape `(64, 10)`. What is the gradient of `x.mean()` by each of its
# entries? And by each entry for `x.mean(axis=0).sum()`? Try both in a cell of your own, with `pull`.

# %% [markdown]
# ---
# ## 6. Moving entries about
#
# Some gates compute nothing: they only put entries elsewhere. Their slopes are 1 and 0, and their
# pull puts the gradient back to where the entries came from.
#
# | gate | going forward | coming back |
# | --- | --- | --- |
# | `x.reshape(2, 6)` | the same entries in another shape | reshape to the old shape |
# | `x.transpose(2, 0, 1)` | axis 2 first, then axis 0, then axis 1 | the order that undoes it |
# | `x[index]` | picks some entries | zeros everywhere, and each gradient **added** to where its entry was picked |
#
# Two traps lie here. The order that undoes `(2, 0, 1)` is `(1, 2, 0)`, not `(2, 0, 1)` once more: ask
# for each old axis where it went. And with `x[[0, 2, 0]]` the entry 0 is picked **twice**. It is a
# value with two uses, so what arrives from both must be added (W5). But `dx[[0, 2, 0]] += g` adds
# only one of them: NumPy reads, adds and writes all three at once, and the last write wins.
# `np.add.at(dx, index, g)` adds one after the other.

# %%
index, g, dx = [0, 2, 0], np.array([1.0, 10.0, 100.0]), np.zeros(3)
dx[index] += g
print("dx[index] += g gives", dx, "and has lost the 1")

# %% [markdown]
# ### Exercise `shape_ops` ({points:shape_ops})
#
# Write `reshape(*shape)`, `transpose(*axes)` and `__getitem__(index)`, with the same meaning as in
# NumPy.
#
# - `x.reshape(2, -1)`: one size may be -1, and is then found from the others.
# - `x.transpose()` without axes reverses their order; axes may be negative.
# - `x[index]` takes every index that NumPy takes: a number, slices, tuples of these, lists and arrays
#   of whole numbers, arrays of truth values. **Entries that are picked several times hear from
#   every pick.**
# - The pull of `x[index]` returns an array of the shape of `x`, also where nothing was picked.

# %% exercise="shape_ops" points=12 answer=["reference.tensor:Tensor.reshape", "reference.tensor:Tensor.transpose", "reference.tensor:Tensor.__getitem__"] builds_on=["unbroadcast"] needs=["elementwise"]

# %% [markdown]
# **What picking is good for.** A batch of scores has one row for each example and one column for each
# class; the loss needs from each row the score of the right class. With `labels` an array of whole
# numbers that is `scores[np.arange(n), labels]`. Which entries of `scores` get a gradient through
# it?

# %% [markdown]
# ---
# ## 7. The walk backward
#
# All gates know their pull; what is missing is the walk. It is version B of W10: set the gradient of
# the root, visit the nodes in an order in which every node comes after all that use it, and let each
# hand its parents what its pull returns. Three things are new.
#
# **The root may be an array.** If it holds one number, its gradient is 1, as always. If not, "the
# gradient of the root" means nothing until somebody says how a final result depends on each entry:
# `root.backward(gradient)`.
#
# **Leaves add up.** In `a1_graphs` every gradient was set afresh. PyTorch, and we from now on, let
# **leaves** (those without parents: weights and data) **add** what a call brings to what is in `.grad`
# already, until `zero_grad()` makes it `None` again. So a batch too large for the memory can be
# cut in two: call `backward` for each half, and the sum is that of the whole. The price is a
# well-known bug: forget `zero_grad()` in a training loop, and old gradients haunt the new ones. The
# nodes in between, those **with parents, are set**: what they hold belongs to the last call.
#
# **Arrays are shared.** The pull of a sum may hand the *same* array to both parents. If you write
# `parent.grad += part`, NumPy changes that array in place, and the other parent's gradient with it.
# Write `parent.grad = parent.grad + part`: this makes a new one.

# %% [markdown]
# ### Exercise `tensor_backward` ({points:tensor_backward})
#
# Write `Tensor.backward(gradient=None)`. It returns nothing.
#
# - Every leaf that `self` depends on gets the gradient of this call **added** to its `.grad` (`None`
#   counts as zero). Every other Tensor that it depends on, `self` included, has its `.grad` **set**.
#   Tensors that `self` does not depend on keep what they have. A root that is itself a leaf is a
#   leaf: it adds.
# - `gradient` is an array of the shape of `self`, or a number where that is `()`. Left out, it is 1;
#   this is allowed only if `self` holds **one** number, of whatever shape. Otherwise, or if the
#   shape is another one, raise a `ValueError` that says which shape came and which was expected.
# - Each node calls its `pull` once, when its gradient is complete. It may be used in several places,
#   or twice by one and the same consumer.
# - `gradient` is not modified, nor is any `.data`.
# - **Announced cost:** a chain of 100 000 operations must work within a few seconds. So no
#   recursion, and no searching in lists. Sixty times `x = x + x` must take no time, although
#   $2^{60}$ paths lead back: walk nodes, not paths.
#
# Your `topological_order` from `a1_graphs` would work here unchanged: it looks at `.parents` alone.
# You may write it into the cell again, or count for each node how many of its uses have not reported
# yet.

# %% exercise="tensor_backward" points=14 answer="reference.tensor:Tensor.backward" builds_on=["unbroadcast"] needs=["elementwise"]

# %% [markdown]
# ### Your engine at work
#
# One layer with its loss: four examples, three inputs, two outputs. Follow the shapes above the
# lines from left to right, then those below from right to left. Every gradient has the shape of
# what it belongs to. Where was something broadcast, and where, therefore, was something summed?


# %%
def one_layer():
    draw = np.random.default_rng(2)
    x, w, b = (Tensor(draw.normal(size=shape)) for shape in ((4, 3), (3, 2), (2,)))
    s = x @ w
    z = s + b
    h = z.tanh()
    loss = (h * h).sum()
    loss.backward()
    return loss, {"x": x, "w": w, "b": b, "s": s, "z": z, "h": h, "L": loss}


plots.draw_arrays(one_layer, title="One layer: L = sum of tanh(x @ w + b)²")

# %% [markdown]
# The neuron of section 3 once more, with five other examples and a backward pass. The first example
# is that of W4, $x = (-1, -2)$. `w2` is used for all five, so its gradient is a sum of five numbers.
# **Before you run it:** the weighted sums are 1, 0, 0, 0 and 0, and a sigmoid with the value $s$ has
# the slope $s(1 - s)$. What is the gradient of `w2`? (W4 has 0.1966 for the first.)

# %% tags=["raises-exception"]
x0, x1 = Tensor([-1.0, 0.0, 0.0, 1.5, 3.0]), Tensor([-2.0, -1.0, -1.0, 0.0, 1.0])
w0, w1, w2 = Tensor(2.0), Tensor(-3.0), Tensor(-3.0)
(w0 * x0 + w1 * x1 + w2).sigmoid().sum().backward()
print(f"w2: {w2.grad:.4f}, first entry of x0 (W4 has 0.3932): {x0.grad[0]:.4f}")

# %% [markdown]
# ---
# ## 8. What it costs
#
# ### Example W13: one multiply-add forward, two back (T311)
#
# Count for a layer `z = x @ w` and one example. **Forward**, $z_j = \sum_k x_k w_{kj}$: each weight is
# multiplied once and added once. **Backward** there are two products: $\bar{w}_{kj} = x_k \bar{z}_j$
# takes one multiply-add for each weight (it is added to the sum over the batch), and $\bar{x}_k =
# \sum_j \bar{z}_j w_{kj}$ takes another. So
#
# | pass | multiply-adds for each weight |
# | --- | --- |
# | forward | 1 |
# | backward | 2 |
#
# T311's rule of thumb: *the backward pass is about as expensive as two forward passes.* For a network
# with sizes 784, 256 and 10 (our choice) and one example:

# %%
weights = [784 * 256, 256 * 10]
print("weights, so multiply-adds forward:", sum(weights))
print("backward, two for each weight:    ", 2 * sum(weights))
print("backward without the gradient of the images:", 2 * sum(weights) - weights[0])

# %% [markdown]
# Forward 203 264, backward 406 528. It is "about" two because nobody needs the gradient of the
# images themselves: without it, 205 824 are left. Compare with nudging (W11): two forward passes *for
# each weight*, so $2 \cdot 203\,264$ passes of 203 264 multiply-adds.
#
# That is a count; now **measure**. The next cell times your engine on three layers, each of the same
# width, with a batch of 256. Both axes are logarithmic. Two things to read off: the ratio, and the
# slope at the right. T311 says that the cost is linear in the number of layers and *quadratic* in
# the number of units per layer. Do you see it: twice the width, four times the time?


# %%
def three_layers(width):
    draw = np.random.default_rng(3)
    x = Tensor(draw.normal(size=(256, width)))
    weights = [Tensor(draw.normal(size=(width, width)) / np.sqrt(width)) for _ in range(3)]

    def forward():
        h = x
        for w in weights:
            w.zero_grad()
            h = (h @ w).tanh()
        return h.sum()

    return forward


plots.pass_times(three_layers, [32, 64, 128, 256, 512], "W13: three layers on your engine")

# %% [markdown]
# Machines are not counters: memory, other programs and Python itself take their time too, so expect
# something between 1.5 and 3. A point that stands out was disturbed by another program: run the cell
# again. Small layers are too cheap to measure the arithmetic: there, the time is Python's. The price that does not show here is **memory**: every pull remembers what it needs, so the
# arrays of the forward pass live until the backward pass has come by.

# %% [markdown]
# ---
# ## 9. A loss that does not overflow
#
# A classifier gives each class a score, a *logit* $t_j$, and turns the scores into probabilities: the
# **softmax** $p_j = e^{t_j} / \sum_k e^{t_k}$. The loss needs $\log p_j$. Written down as it stands,
# this fails twice. $e^{1000}$ is infinite, and infinity over infinity is NaN; and where $p_j$ is
# smaller than any float, its logarithm is $-\infty$.
#
# Both are cured on paper. Nothing changes if all logits of a row are shifted by the same number $c$,
# since $e^{-c}$ cancels; so shift by the **largest**: the exponents are then at most 0, and one of
# them *is* 0, so that the sum is at least 1. And the logarithm of the quotient is a difference:
#
# $$\log p_j = (t_j - c) - \log \sum_k e^{t_k - c}, \qquad c = \max_k t_k .$$
#
# With $t = (1000, 0)$: $c = 1000$, the shifted logits are $(0, -1000)$, the sum is $1 + e^{-1000} =
# 1$, and $\log p = (0, -1000)$. Softmax comes back as a layer of its own in `a6_convnets` (W34).

# %% [markdown]
# ### Exercise `log_softmax` ({points:log_softmax})
#
# Write `log_softmax(t, axis=-1)`: a function of a Tensor, **built of your Tensor's operations**, so that
# its gradient comes for free. It returns a Tensor of the shape of `t`.
#
# - `t` may have any number of axes, at least one; `axis` is one whole number and may be negative.
# - Logits of ±1000 give finite numbers and finite gradients, whether all of them are shifted by 1000
#   or they are 1000 apart.
# - $c$ may be taken from `t.data`, as a constant: the result does not depend on it, so no gradient has
#   to flow through it.

# %% exercise="log_softmax" points=6 answer="reference.tensor_functions:log_softmax" builds_on=["unbroadcast"] needs=["elementwise", "reductions"]

# %% [markdown]
# **Derive it once by hand.** For one row, what is the gradient of $-\log p_0$ by the logits? Your engine
# says: the probabilities, less 1 at the place of the right class. Here with three classes; the
# probabilities are printed beside it.

# %% tags=["raises-exception"]
logits = Tensor([1.0, 2.0, 0.5])
log_p = log_softmax(logits)
(-log_p[0]).backward()
print("gradient:     ", logits.grad)
print("probabilities:", np.exp(log_p.data))

# %% [markdown]
# ---
# ## 10. Trust, but verify: many inputs at once
#
# The gradient check of `a1_graphs` (W11) nudges every entry in turn. For a layer with 100 000 weights
# that takes 200 000 forward passes. There is a cheaper test, as good as that one for finding bugs:
# nudge **all entries at once, in a random direction** $d$. The slope of $f$ along $d$ is one number, by
# two forward passes, and the gradient must give the same number:
#
# $$n = \frac{f(x + \varepsilon d) - f(x - \varepsilon d)}{2\varepsilon}, \qquad
# a = \sum_i \bar{x}_i\, d_i .$$
#
# The right one is W5 again: every entry of $x$ moves, and the paths add up. A wrong gradient agrees
# with $n$ only if its error happens to be at a right angle to $d$; that a random $d$ does this has
# probability 0.

# %% [markdown]
# ### Exercise `check_gradients` ({points:check_gradients})
#
# Write `check_gradients(f, inputs, rng) -> float`. `inputs` is a list of arrays, `f` takes a Tensor for
# each of them and returns a Tensor of one number, `rng` is a `numpy.random.Generator`. Return the
# largest relative error of the gradients that `backward` gives.
#
# - Make Tensors of the inputs, call `f` and `backward` once. Then move **each input in turn**, the others
#   staying where they are, along a few random directions (we take three, by `rng.normal`), with
#   $\varepsilon = 10^{-5}$, and compare. The relative error is that of `a1_graphs`,
#
# $$\frac{|a - n|}{\max(|a| + |n|,\; 10^{-8})} .$$
#
# - Return the largest over all inputs and directions, as a plain float. An input that `f` does not use
#   has `.grad` `None`; its gradient is zero.
# - The inputs are arrays of any shape, `()` included, of float64 or float32: **compute in float64**. With
#   the seven digits of float32 a step of $10^{-5}$ leaves nothing to compare (W11). They are left as
#   they were.
# - **If anything is NaN, return NaN.** Python's `max(0.0, nan)` is 0.0 and would call it a success;
#   `np.maximum` passes NaN on.
# - **Announced cost:** `f` is called at most 21 times for each input, however many entries that has.

# %% exercise="check_gradients" points=6 answer="reference.directions:check_gradients" builds_on=["unbroadcast"] needs=["elementwise", "reductions", "tensor_backward"]

# %% [markdown]
# Now put the whole engine on trial: a network of two layers, with nearly everything you wrote. A number
# below $10^{-6}$ means that the forward passes and all the pulls agree. Then break something on
# purpose, such as a sign in one of your pulls, and look again.


# %% tags=["raises-exception"]
def two_layers(x, w1, b1, w2):
    hidden = (x @ w1 + b1).relu()
    scores = hidden @ w2
    return -log_softmax(scores)[np.arange(6), [0, 1, 2, 0, 1, 2]].mean()


draw = np.random.default_rng(4)
shapes = [(6, 5), (5, 7), (7,), (7, 3)]
check_gradients(two_layers, [draw.normal(size=shape) for shape in shapes], draw)

# %% [markdown]
# **Where it misleads.** Near a corner, such as ReLU at 0, the nudge may step across it, and a right
# gradient looks wrong. Where the true slope along $d$ is nearly zero, rounding alone makes a large
# *relative* error. Draw other directions before you start to search for a bug.

# %% [markdown]
# ---
# ## 11. Check yourself
#
# Six questions, no points. Click an answer and read what it says, also the wrong ones.

# %%
quiz("quiz.json")

# %% [markdown]
# ---
# ## 12. Essay ({points:essay_shapes})
#
# A colleague writes the layer `z = x @ w + b` and its backward pass by hand. With one example at a time
# everything works. With batches of 32 it stops: his gradient of `b` has the shape `(32, 10)` and `b` has
# `(10,)`. He "repairs" it by taking the first row. Write to him, in **200 to 400 words**:
#
# 1. Explain what his gradient of `b` should be, and why, on a small example of your own with numbers: at
#    least two examples, at least two outputs. Why did one example at a time work?
# 2. Explain why neither he nor your engine ever writes down the derivative of `z` by `w`, and how many
#    numbers it would hold in your example and in a layer of a size of your choice.
# 3. Say what the backward pass of his layer costs beside the forward pass, in multiply-adds and in memory,
#    and where the numbers come from.
# 4. Suggest a test that would have found the bug, also after the "repair", and name one situation in which
#    this test complains although the gradient is right.
#
# Write for somebody who knows NumPy and the chain rule. Formulas between dollar signs are welcome, and so
# are drawings made of text.

# %% [markdown] essay="essay_shapes" points=10

# %% [markdown]
# ---
# ## What you have now
#
# - A rule for all shapes: a gradient has the shape of what it belongs to (W12).
# - Broadcasting and its mirror image: copies forward, sums back.
# - An engine for arrays: elementwise gates, products of matrices, reductions, indexing, and one walk backward.
# - What it costs: about two forward passes (W13), and the memory of one.
# - A test with random directions, which takes no longer for a million weights than for ten.
#
# **Before you hand in:** *Kernel → Restart Kernel and Run All Cells*, look at each check, save.
#
# **Next:** `a3_mlp` builds neurons, losses and a whole multilayer perceptron, and derives by hand, for the
# most important layers, what your engine finds by itself.
