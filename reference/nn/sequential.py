"""Layers one after another, and the network that a layer table describes."""

from reference.arrays import Array
from reference.nn.module import Module
from reference.tensor import Tensor


class Sequential(Module):
    """Runs its layers one after another."""

    def __init__(self, *layers: Module) -> None:
        """Take the layers; their parameters are named by position, as `0.weight`."""
        self.layers = layers
        for i, layer in enumerate(layers):
            setattr(self, str(i), layer)

    def forward(self, x: Tensor | Array) -> Tensor:
        """Return what the last layer makes of it all."""
        for layer in self.layers:
            x = layer(x)
        return x if isinstance(x, Tensor) else Tensor(x)
