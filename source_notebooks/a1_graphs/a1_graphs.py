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
#     title: Computation graphs and the chain rule
#     cell_seconds: 6
#     notebook_seconds: 60
#     call_seconds: 3
# ---

# %% [markdown]
# # Computation graphs and the chain rule
#
# How does a program find the slope of a formula with a million inputs? Not with algebra, and not
# by nudging every input in turn. It draws the formula as a **graph** and walks that graph once,
# backward. In this notebook you build such a program: at the end you type a formula, and your own
# hundred lines of Python give every derivative of it. PyTorch does the same, on arrays.
#
# **What to know before.** Derivatives in one variable, the chain rule included; Python functions,
# lists, dictionaries, and a class with a few methods; how to index a NumPy array. Nothing about
# machine learning.
#
# **Time.** 60 to 90 minutes to read, 4 to 8 hours to solve. There are ten exercises (100 points,
# graded by machine) and one essay ({points:essay_chain_rule}, read by a person).
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
# Worked examples carry a number, W1 to W11, and come in that order; checks and hints refer to it.
# Every number was recomputed. Where a slide differs, the text says so.

# %% [markdown]
# ## The rules, once
#
# - **Write in the cells marked `# YOUR CODE HERE`**, in place of `raise NotImplementedError()`.
#   You may add cells and helper functions of your own. Keep the given names and signatures.
# - **`check(...)` below each exercise** calls your code on a few inputs and says what it called,
#   what came back, what was expected, and where the two differ most. A failed check stops with an
#   error: read the words above it, they are meant to help. When it says that the visible checks
#   pass, the examples in the notebook work.
# - **Hidden tests give the points.** They ask the same things with other numbers and sizes. Each
#   test you pass earns its share of the exercise's points. While the values of an exercise are
#   wrong, it earns nothing.
# - **Time.** A hidden test may take a few seconds for one call, and a cell not much more. `check`
#   stops a call at the same limit. Plain loops are fast enough, unless an exercise names a cost.
# - **Arguments are not modified.** A function leaves its inputs as it found them.
# - **Only NumPy and Python's `math` compute an answer.** SciPy, or another array library, is
#   refused where it is imported. Where an exercise forbids a NumPy shortcut, it says so.
# - **Your notebook is graded in a closed room**, run from top to bottom. NumPy, Matplotlib,
#   IPython and ipywidgets are there; SciPy, the internet and your files are not. So before you
#   hand in, choose *Restart Kernel and Run All Cells*.
# - **Corners.** `max` has no derivative where its inputs tie, ReLU none at 0. Hidden tests stay
#   away from such points or accept every valid choice. Ours: slope 0 at ReLU's corner, and at a
#   tie the first argument takes the whole gradient.
# - If you change the class `Value`, run the cells below it again: they attach methods to it.
#
# A red error below an unwritten exercise is normal. Pictures that need your code show a sentence
# until it is there.
#
# The next cell imports all you need: `math`, NumPy under its usual name `np`, and from the course
# kit `check` and `check_backward` (they try your code), `plots` (pictures), `widgets` (pictures that
# move, by mouse or keyboard) and `quiz` (questions to check yourself).

# %%
import math

import numpy as np

from course import check, check_backward, plots, quiz, widgets

# %% [markdown]
# ---
# ## 1. A formula is a graph
#
# ### Example W1: three gates in a row (E442)
#
# Take $f(x) = (-x + 3)^2$ and compute it slowly, one small step at a time, at $x = 1$. Each step
# is a **gate**: a circle with wires going in at the left and one wire out at the right. (The cells
# that draw such pictures only type numbers in. You need not read them.)

# %%
x = plots.Node(1, grad=-4, name="x")
r = plots.Node(-1, grad=4, parents=(x,), op="neg", name="r")
q = plots.Node(2, grad=4, parents=(r,), op="+ 3", name="q")
f = plots.Node(4, grad=1, parents=(q,), op="^ 2", name="f")
plots.draw_graph(f, title="W1: f = (−x + 3)² at x = 1")

# %% [markdown]
# Read the numbers **above** the lines from left to right: that is the **forward pass**.
# $r = -x = -1$, then $q = r + 3 = 2$, then $f = q^2 = 4$.
#
# Now read the numbers **below** from right to left: the **backward pass**. Each is a **gradient**:
# it says how fast the *last* value $f$ changes when the value on that line changes. It starts with
# a 1, since $f$ changes as fast as itself. Then every gate does the same thing: it takes the number
# $g$ that arrives from the right and sends $g$ times **its own slope** to the left.
#
# | gate | its own slope | at $x = 1$ | sent to the left |
# | --- | --- | --- | --- |
# | $f = q^2$ | $\partial f/\partial q = 2q$ | $4$ | $1 \cdot 4 = 4$ |
# | $q = r + 3$ | $\partial q/\partial r = 1$ | $1$ | $4 \cdot 1 = 4$ |
# | $r = -x$ | $\partial r/\partial x = -1$ | $-1$ | $4 \cdot (-1) = -4$ |
#
# In letters, that is the chain rule:
#
# $$\frac{\partial f}{\partial x} = \frac{\partial f}{\partial q}\,\frac{\partial q}{\partial r}\,
# \frac{\partial r}{\partial x} = 2q \cdot 1 \cdot (-1) = -2(-x + 3) = 2x - 6 ,$$
#
# and at $x = 1$ indeed $-4$. (The slide keeps $x$ as a letter; the number 1 is ours.)
#
# Two things make this worth a lecture. No gate knows the whole formula: it needs its inputs and
# $g$. And the forward pass has already computed what the slopes need, here $q$.

# %% [markdown]
# ### The words
#
# The lectures have several names for the same things. Come back here when one of them escapes you.
#
# | word | what it means | in W1 |
# | --- | --- | --- |
# | **node**, or value | one number of the graph, with the gate that made it | $x, r, q, f$ |
# | **leaf** | a node without inputs: a box in the pictures | $x$ |
# | **root** | the last node, whose slopes we want | $f$ |
# | **parents** of a node | its inputs: the nodes it was computed from | $q$ has the parent $r$ |
# | **consumers** of a node (T311: children) | the nodes that use it | $r$ has the consumer $q$ |
# | **own slope**, or **local derivative** | how fast a node changes with *one parent*; in code `local` | $q$ has 1 |
# | **gradient**, or **adjoint** | how fast the *root* changes with a node; in code `grad` | $q$ has 4 |

# %% [markdown]
# ### Example W2: two inputs, step by step (E442, ACT)
#
# A gate with two inputs has two slopes, one for each, and sends a number down each wire. Here is
# $f = (x + y)\,z$ at $x = -2$, $y = 5$, $z = -4$. Press *Step* (or the arrow keys in the picture):
# first the values go forward, then the gradients come back. Before each press, say the next number.
# (In the cell, `local=` holds each gate's own slopes; the widget multiplies and adds them.)

# %%
x = plots.Node(-2, grad=-4, name="x")
y = plots.Node(5, grad=-4, name="y")
z = plots.Node(-4, grad=3, name="z")
q = plots.Node(3, grad=-4, parents=(x, y), local=(1, 1), op="+", name="q")
f = plots.Node(-12, grad=1, parents=(q, z), local=(-4, 3), op="×", name="f")
widgets.GraphStepper(f, title="W2: f = (x + y) z")

# %% [markdown]
# With $q = x + y$ and $f = qz$ the slopes are
#
# $$\frac{\partial q}{\partial x} = 1, \quad \frac{\partial q}{\partial y} = 1, \qquad
# \frac{\partial f}{\partial q} = z, \quad \frac{\partial f}{\partial z} = q .$$
#
# So $f = -12$, and $\partial f/\partial z = q = 3$,
# $\;\partial f/\partial x = \partial f/\partial y = z \cdot 1 = -4$.
#
# **Before you go on**, take a sheet of paper and do the same at $x = 1$, $y = 2$, $z = 3$: first
# the numbers above the lines, then those below. Nudge $x$ to 1.1 and compute $f$ again. Did it
# move by 0.1 times the number you wrote below $x$?

# %% [markdown]
# ### Exercise `gates` ({points:gates})
#
# Write four gates, each as a pair of functions on floats (whole numbers and NumPy's may come in too).
#
# | gate | forward | backward |
# | --- | --- | --- |
# | $a + b$ | `add_forward(a, b) -> (out, cache)` | `add_backward(dout, cache) -> (da, db)` |
# | $a \cdot b$ | `multiply_forward(a, b) -> (out, cache)` | `multiply_backward(dout, cache) -> (da, db)` |
# | $\max(a, b)$ | `max_forward(a, b) -> (out, cache)` | `max_backward(dout, cache) -> (da, db)` |
# | $\sigma(a)$ | `sigmoid_forward(a) -> (out, cache)` | `sigmoid_backward(dout, cache) -> da` |
#
# - `dout` is the number $g$ that arrives from the right; return $g$ times the gate's own slopes.
# - `cache` is whatever your backward needs to remember from your forward. It is your own business:
#   nobody looks inside. Do not keep it in a global variable: a gate is called many times.
# - $\max(a, b)$ is the larger of two numbers: if the larger one moves a little, so does the result;
#   if the smaller one does, nothing happens.
# - $\sigma(a) = 1/(1 + e^{-a})$, the *sigmoid*, has the slope $\sigma(a)\,(1 - \sigma(a))$. Section
#   3 shows why.
# - **At $a = \pm 1000$ the sigmoid gate must still work.** `math.exp(1000)` is too large for a
#   float and raises an error. Which of the two forms $\frac{1}{1 + e^{-a}} = \frac{e^{a}}{1 +
#   e^{a}}$ is safe for which sign of $a$?

# %% exercise="gates" points=10 answer=["reference.gates:add_forward", "reference.gates:add_backward", "reference.gates:multiply_forward", "reference.gates:multiply_backward", "reference.gates:max_forward", "reference.gates:max_backward", "reference.gates:sigmoid_forward", "reference.gates:sigmoid_backward"]

# %% [markdown]
# Your gates now drive the picture: values and slopes come from your functions (a gradient of 1
# into your backward gives a gate's own slopes). Type the three inputs of your sheet of paper into its
# fields, and step.


# %%
def sum_times(at_x=-2.0, at_y=5.0, at_z=-4.0):
    at_q, sum_cache = add_forward(at_x, at_y)
    at_f, product_cache = multiply_forward(at_q, at_z)
    slopes_f = multiply_backward(1.0, product_cache)
    slopes_q = add_backward(1.0, sum_cache)
    x, y, z = (plots.Node(at, name=name) for at, name in ((at_x, "x"), (at_y, "y"), (at_z, "z")))
    q = plots.Node(at_q, parents=(x, y), local=slopes_q, op="+", name="q")
    return plots.Node(at_f, parents=(q, z), local=slopes_f, op="×", name="f")


widgets.GraphStepper(sum_times, title="f = (x + y) z with your gates")

# %% [markdown]
# **Read the gates as characters.** The add gate hands $g$ on to everybody. The multiply gate gives
# each input the *other* input times $g$. The max gate gives everything to the winner. Keep these
# three in mind: they explain most gradients you will ever look at.
#
# **A second opinion.** `check_backward` compares any such pair with slopes that it measures by
# itself; section 8 shows how. Try it on your other gates, with numbers of your choice.

# %% tags=["raises-exception"]
check_backward(multiply_forward, multiply_backward, 3.0, -2.0)

# %% [markdown]
# ---
# ## 2. What a slope is good for
#
# ### Example W3: the game (E442)
#
# The smallest learning problem there is: a model that always answers $w$, and should answer 6. Its
# **loss** $L = (w - 6)^2$ says how wrong it is. E442 plays it with three volunteers: one for each
# of the two gates, and one at the end who hands in the 1. Start at $w = 0$.

# %%
w = plots.Node(0, grad=-12, name="w")
d = plots.Node(-6, grad=-12, parents=(w,), op="− 6", name="d")
loss = plots.Node(36, grad=1, parents=(d,), op="^ 2", name="L")
plots.draw_graph(loss, title="W3: L = (w − 6)² at w = 0")

# %% [markdown]
# The gradient is $-12$: where $w$ grows, the loss falls. So step **against** the gradient, by a
# quarter of it, and play again: $w \leftarrow w - \frac{1}{4} \frac{dL}{dw}$.
#
# | | $w$ | $w - 6$ | $L$ | $dL/dw = 2(w - 6)$ | next $w$ |
# | --- | --- | --- | --- | --- | --- |
# | $w_0$ | 0 | −6 | 36 | −12 | $0 - \frac{1}{4} \cdot (-12) = 3$ |
# | $w_1$ | 3 | −3 | 9 | −6 | $3 - \frac{1}{4} \cdot (-6) = 4.5$ |
# | $w_2$ | 4.5 | −1.5 | 2.25 | −3 | $4.5 - \frac{1}{4} \cdot (-3) = 5.25$ |
#
# The distance to 6 halves with every step. (The slide heads the game $L(x)$; the variable is $w$.
# Its steps read "w0 − (1/4) − 12": the second minus belongs to the gradient, $-12$.)
#
# **Your gates play.** The next cell runs the game on them; $d^2$ is the multiply gate with $d$ at
# both inputs, and what it sends to the two is added up (section 4 says why). Work out $w_4$ on
# paper, then set `steps` to 4. What happens at the rate 0.5, and what at 1?


# %%
def play(rate=0.25, steps=3):
    w, path = 0.0, [0.0]
    for _ in range(steps):
        d, sum_cache = add_forward(w, -6.0)
        _, square_cache = multiply_forward(d, d)
        left, right = multiply_backward(1.0, square_cache)
        slope, _ = add_backward(left + right, sum_cache)
        w = w - rate * slope
        path.append(w)
    return path


plots.descent_path(play, lambda w: (w - 6) ** 2, title="W3: the game on your gates")

# %% [markdown]
# ---
# ## 3. A neuron is a row of gates
#
# ### Example W4: the sigmoid neuron (E442, ACT)
#
# A neuron multiplies inputs by weights, adds a bias and squashes the sum:
#
# $$f(w, x) = \frac{1}{1 + e^{-(w_0 x_0 + w_1 x_1 + w_2)}}, \qquad
# w = (2, -3, -3), \quad x = (-1, -2).$$
#
# In the smallest possible gates it looks like this.

# %%
w0 = plots.Node(2, grad=-0.1966, name="w0")
x0 = plots.Node(-1, grad=0.3932, name="x0")
w1 = plots.Node(-3, grad=-0.3932, name="w1")
x1 = plots.Node(-2, grad=-0.5898, name="x1")
w2 = plots.Node(-3, grad=0.1966, name="w2")
p0 = plots.Node(-2, grad=0.1966, parents=(w0, x0), local=(-1, 2), op="×")
p1 = plots.Node(6, grad=0.1966, parents=(w1, x1), local=(-2, -3), op="×")
both = plots.Node(4, grad=0.1966, parents=(p0, p1), local=(1, 1), op="+")
total = plots.Node(1, grad=0.1966, parents=(both, w2), local=(1, 1), op="+")
minus = plots.Node(-1, grad=-0.1966, parents=(total,), local=(-1,), op="neg")
power = plots.Node(0.3679, grad=-0.5344, parents=(minus,), local=(0.3679,), op="exp")
below = plots.Node(1.3679, grad=-0.5344, parents=(power,), local=(1,), op="+ 1")
f = plots.Node(0.7311, grad=1, parents=(below,), local=(-0.5344,), op="1/a", name="f")
widgets.GraphStepper(f, title="W4: a sigmoid neuron in small gates")

# %% [markdown]
# Step to the end of the forward pass, then on, one row of the table at a time: the numbers **below**
# the lines come from the right. In the table $a$ is what enters the gate, as in your gates.
#
# | gate | its own slope | arrives, times slope | sent on |
# | --- | --- | --- | --- |
# | $1/a$ | $-1/a^2 = -1/1.3679^2 = -0.5344$ | $1 \cdot (-0.5344)$ | $-0.5344$ |
# | $a + 1$ | $1$ | $-0.5344 \cdot 1$ | $-0.5344$ |
# | $e^a$ | $e^{-1} = 0.3679$ | $-0.5344 \cdot 0.3679$ | $-0.1966$ |
# | $-a$ | $-1$ | $-0.1966 \cdot (-1)$ | $0.1966$ |
# | $+$ and $+$ | $1$ each | $0.1966 \cdot 1$ | $0.1966$, also to the bias $w_2$ |
# | $w_0 \cdot x_0$ | $x_0 = -1$ and $w_0 = 2$ | $0.1966 \cdot (-1)$ and $0.1966 \cdot 2$ | $w_0$: $-0.1966$, $x_0$: $0.3932$ |
# | $w_1 \cdot x_1$ | $x_1 = -2$ and $w_1 = -3$ | $0.1966 \cdot (-2)$ and $0.1966 \cdot (-3)$ | $w_1$: $-0.3932$, $x_1$: $-0.5898$ |
#
# The value is $f = 0.7311$. (E442 prints these with one or two digits, as 0.2, 0.4, −0.6; the text
# here has four.)
#
# ### One gate for four
#
# The last four gates always come together, so give them one name, $\sigma$, and one slope:
#
# $$\frac{d\sigma}{da} = \frac{e^{-a}}{(1 + e^{-a})^2}
# = \frac{1 + e^{-a} - 1}{1 + e^{-a}} \cdot \frac{1}{1 + e^{-a}} = (1 - \sigma(a))\,\sigma(a).$$
#
# Check: $0.7311 \cdot (1 - 0.7311) = 0.1966$, in one step instead of four. E442's advice: *reduce
# multiple blocks to one*, and choose the blocks well. (ACT's slide prints the first denominator as
# $(1 + e^{x})^2$; the exponent should be $-x$, as E442 and C601 have it.)

# %% [markdown]
# ### Exercise `sigmoid_neuron` ({points:sigmoid_neuron})
#
# Write `sigmoid_neuron(w, x) -> (value, dw, dx)` for any number of inputs, out of *your gates*.
#
# - `x` is a sequence of numbers; `w` is one longer, and **its last entry is the bias**.
# - `dw` has one gradient for each entry of `w`, `dx` one for each entry of `x`; lists or tuples.
# - Lists and tuples may come in; they go out unchanged. Far from zero (a sum of ±1000) it must
#   work.
# - Where the lengths do not fit, raise a `ValueError` that names both. That is good manners, and
#   not tested.

# %% exercise="sigmoid_neuron" points=8 answer="reference.gates:sigmoid_neuron" builds_on=["gates"]

# %% [markdown]
# **Now use it.** Which single weight would you raise by 0.1 to make the neuron of W4 answer with a
# larger value, and which would you lower? Decide from the gradients, then try it in a cell of your
# own.

# %% [markdown]
# ---
# ## 4. When a value is used twice
#
# ### Example W5: two paths (E442)
#
# Draw $f = (3 - x)(3 - x)$ with two separate branches, $a$ and $b$. Now $x$ has **two** consumers.
# (In the cell, `local=` holds each gate's own slopes, so that the picture can also write what each
# branch sends back.)

# %%
x = plots.Node(1, grad=-4, name="x")
a = plots.Node(2, grad=2, parents=(x,), local=(-1,), op="3 −", name="a")
b = plots.Node(2, grad=2, parents=(x,), local=(-1,), op="3 −", name="b")
f = plots.Node(4, grad=1, parents=(a, b), local=(2, 2), op="×", name="f")
plots.draw_graph(f, title="W5: f = (3 − x)(3 − x) at x = 1, two paths")

# %% [markdown]
# The small numbers on the fork are what each branch sends back to $x$: $-2$ along the upper path,
# $-2$ along the lower. **Gradients from several consumers add up**: $-2 - 2 = -4$. In letters,
# each path contributes $x - 3$, so
#
# $$\frac{\partial f}{\partial x} = (x - 3) + (x - 3) = 2x - 6 ,$$
#
# the same as in W1, as it must be: it is the same function.
#
# Why add? If $x$ moves a little, $a$ moves *and* $b$ moves, and $f$ feels both. That is the chain
# rule for several variables (T311):
#
# $$\frac{d}{dt} f(x(t), y(t)) = \frac{\partial f}{\partial x}\frac{dx}{dt}
# + \frac{\partial f}{\partial y}\frac{dy}{dt}.$$
#
# ### Example W6: the same in letters (T311)
#
# $f(x, y) = y + e^{xy}$ with $x = \cos t$ and $y = t^2$. One path runs through $x$, one through
# $y$:
#
# $$\frac{df}{dt} = (y\,e^{xy}) \cdot (-\sin t) + (1 + x\,e^{xy}) \cdot 2t .$$
#
# T311 stops here. At $t = 1$ (our choice) it is $-1.4444 + 3.8549 = 2.4105$. Your engine will
# confirm that in section 7.

# %% [markdown]
# ### Example W7: every adjoint by hand (C601)
#
# $J = \cos(\sin(x^2) + 3x^2)$. The node $t = x^2$ has two consumers, so C601 writes `+=`: start
# every gradient (C601: *adjoint*) at 0 and **add** what arrives.
#
# | forward | backward | at $x = 1$ (our number) |
# | --- | --- | --- |
# | $J = \cos u$ | $\frac{dJ}{du} \;{+}{=}\; -\sin u$ | $u = 3.8415,\; J = -0.7649,\; \frac{dJ}{du} = 0.6441$ |
# | $u = u_1 + u_2$ | $\frac{dJ}{du_1} \;{+}{=}\; \frac{dJ}{du} \cdot 1, \quad \frac{dJ}{du_2} \;{+}{=}\; \frac{dJ}{du} \cdot 1$ | $0.6441$ and $0.6441$ |
# | $u_1 = \sin t$ | $\frac{dJ}{dt} \;{+}{=}\; \frac{dJ}{du_1} \cos t$ | $0.6441 \cdot 0.5403 = 0.3480$ |
# | $u_2 = 3t$ | $\frac{dJ}{dt} \;{+}{=}\; \frac{dJ}{du_2} \cdot 3$ | $0.3480 + 1.9324 = 2.2804$ |
# | $t = x^2$ | $\frac{dJ}{dx} \;{+}{=}\; \frac{dJ}{dt} \cdot 2x$ | $4.5608$ |
#
# Work from top to bottom, and in each row read the forward column first: it names the node whose
# gradient is now spent. That gradient must be complete. The last row spends $dJ/dt$, to which
# *two* rows above have contributed, $u_1$ and $u_2$; whoever spent it after the first of them
# would lose a path. Section 6 is about this order. **Cover the last two rows** with your hand and
# work them out again, at $x = 1$, before you look.

# %% [markdown]
# ### Exercise `quiz_chain_rule` ({points:quiz_chain_rule})
#
# **Example W8**, *Differentiation Quiz #1* of C601. Suppose $x = 2$ and $z = 3$. What are $dy/dx$
# and $dy/dz$, rounded to the nearest integer, for
#
# $$y = \exp(xz) + \frac{xz}{\log x} + \frac{\sin(\log x)}{xz}\;?$$
#
# | | $[dy/dx,\ dy/dz]$ | | $[dy/dx,\ dy/dz]$ |
# | --- | --- | --- | --- |
# | A | [42, −72] | E | [1208, 810] |
# | B | [72, −42] | F | [810, 1208] |
# | C | [100, 127] | G | [1505, 94] |
# | D | [127, 100] | H | [94, 1505] |
#
# As everywhere in these lectures, log is the **natural** logarithm, with base $e$.
#
# The lecture gave two minutes. Draw the graph first: $a = xz$ and $b = \log x$ are each used more
# than once. Which of the three terms is by far the largest? Write the letter as a string, for
# example `answer = "A"`. The check looks at the form alone; in section 7 your own engine gives the
# numbers.

# %% exercise="quiz_chain_rule" points=4 answer="reference.quizzes.a1_graphs:answer" choices="ABCDEFGH"

# %% [markdown]
# ---
# ## 5. Let Python draw the graph
#
# So far you drew the graph and Python did sums. Let Python do both. The idea: instead of a float,
# use an object that holds a float **and remembers where it came from**. Each object of the class
# `Value` is one node.
#
# | attribute | what it holds | for $y = \sqrt{x}$ at $x = 9$ |
# | --- | --- | --- |
# | `.data` | the number above the line | `3.0` |
# | `.grad` | the number below the line, `0.0` until a backward pass sets it | `0.0` |
# | `.parents` | the nodes this one was made from, a tuple; empty for a leaf | `(x,)` |
# | `.local` | the gate's own slope for each parent, at these numbers | `(1 / 6,)`, since $\frac{1}{2\sqrt{9}} = \frac{1}{6}$ |
#
# Python calls `a.__add__(b)` when it reads `a + b`. If you write that method so that it returns a
# new `Value`, then the line `f = (x + y) * z` computes $f$ and, on the side, builds the whole
# graph. (This is called *operator overloading*.)
#
# **The slopes you need.** Sums, differences and products you have met. The others, at the number
# $a$:
#
# | operation | its own slope | why |
# | --- | --- | --- |
# | $a / b$ | $1/b$ for $a$, $\;-a/b^2$ for $b$ | it is $a \cdot b^{-1}$ |
# | $a^k$, with a plain number $k$ | $k\,a^{k-1}$, and 0 for $k = 0$ | the power rule |
# | $e^a$, `math.exp` | $e^a$ | it is its own slope |
# | $\log a$, the natural logarithm, `math.log` | $1/a$ | it undoes $e^a$ |
# | $\sin a$ and $\cos a$ | $\cos a$ and $-\sin a$ | |
# | $\tanh a = \frac{e^a - e^{-a}}{e^a + e^{-a}}$, `math.tanh` | $1 - \tanh^2 a$ | quotient rule: numerator and denominator are each other's slope |
# | $\sigma(a)$ | $\sigma(a)(1 - \sigma(a))$ | section 3 |
# | $\mathrm{relu}(a) = \max(0, a)$ | 1 for $a > 0$, 0 for $a < 0$; we take 0 at 0 | the max gate with one input 0 |

# %% [markdown]
# ### Exercise `value_ops` ({points:value_ops})
#
# Complete the class `Value`. `__init__` and `__repr__` are given. Each operation returns a **new**
# `Value` and leaves its operands alone.
#
# - `a + b`, `a - b`, `a * b`, `a / b`, where either side may be a plain number: `3 - a` and `2 /
#   a` must work too. For `3 - a` Python calls `a.__rsub__(3)`, since the number 3 does not know how
#   to take away a `Value`. Such methods with an `r` are called *reflected*. Whole numbers and
#   NumPy's numbers are plain numbers too.
# - `a ** k` with a plain number `k`; negative and fractional `k` too. And `-a`.
# - `a.exp()`, `a.log()`, `a.sin()`, `a.cos()`, `a.tanh()`, `a.sigmoid()`, `a.relu()`. The sigmoid
#   must not overflow at ±1000; you solved that in `gates`.
# - What does not exist should say so: division by 0, the log of a number that is not positive, a
#   fractional power of a negative base, an exponent that is itself a `Value`. The docstrings name
#   the errors. Python and `math` raise most of them for you; none is tested.
#
# Each new value needs one slope in `.local` for every entry of `.parents`, in the same order. A
# value used twice, as in `x * x`, is two parents. Some operations can be written with others that
# you have already. **Do not compute gradients here**, only slopes; the backward pass comes later.
# To see whether they are right, the checks walk every path from the result down to the inputs,
# multiply the slopes along it, and add the paths up, as you did by hand.
#
# The line `__slots__ = (...)` in the class lists the only attributes that a `Value` can have. It
# saves memory, and a slip such as `v.gard = 1` becomes an error instead of a silent new attribute.

# %% exercise="value_ops" points=24 answer="reference.scalar:Value" given=["__init__", "__repr__"]

# %% [markdown]
# The next picture, W6, is drawn from *your* graph: it follows `.parents` and guesses each gate's
# name from the numbers. Its gradients are still 0. Does it have the shape you expected? Your graph
# may have more gates than the formula, if you built one operation out of others. A box with a dot
# is a leaf without a name, such as a plain 3 that you turned into a `Value`. **Change the formula**
# to one of your own and draw it.


# %%
def two_roads():
    t = Value(1.0)
    x, y = t.cos(), t**2
    f = y + (x * y).exp()
    return f, {"t": t, "x": x, "y": y, "f": f}


plots.draw_graph(two_roads, title="W6: f = y + exp(xy), x = cos t, y = t² (no backward pass yet)")

# %% [markdown]
# ---
# ## 6. In which order?
#
# Look at a small trap: $y = 2x$, then $s = y^2$, then $f = y + s$, at $x = 1$.

# %%
x = plots.Node(1, grad=10, name="x")
y = plots.Node(2, grad=5, parents=(x,), local=(2,), op="× 2", name="y")
s = plots.Node(4, grad=1, parents=(y,), local=(4,), op="^ 2", name="s")
f = plots.Node(6, grad=1, parents=(y, s), local=(1, 1), op="+", name="f")
plots.draw_graph(f, title="y has to wait for s")

# %% [markdown]
# $f$ sends 1 to $y$ and 1 to $s$. Suppose $y$ went first: it would know of 1 only and send
# $1 \cdot 2 = 2$ to $x$. Later $s$ sends $4$ more to $y$, too late. The right answer is
# $(1 + 4) \cdot 2 = 10$. **A value may send its gradient on only when all its consumers have
# reported.**
#
# So line the values up such that parents always come before children (C601 and T311: a
# *topological order*). Walk the line forward and every input is ready before it is needed. Walk it backward
# and every gradient is complete before it is passed on. A graph can have many such orders; any
# will do.
#
# Two dangers wait here:
#
# - **Many paths, few values.** Sixty times `y = y + y` makes 61 values and $2^{60}$ paths. Visit
#   each *value* once, not each path. To ask "have I seen it?", keep the values you have met in a
#   `set`; looking something up in a list means walking the list.
# - **Long chains.** Python allows about 1000 nested calls. A sum over 100 000 terms is a chain of
#   100 000 values, so a function that calls itself for each parent dies of a `RecursionError`.

# %% [markdown]
# ### Exercise `topological_order` ({points:topological_order})
#
# Write `topological_order(root) -> list[Value]`: every value that `root` depends on, `root`
# included, each **once**, parents before children, **`root` last**. It changes nothing in the
# graph.
#
# **Announced cost:** a chain of 100 000 values must work, within a few seconds. So no recursion:
# keep your own list of what is still to do. One way is to meet each value twice: the first time to
# put its parents on the list, the second time, when they are all done, to write it down. Another
# is to count for each value how many of its uses are not dealt with yet. Try it on paper with the
# trap above.

# %% exercise="topological_order" points=10 answer="reference.scalar:topological_order" needs=["value_ops"]

# %% [markdown]
# **Ask yourself:** for the graph of W2, write down two different orders that are both right. Which
# of them does your function give?

# %% [markdown]
# ---
# ## 7. Backward, two ways
#
# ### Example W9: a short way to write it (T311)
#
# Write $\bar{y}$ for $\partial \mathcal{L}/\partial y$, the gradient of the last value
# $\mathcal{L}$ with respect to $y$. A bar is a *number your program computes*, not an operation.
# Logistic least squares, one neuron with input $x$ and target $t$, takes three lines forward and four
# short ones back:
#
# | forward | backward | with $w = 0.5,\; x = 2,\; b = -1,\; t = 1$ (our numbers) |
# | --- | --- | --- |
# | $z = wx + b$ | $\bar{y} = y - t$ | $z = 0$, $\;\bar{y} = -0.5$ |
# | $y = \sigma(z)$ | $\bar{z} = \bar{y}\,\sigma'(z)$ | $y = 0.5$, $\;\bar{z} = -0.5 \cdot 0.25 = -0.125$ |
# | $\mathcal{L} = \tfrac12 (y - t)^2$ | $\bar{w} = \bar{z}\,x, \quad \bar{b} = \bar{z}$ | $\mathcal{L} = 0.125$, $\;\bar{w} = -0.25$, $\;\bar{b} = -0.125$ |
#
# Every line uses only what its neighbours have computed. Compare that with expanding
# $\frac{1}{2}(\sigma(wx + b) - t)^2$ in full, once for $w$ and once more for $b$.

# %% [markdown]
# ### Example W10: version A and version B (C601)
#
# Both versions set the gradient of the root to 1 and visit the nodes from last to first. They
# differ in who does the work when it is $v$'s turn.
#
# | | version A, *pull* | version B, *push* |
# | --- | --- | --- |
# | at $v$'s turn | $v$ asks all its consumers $u_1, \ldots, u_M$ and sums: $\bar{v} = \sum_i \bar{u}_i\,\frac{\partial u_i}{\partial v}$ | $v$'s gradient is complete; $v$ adds $\bar{v}\,\frac{\partial v}{\partial p}$ to the gradient of each of its parents $p$ |
# | before starting | who uses whom must be known | all gradients must be 0 |
# | on W5 | $x$ asks $a$ and $b$: $2 \cdot (-1) + 2 \cdot (-1) = -4$ | $a$ adds $-2$ to $x$, then $b$ adds $-2$ |
#
# T311 writes version A as one line, $\bar{v}_i = \sum_{j \in \mathrm{Ch}(v_i)} \bar{v}_j\,
# \frac{\partial v_j}{\partial v_i}$, where $\mathrm{Ch}$ stands for the children: the consumers.
# Version B needs only what a node already holds, its `.parents` and its `.local`, so this is what
# autodiff libraries do. Your objects know their parents. They do not know their consumers.

# %% [markdown]
# ### Exercise `backward_pull` ({points:backward_pull})
#
# Write `backward_pull(root)`, version A. It **sets** `.grad` of every value that `root` depends on
# to the derivative of `root` with respect to it, whatever stood there before. It returns nothing.
#
# - It may use `topological_order`. It **may not call `backward`**.
# - A consumer that uses a value twice counts twice: look at `x * x`.
# - Find out who uses whom once, before you start. Searching all values again for each value is
#   slow.

# %% exercise="backward_pull" points=10 answer="reference.scalar:backward_pull" needs=["value_ops", "topological_order"]

# %% [markdown]
# ### Exercise `backward_push` ({points:backward_push})
#
# Write `Value.backward()`, version B. The cell defines a function and attaches it to the class.
#
# - It **sets** `.grad` of every value that `self` depends on, `self` included. So **a second call
#   changes nothing**, and what stood in `.grad` before does not matter. (PyTorch adds from call to
#   call; we meet that in the next assignment.)
# - Values that `self` does not depend on keep their `.grad`.
# - Long chains work, as in `topological_order`.

# %% exercise="backward_push" points=14 answer="reference.scalar:Value.backward" needs=["value_ops", "topological_order"]

# %% [markdown]
# ### Your engine at work
#
# Here are W2 and W5 again, with nothing typed in but the formula. Compare with sections 1 and 4.
# W5 is walked in **your** `topological_order`. Step it by *pull*, then choose *push*: when does $x$
# get its gradient, and in how many pieces? At the end the widget compares what your slopes give with
# the `.grad` that your version A has set.


# %%
def sum_times_again():
    x, y, z = Value(-2.0), Value(5.0), Value(-4.0)
    q = x + y
    f = q * z
    f.backward()
    return f, {"x": x, "y": y, "z": z, "q": q, "f": f}


plots.draw_graph(sum_times_again, title="W2 by your engine: −4, −4 and 3")


# %%
def two_paths(at_x=1.0):
    x = Value(at_x)
    a, b = 3 - x, 3 - x
    f = a * b
    backward_pull(f)
    return f, {"x": x, "a": a, "b": b, "f": f}


widgets.GraphStepper(
    two_paths, title="W5 by your engine: 2x − 6", algorithm="pull", order=topological_order
)

# %% [markdown]
# W7, the table of C601: step backward beside its rows, and change $x$. Then the quiz W8 as code. Was
# your letter right? If not, the picture shows which branch you lost.


# %%
def table_of_adjoints(at_x=1.0):
    x = Value(at_x)
    t = x**2
    u1, u2 = t.sin(), 3 * t
    u = u1 + u2
    j = u.cos()
    j.backward()
    return j, {"x": x, "t": t, "u1": u1, "u2": u2, "u": u, "J": j}


widgets.GraphStepper(table_of_adjoints, title="W7: J = cos(sin(x²) + 3x²)", order=topological_order)


# %%
def quiz_as_code():
    x, z = Value(2.0), Value(3.0)
    a, b = x * z, x.log()
    y = a.exp() + a / b + b.sin() / a
    y.backward()
    return y, {"x": x, "z": z, "y": y}


plots.draw_graph(quiz_as_code, title="W8: the quiz, computed by your engine")

# %% [markdown]
# **What did it cost?** One forward pass and one backward pass, each touching every line of the
# graph once, gave the gradient for *every* input at the same time. That is why it runs from the
# end to the beginning: a network has one loss and millions of weights. C601 names the reason: the
# backward pass reuses what the forward pass computed, and reuses its own gradients. The price is
# memory, because every value must be kept until the backward pass has come by.
#
# **Now you.** In a cell of your own, build the neuron of W4 with `sigmoid()` and the logistic
# least squares of W9 as `Value`s, call `backward()`, and compare with the tables. Then set W6 at
# $t = 1$: is `t.grad` 2.4105?

# %% [markdown]
# ---
# ## 8. Trust, but verify
#
# ### Example W11: finite differences (C601)
#
# A derivative is a slope, so measure it: go a little to the right, a little to the left, and
# divide the rise by the run. For entry $i$ of the input, with $d_i$ all zeros but a single 1,
#
# $$\frac{\partial}{\partial \theta_i} J(\theta) \approx
# \frac{J(\theta + \varepsilon\, d_i) - J(\theta - \varepsilon\, d_i)}{2\varepsilon}.$$
#
# It is called *centred*, because it looks to both sides. It knows nothing of graphs, so it cannot
# share the bugs of your engine. It needs two evaluations for **each** input, so for a million
# weights it is hopeless; for a test on a few it is perfect.

# %% [markdown]
# ### Exercise `numerical_gradient` ({points:numerical_gradient})
#
# Write `numerical_gradient(f, x, eps=1e-5)`. `f` takes an array and returns a float. Return an
# array of the same shape as `x` with the centred difference for every entry.
#
# - `x` is an array of floats with any number of axes, none included (its shape is then `()`).
# - When `f` is called, it sees an array of the shape of `x` in which only one entry has moved. Give
#   it a copy, or move the entry in `x` itself and put the old number back: afterwards **`x` is as
#   it was**.
# - `x` may be a view such as `y.T`. If you work on a flattened `x`, mind that `x.reshape(-1)` is
#   sometimes a copy, and then moving its entries does not move those of `x`. The loop `for index in
#   np.ndindex(x.shape)` visits every entry without flattening.
# - Not with `np.gradient`, which differentiates a table of values, not a function.

# %% exercise="numerical_gradient" points=8 answer="reference.differences:numerical_gradient"

# %% [markdown]
# How small should `eps` be? Smaller is better, until it is not. The next widget measures the
# error of **your** function on W7's $J$ at $x = 1$, for 57 values of `eps`. Guess the shape of the
# curve before you run it, then move `eps` with the slider, or drag in the curve.


# %%
def w7_function(v):
    return math.cos(math.sin(v[0] ** 2) + 3 * v[0] ** 2)


def w7_derivative(v):
    t = v**2
    return -np.sin(np.sin(t) + 3 * t) * (np.cos(t) + 3) * 2 * v


widgets.GradientCheck(
    w7_function, w7_derivative, np.array([1.0]), numerical_gradient, title="W11: how small a step?"
)

# %% [markdown]
# Two errors fight, and both axes are logarithmic, so each is a straight line.
#
# - **Right branch: the formula is cut short.** The exact slope is a limit; at a finite step a term
#   $\frac{\varepsilon^2}{6} J'''(x)$ is left over. Ten times the step, a hundred times the error.
# - **Left branch: floats are rounded.** $J(x + \varepsilon)$ and $J(x - \varepsilon)$ agree in
#   nearly all their 16 digits, the subtraction leaves the last few, and dividing by a tiny
#   $2\varepsilon$ blows their rounding up. A tenth of the step, ten times the error. C601: it
#   *suffers from issues of floating point precision*.
#
# The best step lies where the two meet. For a function of size 1 that bends gently this is near
# the cube root of the rounding error, $\sqrt[3]{10^{-16}} \approx 5 \cdot 10^{-6}$; $J$ bends
# sharply, so its minimum lies further left. The default `1e-5` is a fair choice for both. **Read
# off the picture:** how many digits are right at the minimum, at `1e-5`, and at `1e-12`? ($J'(1)$
# is about 4.6.) And which slope would the right branch have if you looked to one side only?

# %% [markdown]
# ### Exercise `gradient_check` ({points:gradient_check})
#
# Write `gradient_check(f, grad_f, x) -> float`. `grad_f(array)` returns the gradient that somebody
# claims. Compare it with your `numerical_gradient` (default `eps`) and return the **largest**,
# over all entries, of
#
# $$\frac{|a - n|}{\max(|a| + |n|,\; 10^{-8})}, \qquad a \text{ claimed}, \; n \text{ numerical}.$$
#
# The denominator makes the error relative; the $10^{-8}$ keeps it finite where both gradients are
# zero. Below about $10^{-6}$ the gradient is right. Near 1 the sign is wrong, near 1/3 a factor of
# two is.
#
# - Return a plain float, also where `x` has several axes or none. `x` is left as it was.
# - Good manners, not tested: a claimed gradient of another shape than `x` is a `ValueError` that
#   names both shapes, NaN anywhere gives NaN, and an array without entries gives 0.

# %% exercise="gradient_check" points=6 answer="reference.differences:gradient_check" needs=["numerical_gradient"]

# %% [markdown]
# Now put your engine on trial, with the quiz function of W8: the forward pass is written twice,
# once on floats and once on `Value`s. A tiny number means that two programs which share nothing
# agree. Change a slope in `Value` and see what the trial says.


# %% tags=["raises-exception"]
def on_floats(v):
    a, b = v[0] * v[1], math.log(v[0])
    return math.exp(a) + a / b + math.sin(b) / a


def on_values(v):
    x, z = Value(float(v[0])), Value(float(v[1]))
    a, b = x * z, x.log()
    (a.exp() + a / b + b.sin() / a).backward()
    return np.array([x.grad, z.grad])


gradient_check(on_floats, on_values, np.array([1.5, 0.5]))

# %% [markdown]
# The same trial entry by entry, for a neuron with eight weights in two rows: its gradient comes from
# your engine, and SciPy measures. Which entry is worst, and does it stay the worst at another `eps`,
# or at another point? Break a slope in `Value`, run its cell and this one again: now the curve is
# flat, since a wrong gradient is wrong at every step.


# %%
def neuron(w):
    return float(np.tanh(w[0] * w[1]).sum() ** 2)


def neuron_by_values(w):
    values = [[Value(float(entry)) for entry in row] for row in w]
    total = Value(0.0)
    for a, b in zip(*values, strict=True):
        total = total + (a * b).tanh()
    (total**2).backward()
    return np.array([[value.grad for value in row] for row in values])


weights = np.array([[0.5, -1.0, 1.5, 0.2], [0.8, 0.4, -0.7, 1.1]])
widgets.GradientCheck(neuron, neuron_by_values, weights, title="Eight weights on trial")

# %% [markdown]
# ---
# ## 9. The game again, on your engine
#
# In section 2 you wired the game W3 by hand, gate by gate. Now the engine finds the slope, so the
# loop fits any loss you can type. It is how every network in this course is trained.
#
# ### Exercise `fit_constant` ({points:fit_constant})
#
# Write `fit_constant(target, start, rate, steps) -> list[float]`: the game for any target. Return
# all `steps + 1` values of $w$ as floats, the start first; `target` and `start` may be whole numbers. Let **your `Value` find the gradient**
# of $(w - \mathrm{target})^2$ in each step; build a new graph for each, as the graph belongs to
# one $w$.

# %% exercise="fit_constant" points=6 answer="reference.descent:fit_constant" needs=["value_ops", "backward_push"]

# %% [markdown]
# Change the rate. What happens at 0.5? At 0.9, as here? At exactly 1? Above 1? Say why, before you
# try: by what factor does one step change the distance to 6?


# %%
def too_eager():
    return fit_constant(6.0, 0.0, 0.9, 12)


plots.descent_path(too_eager, lambda w: (w - 6) ** 2, title="Rate 0.9: over the valley and back")

# %% [markdown]
# ---
# ## 10. Check yourself
#
# Six questions, no points. Click an answer and read what it says, also the wrong ones.

# %%
quiz("quiz.json")

# %% [markdown]
# ---
# ## 11. Essay ({points:essay_chain_rule})
#
# A colleague trains a model with 1000 weights and one loss. She finds the gradient by nudging each
# weight in turn, and asks you whether there is a better way. Answer her in **200 to 400 words**:
#
# 1. Explain how the backward pass obtains all 1000 derivatives, with a small graph of your own
#    choice in which **at least one value is used twice**. Give its numbers, forward and backward.
# 2. Say why the order of the visits matters, on your graph.
# 3. Compare the cost of the two ways, in evaluations of the model and in memory.
# 4. Name one situation in which nudging is still the right tool, and how you would choose the
#    step.
#
# Write for somebody who knows calculus but not this course. Formulas between dollar signs are
# welcome, and so is a drawing made of text.

# %% [markdown] essay="essay_chain_rule" points=10

# %% [markdown]
# ---
# ## What you have now
#
# - Gates that know their own slope, and the chain rule as traffic between them (W1, W2, W4).
# - A first learner (W3).
# - Gradients that add up wherever a value is used more than once (W5 to W8).
# - An engine that records any formula, puts it in order and differentiates it (W9, W10).
# - A test that knows nothing of the engine, and its limits (W11).
#
# **Before you hand in:** *Kernel → Restart Kernel and Run All Cells*, look at each check, save.
#
# **Next:** `a2_tensors` puts arrays where the floats are. The graph, the order and the two
# directions stay; what is new is shapes.
