"""Widgets for the notebooks: pictures that move, on the functions they are given.

Each is a class; make one the last line of a cell and JupyterLab shows it. Exports, feedback pages
and terminals, which cannot move, show the same as a picture and as text. All work by keyboard, and
none needs the internet.
"""

from course.widgets.activations import Activations
from course.widgets.feature_maps import FeatureMaps
from course.widgets.saliency import Saliency
from course.widgets.shift import Shift

__all__ = ["Activations", "FeatureMaps", "Saliency", "Shift"]
