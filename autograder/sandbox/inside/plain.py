"""Plain data as bytes: what may cross the wall, and the reader that trusts none of it.

Numbers, strings, tuples, lists, dicts and arrays cross, with tags that keep apart tuple and list,
int, float and NumPy scalar, and an array's dtype, shape and memory order. An object of any other
type crosses as its type's name (`Foreign`). Never pickle.

A frame is a *tree*, small objects as MessagePack, and behind it the *bulk*: the bytes of arrays and
of long texts, one after another. An object of the tree takes a byte at least, but can cost the
reader sixty times as much; in the bulk a byte costs a byte. So the tree is kept much shorter.
"""

import math
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

MAX_TREE = 2**20
MAX_DEPTH = 24
MAX_NODES = 250_000
MAX_INTEGER_DIGITS = 1_000
SHORT = 64  # characters of a text that stays in the tree
ARRAY_KINDS = "biufc"
DTYPE = re.compile(f"[<|][{ARRAY_KINDS}][0-9]{{1,2}}")
TREE_SIZE = struct.Struct(">I")
LEAVES = frozenset((float, bool, type(None)))  # cross as they are, whatever their value
SCALARS = frozenset((*LEAVES, int, str))  # stand for themselves in a tree

Tree: TypeAlias = "bool | int | float | str | list[Tree] | None"
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
    writer = _Writer()
    tree = msgspec.msgpack.encode(writer.write(value, MAX_DEPTH))
    return b"".join([TREE_SIZE.pack(len(tree)), tree, *writer.bulk])


def unpack(data: bytes) -> object:
    """Decode and check what `pack` wrote.

    Raises:
        WireError: the data is damaged, too deep, too long, or no plain data.
    """
    try:
        (size,) = TREE_SIZE.unpack_from(data)
        if size > MAX_TREE:
            raise WireError("more small objects than may cross")
        if size > len(data) - TREE_SIZE.size:
            raise WireError("less than was announced")
        tree, bulk = data[TREE_SIZE.size :][:size], memoryview(data)[TREE_SIZE.size + size :]
        reader = _Reader(bulk)
        value = reader.read(cast(Tree, msgspec.msgpack.decode(tree)), MAX_DEPTH)
    except WireError:
        raise
    except (msgspec.MsgspecError, struct.error, RecursionError, ValueError, TypeError) as error:
        raise WireError(f"not plain data: {type(error).__name__}") from None
    except (OverflowError, MemoryError) as error:
        raise WireError(f"too large: {type(error).__name__}") from None
    if reader.bulk:
        raise WireError("bytes that belong to nothing")
    return value


class _Writer:
    """Turns values into MessagePack's own types, a list always as [tag, ...], and the bulk."""

    def __init__(self) -> None:
        self.bulk: list[bytes] = []

    def write(self, value: object, depth: int) -> Tree:
        kind = type(value)
        if kind is int:
            return _integer(cast(int, value))
        if (kind is list or kind is tuple) and depth:  # most is numbers in sequences
            return self._sequence(cast("Sequence[object]", value), depth)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, np.generic | np.ndarray):
            array = np.array(cast(Array, value), subok=False)
            return self._array(array, isinstance(value, np.generic))
        if isinstance(value, str):
            text = str.__str__(value)
            if len(text) <= SHORT:
                return text if text.isascii() else text.encode(errors="replace").decode()
            return self._later("u", text.encode(errors="replace"))
        if isinstance(value, bytes):
            return self._later("b", bytes(value))
        if isinstance(value, int):
            return _integer(int(value))
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if depth == 0:
            return ["?", "something nested too deeply"]
        if isinstance(value, tuple | list):
            return self._sequence(cast("Sequence[object]", value), depth)
        if isinstance(value, Mapping):
            return self._mapping(cast(Mapping[object, object], value), depth)
        return ["?", type(value).__name__[:80]]

    def _sequence(self, sequence: Sequence[object], depth: int) -> Tree:
        items = [  # a call for each number would take most of the time
            item if type(item) in LEAVES else self.write(item, depth - 1)
            for item in cast("Iterable[Tree]", sequence)
        ]
        return ["t" if isinstance(sequence, tuple) else "l", items]

    def _later(self, tag: str, data: bytes) -> Tree:
        self.bulk.append(data)
        return [tag, len(data)]

    def _mapping(self, mapping: Mapping[object, object], depth: int) -> Tree:
        if not all(map(_may_be_key, mapping)):
            return ["?", "dict whose keys are no numbers or strings"]
        items = mapping.items()
        return ["d", [[self.write(k, 0), self.write(v, depth - 1)] for k, v in items]]

    def _array(self, array: Array, scalar: bool) -> Tree:
        if array.dtype.kind in "US" and array.ndim == 0:
            return self.write(str(array), 0)
        if array.dtype.kind not in ARRAY_KINDS or array.dtype.itemsize > 16:
            return ["?", f"array of {array.dtype}"[:80]]
        kind = array.dtype.newbyteorder("<").str
        fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        order = "F" if fortran else "C"
        self.bulk.append(array.astype(kind, copy=False).tobytes(order))
        return ["s", kind] if scalar else ["a", kind, list(array.shape), order]


def _may_be_key(key: object) -> bool:
    if isinstance(key, np.generic):
        return isinstance(key, np.str_)
    # Longer integers could be chosen so that all have one hash, and a dict never ends.
    if isinstance(key, int):
        return -(2**63) <= key < 2**64
    return isinstance(key, float | str)


def _integer(number: int) -> Tree:
    if -(2**63) <= number < 2**64:
        return number
    if number.bit_length() <= 4 * MAX_INTEGER_DIGITS:
        return ["i", hex(number)]
    return ["?", "int of more digits than may cross"]


class _Reader:
    """Rebuilds values, counts what it builds, and takes the bulk in order."""

    def __init__(self, bulk: memoryview) -> None:
        self.nodes = 0
        self.bulk = bulk

    def read(self, tree: Tree, depth: int) -> object:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth < 0:
            raise WireError("too much")
        if type(tree) in SCALARS:
            return tree
        if type(tree) is list and len(tree) == 2 and type(tree[1]) is list:
            if tree[0] == "l":  # most is numbers in sequences, and to match them takes longer
                return self.items(tree[1], depth - 1)
            if tree[0] == "t":
                return tuple(self.items(tree[1], depth - 1))
        match tree:
            case ["d", [*pairs]]:
                read = dict([self.pair(pair, depth - 1) for pair in pairs])
                if len(read) < len(pairs):
                    raise WireError("a dict with a key twice")
                return read
            case ["u", int(size)]:
                return str(self.take(size), "utf-8")
            case ["b", int(size)]:
                return bytes(self.take(size))
            case ["i", str(digits)] if len(digits) <= MAX_INTEGER_DIGITS + 3:
                return int(digits, 16)
            case ["c", float(real), float(imaginary)]:
                return complex(real, imaginary)
            case ["s", str(kind)]:
                return self.array(kind, (), "C")[()]
            case ["a", str(kind), [*shape], "C" | "F" as order]:
                return self.array(kind, shape, order)
            case ["?", str(name)]:
                return Foreign(name[:80])
            case _:
                raise WireError("an unknown tag")

    def items(self, items: list[Tree], depth: int) -> list[object]:
        self.nodes += len(items)
        if self.nodes > MAX_NODES or depth < 0:
            raise WireError("too much")
        return [item if type(item) in SCALARS else self.read(item, depth) for item in items]

    def pair(self, pair: Tree, depth: int) -> tuple[object, object]:
        match pair:
            case [bool() | int() | float() | str() as key, value]:
                return key, self.read(value, depth)
            case ["u", int()] as key, value:
                return self.read(key, depth), self.read(value, depth)
            case _:
                raise WireError("a key that is no plain value")

    def take(self, size: int) -> memoryview:
        """Return the next bytes of the bulk."""
        if not 0 <= size <= len(self.bulk):
            raise WireError("more bytes named than sent")
        taken, self.bulk = self.bulk[:size], self.bulk[size:]
        return taken

    def array(self, kind: str, shape: Sequence[object], order: str) -> Array:
        if not DTYPE.fullmatch(kind):  # NumPy would parse whole programs of dtypes
            raise WireError("an array of unknown kind")
        dtype = np.dtype(kind)
        sizes = [n for n in shape if type(n) is int and 0 <= n < 2**31]
        if len(sizes) != len(shape) or len(shape) > 32:
            raise WireError("an array of unknown shape")
        flat = np.frombuffer(self.take(math.prod(sizes) * dtype.itemsize), dtype).copy()
        return flat.reshape(sizes, order="F" if order == "F" else "C")
