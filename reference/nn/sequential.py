"""Layers one after another: as a compiled plan where there is one, else layer by layer."""

from collections.abc import Iterator
from typing import cast

from reference.arrays import Array
from reference.convnet import Layer
from reference.nn.compiled import Compiled
from reference.nn.layers import AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from reference.nn.module import Module
from reference.tensor import Tensor

PLANNED = (AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU)


class Sequential(Module):
    """Runs its layers one after another; `model[i]` is one of them, `len(model)` how many.

    Where `reference.fast` knows a way, the whole network runs as one plan, with the results of the
    layers. Its parameters then are views of one flat array; `backward` may go through a pass once,
    and until then neither the input nor the parameters may change in place. There is a plan for
    the layers named in PLANNED, in float32 or float64, as long as no other pass is under way.

    `processes` is 1, or 2 to share training between two processes; set it before the network is
    first used. They take the first shape of batches that is trained on.
    """

    def __init__(self, *layers: Module) -> None:
        """Take the layers; their parameters are named by position, as `0.weight`.

        Raises TypeError for anything that is no module, such as a list of layers.
        """
        for layer in cast("tuple[object, ...]", layers):
            if not isinstance(layer, Module):
                raise TypeError(
                    "Sequential takes modules one after another, as nn.Sequential(nn.Linear(4, 3), "
                    f"nn.ReLU()), and was given {layer!r}."
                )
        for i, layer in enumerate(layers):
            setattr(self, str(i), layer)
        self._length = len(layers)
        self._processes = 1
        self._compiled = Compiled()

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, i: int) -> Module:
        return self.layers[i]

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @property
    def layers(self) -> tuple[Module, ...]:
        """The layers in their order."""
        return tuple(getattr(self, str(i)) for i in range(self._length))

    @property
    def processes(self) -> int:
        """How many processes share the work of training."""
        return self._processes

    @processes.setter
    def processes(self, number: int) -> None:
        if number not in (1, 2):
            raise ValueError(f"processes is 1 or 2, not {number!r}.")
        if number != self._processes:
            self._processes, self._compiled = number, Compiled()

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
        return self._compiled.run(table, self.parameters(), x, self._processes == 2)
