"""Pictures for the notebooks: graphs with their gradients, error curves, paths of descent.

Every function returns a `Picture`; make it the last line of a cell and the notebook shows it.
Where a picture needs code that is not written yet, a sentence says so in its place.
"""

from course.plots.arrays import draw_arrays
from course.plots.bars import draw_bars
from course.plots.bends import draw_activations
from course.plots.broadcast import broadcasting
from course.plots.depth import draw_depth
from course.plots.descent import descent_path
from course.plots.drawing import draw_graph
from course.plots.maps import draw_maps
from course.plots.mistakes import draw_mistakes
from course.plots.network import draw_network
from course.plots.passes import pass_times
from course.plots.picture import Picture
from course.plots.pixels import draw_images
from course.plots.ravine import draw_ravine
from course.plots.regions import draw_regions
from course.plots.series import draw_history, draw_series
from course.plots.surfaces import draw_losses, draw_surfaces
from course.plots.vertices import Node
from course.plots.windows import draw_grids

__all__ = [
    "Node",
    "Picture",
    "broadcasting",
    "descent_path",
    "draw_activations",
    "draw_arrays",
    "draw_bars",
    "draw_depth",
    "draw_graph",
    "draw_grids",
    "draw_history",
    "draw_images",
    "draw_losses",
    "draw_maps",
    "draw_mistakes",
    "draw_network",
    "draw_ravine",
    "draw_regions",
    "draw_series",
    "draw_surfaces",
    "pass_times",
]
