"""FeatureMaps and Shift: state, words, pictures, and functions that go wrong."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from traitlets import TraitError

from course.widgets import FeatureMaps, Shift
from course.widgets.lenet import STAGES, TABLE
from course.widgets.trying import tried
from reference.convnet import LeNet5
from reference.inspection import feature_maps
from reference.signals import shift

IMAGES = np.random.default_rng(1).uniform(0, 0.3, (5, 1, 28, 28)).astype(np.float32)
IMAGES[:, :, 8:20, 10:14] = 1.0
LABELS = np.array([1, 7, 1, 4, 9])
NETWORK = LeNet5(np.random.default_rng(0))


def floats(data, *shape):
    return np.frombuffer(data, "<f4").reshape(*shape)


@pytest.fixture
def maps():
    return FeatureMaps(NETWORK, feature_maps, IMAGES, LABELS)


@pytest.fixture
def moving():
    return Shift(NETWORK, feature_maps, shift, IMAGES, LABELS)


def test_maps_scores_and_filters_travel_as_floats(maps):
    truth = feature_maps(NETWORK, IMAGES[0])
    sent = floats(maps.maps, -1)
    assert sent.size == sum(each.size for each in truth.values())
    np.testing.assert_allclose(sent[: 6 * 24 * 24].reshape(6, 24, 24), truth["conv1"], rtol=1e-5)
    np.testing.assert_allclose(sent[-256:].reshape(16, 4, 4), truth["pool2"], rtol=1e-5)
    np.testing.assert_allclose(
        floats(maps.scores, 1, 10), NETWORK.forward(IMAGES[:1]), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(floats(maps.weights, -1)[:25], NETWORK.params["w1"][0].ravel())


def test_begins_at_the_largest_entry(maps):
    conv1 = feature_maps(NETWORK, IMAGES[0])["conv1"]
    assert conv1[maps.channel, maps.row, maps.column] == conv1.max()


@pytest.mark.parametrize("layer", STAGES)
def test_an_entry_sees_what_it_is_said_to_see(layer):
    """The gradient of what a random network computes is nonzero there, and nowhere else."""
    stage = STAGES[layer]
    rng = np.random.default_rng(3)
    params = {"w1": (6, 1, 5, 5), "b1": (6,), "w2": (16, 6, 5, 5), "b2": (16,)}
    model = SimpleNamespace(params={name: rng.uniform(0.1, 1, to) for name, to in params.items()})
    image = rng.uniform(0, 1, (1, 28, 28))
    row, column = stage.side // 2, stage.side // 2 - 1
    seen = np.zeros((28, 28), bool)
    still = feature_maps(model, image)[layer][0, row, column]
    for place in np.ndindex(28, 28):
        brighter = image.copy()
        brighter[0][place] += 50.0
        seen[place] = feature_maps(model, brighter)[layer][0, row, column] != still
    top, left = stage.step * row, stage.step * column
    assert seen[top : top + stage.reach, left : left + stage.reach].all()
    assert seen.sum() == stage.reach**2


def test_words_say_what_is_looked_at(maps):
    maps.layer, maps.channel, maps.row, maps.column = "pool2", 3, 1, 2
    value = feature_maps(NETWORK, IMAGES[0])["pool2"][3, 1, 2]
    assert maps.words.startswith(f"pool2[3, 1, 2] = {value:.3g}. It has seen 16x16 pixels: ")
    assert "rows 4 to 19, columns 8 to 23" in maps.words
    assert f"image 0, a 1, the network says {NETWORK.forward(IMAGES[:1]).argmax()}" in maps.words


def test_a_smaller_layer_pulls_the_entry_inside(maps):
    maps.row = maps.column = 23
    maps.channel = 5
    maps.layer = "pool2"
    assert (maps.channel, maps.row, maps.column) == (5, 3, 3)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("layer", "conv9", "choose from conv1, pool1, conv2, pool2"),
        ("row", 24, "conv1 has 24 rows"),
        ("channel", 6, "conv1 has 6 channels"),
        ("column", -1, "conv1 has 24 columns"),
        ("number", 5, "choose from 0 to 4"),
        ("drawing", b"1234", "28x28 numbers"),
        ("drawing", np.full(784, np.nan, "<f4").tobytes(), "from 0 (paper) to 1 (ink)"),
    ],
)
def test_bad_values_are_refused_in_a_sentence(maps, name, value, says):
    with pytest.raises(TraitError) as error:
        setattr(maps, name, value)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("images", "labels", "says"),
    [
        (np.zeros((3, 1, 8, 8)), None, r"shape \(3, 1, 8, 8\)"),
        (np.zeros((0, 1, 28, 28)), None, "shape"),
        (np.full((1, 1, 28, 28), 255.0), None, "from 0 \\(paper\\) to 1"),
        (IMAGES, [1, 2], "5 images, but 2 labels"),
    ],
)
def test_bad_data_is_refused_in_a_sentence(images, labels, says):
    with pytest.raises(ValueError, match=says):
        FeatureMaps(NETWORK, feature_maps, images, labels)


def test_labels_that_are_not_told_are_left_out():
    assert FeatureMaps(NETWORK, feature_maps, IMAGES, np.full(5, -1)).labels == []


def test_a_drawing_takes_the_place_of_the_image_until_another_is_chosen(maps):
    maps.draw(IMAGES[3, 0])
    assert "your drawing" in maps.words
    truth = feature_maps(NETWORK, IMAGES[3])["conv1"]
    np.testing.assert_allclose(floats(maps.maps, -1)[:3456], truth.ravel(), rtol=1e-5)
    maps.number = 2
    assert maps.drawing == b""
    np.testing.assert_array_equal(maps.pixels, IMAGES[2, 0])


def test_the_picture_frames_what_was_seen(maps):
    maps.layer, maps.channel, maps.row, maps.column = "conv2", 9, 2, 3
    picture = maps.picture()
    assert maps.words in picture.text
    assert "conv2: 16 of 8x8" in picture.text
    framed = [axes.patches for axes in picture.figure.axes if axes.patches]
    assert [patches[0].get_bbox().bounds for patches in framed] == [
        (5.5, 3.5, 14.0, 14.0),
        (2.5, 1.5, 1.0, 1.0),
    ]


def raises(model, image):
    raise ZeroDivisionError("by zero")


def unwritten(model, image):
    raise NotImplementedError


def hangs(model, image):
    while True:
        time.sleep(0.01)


def wrong_shape(model, image):
    found = feature_maps(model, image)
    return {**found, "conv2": found["conv2"][None]}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (raises, "`raises` stopped with ZeroDivisionError: by zero"),
        (unwritten, "once `unwritten` is written"),
        (wrong_shape, "conv2 of `feature_maps` has the shape (1, 16, 8, 8)"),
        (lambda model, image: None, "is a `return` missing?"),
        (lambda model, image: [1], "should return a dict"),
        (lambda model, image: {"conv1": 0, "pool1": 0}, "has no conv2 and no pool2"),
    ],
)
@pytest.mark.parametrize("kind", [FeatureMaps, Shift])
def test_wrong_use_is_a_sentence_and_the_widget_survives(kind, broken, says):
    current = [broken]
    own = (lambda model, image: current[0](model, image),)
    w = kind(NETWORK, *own, *([shift] if kind is Shift else []), IMAGES)
    assert says in w.problem
    assert str(w.picture()) == w.problem
    assert w.words == ""
    current[0] = feature_maps
    w.number = 1
    assert w.problem == ""
    assert "image 1" in w.words


def test_what_hangs_is_stopped(monkeypatch):
    monkeypatch.setitem(tried.__kwdefaults__, "seconds", 0.2)
    assert "`hangs` did not finish" in FeatureMaps(NETWORK, hangs, IMAGES).problem


def test_a_network_that_is_not_there_yet_is_a_sentence():
    def network():
        raise NameError("name 'untrained' is not defined")

    w = FeatureMaps(network, feature_maps, IMAGES)
    assert "name 'untrained' is not defined. Run the cell that defines it" in w.problem
    w = FeatureMaps(SimpleNamespace(params={"w1": 0}), feature_maps, IMAGES)
    assert "`params` has no b1 and no w2 and no b2" in w.problem
    assert "no dict `params`" in FeatureMaps(SimpleNamespace(), feature_maps, IMAGES).problem


def test_images_are_kept_whatever_the_function_does_to_its_own():
    def careless(model, image):
        found = feature_maps(model, image)
        image[:] = 0
        return found

    w = FeatureMaps(NETWORK, careless, IMAGES)
    np.testing.assert_array_equal(w.pixels, IMAGES[0, 0])


def test_a_shift_moves_the_image_and_its_maps(moving):
    moving.dy, moving.dx = -2, 3
    other = shift(IMAGES[0], -2, 3)
    np.testing.assert_array_equal(floats(moving.shown, 1, 28, 28), other)
    truth = feature_maps(NETWORK, other)
    np.testing.assert_allclose(
        floats(moving.moved, -1)[:3456], truth["conv1"].ravel(), rtol=1e-4, atol=1e-6
    )
    assert moving.placed == [-2, 3]
    still = feature_maps(NETWORK, IMAGES[0])["pool1"]
    change = np.linalg.norm(truth["pool1"] - still) / np.linalg.norm(still)
    assert moving.changes()["pool1"] == pytest.approx(change, rel=1e-4)
    assert moving.words.startswith("Moved 3 to the right and 2 up, image 0, a 1: ")
    assert f"pool1 {change:.0%}" in moving.words


def test_nothing_moved_nothing_changed(moving):
    assert set(moving.changes().values()) == {0.0}
    assert moving.before == moving.scores


def test_the_picture_has_both(moving):
    moving.dx, moving.layer = 4, "pool2"
    assert "pool2, moved: 16 of 4x4" in moving.picture().text
    assert len([axes for axes in moving.picture().figure.axes if axes.images]) >= 2 + 16 + 16


def test_a_shift_has_its_limits(moving):
    with pytest.raises(TraitError, match="at most 10 pixels"):
        moving.dx = 11
    with pytest.raises(TraitError, match="choose from conv1"):
        moving.layer = "flatten"


def test_a_shift_that_fails_is_a_sentence():
    w = Shift(NETWORK, feature_maps, lambda image, dy, dx: image[1:], IMAGES)
    assert "what `shift` made of the image has the shape (27, 28)" in w.problem
    w.dx = 1
    assert w.placed == [0, 1]


def test_the_browser_is_told_the_stages(maps):
    assert maps.stages == TABLE == {name: list(stage) for name, stage in STAGES.items()}
