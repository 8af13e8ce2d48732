"""What every stage of a plan is: one step of a network, with all its memory taken in advance.

A plan cuts the batch into `chunks` of `n` images, small enough that what one chunk touches stays in
the cache, and sends one chunk after the other through all stages. What a stage must remember from
forward to backward it keeps once for each chunk; a gradient is used up at once, so all chunks share
its memory. Fresh memory is filled at half the speed of memory in use, since the system
clears each page on its first touch, so no stage takes any while it runs.

A layout is a string that names the axes of an array from the slowest to the fastest, such as NCHW.
"""

from math import prod

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]
Shape = tuple[int, ...]
LINE = 64  # bytes


def memory(shape: Shape, dtype: DTypeLike, order: str = "C") -> Array:
    """Return zeros from the start of a cache line on: loads that straddle two lines are slow.

    In the order "F" the first axis is the fastest.
    """
    if order == "F":
        return memory(shape[::-1], dtype).T
    size = prod(shape) * np.dtype(dtype).itemsize
    room = np.zeros(size + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    return room[start : start + size].view(dtype).reshape(shape)


def check_fit(name: str, array: Array, shape: Shape, dtype: np.dtype[np.floating]) -> None:
    """Raise ValueError where an array is not of the shape and dtype a plan was made for."""
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(
            f"{name} has shape {array.shape} and dtype {array.dtype}, but this plan is for {shape}"
            f" and {dtype}: make another plan for it."
        )


class Stage:
    """One step; a stage with weights also overrides `prepare` and `finish`."""

    def prepare(self) -> None:
        """Derive from the weights what all chunks need; called once before the first chunk."""

    def forward(self, x: Array, k: int) -> Array:
        """Return the output of chunk k in memory of the stage; x is only read."""
        raise NotImplementedError

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return the gradient of chunk k's input, if it is wanted; g may be overwritten."""
        raise NotImplementedError

    def finish(self) -> None:
        """Write the gradient of the weights; called once after the last chunk."""


class Turn(Stage):
    """Copies from one layout into another, with the layouts' names for the axes."""

    def __init__(self, source: str, target: str, shape: Shape, outputs: list[Array]) -> None:
        """Copy arrays of that shape (in the source's order) into the outputs, one a chunk."""
        order = [target.index(axis) for axis in source]
        self.order = order
        self.outputs = outputs
        self.seen_from_source = [y.transpose(order) for y in outputs]
        self.dx = memory(shape, outputs[0].dtype)

    def forward(self, x: Array, k: int) -> Array:
        """Return x in the other layout."""
        # The last chunk of a batch may be short; the images it lacks stay zero and are cut off
        # at the end.
        self.seen_from_source[k][: len(x)] = x
        return self.outputs[k]

    def backward(self, g: Array, k: int, wanted: bool) -> Array:
        """Return g in the layout of x."""
        if wanted:
            np.copyto(self.dx, g.transpose(self.order))
        return self.dx
