"""A computation graph that is walked forward and backward, step by step."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

import traitlets
from traitlets import observe

from course.plots.flow import Flow, read_flow
from course.plots.picture import CannotDrawError, Picture, run
from course.plots.stepping import draw_moments
from course.plots.vertices import named_root
from course.plots.walking import ALGORITHMS, Walk, listed, words_for
from course.widgets.base import Widget, script
from course.widgets.graph_places import in_order, numeric_defaults, packed, places
from course.widgets.trying import tried

Proposal = Mapping[str, object]


class GraphStepper(Widget):
    """Step through any graph of numbers or arrays (E442, ACT, C601; W2, W4, W5, W7, W10).

    `root` is the graph's last value, with `.data`, `.parents` and `.local` (one slope for each
    parent) or `.pull` (`pull(gradient)` returns one array for each), such as a `Value`, a `Tensor`
    or a `plots.Node`; or a function that builds the graph and returns it, alone or with its names
    as `(root, {"x": x})`. Numbers that are defaults of the function's parameters can be changed.
    A root of several entries counts as their sum. `order(root)`, such as `topological_order`,
    lists the values in the order to be walked, `root` last; else columns are walked.

    Attributes:
        step: how many steps are done, from 0 to `last`: forward ones, then backward ones.
        algorithm: "push" (version B) or "pull" (version A).
        inputs: the numbers the function is called with, by name.
        values, gradients, shares: the numbers of vertices and wires, float32 bytes, one after the
            other; `graph` says where they stand and in which order they are walked.

    Raises TraitError for an unknown algorithm or input, or an input that is no finite number.
    """

    _esm = script("grids", "graph_drawing", "graph_stepper")
    title = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    last = traitlets.Int(0).tag(sync=True)
    algorithm = traitlets.Unicode("push").tag(sync=True)
    inputs = traitlets.Dict().tag(sync=True)
    graph = traitlets.Dict().tag(sync=True)
    values = traitlets.Bytes().tag(sync=True)
    gradients = traitlets.Bytes().tag(sync=True)
    shares = traitlets.Bytes().tag(sync=True)
    built = traitlets.Int(0).tag(sync=True)  # set last: all the others belong together then

    def __init__(
        self,
        root: object,
        names: Mapping[str, object] | None = None,
        title: str = "Computation graph, step by step",
        algorithm: str = "push",
        order: Callable[..., object] | None = None,
        step: int = 0,
    ) -> None:
        self._root, self._names, self._order = root, names, order
        self._walks: dict[str, Walk] = {}
        self._defaults = numeric_defaults(root)
        super().__init__(title=title, algorithm=algorithm)
        self.inputs = self._defaults
        if not self.built:
            self._build()
        self.step = step

    @traitlets.validate("algorithm")
    def _known(self, proposal: Proposal) -> object:
        if proposal["value"] not in ALGORITHMS:
            raise traitlets.TraitError(
                f"There is no algorithm {proposal['value']!r}: choose 'push' or 'pull'."
            )
        return proposal["value"]

    @traitlets.validate("step")
    def _within(self, proposal: Proposal) -> int:
        return min(max(cast("int", proposal["value"]), 0), self.last)

    @traitlets.validate("inputs")
    def _sensible(self, proposal: Proposal) -> dict[str, float]:
        given = cast("dict[str, object]", proposal["value"])
        numbers = dict(self._defaults)
        for name, number in given.items():
            if name not in self._defaults:
                raise traitlets.TraitError(
                    f"There is no input {name!r} here: choose from {list(self._defaults)}."
                )
            if not isinstance(number, int | float) or not math.isfinite(number):
                raise traitlets.TraitError(f"{name} should be a finite number, not {number!r}.")
            numbers[name] = float(number)
        return numbers

    @property
    def walk(self) -> Walk:
        """The walk through the graph by the chosen algorithm; KeyError where there is no graph."""
        return self._walks[self.algorithm]

    @observe("inputs")
    def _build(self, change: object = None) -> None:
        self.problem = ""
        before, self._walks = self.last, {}
        try:
            flow, order = cast("tuple[Flow, list[int]]", tried(self._read))
        except CannotDrawError as why:
            self.problem = f"No graph yet: {why}"
            self.graph, self.last = {}, 0
        else:
            self._walks = {name: Walk(flow, order, name) for name in ALGORITHMS}
            if flow.why:
                self.problem = f"No backward pass yet: {flow.why}"
            self.graph = places(self._walks["push"], self._walks["pull"])
            self.values, self.gradients, self.shares = map(
                packed, (flow.values, flow.gradients, flow.shares)
            )
            self._fit(before)
        self.built += 1
        self._say()

    @observe("algorithm")
    def _choose(self, change: object) -> None:
        if self._walks:
            self._fit(self.last)
            self._say()

    @observe("step")
    def _say(self, change: object = None) -> None:
        walk = self._walks.get(self.algorithm)
        self.words = words_for(walk, walk.at(self.step)) if walk else ""

    def _fit(self, before: int) -> None:
        """Take over the number of steps; who stood at the end stays there."""
        at_end = 0 < before == self.step
        self.last = self._walks[self.algorithm].last
        self.step = self.last if at_end else min(self.step, self.last)

    def _read(self) -> tuple[Flow, list[int]]:
        """Build and read the graph; raises CannotDrawError with a sentence where that fails."""
        root = self._root
        if callable(root):
            root = partial(root, **self.inputs)
        found, names = named_root(root, self._names)
        flow, nodes = read_flow(found, names)
        if self._order is None:
            depth, row = flow.layout.depth, flow.layout.row
            return flow, sorted(range(len(nodes)), key=lambda place: (depth[place], row[place]))
        return flow, in_order(flow, nodes, run(self._order, found))

    def picture(self) -> Picture:
        """Return the graph as it is now and, where something is left to do, as it is at the end."""
        text = "\n".join(filter(None, [self.title, self.words, self.problem]))
        walk = self._walks.get(self.algorithm)
        if walk is None:
            return Picture(text)
        steps = sorted({self.step, walk.last})
        moments = [walk.at(step) for step in steps]
        titles = [f"{self.title}: after step {step} of {walk.last}" for step in steps]
        told = [f"At the end: {listed(walk)}"]
        return Picture("\n".join([text, *told]), lambda: draw_moments(walk, moments, titles))
