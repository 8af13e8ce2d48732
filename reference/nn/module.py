"""Modules: parameters with names, and a forward pass that uses them; PyTorch's manner."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from reference.arrays import Array
from reference.operation import checked, plain
from reference.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that a module learns."""

    __slots__ = ()


class Module:
    """A part of a network. A subclass makes its parts in `__init__` and uses them in `forward`.

    Whatever Parameter or Module is an attribute belongs to it, under the attribute's name
    (E445; W24).
    """

    training = True
    forward: Callable[..., Tensor]

    def __call__(self, *inputs: Tensor | Array) -> Tensor:
        """Run `forward`. Arrays are data; only Tensors get a gradient.

        Raises TypeError for what is neither, as a list.
        """
        for value in inputs:
            checked(value, type(self).__name__)
        return self.forward(*inputs)

    def __repr__(self) -> str:
        """Return the settings and the shapes of the parameters, a line for each module inside."""
        parts = {name: part for name, part in vars(self).items() if name != "training"}
        own = [
            f"{name}={part.shape if isinstance(part, Parameter) else part}"
            for name, part in parts.items()
            if isinstance(part, Parameter | int | float | str) and not name.startswith("_")
        ]
        inside = [f"({n}): {part!r}" for n, part in parts.items() if isinstance(part, Module)]
        if not inside:
            return f"{type(self).__name__}({', '.join(own)})"
        lines = "\n".join(own + inside).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {lines}\n)"

    def modules(self) -> Iterator["Module"]:
        """Yield this module and all inside it."""
        yield self
        for part in vars(self).values():
            if isinstance(part, Module):
                yield from part.modules()

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter with its name, as `fc1.weight`, in order of definition."""
        for name, part in vars(self).items():
            if isinstance(part, Parameter):
                yield prefix + name, part
            elif isinstance(part, Module):
                yield from part.named_parameters(f"{prefix}{name}.")

    def parameters(self) -> list[Parameter]:
        """List the parameters, each once, even if two parts share it."""
        return list(dict.fromkeys(parameter for _, parameter in self.named_parameters()))

    def state_dict(self) -> dict[str, Array]:
        """Return a copy of every parameter's array under its name."""
        return {name: parameter.data.copy() for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Tensor | Array]) -> None:
        """Take over all parameters from what `state_dict` returned; nothing changes on an error.

        Raises ValueError if names or shapes differ, TypeError if a value is no array of numbers.
        """
        mine = dict(self.named_parameters())
        missing = [name for name in mine if name not in state]
        unknown = [name for name in state if name not in mine]
        if missing or unknown:
            parts = ("the state lacks", missing), ("the model has no", unknown)
            told = [f"{what} {', '.join(names)}" for what, names in parts if names]
            raise ValueError(f"The state does not fit the model: {'; '.join(told)}.")
        arrays = {name: np.array(plain(checked(state[name], name))) for name in mine}
        for name, parameter in mine.items():
            if arrays[name].shape != parameter.shape:
                raise ValueError(
                    f"{name} has shape {arrays[name].shape} in the state and {parameter.shape} "
                    "in the model."
                )
        for name, parameter in mine.items():
            parameter.data[...] = arrays[name]

    def train(self, mode: bool = True) -> "Module":
        """Set training mode, in which dropout drops, and return this module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> "Module":
        """Leave training mode, and return this module."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.zero_grad()
