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
#     title: Convolution and pooling
#     cell_seconds: 10
#     notebook_seconds: 80
#     call_seconds: 4
# ---

# %% [markdown]
# # Convolution and pooling
#
# A dense layer treats a photograph as a list: shuffle all pixels, and it learns just as well. Its
# weights for the upper left corner know nothing of the lower right. **Convolution** is the layer for
# data that have a *where*: it looks at one small window, asks one question, and asks the same
# question everywhere. In this notebook you build it from the ground up: for a signal, for an image,
# for a batch of images with channels, and each with its way back. Then you pool, and measure what
# all this does when the image moves.
#
# **What to know before.** Layers as pairs and gradients that add up over all uses (`a3_mlp`);
# slices with a step, such as `x[1::2]`, and how NumPy stores axes (`a2_tensors`). Nothing that you
# wrote there is needed here.
#
# **Time.** 60 to 90 minutes to read, 4 to 8 hours to solve. There are twelve exercises (100 points,
# graded by machine) and one essay ({points:essay_windows}, read by a person).
#
# **The lectures** are cited by code. You can work here without having heard them.
#
# | code | lecture |
# | --- | --- |
# | C601 | 10-601 lecture 14, *Backpropagation + Deep Learning* (Carnegie Mellon) |
# | T311 | CSC 311 lecture 6, *Neural Nets II* (Toronto) |
# | E445 | EECS 445 lecture 14, *Backpropagation & Intro to Convolutional Neural Networks* (Michigan) |
#
# Worked examples carry a number, W26 to W32, and come in that order; checks and hints refer to it.
# (W36 and W37, which docstrings name, belong to `a6_convnets`; section 7 has the beginning of W37.)
# Every number was recomputed. Where a slide differs, the text says so.

# %% [markdown]
# ## The rules, in short
#
# They are those of `a1_graphs`: write in the cells marked `# YOUR CODE HERE`, keep names and
# signatures, run the `check(...)` below. Hidden tests ask the same with other numbers and sizes
# and give the points. Before you hand in, choose *Restart Kernel and Run All Cells*. Besides:
#
# - **Images are `(N, C, H, W)`**: $N$ images with $C$ channels (1 for grey, 3 for colours), $H$ rows
#   and $W$ columns. Filters are `(F, C, KH, KW)`, biases `(F,)`. Rows come first, counted downwards.
#   Arrays are of floats, float64 or float32. **Nothing need be square**, neither images nor filters.
# - **A layer is a pair**: `f_forward(...) -> (out, cache)` and `f_backward(dout, cache)`, which
#   returns the gradients in the order of the forward arguments, or one array where there is one.
#   `cache` is your own business; keep it out of global variables.
# - **Arguments are not modified**, `dout` included.
# - **In networks "convolution" does not flip the filter.** It is *correlation*, and so are our
#   layers. Only the functions `convolve...` flip, as mathematics does. Section 2 shows the difference.
# - **Where a stride does not divide evenly**, the windows that fit *as a whole* count, from the upper
#   left. What no window reaches is not read, and gets the gradient 0.
# - **A `ValueError`** is tested where the *text* of an exercise asks for it. Others that a docstring names
#   are good manners.
# - **Only NumPy and Python's `math` compute an answer**; one exercise forbids a shortcut of NumPy's.
# - **Announced costs.** Plain loops are fast enough for every hidden test but those of the category
#   *cost*: a backward pass by *nudging*, which moves each entry a little to see what the output does,
#   is too slow for 4 seconds (loops over windows are not), and in the convolutional layer one test
#   each way sends 200 000 tiny images, which a loop over the images does not manage. Each is one test
#   of many; leave the second for the end.
#
# The next cell imports all you need. `datasets` holds images.

# %%
import numpy as np

from course import check, check_backward, datasets, plots, quiz, widgets

# %% [markdown]
# ---
# ## 1. One dimension: echoes
#
# ### Example W26: two ways to convolve (T311)
#
# Clap in a cave: you hear the clap, then fainter copies. A *second* clap brings its own echoes, a
# little later, and what reaches the ear is the **sum**. Let $a$ say how strong your claps are at the
# times 0, 1, 2, ... and $b$ which echoes one clap of strength 1 makes. What you hear is
#
# $$(a * b)_t = \sum_\tau a_\tau\, b_{t - \tau},$$
#
# the **convolution** of $a$ and $b$, in T311's letters. With $a = (2, -1, 1)$ and $b = (1, 1, 2)$ (our
# numbers), T311's **method 1, translate-and-scale**: one copy of $b$ for each clap, scaled and late.

# %%
echoes = np.array([[2.0, 2, 4, 0, 0], [0, -1, -1, -2, 0], [0, 0, 1, 1, 2]])
plots.draw_grids(
    {"2 b, −1 b, 1 b, each a step later": echoes, "their sum, a * b": echoes.sum(axis=0)},
    title="W26: translate and scale",
)

# %% [markdown]
# **Method 2, flip-and-filter**, asks for one moment at a time. At $t = 2$ you hear the newest clap's
# first echo, the second echo of the one before, the third of the one before that:
# $a_2 b_0 + a_1 b_1 + a_0 b_2 = 1 - 1 + 4 = 4$. While $a$ is read forwards, $b$ is read **backwards**:
# flip it, slide it along, and multiply and add at each place. Beyond its ends $a$ is 0.
#
# | place | $a$, with zeros around | flipped $b$ lies under | sum |
# | --- | --- | --- | --- |
# | $t = 0$ | **0 0 2** −1 1 0 0 | 2 1 1 | 2 |
# | $t = 1$ | 0 **0 2 −1** 1 0 0 | 2 1 1 | 2 − 1 = 1 |
# | $t = 2$ | 0 0 **2 −1 1** 0 0 | 2 1 1 | 4 − 1 + 1 = 4 |
# | $t = 3$ | 0 0 2 **−1 1 0** 0 | 2 1 1 | −2 + 1 = −1 |
# | $t = 4$ | 0 0 2 −1 **1 0 0** | 2 1 1 | 2 |
#
# Two habits of a product follow from the formula, and T311 names both: $a * b = b * a$
# (**commutative**; put $\tau' = t - \tau$) and $a * (\lambda_1 b + \lambda_2 c) = \lambda_1\, a * b +
# \lambda_2\, a * c$ (**linear**). The second is why backward passes will be easy.

# %% [markdown]
# ### Exercise `convolve1d` ({points:convolve1d})
#
# For `a` of length $n$ and `b` of length $m$, both at least 1, write
#
# - `convolve1d_scale(a, b) -> rows`, `(n, n + m - 1)`: row $t$ is $a_t b$, moved $t$ places to the
#   right, zeros elsewhere (the picture's left part);
# - `convolve1d_flip(a, b) -> array`, `(n + m - 1,)`: the sum at each place, by flipping and sliding.
#
# Either may be the longer one. **Not with `np.convolve` or `np.correlate`**: they are put away
# while your functions run.

# %% exercise="convolve1d" points=8 answer=["reference.signals:convolve1d_scale", "reference.signals:convolve1d_flip"]

# %% [markdown]
# **A small thing to do.** Which `b` delays a signal by two steps and changes nothing else? Which one
# turns it into the differences of neighbours? Try them in place of W26's:

# %%
claps = np.array([2.0, -1.0, 1.0])
your_b = np.array([1.0, 1.0, 2.0])
plots.draw_grids(
    {
        "claps": claps,
        "b": your_b,
        "your copies": lambda: convolve1d_scale(claps, your_b),
        "flipped and slid": lambda: convolve1d_flip(claps, your_b),
    },
    title="W26: your convolution, both ways",
)

# %% [markdown]
# ---
# ## 2. Two dimensions: windows
#
# ### Example W27: convolution of matrices (T311)
#
# The same formula with two indices: $(A * B)_{ij} = \sum_s \sum_t A_{st}\, B_{i-s,\,j-t}$. T311's
# example:
#
# $$\begin{pmatrix} 1 & 3 & 1 \\ 0 & -1 & 1 \\ 2 & 2 & -1 \end{pmatrix} * \begin{pmatrix} 1 & 2 \\ 0 &
# -1 \end{pmatrix} = \begin{pmatrix} 1 & 5 & 7 & 2 \\ 0 & -2 & -4 & 1 \\ 2 & 6 & 4 & -3 \\ 0 & -2 & -2
# & 1 \end{pmatrix}.$$
#
# Translate and scale: $B$ has four entries, so there are four copies of $A$: times 1 at its place,
# times 2 one column to the right, times 0 one row down, times $-1$ one row down *and* one column to
# the right. The $-2$ in the middle of the second row is $1 \cdot (-1) + 2 \cdot 0 + 0 \cdot 3 - 1
# \cdot 1$. **Check another entry by hand.**

# %%
w27_a = np.array([[1.0, 3, 1], [0, -1, 1], [2, 2, -1]])
copies = {"1 A": (1.0, 0, 0), "2 A": (2.0, 0, 1), "−1 A": (-1.0, 1, 1)}
moved_copies = {name: np.zeros((4, 4)) for name in copies}
for name, (factor, down, right) in copies.items():
    moved_copies[name][down : down + 3, right : right + 3] = factor * w27_a
plots.draw_grids(
    {**moved_copies, "A * B": sum(moved_copies.values())},
    title="W27: copies of A and their sum",
    frames={name: (down, right, 3, 3) for name, (_, down, right) in copies.items()},
)

# %% [markdown]
# ### Example W28: a window slides over a letter (C601)
#
# Image processing, and every network, leaves out the flip: *lay the kernel on the image as it is
# printed, multiply what lies on each other, add, move on*. Mathematicians call that
# **correlation**. C601's letter, 7x7 pixels, with the kernel $\begin{pmatrix} 0&0&0\\0&1&1\\0&1&0
# \end{pmatrix}$:

# %%
letter = np.zeros((7, 7))
letter[1, 1:6] = letter[1:6, 1] = 1.0
letter[2, 4] = letter[3, 3] = letter[4, 2] = 1.0
corner = np.array([[0.0, 0, 0], [0, 1, 1], [0, 1, 0]])
w28 = widgets.ConvStepper(letter, corner)
w28.step = 3
w28

# %% [markdown]
# **Step on** with *Next*, or with the arrow keys in the output: predict each number before you see it.
# In the window framed first, at row 0, column 3, the kernel's three ones lie on a pixel of the letter, on its right and on its
# lower neighbour: all three are ink, so the result is 3. It is **largest where the image looks most
# like the kernel**. That is all a feature detector does. (C601's first slide of this
# example shows the letter itself as the result, which is what W29's identity gives; the slides after
# it have the numbers above.)
#
# A window of 3 has 5 places along 7 pixels, so the result is smaller. Who wants it as large as the
# image first puts a border of **zeros** around it: *zero padding*.

# %% [markdown]
# ### Exercise `zero_pad` ({points:zero_pad})
#
# Write `zero_pad(x, pad)`: `x` is `(..., H, W)` with two axes or more; return `(..., H + 2 pad, W + 2
# pad)` with `pad` zeros on all four sides of the **last two** axes. It is always a **new array**,
# also where `pad` is 0.

# %% exercise="zero_pad" points=4 answer="reference.signals:zero_pad"

# %% [markdown]
# ### Exercise `correlate2d` ({points:correlate2d})
#
# - `correlate2d(image, kernel, stride=1, pad=0)`: `image` is `(H, W)`, `kernel` `(KH, KW)`, not
#   flipped. First `pad` zeros around, then a window every `stride` rows and columns, from the upper
#   left: with stride 2 every other place is left out. Count the windows that fit as a whole (section 3
#   has a formula). A kernel that fits nowhere is a `ValueError`.
# - `convolve2d(a, b)`: W27's full convolution, `(H + KH - 1, W + KW - 1)`. Either may be the larger.
#
# (You may write the second with the first: which `pad`, and what must happen to the kernel?)

# %% exercise="correlate2d" points=10 answer=["reference.signals:correlate2d", "reference.signals:convolve2d"] builds_on=["zero_pad"]

# %% [markdown]
# ### Example W29: identity, blur, and a slide to mend (C601)
#
# A kernel with a single 1 in its middle is the **identity**: it cuts off the border and changes
# nothing. C601's **blur** is the kernel with 0.2 in the middle and 0.1 elsewhere, a mean over the
# window in which the middle counts twice. Its slide prints for the letter
#
# | row, column | 0 | 1 | 2 | 3 | 4 |
# | --- | --- | --- | --- | --- | --- |
# | 0 | .4 | .5 | .5 | .5 | .4 |
# | 1 | .4 | .2 | .3 | .6 | .3 |
# | 2 | .5 | .4 | .4 | .2 | .1 |
# | 3 | .5 | .6 | .2 | .1 | 0 |
# | 4 | .4 | .3 | .1 | 0 | 0 |
#
# One entry by hand: in the window of row 0, column 0 (the upper left corner of the image) only
# the middle, its right and its lower neighbour are ink. So
# $0.2 + 0.1 + 0.1 = 0.4$, as printed. **But some entries of the slide are wrong.**

# %% [markdown]
# ### Exercise `quiz_erratum` ({points:quiz_erratum})
#
# Which ones? Compute the result with your own `correlate2d` (`letter` is defined above), round it
# (`.round(1)`, as tenths do not add up exactly), compare, and write down the set of all pairs `(row,
# column)`, **counted from 0**, at which the slide is wrong: for example `misprints = {(0, 4), (3,
# 2)}`. The check looks at the form alone.

# %% exercise="quiz_erratum" points=2 answer="reference.quizzes.a5_convolution:misprints" form="pairs"

# %% [markdown]
# ---
# ## 3. Fewer pixels
#
# ### Example W30: stride, mean, maximum (C601)
#
# C601 cuts the letter to 6x6 and moves a 2x2 window by **two** pixels at a time, a *stride* of 2.
# Nine windows are visited, nine pixels come out. With a kernel of ones they count ink; with quarters
# they **average**; and instead of a sum one can take the **maximum**: "is there ink at all?"

# %%
cut = letter[1:, 1:]
blocks = cut.reshape(3, 2, 3, 2)
plots.draw_grids(
    {
        "image, 6x6": cut,
        "ones": blocks.sum(axis=(1, 3)),
        "average": blocks.mean(axis=(1, 3)),
        "maximum": blocks.max(axis=(1, 3)),
    },
    title="W30: three ways to make nine pixels out of 36",
    frames={
        "image, 6x6": (0, 2, 2, 2),
        **dict.fromkeys(("ones", "average", "maximum"), (0, 1, 1, 1)),
    },
)

# %% [markdown]
# How many windows fit along an axis of $n$ pixels? Padding makes it $n + 2p$ long. The first window
# takes $k$ of it; what is left is $n + 2p - k$, and each step of $s$ that fits into that adds one:
#
# $$\text{output size} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1.$$
#
# | $n$ | $k$ | $s$ | $p$ | windows | |
# | --- | --- | --- | --- | --- | --- |
# | 7 | 3 | 1 | 0 | 5 | W28 |
# | 6 | 2 | 2 | 0 | 3 | W30 |
# | 28 | 5 | 1 | 2 | 28 | "same" size: $p = (k - 1)/2$ |
# | 8 | 3 | 2 | 0 | 3 | one column is never read |
# | 3 | 4 | 1 | 0 | none | a `ValueError` |

# %% [markdown]
# ### Exercise `output_size` ({points:output_size})
#
# Write `output_size(n, kernel, stride=1, pad=0) -> int`, and let it raise a `ValueError` where not
# even one window fits. (Mind the fourth and the fifth row: Python's `//` rounds *down*, also below
# zero.)

# %% exercise="output_size" points=4 answer="reference.signals:output_size"

# %% [markdown]
# ---
# ## 4. The layer
#
# ### Example W31: from one channel to many (C601)
#
# C601: "Treat convolution matrix as parameters and **learn them**!" With one input channel, one output
# channel, a 3x3 image and a 2x2 filter $\alpha$ with bias $\alpha_0$,
#
# $$\begin{split}
# y_{11} &= \alpha_{11}x_{11} + \alpha_{12}x_{12} + \alpha_{21}x_{21} + \alpha_{22}x_{22} + \alpha_0, \\
# y_{12} &= \alpha_{11}x_{12} + \alpha_{12}x_{13} + \alpha_{21}x_{22} + \alpha_{22}x_{23} + \alpha_0,
# \end{split}$$
#
# and so on: four dense neurons that **share** their five weights, each looking at a window of its
# own. With $x = 1, \ldots, 9$ row by row, $\alpha = \begin{pmatrix} 1 & 0 \\ 2 & -1 \end{pmatrix}$ and
# $\alpha_0 = 0.5$ (our numbers) $y_{12} = 2 + 0 + 10 - 6 + 0.5 = 6.5$:

# %%
w31_x = np.arange(1.0, 10.0).reshape(3, 3)
w31_alpha = np.array([[1.0, 0.0], [2.0, -1.0]])
w31_y = np.array([[4.5, 6.5], [10.5, 12.5]])
plots.draw_grids(
    {"x": w31_x, "filter": w31_alpha, "y": w31_y},
    title="W31: one channel to one channel, bias 0.5",
    frames={"x": (0, 1, 2, 2), "y": (0, 1, 1, 1)},
)

# %% [markdown]
# - **One to two channels:** a second filter $\alpha^{(2)}$ with a bias of its own looks at the same
#   windows and makes a second *feature map*.
# - **$C$ to $F$ channels:** each filter has a slice for **every** input channel, $(C, KH, KW)$; all
#   products of a window are added up, over the channels too, into one number. So
#
# $$y_{n f i j} = b_f + \sum_{c}\sum_{q}\sum_{r} w_{f c q r}\; \tilde x_{n,\, c,\; s i + q,\; s j + r},$$
#
# with $\tilde x$ the padded images, $s$ the stride, and everything counted from 0. (C601 counts from
# 1 and writes $s(i-1) + q$.)

# %% [markdown]
# ### Exercise `conv2d_forward` ({points:conv2d_forward})
#
# Write `conv2d_forward(x, w, b, stride=1, pad=0) -> (out, cache)`.
#
# - `x` is `(N, C, H, W)`, `w` `(F, C, KH, KW)`, `b` `(F,)`; `out` is `(N, F, H', W')`. Height and width
#   each have a size of their own, of images, windows and output.
# - The bias is added once to every entry of its map.
# - Another number of channels in `x` than in `w`, or a filter that fits nowhere: a `ValueError`.
# - **Start with loops**: over images, filters, rows, columns; the sum over a window is one line.
# - **Announced cost**, one test: 200 000 images of 3x3 pixels. A loop over *places in the output*
#   is fine; what can you then do for all images at once? (`np.tensordot` and `np.einsum` help.)

# %% exercise="conv2d_forward" points=16 answer="reference.layers.convolution:conv2d_forward" builds_on=["zero_pad", "output_size"]

# %% [markdown]
# ### Where does each output's gradient go?
#
# Now the way back, with W31's numbers. Suppose that the loss hands $\frac{\partial J}{\partial y} =
# \begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}$ to the layer. Take **one output at a time**. $y_{12}$
# hears 2. It was a sum of products, so it tells
#
# - the four pixels of *its* window: 2 times the filter's entry that lay on them;
# - the four entries of the filter: 2 times the pixel they lay on;
# - the bias: 2.
#
# Do so for all four windows. **A pixel lies in several windows, a filter's entry in all of them:
# gradients of several uses add up** (W5).

# %%
w31_dy = np.array([[1.0, 2.0], [0.0, -1.0]])
told = {}
for i, j in np.ndindex(2, 2):
    share = np.zeros((3, 3))
    share[i : i + 2, j : j + 2] = w31_dy[i, j] * w31_alpha
    told[f"from y{i + 1}{j + 1}"] = share
plots.draw_grids(
    {"dy": w31_dy, **told, "dx, their sum": sum(told.values())},
    title="W31: each window hands its gradient to its pixels",
    frames={f"from y{i + 1}{j + 1}": (i, j, 2, 2) for i, j in np.ndindex(2, 2)},
)

# %% [markdown]
# Copies of the filter, scaled by `dy` and moved: you have seen that before. **The gradient of `x` is
# the full convolution `convolve2d(dy, w)`**, flip included; so the flip that networks leave out on
# the way there comes back on the way back. And the filter's gradient slides `dy` over `x`:
#
# $$\frac{\partial J}{\partial \alpha} = \begin{pmatrix} 1 \cdot 1 + 2 \cdot 2 + 0 \cdot 4 - 1 \cdot 5 & 1
# \cdot 2 + 2 \cdot 3 - 6 \\ 4 + 2 \cdot 5 - 8 & 5 + 2 \cdot 6 - 9 \end{pmatrix} = \begin{pmatrix} 0 & 2 \\
# 6 & 8 \end{pmatrix}, \qquad \frac{\partial J}{\partial \alpha_0} = 1 + 2 + 0 - 1 = 2.$$
#
# With a stride the copies lie further apart; nothing else changes. With padding, all this happens on
# the **padded** image, and the border is cut off at the end: nobody asked for the zeros' gradient.

# %% [markdown]
# ### Exercise `conv2d_backward` ({points:conv2d_backward})
#
# Write `conv2d_backward(dout, cache) -> (dx, dw, db)`, shaped like `x`, `w` and `b`. `dout` is shaped
# like `out`.
#
# - Where public solutions to this exercise go wrong: **`pad` 0**, where cutting the border with
#   `[pad:-pad]` leaves an empty array; **filters and images that are not square**; strides that leave
#   pixels over. All of them are among the visible checks.
# - Sum over images, do not average: the loss has taken the mean.
# - **Announced costs**, one test each: two images of 60x60 pixels, too many for nudging though not for
#   loops over windows; and 200 000 images of 3x3 pixels, too many for a loop over the images.
# - Nudging is a good way to check your gradients. As the answer itself it earns nothing: one hidden
#   test, required for any points here, tells the two apart.

# %% exercise="conv2d_backward" points=20 answer="reference.layers.convolution:conv2d_backward" builds_on=["zero_pad", "output_size"] needs=["conv2d_forward"]

# %% [markdown]
# **The judge.** `check_backward` compares your pair with numerical derivatives. Change the sizes.


# %% tags=["raises-exception"]
def odd_sizes(x, w, b):
    return conv2d_forward(x, w, b, stride=2, pad=1)


source = np.random.default_rng(31)
check_backward(
    odd_sizes,
    conv2d_backward,
    source.normal(size=(2, 2, 5, 4)),
    source.normal(size=(3, 2, 3, 2)),
    source.normal(size=3),
)

# %% [markdown]
# **Watch it**, on an image with two channels, two filters and a stride of 2. Choose *backward* and step:
# where windows overlap, `dx` hears twice. Then change stride and padding: which entries hear nothing?
# Your own results stand beside, and ≠ marks what differs.

# %%
x_seen = np.array([[[1.0, 2, 0, 1], [0, 1, 3, 2], [2, 0, 1, 1], [1, 1, 0, 2]], np.eye(4)])
w_seen = np.array([[[[1.0, 0], [2, -1]], [[0, 1], [1, 0]]], [[[-1, 1], [0, 1]], [[2, 0], [0, -2]]]])
widgets.ConvStepper(
    x_seen, w_seen, [0.5, 0.0], None, conv2d_forward, conv2d_backward, stride=2, pad=1
)

# %% [markdown]
# ---
# ## 5. Pooling
#
# ### W30 and W31 go on: pooling and its way back (C601)
#
# **Max pooling** is W30's third picture: the largest entry of each window, map by map, for $K \times
# K$ windows, $s$ apart. On the way back it is a **gate**: $y = \max(a, b)$ has the slope 1 for the
# larger and 0 for the smaller one. Moving a pixel that is not the maximum changes nothing. So *the
# gradient of a window goes to its maximum*, and if a pixel is the maximum of several windows, it
# hears from each. Four windows with stride 1 (C601's layout, our numbers), which hear 1, 2, 3 and 4:

# %%
pool_x = np.array([[1.0, 3, 2], [5, 4, 0], [2, 6, 1]])
pool_y = np.array([[5.0, 4], [6, 6]])
pool_dx = np.array([[0.0, 0, 0], [1, 2, 0], [0, 7, 0]])
plots.draw_grids(
    {"x": pool_x, "y": pool_y, "dy": np.array([[1.0, 2], [3, 4]]), "dx": pool_dx},
    title="W31: the 6 is the maximum of two windows and hears 3 + 4",
    frames={"x": (1, 1, 2, 2), "y": (1, 1, 1, 1), "dy": (1, 1, 1, 1), "dx": (2, 1, 1, 1)},
)

# %% [markdown]
# **At a tie** the maximum has no derivative. C601: "there are a set of derivatives and we can just
# choose one". Ties are common: behind a ReLU many entries are 0. So the rule is: **equal maxima may
# share a window's gradient in any way, as long as no share is negative and all shares together are
# that gradient.** Ours: the first one, row by row, takes all. To give *each* of them the whole
# gradient is not among the choices: it hands out more than came in. A visible check looks.

# %% [markdown]
# ### Exercise `maxpool2d` ({points:maxpool2d})
#
# - `maxpool2d_forward(x, size=2, stride=2) -> (out, cache)`: `x` `(N, C, H, W)`, windows `size` x `size`,
#   `out` `(N, C, H', W')` as `output_size` says, without padding.
# - `maxpool2d_backward(dout, cache) -> dx`, shaped like `x`.
# - **Windows overlap** where `stride` is less than `size`. Images may be uneven, and all negative.
# - **Announced cost:** some hundred thousand pixels, too many for nudging.

# %% exercise="maxpool2d" points=14 answer=["reference.layers.pooling:maxpool2d_forward", "reference.layers.pooling:maxpool2d_backward"] builds_on=["output_size"]

# %% [markdown]
# **Average pooling** is a convolution of each map with a fixed filter of $1/K^2$ (C601: it "used to be
# a common approach"). Each pixel of a window has the same share in its mean. **Before you write it:**
# which gradient does a pixel get that lies in two windows, of 3x3, which hear 9 and 18?

# %% [markdown]
# ### Exercise `avgpool2d` ({points:avgpool2d})
#
# `avgpool2d_forward(x, size=2, stride=2) -> (out, cache)` and `avgpool2d_backward(dout, cache) -> dx`:
# shapes, overlaps, uneven sizes and the **announced cost** as before. (The pixel gets 1 + 2 = 3.)

# %% exercise="avgpool2d" points=8 answer=["reference.layers.pooling:avgpool2d_forward", "reference.layers.pooling:avgpool2d_backward"] builds_on=["output_size"]

# %% [markdown]
# **Watch both.** Step *backward*, to the last window, where two sixes tie; choose the other way to
# share, and average pooling. Your results may share a tie in any way.

# %%
pool_tied = np.array([[1.0, 3, 2], [5, 4, 0], [2, 6, 6]])
own_pooling = {
    "max": (maxpool2d_forward, maxpool2d_backward),
    "average": (avgpool2d_forward, avgpool2d_backward),
}
widgets.PoolStepper(pool_tied, [[1.0, 2.0], [3.0, 4.0]], own_pooling, stride=1)

# %% [markdown]
# ---
# ## 6. What filters see
#
# ### Example W32: kernels on a photograph (T311, C601)
#
# Both decks ask of one kernel after another: *what does this convolution kernel do?* Three questions
# answer nearly everything, and they need no photograph:
#
# 1. What becomes of a **flat** image? It is multiplied by the sum of all entries: 1 keeps the
#    brightness, 0 silences everything that is flat.
# 2. What does it say to a **slope** to the right, or downwards? Compare the right column with the left
#    one, the lower row with the upper one.
# 3. Is it **symmetric**? Then it treats all directions alike.
#
# | name | flat image | slope to the right | slope downwards | what it does |
# | --- | --- | --- | --- | --- |
# | `identity` | kept | 0 | 0 | nothing |
# | `blur` | kept | 0 | 0 | a weighted average: no entry negative, less contrast; symmetric |
# | `sharpen` | kept | 0 | 0 | the middle against its neighbours: more contrast; symmetric |
# | `edge` | 0 | 0 | 0 | answers on both sides of a border in any direction, silent elsewhere; symmetric |
# | `sobel_x` | 0 | positive | 0 | finds what grows brighter to the right |
# | `sobel_y` | 0 | 0 | positive | finds what grows brighter downwards |
# | `emboss` | kept | positive | positive | as if lit from the side: brighter on one side of each ridge, darker on the other |

# %% [markdown]
# ### Exercise `kernels` ({points:kernels})
#
# Write `named_kernel(name) -> array` of shape `(3, 3)` for the seven names, **to be used by
# correlation**; another name is a `ValueError`. Your numbers may differ from ours: they are judged by
# what the table says (nine equal weights are a blur, too). "Symmetric" means: the same when turned by
# 90° and when mirrored. Each call returns a new array.

# %% exercise="kernels" points=6 answer="reference.signals:named_kernel"

# %% [markdown]
# **Now look**, at a real photograph, the temple that comes with scikit-learn (danielbuechele on
# Flickr, CC BY 2.0). Where it cannot be had, a handwritten digit takes its place. The first four
# results are images again, so they are cut to 0..1, as a screen does. In the others red is positive
# and blue negative; they are cut to −1.5..1.5, or the few strongest edges would leave the rest pale.

# %%
try:
    colours = datasets.photographs()["china"][::3, ::3].astype(float)
except datasets.DataUnavailable as reason:
    print(f"{reason} A digit takes its place.")
    colours = np.repeat(datasets.digits(28)[0][0, 0, :, :, np.newaxis].astype(float), 3, axis=2)
grey = colours.mean(axis=2)


def seven_views():
    names = ["identity", "blur", "sharpen", "emboss", "edge", "sobel_x", "sobel_y"]
    views = {name: np.asarray(correlate2d(grey, named_kernel(name))) for name in names}
    cuts = dict.fromkeys(names[:4], (0, 1)) | dict.fromkeys(names[4:], (-1.5, 1.5))
    return {name: np.clip(view, *cuts[name]) for name, view in views.items()}


plots.draw_images(seven_views, title="W32: what does this kernel do?")

# %% [markdown]
# **Look for** the roofs' edges in `sobel_y`, the columns in `sobel_x`, and both in `edge`, which does not
# care for directions. There was no padding here. **Try** `pad` 1 below: which new edge appears, and why?
#
# **Now by hand.** Choose a kernel, change one entry and watch what becomes of the picture. Flip `sobel_x`,
# then `blur`: which of them cares? The browser computes the result, your `correlate2d` the one beside
# it. You may also draw, or upload a photograph of your own.

# %%
kernel_names = ["identity", "blur", "sharpen", "emboss", "edge", "sobel_x", "sobel_y"]
own_kernels = {name: lambda name=name: named_kernel(name) for name in kernel_names}
widgets.KernelExplorer({"picture": grey}, own_kernels, correlate2d)

# %% [markdown]
# A layer does all of this at once: seven filters, seven feature maps. And with a colour image each
# filter has three slices. Below, one filter looks for *red against blue*, blurred; a second one for
# horizontal borders in the mean of all colours. Networks **learn** such filters; T311 shows that
# first layers learn edges and blobs of colour all by themselves. Why is there a ReLU after it? T311:
# two edges in opposite directions should not cancel, and without it two layers would be no more than
# one, for convolution is linear.


# %%
def two_maps():
    filters = np.zeros((2, 3, 3, 3))
    filters[0, 0], filters[0, 2] = named_kernel("blur"), -named_kernel("blur")
    filters[1, :] = named_kernel("sobel_y") / 3.0
    image = colours.transpose(2, 0, 1)[np.newaxis]
    maps, _ = conv2d_forward(image, filters, np.zeros(2))
    pooled, _ = maxpool2d_forward(np.maximum(maps, 0.0), 4, 4)
    return {
        "grey image": grey,
        "red against blue": maps[0, 0],
        "horizontal borders": np.clip(maps[0, 1], -1.5, 1.5),
        "borders, ReLU, max pool 4": pooled[0, 1],
    }


plots.draw_images(two_maps, title="W32: your convolutional layer and your pooling")

# %% [markdown]
# ---
# ## 7. When the image moves
#
# T311 tells two wishes apart. A layer is **equivariant** to shifts if *shifting first* and *shifting
# afterwards* give the same: the feature map moves along. A network's answer should be **invariant**:
# a cat stays a cat. Convolution gives the first; pooling a little of the second. (This is W37, to which
# `a6_convnets` comes back with a whole network.)

# %% [markdown]
# ### Exercise `equivariance` ({points:equivariance})
#
# - `shift(x, dy, dx)`: `x` is `(..., H, W)`; return a **new** array of its shape, moved `dy` rows down and
#   `dx` columns to the right (negative: up, left). **Zeros come in**, nothing comes round; a move
#   beyond the border leaves only zeros.
# - `equivariance_gap(layer, x, dy, dx) -> float`: the largest absolute difference between
#   `layer(shift(x, dy, dx))` and `shift(layer(x), dy, dx)`, **away from the border**: of an output with
#   $H'$ rows look at the rows $H' // 4$ up to, but not including, $H' - H' // 4$; columns likewise.
#   `layer` takes and returns an array `(..., H, W)`, and the output may have another size than `x`.

# %% exercise="equivariance" points=4 answer=["reference.signals:shift", "reference.signals:equivariance_gap"]

# %% [markdown]
# **Measure it** on a digit. A digit that moves by one pixel, seen by an edge filter, by a layer whose
# weights are *not* shared (each place has its own), and by pooling:


# %%
digit = datasets.digits(28)[0][:1].astype(float)


def edges_of(image):
    return conv2d_forward(image, named_kernel("edge").reshape(1, 1, 3, 3), np.zeros(1))[0]


def unshared(image):
    return image * np.random.default_rng(0).normal(size=(28, 28))


def largest(image):
    return maxpool2d_forward(image, 4, 4)[0]


def after_a_shift():
    moved = shift(digit, 0, 1)
    print(f"gap of shared weights:   {equivariance_gap(edges_of, digit, 0, 1):.2g}")
    print(f"gap of unshared weights: {equivariance_gap(unshared, digit, 0, 1):.2g}")
    for name, layer in {"pixels": lambda image: image, "after max pooling": largest}.items():
        change = np.linalg.norm(layer(moved) - layer(digit)) / np.linalg.norm(layer(digit))
        print(f"relative change, {name}: {change:.0%}")
    return {
        "digit": digit[0, 0],
        "edges": edges_of(digit)[0, 0],
        "moved by 4, then edges": edges_of(shift(digit, 0, 4))[0, 0],
        "edges, then moved by 4": shift(edges_of(digit), 0, 4)[0, 0],
    }


plots.draw_images(after_a_shift, title="Shared weights move along")

# %% [markdown]
# The gap of the convolution is 0 up to rounding, and the last two pictures are the same, but for a faint
# trace on the left, where zeros came in: that is why the gap leaves out the border. Where weights are
# not shared, the gap is larger than any pixel. After pooling windows of 4x4 the change is *smaller*
# than among the pixels (19 % against 25 % on this digit), not nothing: invariance to small shifts is a
# matter of degree, and `a6_convnets` measures it for a whole network.

# %% [markdown]
# ### How far does one number see? (W30 goes on)
#
# T311: because of pooling, filters of higher layers cover a larger region of the input. One output of
# a 3-wide window sees 3 pixels. Two such layers in a row: the outer two of the second one's inputs
# see one pixel more on either side, 5 in all. After a stride of 2, neighbours look at places *two
# pixels apart*, and each further input of a window adds 2 pixels. For 5-wide windows, pooling by 2,
# and both again:
#
# | layer | kernel, stride | a step between its inputs, in pixels | sees |
# | --- | --- | --- | --- |
# | input | | 1 | 1 |
# | conv | 5, 1 | 1 | 1 + 4 · 1 = 5 |
# | pool | 2, 2 | 1 | 5 + 1 · 1 = 6 |
# | conv | 5, 1 | 2 | 6 + 4 · 2 = 14 |
# | pool | 2, 2 | 2 | 14 + 1 · 2 = 16 |
#
# So one number near the end of this network has seen 16 of 28 pixels: a stroke, not a digit.

# %% [markdown]
# ### Exercise `receptive_field` ({points:receptive_field})
#
# Write `receptive_field(layers) -> int`: `layers` is a list of pairs `(kernel, stride)`, first layer
# first; return how many inputs **from the first to the last** one output sees, along one axis. A layer's
# own stride widens only what comes *after* it. Without layers one sees 1.

# %% exercise="receptive_field" points=4 answer="reference.signals:receptive_field"

# %% [markdown]
# ---
# ## 8. Check yourself
#
# Six questions, no points. Click an answer and read what it says, also the wrong ones.

# %%
quiz("quiz.json")

# %% [markdown]
# ---
# ## 9. Essay ({points:essay_windows})
#
# A friend has written `conv2d_forward` and says: "The way back must be a new and difficult formula; I
# shall look it up." Convince them in **200 to 400 words** that it can be *seen*:
#
# 1. Choose **numbers of your own**: a signal of five entries, a filter of two, stride 1. Compute the
#    output, choose a gradient for it, and give the gradients of signal, filter and bias, telling for
#    each output where its gradient goes.
# 2. Why does the flip, which the forward pass leaves out, appear in the gradient of the signal?
# 3. Now stride 2, or padding 1: what changes in your picture, and which two mistakes will your
#    friend probably make?
# 4. What does max pooling do with its gradient, and what has that in common with ReLU?
#
# Write for somebody who knows the chain rule but has not seen this notebook. Formulas between dollar
# signs are welcome.

# %% [markdown] essay="essay_windows" points=10

# %% [markdown]
# ---
# ## What you have now
#
# - Convolution and correlation, and why two methods agree (W26 to W29).
# - Windows with stride and padding that you can count (W30).
# - A convolutional layer with its way back, for batches and channels, and two kinds of pooling (W31).
# - An eye for kernels (W32), and numbers for what moves along and how far one sees.
#
# **Before you hand in:** *Kernel → Restart Kernel and Run All Cells*, look at each check, save.
#
# **Next:** `a6_convnets` puts these layers in a row, and they learn to read digits.
