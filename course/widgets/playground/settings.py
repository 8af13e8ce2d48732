"""The settings of the playground, and what page and kernel tell each other, as traits."""

from collections.abc import Mapping
from typing import cast

import traitlets

from course.widgets.base import Widget
from course.widgets.playground.data import CLASSES, WINDOWS, Dot
from course.widgets.playground.rules import CHOICES, SETTINGS, good


class Settings(Widget):
    """What can be set; a bad value raises TraitError with a sentence."""

    choices = traitlets.Dict(CHOICES).tag(sync=True)
    engines = traitlets.List(traitlets.Unicode(), ["page"]).tag(sync=True)
    # Of each set the middle and reach of its window, and its classes: 0, as many as are drawn.
    sets = traitlets.Dict(
        {name: (*window, CLASSES.get(name, 0)) for name, window in WINDOWS.items()}
    ).tag(sync=True)
    data = traitlets.Unicode("spiral").tag(sync=True)
    noise = traitlets.Float(0.05).tag(sync=True)
    share = traitlets.Float(0.5).tag(sync=True)
    drawn = traitlets.List(cast("traitlets.TraitType[Dot, Dot]", traitlets.Any())).tag(sync=True)
    hidden = traitlets.List(traitlets.Int(), [8]).tag(sync=True)
    activation = traitlets.Unicode("relu").tag(sync=True)
    spread = traitlets.Float(1.4).tag(sync=True)
    loss = traitlets.Unicode("cross-entropy").tag(sync=True)
    optimiser = traitlets.Unicode("sgd").tag(sync=True)
    rate = traitlets.Float(0.1).tag(sync=True)
    batch = traitlets.Int(20).tag(sync=True)
    l2 = traitlets.Float(0.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    engine = traitlets.Unicode("page").tag(sync=True)
    unit = traitlets.List(traitlets.Int()).tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)
    goal = traitlets.Int().tag(sync=True)
    resets = traitlets.Int().tag(sync=True)
    asked = traitlets.Int().tag(sync=True)  # by the page, for another slice of your training
    run = traitlets.Int().tag(sync=True)
    normals = traitlets.Bytes().tag(sync=True)
    clean = traitlets.Bytes().tag(sync=True)
    moves = traitlets.Bytes().tag(sync=True)
    # What was reached: told by whoever trains, the page or the kernel.
    state = traitlets.Dict().tag(sync=True, echo_update=False)
    _sizes: list[int]

    @traitlets.validate(*SETTINGS)
    def _good(self, proposal: Mapping[str, object]) -> object:
        trait = cast("traitlets.TraitType[object, object]", proposal["trait"])
        return good(str(trait.name), proposal["value"], self.engines, self._sizes)
