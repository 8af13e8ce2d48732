"""Widgets for the notebooks: pictures that move, on the functions they are given.

Each is a class; make one the last line of a cell and JupyterLab shows it. Exports, feedback pages
and terminals, which cannot move, show the same as a picture and as text. All work by keyboard, and
none needs the internet.
"""

from course.widgets.activations import Activations
from course.widgets.conv_stepper import ConvStepper
from course.widgets.feature_maps import FeatureMaps
from course.widgets.gradient_check import GradientCheck
from course.widgets.gradient_flow import GradientFlow
from course.widgets.graph_stepper import GraphStepper
from course.widgets.kernel_explorer import KernelExplorer
from course.widgets.playground import Playground
from course.widgets.pool_stepper import PoolStepper
from course.widgets.saliency import Saliency
from course.widgets.shift import Shift
from course.widgets.training import Epochs, TrainingDashboard

__all__ = [
    "Activations",
    "ConvStepper",
    "Epochs",
    "FeatureMaps",
    "GradientCheck",
    "GradientFlow",
    "GraphStepper",
    "KernelExplorer",
    "Playground",
    "PoolStepper",
    "Saliency",
    "Shift",
    "TrainingDashboard",
]
