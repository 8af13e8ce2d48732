"""Pictures for the notebooks: graphs with their gradients, error curves, paths of descent.

Every function returns a `Picture`; make it the last line of a cell and the notebook shows it.
Where a picture needs code that is not written yet, a sentence says so in its place.
"""

from course.plots.curves import descent_path, finite_difference_error
from course.plots.drawing import draw_graph, step_through
from course.plots.picture import Picture
from course.plots.vertices import Node

__all__ = [
    "Node",
    "Picture",
    "descent_path",
    "draw_graph",
    "finite_difference_error",
    "step_through",
]
