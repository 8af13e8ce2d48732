"""Where a gradient gets lost: two networks side by side, layer by layer, while they are trained."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import traitlets
from traitlets import observe

from course.plots.layers import draw_layers
from course.plots.picture import CannotDrawError, Picture
from course.plots.strokes import number
from course.widgets.base import Widget, script
from course.widgets.trying import tried
from course.widgets.two_networks import (
    HIGH,
    LOW,
    Array,
    Backward,
    Forward,
    Frame,
    Functions,
    Initialise,
    Labels,
    Loss,
    Network,
)

ACTIVATIONS = ("sigmoid", "tanh", "relu")
SCHEMES = ("zeros", "small", "xavier", "he")
MOST = 100  # frames: a film of about ten seconds
FADING, FADED = 0.1, 0.01  # of the last layer's gradient in the first
STILL, WILD = 1e-5, 0.3  # an update of so much of the weights changes nothing, or everything
SETTINGS = ("a", "b", "a_gain", "b_gain", "layers", "rate", "stride", "restarts")


class GradientFlow(Widget):
    """Train two networks on the same batches and show each layer's gradient (E442, C601; W22).

    `initialise(shape, scheme, rng)`, `forward(x, params, activation) -> (scores, cache)`,
    `backward(dscores, cache) -> [(dw, db), …]` and `loss(scores, labels) -> (loss, dscores)` are
    a4's and a3's. `data` is `(x, labels)`: floats (N, D) and whole numbers (N,). Raises ValueError
    if these do not belong together.

    Attributes:
        a, b: two lists `[activation, scheme]` of the networks, such as `["relu", "he"]`.
        a_gain, b_gain: what their weights at the start are multiplied by.
        layers, rate, stride: how deep both are; how far a step goes; steps from frame to frame.
        wanted: how many frames there should be, 1 to 100; raise it and the training goes on.
        restarts: how often both were drawn afresh; raise it to do so again.
        measured: how many there are. shown: which of them is seen, from 0.
        norms, ratios: float32 bytes, (measured, 2, layers); losses: (measured, 2).
        shares: uint8 bytes, (measured, 2, layers, bins), 255 for the fullest bin of a layer.
    """

    _esm = script("gradient_flow")
    activations = traitlets.List(traitlets.Unicode(), list(ACTIVATIONS)).tag(sync=True)
    schemes = traitlets.List(traitlets.Unicode(), list(SCHEMES)).tag(sync=True)
    powers = traitlets.List(traitlets.Int(), [LOW, HIGH]).tag(sync=True)
    a = traitlets.List(traitlets.Unicode()).tag(sync=True)
    b = traitlets.List(traitlets.Unicode()).tag(sync=True)
    a_gain = traitlets.Float(1.0, min=0.1, max=5.0).tag(sync=True)
    b_gain = traitlets.Float(1.0, min=0.1, max=5.0).tag(sync=True)
    layers = traitlets.Int(8, min=2, max=12).tag(sync=True)
    rate = traitlets.Float(0.1, min=1e-4, max=10.0).tag(sync=True)
    stride = traitlets.Int(5, min=1, max=50).tag(sync=True)
    wanted = traitlets.Int(1, min=1, max=MOST).tag(sync=True)
    restarts = traitlets.Int(0).tag(sync=True)
    measured = traitlets.Int(0).tag(sync=True)
    shown = traitlets.Int(0, min=0, max=MOST - 1).tag(sync=True)
    norms = traitlets.Bytes().tag(sync=True)
    ratios = traitlets.Bytes().tag(sync=True)
    losses = traitlets.Bytes().tag(sync=True)
    shares = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        initialise: Initialise,
        forward: Forward,
        backward: Backward,
        loss: Loss,
        data: tuple[Array, Labels],
        a: tuple[str, str] = ("sigmoid", "xavier"),
        b: tuple[str, str] = ("relu", "he"),
        width: int = 64,
        batch: int = 64,
        frames: int = 1,
    ) -> None:
        x, labels = np.asarray(data[0], dtype=float), np.asarray(data[1])
        if x.ndim != 2 or labels.shape != x.shape[:1] or len(x) == 0 or labels.min() < 0:
            raise ValueError(
                f"data should be (x, labels), (N, D) and (N,), labels from 0 on, not "
                f"{x.shape} and {labels.shape}."
            )
        self._own = Functions(initialise, forward, backward, loss)
        self._data, self._width, self._batch = (x, labels), width, batch
        self._frames: list[tuple[Frame, Frame]] = []
        self._networks: list[Network] = []
        self._ready = False  # while the first settings come in, nothing is trained
        super().__init__(a=list(a), b=list(b))
        self._ready = True
        self._begin()
        self.wanted = frames

    @traitlets.validate("a", "b")
    def _known(self, proposal: Mapping[str, list[str]]) -> list[str]:
        pair = proposal["value"]
        if len(pair) != 2 or pair[0] not in ACTIVATIONS or pair[1] not in SCHEMES:
            raise traitlets.TraitError(
                f"A network is [activation, scheme], of {', '.join(ACTIVATIONS)} and "
                f"{', '.join(SCHEMES)}, not {pair}."
            )
        return pair

    @observe(*SETTINGS)
    def _begin(self, change: object = None) -> None:
        """Draw both networks anew; what was measured of others is forgotten."""
        if not self._ready:
            return
        self._frames, self._networks = [], []
        self._rng = np.random.default_rng(1)
        self.shown = 0
        if self.wanted == 1:
            self._go_on()
        else:
            self.wanted = 1

    @observe("wanted")
    def _go_on(self, change: object = None) -> None:
        if not self._ready:
            return
        follow = self.shown >= len(self._frames) - 1
        self.problem = ""
        try:
            while len(self._frames) < self.wanted:
                self._frames.append(cast("tuple[Frame, Frame]", tried(self._next)))
        except CannotDrawError as why:
            self._networks, self.problem = [], f"No picture yet: {why}"
        with self.hold_trait_notifications():
            self._publish()
            self.shown = max(0, len(self._frames) - 1 if follow else self.shown)
        self._say()

    def _next(self) -> tuple[Frame, Frame]:
        """Take the steps to the next frame on both networks, and measure them there."""
        if not self._networks:
            self._networks = [self._fresh(self.a, self.a_gain)]
            self._networks += [self._fresh(self.b, self.b_gain)]
            self._read()
        else:
            for _ in range(self.stride):
                for network in self._networks:
                    network.step(self.rate)
                self._read()
        left, right = (network.measure(self.rate) for network in self._networks)
        return left, right

    def _fresh(self, kind: list[str], gain: float) -> Network:
        x, labels = self._data
        sizes = [x.shape[1], *[self._width] * (self.layers - 1), int(labels.max()) + 1]
        return Network(self._own, sizes, kind[0], kind[1], gain)

    def _read(self) -> None:
        """Show both the same batch."""
        x, labels = self._data
        drawn = self._rng.integers(0, len(x), self._batch)
        for network in self._networks:
            network.read(x[drawn], labels[drawn])

    def _publish(self) -> None:
        pairs = self._frames
        self.norms = _bytes([[each.norms for each in pair] for pair in pairs])
        self.ratios = _bytes([[each.ratios for each in pair] for pair in pairs])
        self.losses = _bytes([[each.loss for each in pair] for pair in pairs])
        self.shares = b"".join(_heights(each.shares) for pair in pairs for each in pair)
        self.measured = len(pairs)

    @observe("shown")
    def _say(self, change: object = None) -> None:
        if not self._frames or not self._ready:
            self.words = ""
            return
        pair = self._frames[min(self.shown, len(self._frames) - 1)]
        said = [f"After {self.shown * self.stride} steps."]
        for side, network, frame in zip(("A", "B"), (self.a, self.b), pair, strict=True):
            said.append(
                f"{side}, {' with '.join(network)}: loss {number(frame.loss, 3)}; {verdict(frame)}"
            )
        self.words = "\n".join(said)

    def picture(self) -> Picture:
        """Return the frame on show, both networks side by side, and how the norms went."""
        text = "\n".join(filter(None, [self.words, self.problem]))
        if not self._frames:
            return Picture(text)
        titles = [f"{side[0]}, {side[1]}" for side in (self.a, self.b)]
        frames, shown = list(self._frames), min(self.shown, len(self._frames) - 1)
        stride = self.stride
        return Picture(text, lambda: draw_layers(titles, frames, shown, stride, (LOW, HIGH)))


def verdict(frame: Frame) -> str:
    """Say in words whether a gradient comes through: it vanishes, explodes, or flows."""
    if not frame.finite:
        return "exploded: the numbers have left the range of floats."
    first, last = float(frame.norms[0]), float(frame.norms[-1])
    smallest, largest = float(frame.ratios.min()), float(frame.ratios.max())
    whole = f"an update changes the weights by {_percent(smallest)} to {_percent(largest)}"
    if largest > WILD:
        return f"explodes: {whole}."
    if last == 0 or largest < STILL:
        return f"vanishes in all layers: {whole}."
    part = f"the gradient of layer 1 is {number(first / last, 2)} times that of the last layer"
    if first < FADED * last:
        return f"vanishes on its way back: {part}; {whole}."
    if first < FADING * last:
        return f"fades on its way back: {part}; {whole}."
    return f"flows: {part}; {whole}."


def _percent(ratio: float) -> str:
    return f"{number(100 * ratio, 2) if ratio < 1 else f'{100 * ratio:.0f}'} %"


def _bytes(numbers: object) -> bytes:
    with np.errstate(over="ignore"):  # too large for float32 is as good as infinite
        return np.asarray(numbers).astype("<f4").tobytes()


def _heights(shares: Array) -> bytes:
    tallest = np.maximum(shares.max(axis=1, keepdims=True), 1e-9)
    return np.rint(255 * shares / tallest).astype(np.uint8).tobytes()
