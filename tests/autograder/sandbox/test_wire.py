"""The wire: plain data come back as they went, and nothing else gets through."""

import math
import socket
import struct
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.sandbox.inside import wire

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
    assert same(wire.unpack(wire.pack(value)), value)


@pytest.mark.parametrize(
    "value",
    [
        (1, [2, (3,)]),
        [True, 1, 1.0, np.float64(1), np.float32(1), np.int8(1), np.bool_(True), np.array(1.0)],
        [math.inf, -math.inf, math.nan, -0.0, 0.0],
        [2**63 - 1, 2**64, -(2**63) - 1, 2**3999],
        {1: "a", "1": "b", 2.5: ()},
        np.zeros((0, 3), np.float32),
        np.array(["x"][:0], dtype=np.float64),
    ],
)
def test_what_is_easily_confused_stays_apart(value):
    assert same(wire.unpack(wire.pack(value)), value)


def test_memory_order_is_kept_and_arrays_can_be_written():
    fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    for array in (fortran, np.arange(12).reshape(3, 4)[::2, ::-1], fortran.astype(">f4")):
        back = wire.unpack(wire.pack(array))
        assert isinstance(back, np.ndarray)
        np.testing.assert_array_equal(back, array, strict=array.dtype.isnative)
    back = wire.unpack(wire.pack(fortran))
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
        (10**5000, "int of more digits than may cross"),
        (iter(()), "tuple_iterator"),
    ],
    ids=["object", "function", "text", "time", "objects", "tuple key", "long key", "long", "lazy"],
)
def test_what_is_not_plain_crosses_as_its_name(value, name):
    assert wire.unpack(wire.pack(value)) == wire.Foreign(name)
    assert repr(wire.Foreign(name)) == f"an object of type {name}"


def test_subclasses_arrive_as_what_they_are_made_of():
    text = type("Text", (str,), {"__eq__": lambda *_: True, "__hash__": str.__hash__})("a")
    arrived = wire.unpack(wire.pack([np.ones(2).view(Liar), text, np.ma.array([1.0, 2.0])]))
    assert [type(each) for each in arrived] == [np.ndarray, str, np.ndarray]


def test_lone_surrogates_become_question_marks():
    assert wire.unpack(wire.pack({"\ud800": "a\udfffb"})) == {"?": "a?b"}


def test_what_is_nested_too_deeply_is_cut():
    circle: list[object] = []
    circle.append(circle)
    arrived: object = wire.unpack(wire.pack(circle))
    for _ in range(wire.MAX_DEPTH):
        assert isinstance(arrived, list)
        (arrived,) = arrived
    assert isinstance(arrived, wire.Foreign)


def encoded(tree: object) -> bytes:
    return msgspec.msgpack.encode(tree)


ARRAY_BYTES = b"\0" * 8
DAMAGED = {
    "nothing": b"",
    "two values": b"\xc0\xc0",
    "a huge list": b"\xdd\xff\xff\xff\xff",
    "a huge string": b"\xdb\xff\xff\xff\xff",
    "no UTF-8": b"\xa3\xed\xa0\x80",
    "a bomb of brackets": b"\x91" * 100_000 + b"\xc0",
    "a map": encoded({"a": 1}),
    "an extension": encoded(msgspec.msgpack.Ext(1, b"x")),
    "no tag": encoded([]),
    "an unknown tag": encoded(["x", 1]),
    "a tag alone": encoded(["t"]),
    "a tuple of no list": encoded(["t", "ab"]),
    "a dict of triples": encoded(["d", [[1, 2, 3]]]),
    "a key that is a list": encoded(["d", [[["l", []], 1]]]),
    "a key that is a long integer": encoded(["d", [[["i", hex(2**70)], 1]]]),
    "no digits": encoded(["i", "zz"]),
    "too many digits": encoded(["i", "0x" + "f" * 2_000]),
    "a complex number of strings": encoded(["c", "1", "2"]),
    "too deep": encoded(msgspec.msgpack.decode(b"\x92\xa1l\x91" * (wire.MAX_DEPTH + 2) + b"\xc0")),
    "an array of objects": encoded(["a", "|O", [1], "C", ARRAY_BYTES]),
    "an array of unfinished Python": encoded(["a", "(2,", [1], "C", ARRAY_BYTES]),
    "an array of records": encoded(["a", "<f4,<f4", [1], "C", ARRAY_BYTES]),
    "an array of times": encoded(["a", "<M8[s]", [1], "C", ARRAY_BYTES]),
    "an array of a float3": encoded(["a", "<f3", [1], "C", ARRAY_BYTES]),
    "too few bytes": encoded(["a", "<f8", [2], "C", ARRAY_BYTES]),
    "too many bytes": encoded(["a", "<f8", [], "C", ARRAY_BYTES * 2]),
    "a negative shape": encoded(["a", "<f8", [-1], "C", ARRAY_BYTES]),
    "a shape of truth": encoded(["a", "<f8", [True], "C", ARRAY_BYTES]),
    "an overflowing shape": encoded(["a", "<f8", [0, *[2**23] * 31], "C", b""]),
    "too many dimensions": encoded(["a", "<f8", [0] * 33, "C", b""]),
    "an unknown order": encoded(["a", "<f8", [1], "K", ARRAY_BYTES]),
    "a scalar of two": encoded(["s", "<f8", ARRAY_BYTES * 2]),
    "more nodes than allowed": encoded(["l", [0] * (wire.MAX_NODES + 1)]),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_data_are_refused(data):
    with pytest.raises(wire.WireError):
        wire.unpack(data)


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
        wire.unpack(data)
    except wire.WireError:
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


@given(PLAIN, st.data())
@settings(max_examples=50)
def test_a_flipped_byte_raises_nothing_but_wire_errors(value, draw):
    data = bytearray(wire.pack(value))
    data[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    assert is_refused_or_plain(bytes(data))


def test_keys_of_one_hash_do_not_hold_the_grader_up():
    prime = 2**61 - 1
    began = time.monotonic()
    pairs = [[["i", hex(prime * (2**10 + n))], 0] for n in range(100_000)]
    with pytest.raises(wire.WireError):
        wire.unpack(encoded(["d", pairs]))
    assert time.monotonic() - began < 5


# --- frames --------------------------------------------------------------------------------------


def soon() -> float:
    return time.monotonic() + 0.2


def test_a_frame_crosses_a_socket():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, [1, (2.0, "x")])
        assert wire.receive(ours, soon()) == [1, (2.0, "x")]


def test_a_frame_longer_than_allowed_is_refused_at_once():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", wire.MAX_FRAME + 1))
        with pytest.raises(wire.WireError, match="longer"):
            wire.receive(ours, soon())


def test_silence_ends_at_the_deadline_also_in_the_middle_of_a_frame():
    for said in (b"", b"\0\0", struct.pack(">I", 100) + b"x"):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(said)
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                wire.receive(ours, soon())
            assert time.monotonic() - began < 2


def test_a_peer_that_dribbles_does_not_move_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 1000))
        began = time.monotonic()
        dribble = threading.Thread(
            target=lambda: [(theirs.send(b"x"), time.sleep(0.05)) for _ in range(20)]
        )
        dribble.start()
        with pytest.raises(TimeoutError):
            wire.receive(ours, began + 0.3)
        assert time.monotonic() - began < 0.8
        dribble.join()


def test_a_peer_that_hangs_up_is_told_from_a_silent_one():
    for said in (b"", b"\0", struct.pack(">I", 100) + b"x"):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                theirs.sendall(said)
            with pytest.raises(EOFError):
                wire.receive(ours, soon())


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_files_cross_to_the_one_who_asks_and_to_nobody_else():
    ours, theirs = socket.socketpair()
    with ours, theirs, open("/dev/null") as file:
        before = open_files()
        for _ in range(20):
            wire.send(theirs, "a gift", [file.fileno()] * 3)
            assert wire.receive(ours, soon()) == "a gift"
        assert open_files() == before
        wire.send(theirs, "asked for", [file.fileno()])
        message, (descriptor,) = wire.receive_with_files(ours)
        assert message == "asked for"
        with open(descriptor):
            assert open_files() == before + 1
