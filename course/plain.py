"""Plain values as JSON: what the visible checks are stored in.

Numbers, strings, booleans and None stand for themselves; everything else is an object with one
tag. A tuple stays a tuple, an int an int, a NumPy scalar a NumPy scalar, and -0.0, infinity and
NaN survive. Memory order is not kept.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"

_NONFINITE = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
_DTYPE_KINDS = "biuf"


def encode(value: object) -> Json:
    """Encode a plain value: None, bool, int, float, str, tuple, list, dict, arrays, NumPy scalars.

    Raises:
        TypeError: the value is none of these, or holds something else.
    """
    if isinstance(value, np.ndarray):
        array = cast("NDArray[np.generic]", value)
        items = cast("list[object]", array.ravel(order="C").tolist())
        data = [encode(item) for item in items]
        return {"array": {"dtype": _dtype(array), "shape": list(array.shape), "data": data}}
    if isinstance(value, np.number | np.bool_):
        scalar = cast("np.generic", value)
        return {"scalar": {"dtype": _dtype(scalar), "value": encode(scalar.item())}}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        tag = "tuple" if isinstance(value, tuple) else "list"
        return {tag: [encode(item) for item in cast("Sequence[object]", value)]}
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value).items()
        return {"dict": [[encode(key), encode(item)] for key, item in entries]}
    raise TypeError(f"{type(value).__name__} is not a plain value")


def decode(json: object) -> object:
    """Return the value that `encode` gave this JSON for, made afresh at every call.

    Raises:
        ValueError: no value is encoded so.
    """
    if json is None or isinstance(json, bool | int | float | str):
        return json
    try:
        ((tag, content),) = cast("dict[str, object]", json).items()
        return _DECODERS[tag](content)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise ValueError(f"no plain value is encoded as {str(json)[:80]}") from None


def _dtype(array: NDArray[np.generic] | np.generic) -> str:
    dtype = array.dtype
    if dtype.kind not in _DTYPE_KINDS or dtype.itemsize > 8:
        raise TypeError(f"an array of dtype {dtype} is not a plain value")
    return dtype.str


def _decode_items(content: object) -> list[object]:
    if not isinstance(content, list):
        raise TypeError("a list of items was expected")
    return [decode(item) for item in cast("list[object]", content)]


def _decode_dict(content: object) -> dict[object, object]:
    pairs = cast("list[tuple[object, object]]", content)
    return {decode(key): decode(item) for key, item in pairs}


def _decode_array(content: object) -> NDArray[np.generic]:
    parts = cast("dict[str, object]", content)
    dtype = _decode_dtype(parts["dtype"])
    shape = cast("list[int]", parts["shape"])
    return np.array(_decode_items(parts["data"]), dtype=dtype).reshape(shape)


def _decode_scalar(content: object) -> np.generic:
    parts = cast("dict[str, object]", content)
    array = np.array(decode(parts["value"]), dtype=_decode_dtype(parts["dtype"]))
    return cast("np.generic", array[()])


def _decode_dtype(name: object) -> np.dtype[np.generic]:
    dtype = np.dtype(str(name))
    if dtype.kind not in _DTYPE_KINDS:
        raise ValueError(f"{dtype} is not a dtype of plain arrays")
    return dtype


_DECODERS: dict[str, Callable[[object], object]] = {
    "float": lambda content: _NONFINITE[cast("str", content)],
    "list": _decode_items,
    "tuple": lambda content: tuple(_decode_items(content)),
    "dict": _decode_dict,
    "array": _decode_array,
    "scalar": _decode_scalar,
}
