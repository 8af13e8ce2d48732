"""What a submission can see: an allow-list of files, mounted read-only.

The interpreter and its standard library, the shared libraries, a list of distributions with what
they need, the grading edition of `course`, and the inside of the wall. No site-packages as a whole,
no SciPy, no scikit-learn, no `reference`, no `autograder`, no shell and no home.
"""

import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

DISTRIBUTIONS = ("numpy", "matplotlib", "ipython", "ipywidgets", "anywidget", "msgspec")
PACKAGE = Path(__file__).resolve().parent.parent
KIT, EDITION, INSIDE = PACKAGE.parent / "course", PACKAGE / "edition", PACKAGE / "sandbox/inside"
SITE, WALL = "/site", "/wall"
SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
LINKER_CACHE = Path("/etc/ld.so.cache")


def arguments() -> list[str]:
    """Return bwrap's arguments for the whole file system of the wall."""
    binds = [*shared_libraries(), *interpreter(), *distributions(), *course()]
    binds.append((INSIDE, f"{WALL}/inside"))
    words = _folders([target for _, target in binds])
    for place in map(Path, SYSTEM):
        if place.is_symlink():
            words += ["--symlink", str(place.readlink()), str(place)]
    for source, target in binds:
        words += ["--ro-bind", str(source), target]
    for folder in package_folders():
        words += ["--tmpfs", folder]
    return [*words, "--tmpfs", "/tmp", "--dir", "/work"]


def _folders(targets: list[str]) -> list[str]:
    """Make the folders above the targets by hand: bwrap's own are closed to the student's user."""
    folders = {str(folder) for target in targets for folder in Path(target).parents} - {"/"}
    return [word for folder in sorted(folders) for word in ("--perms", "0755", "--dir", folder)]


def interpreter() -> Iterator[tuple[Path, str]]:
    """Yield the interpreter and its standard library, at the places where they are installed."""
    base = Path(sys.base_prefix)
    executable = Path(sys.executable).resolve()
    yield executable, str(executable)
    yield Path(_standard_library()), _standard_library()
    for library in base.glob("lib/libpython*"):
        yield library, str(library)


def _standard_library() -> str:
    return sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix})


def shared_libraries() -> Iterator[tuple[Path, str]]:
    """Yield the folders of shared libraries: this architecture's where the system tells apart."""
    architecture: str = sysconfig.get_config_var("MULTIARCH") or "none"
    for place in map(Path, SYSTEM):
        if place.is_symlink() or not place.exists():
            continue
        own = place / architecture
        chosen = own if own.is_dir() else place
        yield chosen, str(chosen)
    if LINKER_CACHE.exists():
        yield LINKER_CACHE, str(LINKER_CACHE)


def package_folders() -> list[str]:
    """Return the folders of installed packages that the mounts above would show, to be covered."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = [Path(_standard_library()), *(Path(lib) / version for lib in SYSTEM)]
    places += [Path(lib) / "python3" for lib in SYSTEM]
    shown = [Path(target) for _, target in [*shared_libraries(), *interpreter()]]
    found = {
        (place / name).resolve()
        for place in places
        for name in ("site-packages", "dist-packages")
        if (place / name).is_dir()
    }
    return sorted(
        str(folder) for folder in found if any(folder.is_relative_to(each) for each in shown)
    )


def readable() -> tuple[list[str], list[str]]:
    """Return what may be read where nothing can be mounted, and which folders may be listed.

    The same allow-list, but for the kit and the inside, which are copied. Where a folder shows
    installed packages, all around them may be read, and of them no more than the names.
    """
    hidden = [Path(folder) for folder in package_folders()]
    places = [source for source, _ in (*shared_libraries(), *interpreter(), *distributions())]
    read, listed = list[str](), list[str]()
    while places:
        place = places.pop().resolve()
        if place in hidden:
            continue
        if any(folder.is_relative_to(place) for folder in hidden):
            listed.append(str(place))
            places += place.iterdir()
        elif place.exists():
            read.append(str(place))
    return sorted(set(read)), sorted(set(listed))


def distributions() -> Iterator[tuple[Path, str]]:
    """Yield the top-level files and folders of the allowed distributions and their needs."""
    seen: set[str] = set()
    for name in sorted(closure(DISTRIBUTIONS)):
        files = metadata.distribution(name).files or []
        for top in sorted({file.parts[0] for file in files} - {"..", "__pycache__"}):
            source = Path(str(metadata.distribution(name).locate_file(top)))
            if top not in seen and source.exists() and not top.endswith(".pth"):
                seen.add(top)
                yield source, f"{SITE}/{top}"


def closure(names: tuple[str, ...]) -> set[str]:
    """Return the distributions and, without extras, all that they need and is installed."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        for requirement in map(Requirement, needs):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name.lower().replace("_", "-"))
    return found


def course() -> Iterator[tuple[Path, str]]:
    """Yield the student kit with the grading edition's files in the place of their namesakes."""
    for folder, skip in ((KIT, EDITION), (EDITION, None)):
        for file in sorted(folder.rglob("*")):
            relative = file.relative_to(folder)
            replaced = skip is not None and (skip / relative).exists()
            if file.is_file() and "__pycache__" not in relative.parts and not replaced:
                yield file, f"{SITE}/course/{relative}"
