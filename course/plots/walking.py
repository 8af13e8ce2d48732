"""Walking a graph step by step: forward, then backward by pushing or by pulling (C601; W10)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from course.plots.flow import Array, Flow
from course.plots.strokes import number
from course.plots.tiles import about

Algorithm = Literal["push", "pull"]
ALGORITHMS: tuple[Algorithm, ...] = ("push", "pull")
BETWEEN = ("+", "−", "×", "÷", "@")


@dataclass(frozen=True)
class Moment:
    """What is known after a step: `known` values, gradients, and the wires in use just now."""

    step: int
    forward: bool
    place: int | None
    known: frozenset[int]
    gradients: list[Array | None]
    active: frozenset[int]


@dataclass(frozen=True)
class Walk:
    """The steps through a graph; `order` lists its vertices, root first, consumers first."""

    flow: Flow
    order: list[int]
    algorithm: Algorithm

    @property
    def gates(self) -> list[int]:
        """The vertices that are computed, in the order of the forward pass."""
        return [place for place in reversed(self.order) if self.flow.vertices[place].parents]

    @property
    def turns(self) -> list[int]:
        """Whose turn it is, in the order of the backward pass, after the root has got its 1."""
        return self.gates[::-1] if self.algorithm == "push" else self.order[1:]

    @property
    def last(self) -> int:
        """The number of steps there are."""
        return len(self.gates) + (1 + len(self.turns) if self.flow.gradients else 0)

    def at(self, step: int) -> Moment:
        """Return what is known after so many steps."""
        gates, vertices = self.gates, self.flow.vertices
        leaves = [place for place, vertex in enumerate(vertices) if not vertex.parents]
        known = frozenset([*leaves, *gates[:step]])
        if step <= len(gates):
            place = gates[step - 1] if step else None
            nothing: list[Array | None] = [None] * len(vertices)
            return Moment(step, True, place, known, nothing, self._into(place))
        done = self.turns[: step - len(gates) - 1]
        place = done[-1] if done else 0
        gradients = self._pushed(done) if self.algorithm == "push" else self._pulled(done)
        wires = self._into(place) if self.algorithm == "push" else self._out_of(place)
        return Moment(step, False, place, known, gradients, wires if done else frozenset())

    def passed(self, moment: Moment) -> frozenset[int]:
        """Return the wires along which a gradient has come back by then."""
        if moment.forward:
            return frozenset()
        done = self.turns[: moment.step - len(self.gates) - 1]
        wires = self._into if self.algorithm == "push" else self._out_of
        return frozenset(wire for place in done for wire in wires(place))

    def _into(self, place: int | None) -> frozenset[int]:
        edges = enumerate(self.flow.layout.edges)
        return frozenset(wire for wire, edge in edges if edge.consumer == place)

    def _out_of(self, place: int | None) -> frozenset[int]:
        edges = enumerate(self.flow.layout.edges)
        return frozenset(wire for wire, edge in edges if edge.source == place)

    def _pushed(self, done: list[int]) -> list[Array | None]:
        """Return what has arrived at every vertex; those who heard from all are complete."""
        arrived: list[Array | None] = [np.zeros_like(value) for value in self.flow.values]
        for place in range(len(arrived)):
            wires = self._out_of(place)
            reported = [w for w in wires if self.flow.layout.edges[w].consumer in done]
            if len(reported) == len(wires):
                arrived[place] = self.flow.gradients[place]
            elif reported:
                arrived[place] = np.sum([self.flow.shares[wire] for wire in reported], axis=0)
        return arrived

    def _pulled(self, done: list[int]) -> list[Array | None]:
        ready = {0, *done}
        return [each if i in ready else None for i, each in enumerate(self.flow.gradients)]


def words_for(walk: Walk, moment: Moment) -> str:
    """Say what happens in a step, with its numbers."""
    flow, labels = walk.flow, walk.flow.labels
    gates = len(walk.gates)
    if moment.place is None:
        return f"The inputs are given. {walk.last} steps follow."
    name = labels[moment.place]
    if moment.forward:
        made = _formula(flow, moment.place)
        return f"Forward, step {moment.step} of {gates}: {name} = {made}."
    head = f"Backward ({walk.algorithm}), step {moment.step - gates} of {walk.last - gates}: "
    if moment.step == gates + 1:
        start = "; all others start at 0" if walk.algorithm == "push" else ""
        says = f"the last value, {name}, changes as fast as itself, so its gradient is 1{start}."
    else:
        says = _sent(walk, moment) if walk.algorithm == "push" else _asked(walk, moment)
    return head + says + (_verdict(flow) if moment.step == walk.last else "")


def _formula(flow: Flow, place: int) -> str:
    vertex = flow.vertices[place]
    result = about(flow.values[place])
    names = [flow.labels[parent] for parent in vertex.parents]
    scalar = all(flow.values[parent].size == 1 for parent in vertex.parents)
    inserted = [_factor(flow.values[parent]) for parent in vertex.parents] if scalar else names
    shown, computed = _applied(vertex.op, names), _applied(vertex.op, inserted)
    return f"{shown} = {result}" if shown == computed else f"{shown} = {computed} = {result}"


def _applied(op: str, names: list[str]) -> str:
    first, *others = names
    if op in BETWEEN and len(others) == 1:
        return f"{first} {op} {others[0]}"
    if op == "neg":
        return f"−{first}"
    if op.endswith(" −"):
        return f"{op} {first}"
    if op.endswith(("/ n", "/a")):
        return f"{op[:-1]}{first}"
    if op[:2] in ("+ ", "− ", "× ", "^ "):
        return f"{first} {op}"
    return f"{op}({', '.join(names)})"


def _factor(array: Array) -> str:
    says = about(array)
    return f"({says})" if says.startswith("−") else says


def _product(flow: Flow, wire: int) -> str:
    """Say what comes back along a wire: the consumer's gradient times its own slope."""
    edge, share = flow.layout.edges[wire], flow.shares[wire]
    local = flow.vertices[edge.consumer].local
    if not local:
        return about(share)
    gradient, slope = flow.gradients[edge.consumer], np.array(local[edge.slot])
    return f"{about(gradient)} · {_factor(slope)} = {about(share)}"


def _sent(walk: Walk, moment: Moment) -> str:
    flow, labels = walk.flow, walk.flow.labels
    place = moment.place or 0
    parts = [
        f"{_product(flow, wire)} to {labels[edge.source]} (now {_now(moment, edge.source)})"
        for wire in sorted(moment.active)
        for edge in [flow.layout.edges[wire]]
    ]
    whole = about(flow.gradients[place])
    return (
        f"{labels[place]} has heard from all its consumers ({whole}). It adds {', '.join(parts)}."
    )


def _now(moment: Moment, place: int) -> str:
    gradient = moment.gradients[place]
    return "nothing" if gradient is None else about(gradient)


def _asked(walk: Walk, moment: Moment) -> str:
    flow, labels = walk.flow, walk.flow.labels
    place = moment.place or 0
    parts = [
        f"{_product(flow, wire)} from {labels[flow.layout.edges[wire].consumer]}"
        for wire in sorted(moment.active)
    ]
    total = f", together {about(flow.gradients[place])}" if len(parts) > 1 else ""
    return f"{labels[place]} asks its consumers and gets {', '.join(parts)}{total}."


def _verdict(flow: Flow) -> str:
    """Compare with the gradients that the graph holds, where a backward pass was made."""
    if flow.own is None:
        return ""
    wrong = [place for place in range(len(flow.vertices)) if flow.differs(place)]
    if not wrong:
        return " The gradients that the graph itself holds in .grad agree."
    told = ", ".join(f"{flow.labels[place]} holds {held(flow.own[place])}" for place in wrong)
    return f" But in .grad {told}: other than its slopes give."


def held(own: Array) -> str:
    """Say what stands in somebody's `.grad`."""
    if own.size == 1:
        return "None" if np.isnan(own.item()) else number(float(own.item()))
    return "None" if np.isnan(own).all() else about(own)


def listed(walk: Walk) -> str:
    """Say every value and its gradient, the root first."""
    flow = walk.flow
    told = [
        f"{flow.labels[place]} = {about(flow.values[place])}"
        + (f", gradient {about(flow.gradients[place])}" if flow.gradients else "")
        for place in walk.order
    ]
    return "; ".join(told) + "."
