"""The compiled plans of one network: for each shape of input one, all with the same parameters.

All of them write the slopes of the parameters to the same memory. So the network has one pass
under way at a time: until `backward` has gone through it, or its result is forgotten, another
forward pass runs layer by layer.
"""

import weakref
from collections.abc import Callable, Sequence

from reference.arrays import Array
from reference.convnet import Layer
from reference.fast import Pair, PairEnded, Plan, pair, plan
from reference.nn.module import Parameter
from reference.tensor import Tensor

Pull = Callable[[Array], tuple[Array, ...]]
SHAPES = 8  # a plan holds memory for its shape: where there are more, the oldest goes


class Pass:
    """A pass under way; it lives as long as the result that backward could start from."""


class Compiled:
    """Plans that share the network's parameters, and the pass that is under way."""

    def __init__(self) -> None:
        """Begin without plans: the first input says what is needed."""
        self._base: Plan | None = None
        self._plans: dict[tuple[int, ...], Plan | Pair] = {}
        self._under_way: weakref.ref[Pass] | None = None
        self._views: list[Array] = []  # of the base's parameters, and of their gradients
        self._slopes: tuple[Array, ...] = ()

    def __reduce__(self) -> tuple[type["Compiled"], tuple[()]]:
        """Let a copy of the network begin without plans: the memory of these is not its own."""
        return Compiled, ()

    def run(
        self, table: Sequence[Layer], parameters: Sequence[Parameter], x: Tensor | Array, two: bool
    ) -> Tensor | None:
        """Return the network's output, on the tape; None if there is no plan that may be used.

        The parameters' arrays become views of the plan's. With `two`, the plan for the first shape
        that is trained on runs in two processes.
        """
        data = x.data if isinstance(x, Tensor) else x
        if self._under_way is not None and self._under_way() is not None:
            return None
        self._under_way = None
        if any(parameter.data.dtype != data.dtype for parameter in parameters):
            return None
        ready = self._plan(list(table), data, two)
        if ready is None or not self._take_over(parameters):
            return None
        ready.release()  # what it returned before is forgotten: nobody will go back
        try:
            out = ready.forward(data)
        except PairEnded:
            self.__init__()
            return None
        if not Tensor.recording:
            ready.release()
            return Tensor(out)
        under_way = Pass()
        self._under_way = weakref.ref(under_way)
        pull = self._pull(ready, under_way, isinstance(x, Tensor))
        return Tensor(out, (*parameters, x) if isinstance(x, Tensor) else tuple(parameters), pull)

    def _pull(self, ready: Plan | Pair, under_way: Pass, wanted: bool) -> Pull:
        """Return the way back through a pass, which can be gone once."""

        def pull(gradient: Array) -> tuple[Array, ...]:
            if self._under_way is None or self._under_way() is not under_way:
                raise RuntimeError(
                    "backward() has been through this pass of a planned network already: call the "
                    "network again, or add up the losses and call backward() once."
                )
            self._under_way = None
            try:
                dx = ready.backward(gradient.astype(ready.parameters.dtype, copy=False), wanted)
            except PairEnded:
                self.__init__()
                raise
            return self._slopes if dx is None else (*self._slopes, dx)

        return pull

    def _plan(self, table: list[Layer], x: Array, two: bool) -> Plan | Pair | None:
        base = self._base
        if (
            base is None
            or base.layers != table
            or base.input_shape[1:] != x.shape[1:]
            or base.parameters.dtype != x.dtype
        ):
            if two and not Tensor.recording:
                return None  # the two processes are for training
            found = pair(table, x.shape, x.dtype) if two else plan(table, x.shape, x.dtype)
            if found is None:
                return None
            self._base = base = found.own if isinstance(found, Pair) else found
            self._plans = {x.shape: found}
            self._views = [part for both in base.views(base.parameters) for part in both]
            self._slopes = tuple(part for both in base.views(base.gradients) for part in both)
        elif x.shape not in self._plans:
            found = plan(table, x.shape, x.dtype, like=base)
            if found is None:
                return None
            if len(self._plans) == SHAPES:
                del self._plans[next(iter(self._plans))]
            self._plans[x.shape] = found
        return self._plans[x.shape]

    def _take_over(self, parameters: Sequence[Parameter]) -> bool:
        """Make the parameters views of the plans' memory; say whether they fit."""
        if [view.shape for view in self._views] != [each.shape for each in parameters]:
            return False
        for view, parameter in zip(self._views, parameters, strict=True):
            if parameter.data is not view:
                view[...] = parameter.data
                parameter.data = view
        return True
