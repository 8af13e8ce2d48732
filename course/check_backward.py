"""Compare the backward half of a layer with numerical derivatives of its forward half."""

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from course.compare import Difference, Floats, difference, relative_error, tolerance
from course.derivatives import Slopes, slopes
from course.failure import CheckFailed, fail
from course.layer import Layer, LayerError, Numbers, as_floats
from course.picture import show_error
from course.words import named, plural, shown

_MOST_ENTRIES = 200
_RTOL_ROUNDED = 5e-3


def check_backward(
    forward: Callable[..., object], backward: Callable[..., object], *inputs: object
) -> None:
    """Compare what `backward` returns with numerical derivatives of `forward`.

    `forward(*inputs)` returns (out, cache) and `backward(dout, cache)` one gradient for each
    input that is a float or an array of floats; other inputs, such as labels, have none. `dout`
    is random, but the same at every call. Where slopes from the left and from the right differ (a
    kink), anything between is right. Of an array with more than 200 entries, 200 are tried. A
    difference may be 1e-6 times max(1, |derivative|), or 1e-4 times if `forward` computes from
    float32.

    Raises:
        CheckFailed: a gradient differs, or there is none to compare.
    """
    title = f"check_backward({_name(forward)}, {_name(backward)})"
    layer = Layer(forward, backward, inputs)
    with warnings.catch_warnings():
        # Overflow on the way is common and no fault; stderr would be one for nbgrader.
        warnings.simplefilter("ignore")
        try:
            trials, notes, dout = _trials(layer)
        except LayerError as error:
            fail(f"{title}: {error}", f"{title}: no gradient to compare")
        except KeyboardInterrupt:
            fail(f"{title}: you stopped it before its end.", f"{title}: stopped")
    wrong = [trial.name for trial in trials if trial.off is not None]
    if wrong:
        _explain(layer, title, trials, dout)
    for note in [*notes, *(remark for trial in trials for remark in trial.remarks)]:
        print(f"Note: {note}")
    if wrong:
        raise CheckFailed(f"{title}: wrong gradient of {', '.join(wrong)}")
    names = ", ".join(trial.name for trial in trials)
    gap = max(trial.gap for trial in trials)
    print(f"{title}: agrees with numerical derivatives by {names} (largest difference {gap:.1g}).")


@dataclass(frozen=True)
class _Trial:
    """One gradient beside its numerical twin; `gap` is how far apart their numbers are at most."""

    name: str
    gap: float
    off: Difference | None
    remarks: Sequence[str]


def _trials(layer: Layer) -> tuple[list[_Trial], list[str], Numbers]:
    """The trial of each gradient, what else is to be said, and the dout that was used."""
    if not layer.floats:
        given = ", ".join(map(named, layer.inputs)) or "no inputs"
        raise LayerError(f"nothing to differentiate by in {given}; give floats (2.0, not 2).")
    inputs = layer.copies()
    out, cache = layer.run_forward(inputs)
    again, _ = layer.run_forward(layer.copies())
    if difference(again, out) is not None:
        raise LayerError(
            "forward gives another result for the same inputs. If it draws random numbers, make "
            "its generator inside, from a fixed seed, for this check."
        )
    dout = _upstream(out)
    lent = copy.copy(dout)
    gradients = layer.gradients(lent, cache)
    places = layer.floats
    written = [layer.name(i) for i in places if _changed(inputs[i], layer.inputs[i])]
    written += ["dout"] if _changed(lent, dout) else []
    notes = [
        f"your code wrote into {name}. Work on a copy, or make a new array." for name in written
    ]
    trials = [_trial(layer, i, g, dout) for i, g in zip(places, gradients, strict=True)]
    return trials, notes, dout


def _upstream(out: Numbers) -> Numbers:
    """A random gradient of the loss with respect to out."""
    dout = np.random.default_rng(0).normal(size=np.shape(out))
    return dout.astype(np.asarray(out).dtype) if np.ndim(out) else float(dout)


def _changed(now: object, before: object) -> bool:
    return bool(np.any(relative_error(as_floats(now), as_floats(before))))


def _trial(layer: Layer, place: int, gradient: object, dout: Numbers) -> _Trial:
    x, weights = as_floats(layer.inputs[place]), as_floats(dout)
    wide = layer.wide_copies()
    rounded = np.asarray(layer.run_forward(wide)[0]).itemsize < 8

    def weighted(moved: Floats) -> float:
        inputs = layer.wide_copies()
        inputs[place] = moved if moved.ndim else float(moved)
        try:
            return float(np.sum(weights * layer.run_forward(inputs)[0]))
        except LayerError:  # the step left the domain, as in math.log: a smaller one may not
            return float("nan")

    entries = np.arange(x.size)
    if x.size > _MOST_ENTRIES:
        entries = np.sort(np.random.default_rng(1).permutation(x.size)[:_MOST_ENTRIES])
    got = as_floats(gradient)
    tried = got.reshape(-1)[entries]
    found = slopes(weighted, x, entries, tried, rounded)
    name = layer.name(place)
    if np.isnan(found.low).any():
        raise LayerError(
            f"the numerical derivative by {name} does not settle: near these inputs forward jumps, "
            "or gives infinity or NaN. Try other inputs."
        )
    expected = got.copy()
    expected.reshape(-1)[entries] = found.nearest(tried)
    narrow = [np.asarray(each).dtype for each in (gradient, dout, layer.inputs[place])]
    rtol = _RTOL_ROUNDED if rounded else tolerance(*narrow)
    off = difference(got, expected, rtol, f"the gradient of {name}")
    gap = float(np.abs(tried - found.nearest(tried)).max(initial=0.0))
    return _Trial(name, gap, off, _remarks(name, found, x.size))


def _remarks(name: str, found: Slopes, size: int) -> list[str]:
    remarks: list[str] = []
    if found.low.size < size:
        remarks.append(f"of {name}, {found.low.size} of {size} entries were tried.")
    if found.kinks:
        remarks.append(
            f"by {name}, {plural(found.kinks, 'derivative')} stood on a kink, where any slope "
            "between the left one and the right one is accepted."
        )
    return remarks


def _explain(layer: Layer, title: str, trials: Sequence[_Trial], dout: Numbers) -> None:
    """Print what is wrong with the gradients that differ; draw the first that is an array."""
    inputs = ", ".join(
        f"{layer.name(place)} = {shown(each) if _is_short(each) else named(each)}"
        for place, each in enumerate(layer.inputs)
    )
    print(f"{title}: called with {inputs}, and with")
    print(f"  dout = {_recipe(dout)}")
    print("Expected is the numerical derivative of the sum of dout * out.")
    drawn = False
    for trial in trials:
        if trial.off is None:
            print(f"  the gradient of {trial.name} agrees.")
            continue
        print(f"  {trial.off.sentence}", flush=True)
        if not drawn and trial.off.got is not None and trial.off.got.ndim:
            show_error(trial.off, title)
            drawn = True


def _recipe(dout: Numbers) -> str:
    """Python that makes this `dout` again, as `_upstream` made it."""
    if not isinstance(dout, np.ndarray):
        return repr(dout)
    narrow = "" if dout.dtype == np.float64 else f".astype(np.{dout.dtype})"
    return f"np.random.default_rng(0).normal(size={dout.shape}){narrow}"


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def _is_short(value: object) -> bool:
    return not isinstance(value, np.ndarray) or value.size <= 8
