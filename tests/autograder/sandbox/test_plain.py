"""Plain data come back as they went, and nothing else gets through."""

import math
import struct

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.inside import plain

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="<"),
    hnp.unsigned_integer_dtypes(endianness="<"),
    hnp.floating_dtypes(endianness="<", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="<", sizes=(64, 128)),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INTEGERS = st.integers() | st.integers(-(2**3000), 2**3000)
PLAIN_SCALARS = st.none() | st.booleans() | INTEGERS | st.floats() | TEXT | st.binary(max_size=20)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
SCALARS = PLAIN_SCALARS | st.complex_numbers() | ARRAYS | DTYPES.flatmap(hnp.from_dtype)
KEYS = TEXT | st.integers(-(2**63), 2**63) | st.booleans() | st.floats(allow_nan=False)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(left: object, right: object) -> bool:
    """Say whether two values are the same to the last bit, their types included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, np.ndarray | np.generic):
        return (left.dtype, left.shape, left.tobytes()) == (
            right.dtype,
            right.shape,
            right.tobytes(),
        )
    if isinstance(left, float):
        return math.isnan(left) == math.isnan(right) and (
            math.isnan(left) or (left, math.copysign(1, left)) == (right, math.copysign(1, right))
        )
    return left == right or repr(left) == repr(right)


@given(PLAIN)
def test_everything_plain_comes_back_as_it_went(value):
    assert same(plain.unpack(plain.pack(value)), value)


@pytest.mark.parametrize(
    "value",
    [
        (1, [2, (3,)]),
        [True, 1, 1.0, np.float64(1), np.float32(1), np.int8(1), np.bool_(True), np.array(1.0)],
        [math.inf, -math.inf, math.nan, -0.0, 0.0],
        [2**63 - 1, 2**64, -(2**63) - 1, 2**3999],
        {1: "a", "1": "b", 2.5: (), "a key longer than a line of text, so long" * 3: b"\0"},
        ["é" * 200, b"", b"x" * 1_000, "x" * plain.SHORT, "x" * (plain.SHORT + 1)],
        np.zeros((0, 3), np.float32),
        np.array(["x"][:0], dtype=np.float64),
    ],
)
def test_what_is_easily_confused_stays_apart(value):
    assert same(plain.unpack(plain.pack(value)), value)


def test_memory_order_is_kept_and_arrays_can_be_written():
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    for array in (fortran, np.arange(12).reshape(3, 4)[::2, ::-1], fortran.astype(">f4")):
        back = plain.unpack(plain.pack(array))
        assert isinstance(back, np.ndarray)
        np.testing.assert_array_equal(back, array, strict=array.dtype.isnative)
    back = plain.unpack(plain.pack(fortran))
    assert back.flags.f_contiguous
    back[0, 0] = 7.0


class Liar(np.ndarray):
    def __array_function__(self, *_: object) -> bool:
        return True


class Odd:
    pass


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Odd(), "Odd"),
        (len, "builtin_function_or_method"),
        (np.array(["a"]), "array of <U1"),
        (np.datetime64(1, "s"), "array of datetime64[s]"),
        (np.array([Odd()]), "array of object"),
        ({("a",): 1}, "dict whose keys are no numbers or strings"),
        ({2**70: 1}, "dict whose keys are no numbers or strings"),
        ({np.float64(1): b"bulk"}, "dict whose keys are no numbers or strings"),
        (10**5000, "int of more digits than may cross"),
        (iter(()), "tuple_iterator"),
    ],
    ids=[
        "object",
        "function",
        "text",
        "time",
        "objects",
        "tuple key",
        "long key",
        "array key",
        "long",
        "lazy",
    ],
)
def test_what_is_not_plain_crosses_as_its_name(value, name):
    assert plain.unpack(plain.pack(value)) == plain.Foreign(name)
    assert repr(plain.Foreign(name)) == f"an object of type {name}"


def test_subclasses_arrive_as_what_they_are_made_of():
    text = type("Text", (str,), {"__eq__": lambda *_: True, "__hash__": str.__hash__})("a")
    arrived = plain.unpack(plain.pack([np.ones(2).view(Liar), text, np.ma.array([1.0, 2.0])]))
    assert [type(each) for each in arrived] == [np.ndarray, str, np.ndarray]


def test_lone_surrogates_become_question_marks():
    assert plain.unpack(plain.pack({"\ud800": "a\udfffb"})) == {"?": "a?b"}


def test_what_is_nested_too_deeply_is_cut():
    circle: list[object] = []
    circle.append(circle)
    arrived: object = plain.unpack(plain.pack(circle))
    for _ in range(plain.MAX_DEPTH):
        assert isinstance(arrived, list)
        (arrived,) = arrived
    assert isinstance(arrived, plain.Foreign)


def encoded(tree: object, bulk: bytes = b"") -> bytes:
    """Forge a frame of a tree, given as data or as bytes."""
    data = tree if isinstance(tree, bytes) else msgspec.msgpack.encode(tree)
    return struct.pack(">I", len(data)) + data + bulk


EIGHT = b"\0" * 8
DAMAGED = {
    "nothing": b"",
    "half a header": b"\0\0",
    "less than the header says": struct.pack(">I", 10) + b"\xc0",
    "an empty tree": encoded(b""),
    "two values": encoded(b"\xc0\xc0"),
    "a huge list": encoded(b"\xdd\xff\xff\xff\xff"),
    "a huge string": encoded(b"\xdb\xff\xff\xff\xff"),
    "no UTF-8": encoded(b"\xa3\xed\xa0\x80"),
    "a bomb of brackets": encoded(b"\x91" * 100_000 + b"\xc0"),
    "a map": encoded({"a": 1}),
    "an extension": encoded(msgspec.msgpack.Ext(1, b"x")),
    "bytes in the tree": encoded(b"\xc4\x01x"),
    "no tag": encoded([]),
    "an unknown tag": encoded(["x", 1]),
    "a tag alone": encoded(["t"]),
    "a tuple of no list": encoded(["t", "ab"]),
    "a dict of triples": encoded(["d", [[1, 2, 3]]]),
    "a key that is a list": encoded(["d", [[["l", []], 1]]]),
    "a key that is a long integer": encoded(["d", [[["i", hex(2**70)], 1]]]),
    "a key that is bytes": encoded(["d", [[["b", 1], 1]]], b"x"),
    "a key twice": encoded(["d", [["a", 1], ["a", 2]]]),
    "keys that are equal": encoded(["d", [[1, 1], [True, 2]]]),
    "no digits": encoded(["i", "zz"]),
    "too many digits": encoded(["i", "0x" + "f" * 2_000]),
    "a million digits": encoded(["i", "0x" + "f" * 1_000_000]),
    "a complex number of strings": encoded(["c", "1", "2"]),
    "too deep": encoded(b"\x92\xa1l\x91" * (plain.MAX_DEPTH + 2) + b"\xc0"),
    "a text longer than what came": encoded(["u", 9], EIGHT),
    "a text of negative length": encoded(["u", -1], EIGHT),
    "a text of no UTF-8": encoded(["u", 1], b"\xff"),
    "bytes of a huge length": encoded(["b", 2**63], EIGHT),
    "bytes of a length that is none": encoded(["b", "8"], EIGHT),
    "bytes that belong to nothing": encoded(None, EIGHT),
    "an array of objects": encoded(["a", "|O", [1], "C"], EIGHT),
    "an array of unfinished Python": encoded(["a", "(2,", [1], "C"], EIGHT),
    "an array of records": encoded(["a", "<f4,<f4", [1], "C"], EIGHT),
    "an array of times": encoded(["a", "<M8[s]", [1], "C"], EIGHT),
    "an array of a float3": encoded(["a", "<f3", [1], "C"], EIGHT),
    "too few bytes": encoded(["a", "<f8", [2], "C"], EIGHT),
    "too many bytes": encoded(["a", "<f8", [], "C"], EIGHT * 2),
    "a negative shape": encoded(["a", "<f8", [-1], "C"], EIGHT),
    "two negative lengths": encoded(["a", "<f8", [-1, -1], "C"], EIGHT),
    "a shape of truth": encoded(["a", "<f8", [True], "C"], EIGHT),
    "a shape of fractions": encoded(["a", "<f8", [1.0], "C"], EIGHT),
    "a shape of NaN": encoded(["a", "<f8", [math.nan], "C"], EIGHT),
    "an overflowing shape": encoded(["a", "<f8", [0, *[2**23] * 31], "C"]),
    "a shape beyond all": encoded(["a", "<f8", [2**63, 2**63], "C"], EIGHT),
    "too many dimensions": encoded(["a", "<f8", [0] * 33, "C"]),
    "an unknown order": encoded(["a", "<f8", [1], "K"], EIGHT),
    "a scalar of two": encoded(["s", "<f8"], EIGHT * 2),
    "more nodes than allowed": encoded(["l", [0] * (plain.MAX_NODES + 1)]),
    "a tree longer than allowed": encoded(["l", [1.5] * (plain.MAX_TREE // 9)]),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_data_are_refused(data):
    with pytest.raises(plain.WireError):
        plain.unpack(data)


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.binary()
    | st.sampled_from(["t", "l", "d", "i", "c", "s", "a", "?", "<f8", "(2,", "C"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=15,
)


def is_refused_or_plain(data: bytes) -> bool:
    """Any other exception than WireError fails the test."""
    try:
        plain.unpack(data)
    except plain.WireError:
        return True
    return True


@given(st.binary(max_size=200))
def test_garbage_raises_nothing_but_wire_errors(data):
    assert is_refused_or_plain(data)


@given(TREES.map(encoded), st.data())
def test_forged_frames_raise_nothing_but_wire_errors(data, draw):
    assert is_refused_or_plain(data)
    cut = draw.draw(st.integers(0, len(data)))
    assert is_refused_or_plain(data[:cut])
    assert is_refused_or_plain(data + draw.draw(st.binary(max_size=40)))


@given(PLAIN, st.data())
@settings(max_examples=50)
def test_a_flipped_byte_raises_nothing_but_wire_errors(value, draw):
    data = bytearray(plain.pack(value))
    data[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    assert is_refused_or_plain(bytes(data))
