"""A training while it runs: curves, speed, time left, and what the network still gets wrong."""

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from itertools import takewhile
from typing import Protocol, TypeVar, cast

import traitlets
from IPython.core.getipython import get_ipython
from traitlets import observe

from course.plots.picture import CannotDrawError
from course.widgets.base import script
from course.widgets.training.epochs import Epochs
from course.widgets.training.journal import images_of
from course.widgets.training.judgement import judge
from course.widgets.training.record import TrainingRecord
from course.widgets.trying import tried
from course.widgets.turns import first_interrupt, loop_of_this_thread

Step = TypeVar("Step")
EPOCH_SECONDS = 20.0


class _Events(Protocol):
    """What is used of IPython's events, whose own types are open."""

    def register(self, event: str, function: Callable[..., None], /) -> None: ...
    def unregister(self, event: str, function: Callable[..., None], /) -> None: ...


class TrainingDashboard(TrainingRecord):
    """Watch a training: your own loop in a cell, or your `train` epoch by epoch (C601; W25).

    For a loop of your own, show the dashboard in one cell and run the loop in another:

        for xb, lb in dashboard.watch(batches):
            ...
            dashboard.record(loss=loss, accuracy=accuracy)

    Stop ends the loop after the step it is in; run its cell again, and it goes on with the steps
    that are left. Make the parameters in an earlier cell, so that they are kept. With `Epochs`, the
    page has Start, Stop and Resume, and other cells can run meanwhile.

    Attributes:
        playing: whether the training goes on; set it to stop, and, with `Epochs`, to start.
        restarts: how often it was begun afresh; raise it to forget all that is shown.
        rate: with `Epochs` it holds from the next epoch on.
    """

    _esm = script("training_dashboard")
    playing = traitlets.Bool(False).tag(sync=True)
    restarts = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, epochs: Epochs | None = None, rate: float = 0.1, classes: Sequence[object] = ()
    ) -> None:
        self._epochs = epochs
        self._turns, self._turn = loop_of_this_thread(), cast("asyncio.Handle | None", None)
        self._walk: Generator[object] | None = None
        super().__init__(classes)
        if epochs is not None:
            self.unit, self.rate = "epoch", rate
        self.reset()

    @observe("restarts")
    def reset(self, change: object = None) -> None:
        """Forget what was trained and shown; a loop in a cell ends."""
        self.playing = False
        self._empty()
        self._source: Iterator[object] | None = None
        self._told = self._over = False
        self.total = 0
        if self._epochs is not None:
            self._epochs.reset()
            self.total = self._epochs.epochs
        self._publish(now=True)

    def watch(self, steps: Iterable[Step], total: int | None = None) -> Iterator[Step]:
        """Yield the steps until Stop is pressed; called again, go on with those that are left.

        `total` says how many there are, where `steps` has no length. In loops within loops watch
        the outer one; an inner one that is watched too ends early as well.
        """
        if self.in_cell:
            return takewhile(lambda _: not self._must_stop(), steps)
        walk = self._watched(steps, total)
        self._walk = cast("Generator[object]", walk)
        return walk

    def _watched(self, steps: Iterable[Step], total: int | None) -> Generator[Step]:
        if self._over:  # another cell after the end: another training
            self.reset()
        if self._source is None:
            self._source = iter(steps)
            known = len(steps) if total is None and isinstance(steps, Sized) else total
            self.total = self._journal.steps + known if known else 0
        source = cast("Iterator[Step]", self._source)
        self._listen_for_the_end()
        self._told, self.in_cell, self.playing, self.state = False, True, True, "running"
        self._journal.go_on()
        self._publish(now=True)
        with first_interrupt(self._tell):
            try:
                while not self._must_stop():
                    try:
                        step = next(source)
                    except StopIteration:
                        self._source = None
                        break
                    self._images = images_of(step)
                    yield step
                    self._journal.step(self._images)
                    self._publish()
            finally:
                self.in_cell = self.playing = False
                self.state = "finished" if self._source is None else "stopped"
                self._publish(now=True)

    def _tell(self) -> None:
        self._told = True

    def _must_stop(self) -> bool:
        return self._told or not self.playing

    def _listen_for_the_end(self) -> None:
        """Notice when the cell is over: an error in it leaves the loop without a word."""
        shell = get_ipython()
        if shell is None:
            return
        events = cast("_Events", shell.events)

        def ended(*_: object) -> None:
            events.unregister("post_run_cell", ended)
            if self._walk is not None:
                self._walk.close()
            self._over = self.state == "finished"

        events.register("post_run_cell", ended)

    @observe("playing")
    def _play(self, change: object) -> None:
        if self._epochs is None or self.in_cell:
            return
        if self._turn is not None:
            self._turn.cancel()
        if not self.playing:
            self.state = "stopped" if self.state == "running" else self.state
            self._publish(now=True)
        elif self.done < self.total:
            self.state, self.problem = "running", ""
            self._journal.go_on()
            self._go_on()
        else:
            self.playing = False

    def _go_on(self) -> None:
        """Train for one epoch, then let others have their turn."""
        if self._turns is None:
            while self.playing:
                self.advance()
            return
        self._turn = self._turns.call_later(0.01, self._one_turn)

    def _one_turn(self) -> None:
        if self.playing:
            self.advance()
        if self.playing:
            self._go_on()

    def advance(self, epochs: int = 1) -> None:
        """Train for so many epochs now; needs `Epochs`."""
        if self._epochs is None:
            raise ValueError("Only a dashboard with Epochs trains by itself; watch your loop.")
        for _ in range(min(epochs, self.total - self.done)):
            try:
                told = tried(self._epochs.next, self.rate, seconds=EPOCH_SECONDS)
                self._look(self._epochs, cast("dict[str, float]", told))
            except CannotDrawError as why:
                self.problem, self.playing = f"No training yet: {why}", False
                break
        if self.done == self.total:
            self.state, self.playing = "finished", False
        elif not self.playing and self.done:
            self.state = "stopped"
        self._publish(now=True)

    def _look(self, epochs: Epochs, told: dict[str, float]) -> None:
        self._journal.step(len(epochs.data[0]))
        self.done = self._journal.steps
        for kind, value in told.items():
            self._note(kind, self.done, value)
        scores = tried(epochs.scores)
        _, _, images, labels = epochs.data
        self._judge(judge(scores, labels, images, self._names))
