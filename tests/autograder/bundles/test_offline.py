"""Data in the kit: what notebooks read, where it can be had."""

import gzip

import pytest

from autograder.bundles import offline
from autograder.bundles.offline import all_offline, collections
from autograder.rooms import Rooms
from course.datasets.common import DataUnavailable
from course.datasets.downloaded import MNIST
from course.datasets.sources import FILES, Collection

pytestmark = pytest.mark.thorough

TEXTS = {name: Rooms().text(name).read_bytes() for name in Rooms().known()}


def test_what_notebooks_read_is_known():
    reading = {name for name, text in TEXTS.items() if collections([text])}
    assert reading == {"a4_training", "a6_convnets"}
    assert collections(TEXTS.values()) == [MNIST]


def test_it_is_packed_as_course_data_wants_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(offline, "read", lambda wanted, name: f"{wanted.title} {name}".encode())
    files, problems = all_offline([TEXTS["a4_training"]])
    assert problems == ()
    assert list(files) == [f"mnist/{name}.gz" for name in FILES]
    assert gzip.decompress(files[f"mnist/{FILES[0]}.gz"]) == f"MNIST {FILES[0]}".encode()


def test_what_cannot_be_had_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch):
    def refuse(wanted: Collection, name: str) -> bytes:
        raise DataUnavailable(f"{wanted.title} is not here.")

    monkeypatch.setattr(offline, "read", refuse)
    assert all_offline([TEXTS["a6_convnets"]]) == (
        {},
        ("left out, students will download it: MNIST is not here.",),
    )
    assert all_offline([TEXTS["a1_graphs"]]) == ({}, ())
