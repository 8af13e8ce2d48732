"""The reader of idx files: any bytes either are one, or are refused in a sentence."""

import contextlib
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from course.datasets.idx import DamagedFile, parse, unpack
from tests.course.mirrors import idx

LABELS = idx(np.array([7, 2, 1], dtype=np.uint8))


@given(arrays(np.uint8, array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)))
def test_what_is_written_is_read(array):
    np.testing.assert_array_equal(parse(idx(array)), array, strict=True)


@given(st.binary(max_size=40) | st.binary(max_size=20).map(lambda rest: b"\0\0\x08" + rest))
def test_any_other_bytes_are_refused_in_words(content):
    with contextlib.suppress(DamagedFile):
        assert idx(parse(content)) == content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", r"begins with the bytes \(none\), where"),
        (
            b"\0\0\x08",
            "begins with the bytes 00 00 08, where an idx file of bytes has 00 00 08 and 1 to",
        ),
        (b"<html>", "begins with the bytes 3c 68 74 6d, where"),
        (b"\0\0\x0d\x01\0\0\0\0", "begins with the bytes 00 00 0d 01, where"),  # floats
        (b"\0\0\x08\xff" + bytes(4 * 255), "begins with the bytes 00 00 08 ff, where"),
        (LABELS[:6], "a header of 8 bytes announced in a file of 6"),
        (LABELS[:-1], r"2 bytes of data, where the header's shape \(3,\) asks for 3"),
        (LABELS + b"\0", r"4 bytes of data, where the header's shape \(3,\) asks for 3"),
        (b"\0\0\x08\x03" + b"\xff" * 12, r"0 bytes of data, where .* asks for 79228162458924105"),
    ],
)
def test_a_bad_header_is_told_in_a_sentence(content, says):
    with pytest.raises(DamagedFile, match=says):
        parse(content)


@given(st.binary(max_size=50).filter(lambda content: not content.startswith(b"\x1f\x8b")))
def test_gzip_comes_off_once_twice_or_not_at_all(content):
    once = gzip.compress(content)
    assert unpack(content) == unpack(once) == unpack(gzip.compress(once)) == content


@pytest.mark.parametrize("spoil", [lambda c: c[:-9], lambda c: c[:12] + b"!" * 9 + c[21:]])
def test_spoilt_gzip_is_told_in_a_sentence(spoil):
    spoilt = spoil(gzip.compress(LABELS * 9))
    with pytest.raises(DamagedFile, match=f"^{len(spoilt)} bytes of gzip that cannot be unpacked"):
        unpack(spoilt)
