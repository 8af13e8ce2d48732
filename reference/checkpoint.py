"""Models on disk: named arrays in an `.npz` file, with a version; never pickle."""

import os
import zipfile
from collections.abc import Mapping

import numpy as np

from reference.arrays import Array

VERSION = 1
_VERSION_KEY = "format version"
_PREFIX = "parameter "  # so that no parameter's name is taken for an argument of savez


def save(path: str | os.PathLike[str], state: Mapping[str, Array]) -> None:
    """Write a model's `state_dict()`; the file appears whole or not at all."""
    partial = f"{os.fspath(path)}.partial"
    with open(partial, "wb") as file:
        arrays = {_PREFIX + name: array for name, array in state.items()}
        np.savez(file, allow_pickle=False, **{_VERSION_KEY: np.array(VERSION)}, **arrays)
    os.replace(partial, path)


def load(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Read what `save` wrote, for a model's `load_state_dict`.

    Raises FileNotFoundError, or ValueError if the file is damaged, of another version, or no
    checkpoint at all.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, TypeError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{os.fspath(path)} is damaged or no checkpoint: {error}") from None
    version = arrays.pop(_VERSION_KEY, None)
    if version is None:
        raise ValueError(f"{os.fspath(path)} is no checkpoint: it has no version. Use save().")
    if version != VERSION:
        raise ValueError(f"{os.fspath(path)} has version {version}; this can read {VERSION}.")
    return {name.removeprefix(_PREFIX): array for name, array in arrays.items()}
