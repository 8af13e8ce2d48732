"""What is saved comes back, bit for bit; what is damaged is told so."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from reference import nn
from reference.checkpoint import load, save
from reference.models import LENET5, network


def test_a_model_comes_back(tmp_path: Path) -> None:
    first, second = network(LENET5, (1, 28, 28)), network(LENET5, (1, 28, 28))
    path = tmp_path / "lenet.npz"
    save(path, first.state_dict())
    second.load_state_dict(load(path))
    x = np.random.default_rng(0).normal(size=(2, 1, 28, 28)).astype(np.float32)
    np.testing.assert_array_equal(first(x).data, second(x).data)
    assert [file.name for file in tmp_path.iterdir()] == ["lenet.npz"]


def test_dtypes_and_odd_names_survive(tmp_path: Path) -> None:
    state = {"a.b": np.ones(2, np.float32), "file": np.zeros((0, 3)), "version": np.array(2.5)}
    save(tmp_path / "x.npz", state)
    back = load(tmp_path / "x.npz")
    assert back.keys() == state.keys()
    for name, array in state.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


@pytest.mark.parametrize("cut", [0, 1, 50, -1])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "lenet.npz"
    save(path, nn.Linear(3, 2).state_dict())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"lenet.npz is damaged or no checkpoint"):
        load(path)


def test_flipped_bytes_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save(path, {"w": np.arange(100.0)})
    content = bytearray(path.read_bytes())
    at = content.index(np.arange(100.0).tobytes()[8:40])
    content[at] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load(path)


def test_pickles_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, w=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="damaged or no checkpoint"):
        load(path)


def test_other_versions_and_other_files(tmp_path: Path) -> None:
    np.savez(tmp_path / "bare.npz", w=np.ones(2))
    with pytest.raises(ValueError, match="has no version"):
        load(tmp_path / "bare.npz")
    np.savez(tmp_path / "new.npz", **{"format version": np.array(2)})
    with pytest.raises(ValueError, match="version 2; this can read 1"):
        load(tmp_path / "new.npz")
    np.save(tmp_path / "array.npy", np.ones(2))
    with pytest.raises(ValueError, match=r"array.npy is damaged or no checkpoint: .* zip file"):
        load(tmp_path / "array.npy")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.npz")


def test_whatever_byte_is_damaged_it_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    state = {"a": np.arange(3.0), "b": np.ones(2)}
    save(path, state)
    whole = path.read_bytes()
    refused = 0
    for at, bit in itertools.product(range(len(whole)), (1, 8, 128)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        try:
            back = load(path)
        except ValueError:
            refused += 1
        else:  # a time, or some such: what counts came back
            assert back.keys() == state.keys()
            assert all(np.array_equal(back[name], state[name]) for name in state)
    assert refused > len(whole)


def test_lost_arrays_are_noticed(tmp_path: Path) -> None:
    save(tmp_path / "x.npz", {"a": np.ones(2), "b": np.ones(2)})
    with np.load(tmp_path / "x.npz") as file:
        members = {name: file[name] for name in file.files}
    for lost in ("parameter b", "parameter names"):
        kept = {name: array for name, array in members.items() if name != lost}
        np.savez(tmp_path / "less.npz", **kept)
        with pytest.raises(ValueError, match="damaged: not all of its parameters are there"):
            load(tmp_path / "less.npz")


def test_a_missing_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied", path)

    save(tmp_path / "x.npz", {"w": np.ones(2)})
    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError, match=r"Permission denied.*x.npz"):
        load(tmp_path / "x.npz")


def test_a_failed_save_leaves_nothing_and_spoils_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save(path, {"w": np.ones(2)})
    with pytest.raises(ValueError, match="Object arrays"):
        save(path, {"w": np.array([print], dtype=object)})
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]
    np.testing.assert_array_equal(load(path)["w"], np.ones(2))
