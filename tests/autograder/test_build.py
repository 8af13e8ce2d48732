import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import typer
from nbgrader.nbgraderformat import MetadataValidator

from autograder import build as build_module
from autograder.assignment import read_assignment
from autograder.build import build, build_command
from autograder.commands import command_env
from autograder.ending import guarded
from autograder.flaws import DirectiveError
from autograder.manifest import manifest
from autograder.record import HandEditError
from autograder.rooms import PROJECT


@pytest.fixture
def room(tmp_path: Path) -> Path:
    return tmp_path / "classroom"


def built_notebook(tiny, room: Path):
    (built,) = build(["tiny"], room, tiny.rooms)
    return nbformat.read(built.folder / "tiny.ipynb", as_version=4)


def test_the_source_notebook_is_one_nbgrader_accepts(tiny, room):
    notebook = built_notebook(tiny, room)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    graded = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [(cell.grade_id, cell.get("points")) for cell in graded] == [
        ("pair", None),
        ("test_pair", 40),
        ("norm", None),
        ("test_norm", 20),
        ("directions", None),
        ("test_directions", 30),
        ("quiz", None),
        ("test_quiz", 10),
        ("essay", 5),
    ]
    assert [cell.grade_id for cell in graded if cell.locked] == [
        *("test_pair", "test_norm", "test_directions", "test_quiz")
    ]


def test_a_visible_check_names_what_its_programs_use(tiny, room):
    sources = {cell.id: cell.source for cell in built_notebook(tiny, room).cells}
    assert sources["test_norm"] == 'check("norm", Pair)'
    assert sources["test_directions"] == 'check("directions", Pair, distance, unit)'
    assert sources["test_quiz"] == 'check("quiz", letter)'


def test_cell_ids_do_not_depend_on_positions(tiny, room):
    before = {cell.source: cell.id for cell in built_notebook(tiny, room).cells}
    tiny.edit(tiny.text, "# %%\nimport math", "# %% [markdown]\n# New.\n\n# %%\nimport math")
    after = {cell.source: cell.id for cell in built_notebook(tiny, room).cells}
    assert {source: after[source] for source in before} == before
    assert len(set(after.values())) == len(after)


def test_equal_cells_have_different_ids(tiny, room):
    tiny.edit(tiny.text, "# %%\nimport math", "# %%\n1 + 1\n\n# %%\n1 + 1\n\n# %%\nimport math")
    ids = [cell.id for cell in built_notebook(tiny, room).cells]
    assert len(set(ids)) == len(ids)


def test_two_builds_are_byte_identical(tiny, tmp_path):
    def files(folder: Path) -> dict[str, bytes]:
        build(["tiny"], folder, tiny.rooms)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    first, second = files(tmp_path / "one"), files(tmp_path / "two")
    assert first == second
    assert set(first) == {
        "built/tiny.json",
        "source/tiny/checks.json",
        "source/tiny/quiz.json",
        "source/tiny/tiny.ipynb",
    }


def test_an_edit_by_hand_is_never_overwritten(tiny, room):
    (built,) = build(["tiny"], room, tiny.rooms)
    notebook = built.folder / "tiny.ipynb"
    notebook.write_text(notebook.read_text().replace("A pair is", "A pair was"))
    edited = notebook.read_bytes()
    tiny.edit(tiny.text, "Which letter?", "Which letter is it?")
    with pytest.raises(HandEditError, match=r"tiny\.ipynb was edited by hand, .*delete this file"):
        build(["tiny"], room, tiny.rooms)
    assert notebook.read_bytes() == edited
    notebook.unlink()
    build(["tiny"], room, tiny.rooms)
    assert "Which letter is it?" in notebook.read_text()


def test_a_disk_that_fills_up_leaves_nothing_half_written(tiny, room, monkeypatch):
    (built,) = build(["tiny"], room, tiny.rooms)
    before = (built.folder / "tiny.ipynb").read_bytes()
    tiny.edit(tiny.text, "Which letter?", "Which letter is it?")
    with monkeypatch.context() as patch:

        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"No space left on device.*json"):
            build(["tiny"], room, tiny.rooms)
    assert (built.folder / "tiny.ipynb").read_bytes() == before
    assert [path.name for path in (room / "built").iterdir()] == ["tiny.json"]
    build(["tiny"], room, tiny.rooms)
    assert (built.folder / "tiny.ipynb").read_bytes() != before


def test_what_editors_keep_is_not_handed_out_and_another_notebook_is_refused(tiny, room):
    beside = tiny.text.parent
    (beside / "notes.txt").write_text("for students")
    (beside / "notes.txt~").write_text("an older one")
    (built,) = build(["tiny"], room, tiny.rooms)
    assert (built.folder / "notes.txt").exists()
    assert not (built.folder / "notes.txt~").exists()
    (beside / "extra.ipynb").write_text("{}")
    with pytest.raises(DirectiveError, match=r"extra\.ipynb lies beside this text"):
        build(["tiny"], room, tiny.rooms)


def test_a_notebook_that_was_only_run_and_saved_is_built_again(tiny, room):
    (built,) = build(["tiny"], room, tiny.rooms)
    path = built.folder / "tiny.ipynb"
    fresh = path.read_bytes()
    notebook = json.loads(fresh)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hello"}]
    path.write_text(json.dumps(notebook))
    build(["tiny"], room, tiny.rooms)
    assert path.read_bytes() == fresh


def test_a_rebuild_takes_away_what_is_no_longer_built_and_nothing_else(tiny, room):
    (built,) = build(["tiny"], room, tiny.rooms)
    (built.folder / "notes.txt").write_text("mine")
    (tiny.text.parent / "quiz.json").unlink()
    build(["tiny"], room, tiny.rooms)
    assert {path.name for path in built.folder.iterdir()} == {
        *("checks.json", "notes.txt", "tiny.ipynb")
    }


def test_nothing_is_written_when_one_assignment_fails(tiny, room):
    with pytest.raises(DirectiveError):
        build(["tiny", "absent"], room, tiny.rooms)
    assert not room.exists()


WRONG_TEXT = {
    "module": ("tiny:Pair.norm", "small:Pair.norm", "Pair.norm", "no module 'reference.small'"),
    "name": ("tiny:unit", "tiny:units", "tiny:units", "does not define 'units'"),
    "given": ('given=["__init__"]', 'given=["__len__"]', "__len__", "given names __len__"),
    "suite": ('exercise="norm"', 'exercise="length"', "length", "there is no suite"),
    "choices left out": (' choices="ABC"', "", ":letter", "this one has another form"),
    "answer not a choice": ('choices="ABC"', 'choices="CD"', "CD", "one letter of choices"),
    "choices for code": ("points=20", 'points=20 choices="AB"', "AB", "not a literal"),
    "literal in company": (
        '"reference.tiny:letter"',
        '["reference.tiny:letter", "reference.tiny:Pair.__init__"]',
        ":letter",
        "must be the only answer",
    ),
    "library": ("import math\n", "", "Pair.norm", "name `math`, which the notebook does not have"),
    "builds on a class": (
        "points=20",
        'points=20 builds_on=["pair"]',
        "points=20",
        "no function of data that could be served in its place; say needs instead of builds_on",
    ),
    "check": ("from course import check", "", 'exercise="pair"', "visible check of 'pair'"),
    "code": (
        "import math",
        "import math\nmaths",
        "# %%\nimport",
        "this cell: uses the name `maths`",
    ),
    "syntax": ("import math", "import math\nx =", "# %%\nimport", "is not Python"),
}


@pytest.mark.parametrize(
    ("old", "new", "where", "sentence"), WRONG_TEXT.values(), ids=WRONG_TEXT.keys()
)
def test_a_text_that_does_not_fit_is_told_with_file_and_line(tiny, room, old, new, where, sentence):
    tiny.edit(tiny.text, old, new)
    text = tiny.text.read_text()
    line = text[: text.index(where)].count("\n") + 1
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], room, tiny.rooms)
    assert sentence in str(told.value)
    assert str(told.value).startswith(f"source_notebooks/tiny/tiny.py:{line}: ")


def test_an_answer_may_not_use_what_only_the_reference_has(tiny, room, line_of):
    tiny.edit(tiny.reference, "return p.scale(1 / p.norm)", "return helper(p)")
    tiny.edit(tiny.reference, 'letter = "B"', 'def helper(p): ...\n\n\nletter = "B"')
    with pytest.raises(DirectiveError, match="answer of 'directions': uses the name `helper`") as e:
        build(["tiny"], room, tiny.rooms)
    assert "reference.tiny:helper is a helper: add it to the exercise's answers, give" in str(
        e.value
    )
    assert f"tiny.py:{line_of('directions')}: " in str(e.value)


def test_an_answer_may_not_use_what_comes_below_its_check(tiny, room):
    tiny.edit(tiny.reference, "squares = self", "x = unit\n        squares = self")
    with pytest.raises(DirectiveError, match="answer of 'norm': uses the name `unit`"):
        build(["tiny"], room, tiny.rooms)


def test_a_helper_among_the_answers_is_the_students(tiny, room):
    tiny.edit(tiny.reference, "return p.scale(1 / p.norm)", "return _shrunk(p)")
    helper = "def _shrunk(p):\n    return p.scale(1 / p.norm)"
    tiny.edit(tiny.reference, 'letter = "B"', f'{helper}\n\n\nletter = "B"')
    tiny.edit(
        tiny.text, '"reference.tiny:unit"]', '"reference.tiny:_shrunk", "reference.tiny:unit"]'
    )
    (directions,) = [c for c in built_notebook(tiny, room).cells if c.id == "directions"]
    assert "def _shrunk(p):" in directions.source


def test_every_exercise_at_fault_is_told(tiny, room):
    tiny.rooms.suite("tiny", "norm").unlink()
    tiny.rooms.suite("tiny", "quiz").unlink()
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], room, tiny.rooms)
    norm, quiz = str(told.value).split("\n")
    assert "exercise 'norm': there is no suite" in norm
    assert "exercise 'quiz': there is no suite" in quiz


WRONG_SUITE = {
    "no public program": ("@public(3.0, 4.0)\n@public(0.0, 0.0)\n", "", "no public program"),
    "cannot be imported": ("import Pair", "import Triple", "cannot be imported (ImportError"),
    "uses its own module": ("return Pair(a, b)", "return public(a, b)", "the program length uses"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG_SUITE.values(), ids=WRONG_SUITE.keys())
def test_a_suite_that_does_not_fit_is_told_at_its_exercise(tiny, room, line_of, old, new, sentence):
    tiny.edit(tiny.rooms.suite("tiny", "norm"), old, new)
    with pytest.raises(DirectiveError) as told:
        build(["tiny"], room, tiny.rooms)
    assert f"tiny.py:{line_of('Pair.norm')}: exercise 'norm': " in str(told.value)
    assert sentence in str(told.value)


def test_the_command_says_what_it_built(tiny, room, monkeypatch, capsys):
    monkeypatch.setattr(build_module, "Rooms", lambda: tiny.rooms)
    monkeypatch.setenv("COURSE_ROOT", str(room))
    build_command([])
    assert "built tiny: 4 exercises" in capsys.readouterr().out
    assert (room / "source" / "tiny" / "tiny.ipynb").exists()


def test_the_command_tells_an_error_in_one_sentence(tiny, room, monkeypatch, capsys):
    monkeypatch.setattr(build_module, "Rooms", lambda: tiny.rooms)
    monkeypatch.setenv("COURSE_ROOT", str(room))
    with pytest.raises(typer.Exit):
        guarded(lambda: build_command(["absent"]))
    told = capsys.readouterr()
    assert "there is no assignment 'absent'" in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


@pytest.mark.parametrize("spoil", ["checker", "folder"])
def test_the_command_tells_what_the_machine_lacks(tiny, room, monkeypatch, capsys, spoil):
    monkeypatch.setattr(build_module, "Rooms", lambda: tiny.rooms)
    monkeypatch.setenv("COURSE_ROOT", str(room))
    if spoil == "checker":
        monkeypatch.setattr(sys, "executable", "/bin/false")
    else:
        room.mkdir()
        (room / "source").write_text("a file, where a folder should be")
    with pytest.raises(typer.Exit):
        guarded(lambda: build_command(["tiny"]))
    assert {"checker": "ruff", "folder": "source"}[spoil] in capsys.readouterr().err


def test_nbgrader_makes_the_release_that_the_manifest_promises(
    tiny, room, no_environment_activated
):
    build(["tiny"], room, tiny.rooms)
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "tiny"],
        cwd=PROJECT,
        env={**command_env(), "COURSE_ROOT": str(room)},
        check=True,
        capture_output=True,
    )
    release = nbformat.read(room / "release" / "tiny" / "tiny.ipynb", as_version=4)
    known = [cell for cell in release.cells if "nbgrader" in cell.metadata]
    promised = manifest(read_assignment("tiny", tiny.rooms))
    assert [cell.order for cell in promised] == list(range(len(known)))
    for cell, entry in zip(known, promised, strict=True):
        assert cell.source == entry.source
        assert cell.cell_type == entry.cell_type
        assert dict(cell.metadata.nbgrader) == entry.nbgrader
        assert entry.grade_id == cell.metadata.nbgrader.grade_id
        assert entry.points == cell.metadata.nbgrader.get("points", 0)
    assert [entry.kind for entry in promised] == [*["solution", "test"] * 4, "essay"]
    shipped = {path.name for path in (room / "release" / "tiny").iterdir()}
    assert shipped == {"checks.json", "quiz.json", "tiny.ipynb"}
    assert json.loads((room / "release" / "tiny" / "checks.json").read_text())["schema"] == 1


def test_commands_find_the_scripts_beside_the_interpreter(no_environment_activated):
    first, *rest = command_env()["PATH"].split(os.pathsep)
    assert Path(first) == Path(sys.executable).parent
    assert os.pathsep.join(rest) == os.environ["PATH"]


@pytest.fixture
def no_environment_activated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(["/usr/bin", "/bin"]))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
