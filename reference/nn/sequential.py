"""Layers one after another: as a compiled plan where there is one, else layer by layer."""

from reference.arrays import Array
from reference.convnet import Layer
from reference.nn.compiled import Compiled
from reference.nn.layers import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from reference.nn.module import Module
from reference.tensor import Tensor

PLANNED = (AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU)


class Sequential(Module):
    """Runs its layers one after another.

    Where `reference.fast` knows a way, the whole network runs as one plan, with the results of the
    layers. Its parameters then are views of one flat array, and `backward` may go through it once.
    With `processes` set to 2 before it is first used, training is shared by two processes.
    """

    processes = 1

    def __init__(self, *layers: Module) -> None:
        """Take the layers; their parameters are named by position, as `0.weight`."""
        self.layers = layers
        for i, layer in enumerate(layers):
            setattr(self, str(i), layer)
        self._compiled = Compiled()

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return what the last layer makes of it all."""
        out = self._planned(x)
        if out is not None:
            return out
        for layer in self.layers:
            x = layer(x)
        return x if isinstance(x, Tensor) else Tensor(x)

    def _planned(self, x: Tensor | Array) -> Tensor | None:
        table: list[Layer] = []
        for layer in self.layers:
            if not isinstance(layer, PLANNED) or type(layer) not in PLANNED:
                return None  # a subclass may do something else
            table.append(layer.description)
        return self._compiled.run(table, self.parameters(), x, self.processes == 2)
