"""KernelExplorer without a browser: kernels, pictures, words, twin, the student's function."""

import time
from functools import partial

import numpy as np
import pytest
import traitlets
from scipy import signal

from course import datasets
from course.widgets import KernelExplorer, kernel_explorer
from course.widgets.kernel_images import BY_HAND, NEUTRAL, kernel_of
from course.widgets.trying import tried
from reference.signals import correlate2d, named_kernel

LETTER = np.zeros((7, 7))
LETTER[1, 1:6] = LETTER[1:6, 1] = LETTER[2, 4] = LETTER[3, 3] = LETTER[4, 2] = 1.0
BLUR = np.full((3, 3), 0.1) + 0.1 * np.eye(3)[1] * np.eye(3)[:, [1]]


def explorer(**kwargs) -> KernelExplorer:
    return KernelExplorer({"letter": LETTER}, **kwargs)


def test_it_begins_with_w28():
    widget = explorer(student=correlate2d)
    assert widget.words == (
        "letter, 7x7 pixels. Kernel 3x3, sum 3: correlation, no flip, stride 1, padding 0; "
        "the result has 5x5.\nYour correlate2d agrees (25 values)."
    )
    result = np.frombuffer(widget.theirs["values"], "<f4").reshape(5, 5)
    assert result[0].tolist() == [3, 2, 2, 3, 1]
    assert "result: 5x5, from 0 to 3" in repr(widget.picture())
    assert widget.picture().figure is not None


def test_no_preset_of_the_kit_answers_the_exercise():
    names = ["identity", "blur", "sharpen", "edge", "sobel_x", "sobel_y", "emboss"]
    answers = [named_kernel(name).tolist() for name in names]
    for preset in NEUTRAL.values():
        kernel = np.array(kernel_of(preset))
        assert kernel.tolist() not in answers
        assert kernel.sum() != 0
        assert not np.allclose(kernel / kernel.sum(), 1 / kernel.size) or kernel.shape == (2, 2)


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 3), (4, 6)])
def test_the_student_is_held_against_scipy(flip: bool, stride: int, pad: int):
    seen = []

    def student(image, kernel, stride, pad):
        seen.append(kernel)
        return signal.correlate2d(np.pad(image, pad), kernel, "valid")[::stride, ::stride]

    picture = np.random.default_rng(0).normal(size=(20, 30))
    kernel = np.arange(15.0).reshape(3, 5)
    widget = KernelExplorer({"noise": picture}, student=student, kernel=kernel)
    widget.stride, widget.pad, widget.flip = stride, pad, flip
    assert "Your student agrees" in widget.words
    assert seen[-1].tolist() == (kernel[::-1, ::-1] if flip else kernel).tolist()
    assert ("convolution, the kernel flipped" in widget.words) == flip


def test_presets_come_from_the_caller_and_may_fail():
    def unwritten() -> object:
        raise NotImplementedError

    widget = explorer(presets={"blur": lambda: BLUR, "later": unwritten, "bad": [[[1.0]]]})
    assert widget.presets[:4] == [BY_HAND, "blur", "later", "bad"]
    widget.preset = "blur"
    assert widget.kernel == BLUR.tolist()
    widget.preset = "later"
    assert "No kernel 'later' yet: it appears here once `" in widget.problem
    assert (widget.preset, widget.kernel) == (BY_HAND, BLUR.tolist())
    widget.preset = "bad"
    assert "has the shape (1, 1, 1)" in widget.problem
    widget.preset = "blur"
    assert (widget.preset, widget.problem) == ("blur", "")
    widget.kernel = np.eye(3)
    assert widget.preset == BY_HAND


@pytest.mark.parametrize(
    ("student", "says"),
    [
        (lambda *given: None, "gave None; is a `return` missing?"),
        (lambda *given: LETTER, "has the shape (7, 7); it should be (5, 5)"),
        (lambda *given: np.full((5, 5), np.nan), "infinite or not a number"),
        (lambda *given: {}["no"], "KeyError"),
        (lambda *given: time.sleep(60), "did not finish within 0.2 s"),
    ],
)
def test_a_function_that_fails_is_a_sentence(student, says: str, monkeypatch):
    if "0.2 s" in says:
        monkeypatch.setattr(kernel_explorer, "tried", partial(tried, seconds=0.2))
    mood = [student]
    widget = explorer(student=lambda *given: mood[0](*given))
    assert says in widget.problem
    assert widget.theirs == {}
    assert "result: 5x5" in repr(widget.picture())
    mood[0] = correlate2d
    monkeypatch.setattr(kernel_explorer, "tried", tried)
    widget.stride = 2
    assert widget.problem == ""
    assert "agrees" in widget.words


def test_a_wrong_entry_is_told():
    def student(image, kernel, stride, pad):
        out = correlate2d(image, kernel, stride, pad)
        out[2, 1] = 7.0
        image[:] = 0  # its copy is its own
        return out

    widget = explorer(student=student)
    assert "differs in 1 of 25 values: at [2, 1] it is 7, expected 2." in widget.words
    assert "yours − result: 5x5, from 0 to 5" in repr(widget.picture())
    assert widget.pixels().tolist() == LETTER.tolist()


def test_a_kernel_that_fits_nowhere_is_a_sentence():
    widget = explorer(student=correlate2d, kernel=np.ones((7, 7)))
    widget.source = "drawing"
    widget.source = "letter"
    assert widget.size() == (1, 1)
    small = KernelExplorer({"small": np.ones((2, 2))}, student=correlate2d)
    assert "fits nowhere" in small.problem
    small.pad = 1
    assert small.problem == ""
    assert "the result has 2x2" in small.words


def test_pictures_are_grey_and_thinned_out():
    widget = KernelExplorer()
    assert widget.sources == [*datasets.photographs(), "drawing", "upload"]
    assert widget.pixels().shape == (143, 214)
    assert 0 <= widget.pixels().min() < widget.pixels().max() <= 1
    sent = np.frombuffer(widget.image["pixels"], "<f4")
    assert sent.size == widget.image["rows"] * widget.image["columns"] == 143 * 214
    widget.source = "upload"
    assert "Choose a file." in widget.words


def test_without_photographs_a_digit(monkeypatch):
    def refuse() -> object:
        raise datasets.DataUnavailable("not here")

    monkeypatch.setattr(datasets, "photographs", refuse)
    assert KernelExplorer().sources[0] == "digit"


def test_what_the_page_draws_is_kept():
    widget = explorer(student=correlate2d)
    drawn = np.eye(4, dtype="<f4")
    name = {"name": "drawing", "rows": 4, "columns": 4, "version": 9}
    widget.image = {**name, "pixels": memoryview(drawn.tobytes())}
    assert widget.source == "drawing"
    assert widget.pixels().tolist() == drawn.tolist()
    assert widget.theirs["version"] == 9
    with pytest.raises(traitlets.TraitError, match="no picture of 4x5"):
        widget.image = {**name, "columns": 5, "pixels": drawn.tobytes()}


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("kernel", np.ones((8, 8))),
        ("kernel", [[1.0], [1.0, 2.0]]),
        ("kernel", [[np.inf]]),
        ("kernel", "no"),
        ("stride", 0),
        ("pad", 7),
        ("source", "nobody"),
        ("preset", "emboss"),
        ("scale", "loud"),
    ],
)
def test_a_setting_that_is_not_there_is_refused(trait: str, value: object):
    widget = explorer()
    before = getattr(widget, trait)
    with pytest.raises(traitlets.TraitError):
        setattr(widget, trait, value)
    assert getattr(widget, trait) == before


@pytest.mark.parametrize("picture", [np.ones(3), np.ones((2, 2, 4)), np.full((2, 2), np.nan)])
def test_a_picture_that_is_none_is_refused(picture):
    with pytest.raises(ValueError, match="The picture 'x' has the shape"):
        KernelExplorer({"x": picture})


def test_without_scipy_there_are_words(monkeypatch):
    monkeypatch.setattr(kernel_explorer, "available", lambda: False)
    widget = explorer(student=lambda *given: 1 / 0)
    assert widget.problem == ""
    assert "the result has 5x5" in repr(widget.picture())
    assert widget.picture().figure is None
