"""The wire: plain data in frames, nothing else.

Numbers, strings, tuples, lists, dicts and arrays cross, as MessagePack with tags that keep apart
tuple and list, int, float and NumPy scalar, and an array's dtype, shape and memory order. An object
of any other type crosses as its type's name (`Foreign`). Never pickle. Both sides use this module;
`unpack` trusts nothing.
"""

import math
import re
import socket
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

MAX_FRAME = 8 * 2**20
MAX_DEPTH = 24
MAX_NODES = 1_000_000
MAX_INTEGER_DIGITS = 1_000
ARRAY_KINDS = "biufc"
DTYPE = re.compile(f"[<|][{ARRAY_KINDS}][0-9]{{1,2}}")
HEADER = struct.Struct(">I")

Tree: TypeAlias = "bool | int | float | str | bytes | list[Tree] | None"
Array: TypeAlias = NDArray[np.generic]


class WireError(ValueError):
    """What arrived is not a frame of plain data within bounds."""


@dataclass(frozen=True)
class Foreign:
    """Stands for an object that cannot cross: all that is known of it is its type's name."""

    name: str

    def __repr__(self) -> str:
        """Read as a sentence's object."""
        return f"an object of type {self.name}"


def pack(value: object) -> bytes:
    """Encode plain data."""
    return msgspec.msgpack.encode(_plain(value, MAX_DEPTH))


def unpack(data: bytes) -> object:
    """Decode and check what `pack` wrote.

    Raises:
        WireError: the data is damaged, too deep, too long, or no plain data.
    """
    try:
        return _Reader().read(cast(Tree, msgspec.msgpack.decode(data)), MAX_DEPTH)
    except (msgspec.MsgspecError, RecursionError, ValueError, TypeError, OverflowError) as error:
        raise WireError(f"not plain data: {type(error).__name__}") from None


def _plain(value: object, depth: int) -> Tree:
    """Turn a value into MessagePack's own types; a list is always [tag, ...]."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.generic | np.ndarray):
        array = np.array(cast(Array, value), subok=False)
        return _plain_array(array, isinstance(value, np.generic))
    if isinstance(value, str):
        text = str.__str__(value)
        return text if text.isascii() else text.encode(errors="replace").decode()
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, int):
        return _plain_integer(int(value))
    if isinstance(value, float):
        return float(value)
    if isinstance(value, complex):
        return ["c", value.real, value.imag]
    if depth == 0:
        return ["?", "something nested too deeply"]
    if isinstance(value, tuple | list):
        items = cast(Iterable[object], value)
        return ["t" if isinstance(value, tuple) else "l", [_plain(x, depth - 1) for x in items]]
    if isinstance(value, Mapping):
        pairs = [(_plain(k, 0), v) for k, v in cast(Mapping[object, object], value).items()]
        if not all(isinstance(k, bool | int | float | str) for k, _ in pairs):
            return ["?", "dict whose keys are no numbers or strings"]
        return ["d", [[k, _plain(v, depth - 1)] for k, v in pairs]]
    return ["?", type(value).__name__[:80]]


def _plain_integer(number: int) -> Tree:
    if -(2**63) <= number < 2**64:
        return number
    if number.bit_length() <= 4 * MAX_INTEGER_DIGITS:
        return ["i", hex(number)]
    return ["?", "int of more digits than may cross"]


def _plain_array(array: Array, scalar: bool) -> Tree:
    if array.dtype.kind in "US" and array.ndim == 0:
        return str(array)
    if array.dtype.kind not in ARRAY_KINDS or array.dtype.itemsize > 16:
        return ["?", f"array of {array.dtype}"[:80]]
    kind = array.dtype.newbyteorder("<").str
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    data = array.astype(kind, copy=False).tobytes("F" if fortran else "C")
    if scalar:
        return ["s", kind, data]
    return ["a", kind, list(array.shape), "F" if fortran else "C", data]


class _Reader:
    """Rebuilds values and counts what it builds."""

    def __init__(self) -> None:
        self.nodes = 0

    def read(self, tree: Tree, depth: int) -> object:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth < 0:
            raise WireError("too much")
        if tree is None or isinstance(tree, bool | int | float | str | bytes):
            return tree
        match tree:
            case ["t", [*items]]:
                return tuple(self.read(item, depth - 1) for item in items)
            case ["l", [*items]]:
                return [self.read(item, depth - 1) for item in items]
            case ["d", [*pairs]]:
                return dict(self.pair(pair, depth - 1) for pair in pairs)
            case ["i", str(digits)] if len(digits) <= MAX_INTEGER_DIGITS + 3:
                return int(digits, 16)
            case ["c", float(real), float(imaginary)]:
                return complex(real, imaginary)
            case ["s", str(kind), bytes(data)]:
                return _array(kind, (), "C", data)[()]
            case ["a", str(kind), [*shape], "C" | "F" as order, bytes(data)]:
                return _array(kind, shape, order, data)
            case ["?", str(name)]:
                return Foreign(name[:80])
            case _:
                raise WireError("an unknown tag")

    def pair(self, pair: Tree, depth: int) -> tuple[object, object]:
        match pair:
            case [key, value]:
                # Longer integers could be chosen so that all have one hash, and a dict never ends.
                if not isinstance(key, bool | int | float | str):
                    raise WireError("a key that is no plain value")
                return key, self.read(value, depth)
            case _:
                raise WireError("a dict that is no pairs")


def _array(kind: str, shape: Sequence[object], order: str, data: bytes) -> Array:
    if not DTYPE.fullmatch(kind):  # NumPy would parse whole programs of dtypes
        raise WireError("an array of unknown kind")
    dtype = np.dtype(kind)
    sizes = [n for n in shape if type(n) is int and 0 <= n <= MAX_FRAME]
    if len(sizes) != len(shape) or len(shape) > 32:
        raise WireError("an array of unknown shape")
    if math.prod(sizes) * dtype.itemsize != len(data):
        raise WireError("an array whose bytes do not fit its shape")
    flat = np.frombuffer(data, dtype).copy()
    return flat.reshape(sizes, order="F" if order == "F" else "C")


def send(channel: socket.socket, value: object, descriptors: Sequence[int] = ()) -> None:
    """Send one frame, with open files if any.

    Raises:
        OSError: the other side has gone, or does not read in time.
    """
    data = pack(value)
    if descriptors:
        socket.send_fds(channel, [HEADER.pack(len(data))], list(descriptors))
        channel.sendall(data)
    else:
        channel.sendall(HEADER.pack(len(data)) + data)


def receive(channel: socket.socket, deadline: float) -> object:
    """Receive one frame; open files that come with it are never taken.

    Args:
        channel: a stream socket.
        deadline: on `time.monotonic`'s clock.

    Raises:
        TimeoutError: the deadline passed.
        EOFError: the other side has gone.
        WireError: what arrived is no frame of plain data.
    """
    return _frame(channel, _exactly(channel, HEADER.size, deadline), deadline)


def receive_with_files(channel: socket.socket) -> tuple[object, list[int]]:
    """Wait for one frame of somebody who is trusted, and take the open files that came with it.

    Raises:
        EOFError: the other side has gone.
        WireError: what arrived is no frame of plain data.
    """
    channel.settimeout(None)
    header, descriptors, _, _ = socket.recv_fds(channel, HEADER.size, 1)
    header += _exactly(channel, HEADER.size - len(header), None)
    return _frame(channel, header, None), descriptors


def _frame(channel: socket.socket, header: bytes, deadline: float | None) -> object:
    (length,) = HEADER.unpack(header)
    if length > MAX_FRAME:
        raise WireError("a frame longer than allowed")
    return unpack(_exactly(channel, length, deadline))


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        _wait_until(channel, deadline)
        part = channel.recv(min(length - len(data), 2**20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _wait_until(channel: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        channel.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)
