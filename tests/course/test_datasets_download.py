"""MNIST's way into the notebook: COURSE_DATA, the cache, the mirrors, and what is said of each."""

import re
import socket
import sys

import numpy as np
import pooch
import pytest

from course import datasets
from course.datasets.downloaded import FASHION_MNIST, MNIST, load
from course.datasets.sources import FILES
from tests.course.mirrors import (
    ARRAYS,
    CUT,
    DAMAGED,
    ONCE,
    PAGE,
    PLAIN,
    TWICE,
    collection,
    fill,
    serving,
)


@pytest.fixture
def mirrors():
    with serving() as mirrors:
        yield mirrors


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The user's cache, in a folder of the test's own; no COURSE_DATA, no proxy."""
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "backprop-course" / "small_set"


def unreachable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/"


def refusal(wanted):
    """What is said in place of the data: one sentence, and no chain of errors behind it."""
    with pytest.raises(datasets.DataUnavailable) as caught:
        load(wanted)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


def assert_right(split):
    x_train, labels_train, x_test, labels_test = split
    for images, labels, pixels, numbers in (
        (x_train, labels_train, *ARRAYS[:2]),
        (x_test, labels_test, *ARRAYS[2:]),
    ):
        assert images.dtype == np.float32
        np.testing.assert_array_equal(images, pixels[:, None].astype(np.float32) / 255, strict=True)
        np.testing.assert_array_equal(labels, numbers.astype(np.int64), strict=True)
        images[0] = labels[0] = 0  # the arrays are the caller's to change


@pytest.mark.parametrize("files", [PLAIN, ONCE, TWICE], ids=["plain", "once", "twice"])
def test_a_mirror_may_pack_its_files_once_twice_or_not_at_all(cache, mirrors, files, capsys):
    assert_right(load(collection(mirrors.add("good", files))))
    assert {path.name for path in cache.iterdir()} == {f"{name}.gz" for name in FILES}
    shown = capsys.readouterr()
    assert "Downloading Small set: train-images-idx3-ubyte from 127.0.0.1" in shown.out
    assert "100%" in shown.err  # the bar


def test_the_second_time_the_cache_is_read(cache, mirrors):
    wanted = collection(mirrors.add("good", ONCE))
    load(wanted)
    assert len(mirrors.asked) == 4
    assert_right(load(wanted))
    assert len(mirrors.asked) == 4


@pytest.mark.parametrize("bad", [DAMAGED, CUT, PAGE, {}], ids=["damaged", "cut", "page", "404"])
def test_after_a_bad_mirror_the_next_is_asked(cache, mirrors, bad):
    assert_right(load(collection(mirrors.add("bad", bad), mirrors.add("good", TWICE))))
    assert len(mirrors.asked) == 8


def test_after_an_unreachable_mirror_the_next_is_asked(cache, mirrors):
    assert_right(load(collection(unreachable(), mirrors.add("good", ONCE))))


def test_a_file_damaged_in_the_cache_is_fetched_again_once(cache, mirrors):
    wanted = collection(mirrors.add("good", ONCE))
    load(wanted)
    (cache / f"{FILES[2]}.gz").write_bytes(CUT[FILES[2]])
    assert_right(load(wanted))
    assert mirrors.asked[4:] == [f"/good/{FILES[2]}.gz"]
    assert (cache / f"{FILES[2]}.gz").read_bytes() == ONCE[FILES[2]]


def test_a_cache_that_cannot_be_written_costs_only_the_next_download(cache, mirrors):
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where the folder should be")
    assert_right(load(collection(mirrors.add("good", ONCE))))


def test_offline_one_sentence_says_what_to_do(cache):
    said = refusal(collection(unreachable(), unreachable()))
    assert said.startswith("Small set is not on this computer, and could not be downloaded (127.0")
    assert said.count("ConnectionError") == 2
    assert "set COURSE_DATA to a folder that holds small_set/train-images-idx3-ubyte.gz" in said
    assert "go on with datasets.digits()" in said


def test_what_each_mirror_did_wrong_is_told(cache, mirrors):
    fill(cache, CUT)
    bad = [mirrors.add("damaged", DAMAGED), mirrors.add("page", PAGE), mirrors.add("none", {})]
    said = refusal(collection(*bad))
    length = len(CUT[FILES[0]])
    assert f"{FILES[0]}.gz is damaged: {length} bytes of gzip that cannot be unpacked;" in said
    assert re.search(r"sent a damaged file: 3936 bytes with SHA-256 \w{8}…, where \w{8}… is", said)
    assert "sent a damaged file: 42 bytes with" in said
    assert "HTTPError" in said


def test_without_pooch_nothing_can_be_downloaded(cache, mirrors, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert "without the package pooch" in refusal(collection(mirrors.add("good", ONCE)))
    assert mirrors.asked == []


@pytest.mark.parametrize(
    ("files", "suffix"),
    [(PLAIN, ""), (ONCE, ".gz"), (TWICE, ".gz")],
    ids=["plain", "once", "twice"],
)
def test_course_data_comes_first(cache, mirrors, tmp_path, monkeypatch, files, suffix):
    fill(tmp_path / "data" / "small_set", files, suffix)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    assert_right(load(collection(mirrors.add("good", ONCE))))
    assert mirrors.asked == []
    assert not cache.exists()


def test_course_data_may_start_in_the_home(cache, tmp_path, monkeypatch):
    fill(tmp_path / "data" / "small_set", ONCE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", "~/data")
    assert_right(load(collection()))


def test_what_course_data_lacks_is_fetched(cache, mirrors, tmp_path, monkeypatch):
    fill(tmp_path / "data" / "small_set", {FILES[0]: ONCE[FILES[0]]})
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    assert_right(load(collection(mirrors.add("good", ONCE))))
    assert len(mirrors.asked) == 3


def test_a_damaged_file_in_course_data_is_named_and_left_to_its_owner(
    cache, mirrors, tmp_path, monkeypatch
):
    fill(tmp_path / "data" / "small_set", DAMAGED)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    said = refusal(collection(mirrors.add("good", ONCE)))
    assert said.startswith(str(tmp_path / "data" / "small_set" / f"{FILES[0]}.gz is damaged (3936"))
    assert "put a good copy there, or unset COURSE_DATA to have Small set downloaded" in said
    assert mirrors.asked == []


def test_a_wrong_course_data_is_named_when_nothing_else_helps(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    assert f"not in COURSE_DATA's folder {tmp_path / 'nowhere'}," in refusal(collection())


def test_the_collections_are_told_apart_and_have_several_mirrors():
    for wanted in (MNIST, FASHION_MNIST):
        assert len(wanted.mirrors) >= 3
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in wanted.mirrors)
        assert [len(digest) for digest in wanted.digests] == [64] * 4
    assert not {*MNIST.digests, *MNIST.mirrors} & {*FASHION_MNIST.digests, *FASHION_MNIST.mirrors}


@pytest.mark.parametrize(
    ("name", "first", "brightness"),
    [
        pytest.param("mnist", [5, 0, 4, 1, 9], 0.1307, marks=pytest.mark.real_data("mnist")),
        pytest.param(
            "fashion_mnist", [9, 0, 0, 3, 0], 0.2860, marks=pytest.mark.real_data("fashion_mnist")
        ),
    ],
)
def test_the_real_files_are_read_and_verified(name, first, brightness):
    x_train, labels_train, x_test, labels_test = getattr(datasets, name)()
    assert x_train.shape == (60_000, 1, 28, 28)
    assert x_test.shape == (10_000, 1, 28, 28)
    assert x_train.dtype == x_test.dtype == np.float32
    assert x_train.min() == 0
    assert x_train.max() == 1
    assert x_train.mean() == pytest.approx(brightness, abs=1e-4)
    assert labels_train[:5].tolist() == first
    assert labels_train.shape == (60_000,)
    assert sorted(set(labels_test.tolist())) == list(range(10))
