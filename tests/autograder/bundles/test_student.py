"""The student kit: what is in it, what is not, and that it works where nothing of ours is."""

import ast
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.assignment import read_assignment
from autograder.bundles.archive import Bundle, write
from autograder.bundles.kit_wheel import kit_wheel
from autograder.bundles.order import TooEarly, deadlines_before, gives_away, read_all
from autograder.bundles.student import student_bundle
from autograder.manifest import manifest
from autograder.raw_notebook import read_notebook
from autograder.repair import mend
from autograder.rooms import PROJECT, Rooms
from tests.autograder.bundles.conftest import BORROWED, Unpacked
from tests.autograder.conftest import Classroom
from tests.autograder.test_leaks import leaks, solution_statements, squeezed, telling

pytestmark = pytest.mark.thorough

NAME = "a1_graphs"
FIRST_CELLS = """
import json, os, sys
import course
cells = json.load(open("a1_graphs.ipynb", encoding="utf-8"))["cells"]
code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
names = {}
for source in code[:3]:
    exec(source, names)
print(course.__file__, len(code))
"""


@pytest.fixture(scope="module")
def kit(unpacked: Unpacked) -> Path:
    return unpacked("student", NAME) / "course-kit"


@pytest.fixture(scope="module")
def whole(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit with its wheel unpacked beside it: all that a student can read."""
    folder = tmp_path_factory.mktemp("whole")
    for wheel in kit.glob("wheels/*.whl"):
        zipfile.ZipFile(wheel).extractall(folder / "wheel")
    (folder / "kit").symlink_to(kit)
    return folder


def test_it_holds_what_the_readme_names_and_no_more(kit: Path):
    files = {path.relative_to(kit).as_posix() for path in kit.rglob("*") if path.is_file()}
    wheels = {name for name in files if name.startswith("wheels/")}
    assert files - wheels == {
        *("README.md", "start.py", "pyproject.toml", "requirements.txt", "constraints.txt"),
        *("binder/requirements.txt", "binder/runtime.txt", "binder/start"),
        *(f"{NAME}/{file}" for file in (f"{NAME}.ipynb", "checks.json", "quiz.json")),
    }
    assert len(wheels) == 1
    readme = (kit / "README.md").read_text()
    assert f"`{NAME}/{NAME}.ipynb`" in readme
    assert "$" not in readme
    assert (kit / "binder/start").stat().st_mode & 0o111


def test_nothing_of_the_answers_is_in_it(whole: Path):
    statements: dict[str, str] = {}
    for name in Rooms().known():
        statements |= solution_statements(name, Rooms())
    assert len(statements) > 200
    assert leaks(statements, [whole / "wheel", *(whole / "kit").iterdir()]) == []


def test_the_wheel_takes_modules_and_what_widgets_load_and_nothing_else(tmp_path, monkeypatch):
    for name in ("course", "LICENSE", "pyproject.toml"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "course").unlink()
    shutil.copytree(PROJECT / "course", tmp_path / "course")
    odd = ("notes.txt", ".secret", ".ipynb_checkpoints/gates-checkpoint.py", "widgets/x.ipynb")
    for name in odd:
        (tmp_path / "course" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "course" / name).write_text("answer = 1\n")
    clean = zipfile.ZipFile(io.BytesIO(kit_wheel().content)).namelist()
    monkeypatch.setattr("autograder.bundles.kit_wheel.PROJECT", tmp_path)
    assert zipfile.ZipFile(io.BytesIO(kit_wheel().content)).namelist() == clean
    assert {Path(name).suffix for name in clean if name.startswith("course/")} == {
        *(".py", ".js", ".css")
    }


def test_nothing_of_the_hidden_tests_is_in_it(whole: Path):
    """Programs of visible checks are meant to be seen; all else in a suite is not."""
    hidden: dict[str, str] = {}
    for suite in sorted((PROJECT / "autograder/suites").rglob("test_*.py")):
        for node in ast.parse(suite.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for part in ast.walk(node):
                    if isinstance(part, ast.stmt) and telling(part):
                        hidden[squeezed(ast.unparse(part))] = suite.stem
    assert len(hidden) > 500
    assert leaks(hidden, [whole / "wheel", *(whole / "kit").iterdir()]) == []


def test_the_wheel_is_course_alone(whole: Path):
    tops = {path.name for path in (whole / "wheel").iterdir()}
    assert tops == {"course", "backprop_course_kit-0.1.0.dist-info"}
    ours = {path.relative_to(PROJECT) for path in (PROJECT / "course").rglob("*")}
    ours = {path for path in ours if (PROJECT / path).is_file() and "__pycache__" not in path.parts}
    theirs = {path.relative_to(whole / "wheel") for path in (whole / "wheel/course").rglob("*")}
    assert {path for path in theirs if (whole / "wheel" / path).is_file()} == ours


def test_installed_alone_its_first_cells_run(kit: Path, tmp_path: Path):
    """With the libraries that it needs, but neither the project nor its course in sight."""
    (wheel,) = kit.glob("wheels/*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(tmp_path), str(wheel)], check=True)
    path = f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; sys.path.append({BORROWED!r})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", path + FIRST_CELLS],
        cwd=kit / NAME,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "course"))


def test_the_cell_for_colab_costs_nothing_elsewhere(kit: Path):
    data = (kit / NAME / f"{NAME}.ipynb").read_bytes()
    first = read_notebook(data).cells[0]
    assert "google.colab" in "".join(first.source)
    assert mend(data, manifest(read_assignment(NAME))).repairs == []


def test_in_colab_the_first_cell_unpacks_and_installs(
    unpacked: Unpacked, kit: Path, tmp_path: Path
):
    (file,) = (kit.parent.parent / "zips").glob(f"student-{NAME}.zip")
    colab = tmp_path / "fake" / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").write_text("")
    (colab / "files.py").write_text(
        f"import shutil\ndef upload():\n    shutil.copy({str(file)!r}, '.')\n"
        f"    return {{{file.name!r}: b''}}\n"
    )
    content = tmp_path / "content"
    content.mkdir()
    cells = json.loads((kit / NAME / f"{NAME}.ipynb").read_bytes())["cells"]
    said = "import google.colab, os\nexec(SOURCE)\nexec(SOURCE)\n"  # as by Run All, later
    said += "print(os.getcwd(), os.environ['COURSE_DATA'])"
    done = subprocess.run(
        [sys.executable, "-c", said.replace("SOURCE", repr("".join(cells[0]["source"])))],
        cwd=content,
        env={
            "PYTHONPATH": str(tmp_path / "fake"),
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_TARGET": str(tmp_path / "installed"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    where = content / "course-kit"
    assert done.stdout.split() == [str(where / NAME), str(where / "data")]
    assert (tmp_path / "installed" / "course" / "checking.py").exists()


def test_answers_are_not_handed_out_with_what_asks_for_them():
    both = read_all(["a4_training", "a3_mlp"])
    assert [assignment.id for assignment in both] == ["a3_mlp", "a4_training"]
    with pytest.raises(TooEarly, match=r"a4_training hands out answers of a3_mlp \(.*deadline"):
        student_bundle(both, after_deadline=False)
    assert deadlines_before(both[1:]) == (
        "a4_training hands out answers of a1_graphs and a3_mlp: hand it out after these deadlines",
    )


def test_who_gives_away_what_is_what_stands_in_given():
    found = {name: gives_away(read_assignment(name)) for name in Rooms().known()}
    assert {name for name, given in found.items() if given} == {
        name for name in Rooms().known() if read_assignment(name).given
    }
    for name, given in found.items():
        assert all(earlier < name for earlier in given)


def test_solutions_have_the_answers_and_no_marks_of_the_build(unpacked: Unpacked):
    folder = unpacked("solutions", NAME) / "course-solutions"
    text = (folder / NAME / f"{NAME}.ipynb").read_text()
    assert "BEGIN SOLUTION" not in text
    assert "# YOUR CODE HERE\\n" not in text
    statements = solution_statements(NAME, Rooms())
    assert len(leaks(statements, [folder / NAME])) >= len(statements)
    assert (folder / "start.py").exists()


def test_a_bundle_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bundle = Bundle("x", {"b": b"2", "a": b"1"}, frozenset({"a"}), beside={"w.whl": b"3"})
    out = tmp_path / "made" / "for it"
    assert write(bundle, out) == [out / "x.zip", out / "w.whl"]
    with zipfile.ZipFile(out / "x.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert modes == {"a": 0o100755, "b": 0o100644}
        assert archive.read("b") == b"2"
    before = (out / "x.zip").read_bytes()
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError, match=r"^$"):
        write(bundle, out)
    assert {file.name for file in out.iterdir()} == {"x.zip", "w.whl"}
    assert (out / "x.zip").read_bytes() == before
    with pytest.raises(NotADirectoryError, match="give a folder"):
        write(bundle, out / "x.zip")


def test_the_command_says_where_and_what_to_mind(classroom: Classroom, tmp_path: Path):
    done = classroom.run("autograder", "bundle", "student", NAME, "--out", str(tmp_path))
    assert done.stdout.split() == [
        str(tmp_path / f"student-{NAME}.zip"),
        str(tmp_path / "backprop_course_kit-0.1.0-py3-none-any.whl"),
    ]
    words = ("autograder", "bundle", "student", "a3_mlp", "a4_training")
    assert "--after-deadline" in classroom.run(*words, ends=2).stderr
    assert "no assignment 'a9'" in classroom.run("autograder", "solutions", "a9", ends=2).stderr


def test_the_guide_gives_the_order_of_release():
    guide = (PROJECT / "docs/instructors/handing_out.md").read_text()
    for name in Rooms().known():
        if earlier := sorted(gives_away(read_assignment(name))):
            assert f"| `{name}` | {' and '.join(f'`{each}`' for each in earlier)} |" in guide
        else:
            (row,) = (line for line in guide.splitlines() if line.endswith("| – |"))
            assert f"`{name}`" in row
