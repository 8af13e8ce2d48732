"""Models on disk: named arrays in an `.npz` file, with a version; never pickle."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from reference.arrays import Array

VERSION = 1
_VERSION_KEY, _NAMES_KEY = "format version", "parameter names"
_PREFIX = "parameter "  # so that no parameter's name is taken for an argument of savez


def save(path: str | os.PathLike[str], state: Mapping[str, Array]) -> None:
    """Write a model's `state_dict()`; the file appears whole or not at all."""
    partial = Path(f"{os.fspath(path)}.partial")
    arrays = {_PREFIX + name: array for name, array in state.items()}
    arrays[_VERSION_KEY], arrays[_NAMES_KEY] = np.array(VERSION), np.array(list(state), str)
    try:
        with open(partial, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Read what `save` wrote, for a model's `load_state_dict`.

    Raises FileNotFoundError or PermissionError if the file cannot be opened, and ValueError if it
    is damaged, of another version, or no checkpoint at all.
    """
    shown = os.fspath(path)
    with open(path, "rb") as file:
        arrays = _read(file, shown)
    version, names = arrays.pop(_VERSION_KEY, None), arrays.pop(_NAMES_KEY, None)
    if version is None:
        raise ValueError(f"{shown} is no checkpoint: it has no version. Use save().")
    if not np.array_equal(version, VERSION):
        raise ValueError(f"{shown} has version {version}; this can read {VERSION}.")
    state = {name.removeprefix(_PREFIX): array for name, array in arrays.items()}
    if names is None or set(np.ravel(names).tolist()) != state.keys():
        raise ValueError(f"{shown} is damaged: not all of its parameters are there.")
    return state


def _read(file: BinaryIO, shown: str) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(file):  # np.load reads other formats too
            pass
        file.seek(0)
        with np.load(file, allow_pickle=False) as members:
            return {name: np.asarray(members[name]) for name in members.files}
    except Exception as error:  # a damaged archive makes zipfile, zlib and NumPy raise many kinds
        raise ValueError(f"{shown} is damaged or no checkpoint: {error}") from None
