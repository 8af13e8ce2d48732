"""Seeds: a secret of the classroom, one seed for a student's assignment."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.seeds import course_key, seed

KEY = b"k" * 64


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path):
    key = course_key(tmp_path)
    assert len(key) == 64
    assert course_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "course_key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["course_key"]


@pytest.mark.parametrize("damaged", [b"", b"zz", b" " * 64])
def test_a_key_that_is_none_is_refused(tmp_path: Path, damaged: bytes):
    (tmp_path / "course_key").write_bytes(damaged)
    with pytest.raises(ValueError, match=r"course_key is damaged.*from a backup"):
        course_key(tmp_path)


def test_two_classrooms_have_two_keys(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert course_key(tmp_path / "a") != course_key(tmp_path / "b")


def test_all_who_ask_at_once_get_one_key(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: course_key(tmp_path), range(16)))
    assert len(keys) == 1


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_seed_is_fixed_and_fits(student, assignment):
    assert seed(KEY, student, assignment) == seed(KEY, student, assignment)
    assert 0 <= seed(KEY, student, assignment) < 2**63


def test_seeds_differ_by_student_assignment_and_key():
    seeds = {
        seed(KEY, "ada", "a1"),
        seed(KEY, "ada", "a2"),
        seed(KEY, "bob", "a1"),
        seed(b"other", "ada", "a1"),
        seed(KEY, "ad", "aa1"),
    }
    assert len(seeds) == 5
