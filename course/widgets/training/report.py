"""A training in a few sentences."""

from collections.abc import Callable, Mapping

from course.plots.strokes import number
from course.widgets.training.judgement import Judgement

STATES = {
    "ready": "Nothing is trained yet",
    "running": "Training",
    "stopped": "Stopped",
    "finished": "Finished",
}


def report(
    state: str,
    ends: tuple[int, int, str],
    latest: Mapping[str, float | None],
    pace: tuple[float, float],
    judgement: Judgement | None,
) -> str:
    """Say how far it is, how well it does, and how fast it goes.

    `ends` are the steps done, all steps and what one is called; `latest` holds the last values by
    kind; `pace` is images a second and seconds left.
    """
    done, total, unit = ends
    of = f" of {total}" if total else ""
    said = [f"{STATES[state]}" + (f", {unit} {done}{of}." if done or total else ".")]
    measured = [*_pair(latest, "loss", _digits), *_pair(latest, "accuracy", _percent)]
    if measured:
        said.append(f"{'; '.join(measured)}.".capitalize())
    speed, left = pace
    if speed and state == "running":
        said.append(f"{speed:,.0f} images a second{_left(left)}.".replace(",", " "))
    if state == "stopped" and done:
        said.append(
            "Resume goes on from here."
            if unit == "epoch"
            else "Run the cell of the loop again to go on from here."
        )
    if judgement is not None:
        said.append(_mistakes(judgement))
    return " ".join(said)


def _digits(value: float) -> str:
    return number(value, 3)


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _pair(
    latest: Mapping[str, float | None], kind: str, write: Callable[[float], str]
) -> list[str]:
    both = {kind: latest[kind], f"{kind} on the test part": latest[f"test_{kind}"]}
    return [f"{name} {write(value)}" for name, value in both.items() if value is not None]


def _left(seconds: float) -> str:
    if seconds < 0:
        return ""
    amount = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return f", about {amount} left"


def _mistakes(judgement: Judgement) -> str:
    count = int(judgement.confusion.sum())
    said = f"{judgement.wrong} of {count} looked at are wrong"
    return f"{said}; the worst: {judgement.mistakes[0]}." if judgement.mistakes else f"{said}."
