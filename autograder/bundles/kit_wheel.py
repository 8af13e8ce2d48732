"""The wheel of the student kit: the package `course` alone, under a name of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from packaging.requirements import Requirement

from autograder.rooms import PROJECT

NAME = "backprop-course-kit"
PACKAGE = "course"
NEEDS = (
    "numpy",
    "scipy",
    "matplotlib",
    "ipython",
    "ipywidgets",
    "anywidget",
    "jupyterquiz",
    "scikit-learn",
    "pooch",
    "tqdm",
)
LAB = ("jupyterlab", "nbconvert")


class _Project(msgspec.Struct):
    version: str
    dependencies: list[str]
    python: str = msgspec.field(name="requires-python")


class Kit(NamedTuple):
    """What is known of the kit from the project's own `pyproject.toml`."""

    version: str
    python: str
    needs: list[str]
    lab: list[str]


class Wheel(NamedTuple):
    """A wheel: its file's name and content."""

    name: str
    content: bytes


def kit() -> Kit:
    """Read what the kit needs, in the versions that the project asks for."""
    text = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    project = msgspec.convert(tomllib.loads(text)["project"], _Project)
    asked = {Requirement(line).name: line for line in project.dependencies}
    return Kit(project.version, project.python, _lines(asked, NEEDS), _lines(asked, LAB))


def kit_wheel() -> Wheel:
    """Build the wheel, without a network.

    Raises:
        RuntimeError: it cannot be built.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(PROJECT / PACKAGE, folder / PACKAGE, ignore=_foreign)
        shutil.copy(PROJECT / "LICENSE", folder)
        (folder / "pyproject.toml").write_text(_metadata(kit()), encoding="utf-8")
        out = folder / "dist"
        done = subprocess.run(
            [sys.executable, "-m", "flit_core.wheel", temporary, "--outdir", str(out)],
            env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},  # 1980, as zip files begin
            capture_output=True,
            text=True,
        )
        if done.returncode:
            last = "\n".join(done.stderr.strip().splitlines()[-3:])
            raise RuntimeError(f"the wheel of the student kit cannot be built: {last}")
        (wheel,) = out.glob("*.whl")
        return Wheel(wheel.name, wheel.read_bytes())


def _foreign(folder: str, names: list[str]) -> set[str]:
    """Return what is no part of the package: all but modules, and what its widgets load."""
    ours = (".py", *((".js", ".css") if Path(folder).name == "static" else ()))
    return {
        name
        for name in names
        if name.startswith((".", "__pycache__"))
        or not (name.endswith(ours) or Path(folder, name).is_dir())
    }


def _lines(asked: dict[str, str], names: Iterable[str]) -> list[str]:
    return [asked[name] for name in names]


def _metadata(kit: Kit) -> str:
    """Write the wheel's project; JSON's strings and lists are TOML's as well."""
    return f"""
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "{NAME}"
version = "{kit.version}"
description = "Checks, data, pictures and widgets for notebooks on backpropagation"
license = "BSD-3-Clause"
license-files = ["LICENSE"]
requires-python = "{kit.python}"
dependencies = {json.dumps(kit.needs)}

[project.optional-dependencies]
lab = {json.dumps(kit.lab)}

[tool.flit.module]
name = "{PACKAGE}"
"""
