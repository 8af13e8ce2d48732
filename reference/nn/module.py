"""Modules: parameters with names, and a forward pass that uses them; PyTorch's manner."""

from collections.abc import Callable, Iterator, Mapping

from reference.arrays import Array
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
        """Run `forward`. Arrays are data; only Tensors get a gradient."""
        return self.forward(*inputs)

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

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over all parameters from what `state_dict` returned; nothing changes on an error.

        Raises ValueError if names or shapes differ.
        """
        mine = dict(self.named_parameters())
        if mine.keys() != state.keys():
            raise ValueError(
                f"The state has the parameters {_listed(state)}, the model {_listed(mine)}."
            )
        for name, parameter in mine.items():
            if state[name].shape != parameter.shape:
                raise ValueError(
                    f"{name} has shape {state[name].shape} in the state and {parameter.shape} "
                    "in the model."
                )
        for name, parameter in mine.items():
            parameter.data[...] = state[name]

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


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(names) or "none"
