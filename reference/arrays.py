"""The types of arrays: floats of one precision throughout, and whole numbers for labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]
