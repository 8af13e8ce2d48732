"""The compiled plans of one network: for each shape of input one, all with the same parameters."""

import weakref
from collections.abc import Callable, Sequence

from reference.arrays import Array
from reference.convnet import Layer
from reference.fast import Pair, Plan, pair, plan
from reference.nn.module import Parameter
from reference.tensor import Tensor

Pull = Callable[[Array], tuple[Array, ...]]
SHAPES = 8  # a plan holds memory for its shape: where there are more, the oldest goes


class Compiled:
    """Plans that share the network's parameters, and who still has to go back through them."""

    def __init__(self) -> None:
        """Begin without plans: the first input says what is needed."""
        self._base: Plan | None = None
        self._plans: dict[tuple[int, ...], Plan | Pair] = {}
        self._due: dict[tuple[int, ...], weakref.ref[Pull]] = {}
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
        shape = data.shape
        ready = self._plan(list(table), data, two)
        if ready is None or not self._take_over(parameters):
            return None
        if ready.pending:
            if shape in self._due and self._due[shape]() is not None:
                return None
            ready.release()  # what it returned is forgotten: nobody will go back
        out, slopes = ready.forward(data), self._slopes

        def pull(gradient: Array) -> tuple[Array, ...]:
            dx = ready.backward(gradient.astype(out.dtype, copy=False), isinstance(x, Tensor))
            return slopes if dx is None else (*slopes, dx)

        if Tensor.recording:
            self._due[shape] = weakref.ref(pull)
        else:
            ready.release()
        return Tensor(out, (*parameters, x) if isinstance(x, Tensor) else tuple(parameters), pull)

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
            self._plans, self._due = {x.shape: found}, {}
            self._views = [part for both in base.views(base.parameters) for part in both]
            self._slopes = tuple(part for both in base.views(base.gradients) for part in both)
        elif x.shape not in self._plans:
            found = plan(table, x.shape, x.dtype, like=base)
            if found is None:
                return None
            if len(self._plans) == SHAPES:
                oldest = next(iter(self._plans))
                del self._plans[oldest]
                self._due.pop(oldest, None)
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
