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
# ---

# %% [markdown]
# # The widgets
#
# Open this notebook in JupyterLab to try them: `make lab`, then *Open With → Notebook* on
# `docs/gallery.py`. In the lessons they run on what students wrote; here on the answers, so this
# notebook stays with the instructors.

# %%
import numpy as np

from course import datasets, widgets
from reference.differences import numerical_gradient
from reference.initialise import initialise
from reference.inspection import feature_maps, saliency_map
from reference.layers.activations import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from reference.layers.convolution import conv2d_backward, conv2d_forward
from reference.layers.losses import softmax_cross_entropy
from reference.layers.pooling import maxpool2d_backward, maxpool2d_forward
from reference.lenet_experiment import stored_network
from reference.mlp import mlp_backward, mlp_forward
from reference.scalar import Value
from reference.signals import correlate2d, named_kernel, shift
from reference.training import train

rng = np.random.default_rng(0)
images, labels, unseen, unseen_labels = datasets.digits()
rows, unseen_rows = (each.reshape(len(each), -1) for each in (images, unseen))
large, large_labels = datasets.digits(28)[2:]
network = stored_network()

# %% [markdown]
# ## A graph, step by step: values there, gradients back


# %% widget="GraphStepper"
def f(x=-2.0, y=5.0, z=-4.0):
    x, y, z = Value(x), Value(y), Value(z)
    return (x + y) * z, {"x": x, "y": y, "z": z}


w = widgets.GraphStepper(f, title="W2: f = (x + y) z", step=4)

# %% [markdown]
# ## Is this gradient right, and how small a step shows it?

# %% widget="GradientCheck"
w = widgets.GradientCheck(
    lambda x: float(np.sum(np.sin(x) * x)),
    lambda x: np.sin(x) + np.cos(x) * x,
    rng.normal(size=(3, 4)),
    numerical_gradient,
)

# %% [markdown]
# ## Activations and their derivatives

# %% widget="Activations"
w = widgets.Activations(
    {
        "sigmoid": (sigmoid_forward, sigmoid_backward),
        "tanh": (tanh_forward, tanh_backward),
        "ReLU": (relu_forward, relu_backward),
    }
)
w.x = 1.0

# %% [markdown]
# ## A network learns to part the plane

# %% widget="Playground"
w = widgets.Playground(
    mlp_forward, mlp_backward, softmax_cross_entropy, engine="yours", hidden=[16], rate=0.3
)
w.advance(400)

# %% [markdown]
# ## Where does a gradient get lost?

# %% widget="GradientFlow"
w = widgets.GradientFlow(
    initialise, mlp_forward, mlp_backward, softmax_cross_entropy, (rows, labels), frames=12
)

# %% [markdown]
# ## Training, while it runs


# %% widget="TrainingDashboard"
def start():
    return [(initialise(shape, "he", rng), np.zeros(shape[1])) for shape in ((64, 32), (32, 10))]


w = widgets.TrainingDashboard(
    widgets.Epochs(train, mlp_forward, start, (rows, labels, unseen_rows, unseen_labels)), rate=0.1
)
w.advance(8)

# %% [markdown]
# ## A kernel slides over a photograph

# %% widget="KernelExplorer"
w = widgets.KernelExplorer(
    presets={name: named_kernel(name) for name in ("sobel_x", "blur", "sharpen")},
    student=correlate2d,
)

# %% [markdown]
# ## Convolution, window by window, there and back

# %% widget="ConvStepper"
w = widgets.ConvStepper(
    rng.integers(-2, 3, (2, 5, 5)).astype(float),
    rng.integers(-2, 3, (2, 2, 3, 3)).astype(float),
    forward=conv2d_forward,
    backward=conv2d_backward,
    stride=2,
    pad=1,
)
w.step = 4

# %% [markdown]
# ## Pooling, window by window, with its ties

# %% widget="PoolStepper"
w = widgets.PoolStepper(
    [[1.0, 3, 2], [5, 4, 0], [2, 6, 6]],
    [[1.0, 2.0], [3.0, 4.0]],
    {"max": (maxpool2d_forward, maxpool2d_backward)},
    stride=1,
)
w.step = 2

# %% [markdown]
# ## What each layer makes of a digit, and what each entry has seen of it

# %% widget="FeatureMaps"
w = widgets.FeatureMaps(lambda: network, feature_maps, large, large_labels)

# %% [markdown]
# ## The maps move with the image; the pooled ones a little less

# %% widget="Shift"
w = widgets.Shift(lambda: network, feature_maps, shift, large, large_labels)
w.dx = 2

# %% [markdown]
# ## Which pixels does a score depend on?

# %% widget="Saliency"
w = widgets.Saliency(lambda: network, saliency_map, large, large_labels)
