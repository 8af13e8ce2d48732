"""The autograder for Gradescope, laid out and run as in its container.

Its folders lie under a temporary root. The scripts run as they are, in surroundings without
namespaces (`container`), from a package index that is not there: what is installed here is lent.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.commands import command_env
from autograder.demo.samples import Notebook, Samples
from tests.autograder.bundles.conftest import BORROWED, OFFLINE, Unpacked
from tests.autograder.sandbox import container
from tests.autograder.test_cli import with_cells

pytestmark = pytest.mark.thorough

NAME = "a1_graphs"
PYTHON = f"""#!/bin/sh
# The interpreter that runs the tests; an environment that it makes borrows their packages.
set -e
'{sys.executable}' "$@"
if [ "$1 $2" = "-m venv" ]; then
  for target; do :; done
  for site in "$target"/lib/python*/site-packages; do
    rm -rf "$site"/setuptools*  # the interpreter's own may be too old for the project
    echo '{BORROWED}' > "$site/borrowed.pth"
  done
fi
"""
SECRETS = (
    f"source/autograder/suites/{NAME}/test_gates.py",
    f"source/source_notebooks/{NAME}/{NAME}.py",
    "source/reference/scalar.py",
    "source/classroom/course_key",
    "submission_metadata.json",
    f"submission/{NAME}.ipynb",
)
METADATA = {"id": 7, "users": [{"email": "ada@example.org", "id": 1, "name": "Ada"}]}


class Gradescope:
    """Its folders, and what its harness does with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.results = root / "results" / "results.json"

    def run(self, script: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a script of ours as root of a stock container."""
        here = Path(container.__file__)
        done = subprocess.run(
            [sys.executable, str(here), str(self.root / script)],
            cwd=self.root,
            env={
                **command_env(),
                **OFFLINE,
                "AUTOGRADER_ROOT": str(self.root),
                "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == ends, done.stdout + done.stderr
        return done

    def grade(self, **files: bytes | Notebook) -> dict[str, object]:
        """Grade these files of a submission and return what is uploaded."""
        shutil.rmtree(self.root / "submission", ignore_errors=True)
        (self.root / "submission").mkdir()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (self.root / "submission" / f"{name}.ipynb").write_bytes(data)
        self.results.unlink(missing_ok=True)
        self.run("run_autograder")
        return json.loads(self.results.read_text())


@pytest.fixture(scope="module")
def gradescope(unpacked: Unpacked) -> Gradescope:
    """The image after `setup.sh`."""
    source = unpacked("gradescope", NAME)
    root = source.parent / "autograder"
    (root / "results").mkdir(parents=True)
    (root / "bin").mkdir()
    (root / "bin" / "python3.13").write_text(PYTHON)
    (root / "bin" / "python3.13").chmod(0o755)
    source.rename(root / "source")
    shutil.copy2(root / "source" / "run_autograder", root)
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))
    for folder in (root, *root.parents[:3]):
        folder.chmod(0o755)  # as / and /autograder are in a container
    image = Gradescope(root)
    said = image.run("source/setup.sh").stdout
    assert "wall: landlock" in said
    return image


def test_full_marks_are_one_result_an_exercise(gradescope: Gradescope, samples: Samples):
    result = gradescope.grade(a1_graphs=samples.full_marks())
    assert result["score"] == 100
    assert isinstance(result["execution_time"], float)
    assert result["stdout_visibility"] == "hidden"
    tests = result["tests"]
    assert isinstance(tests, list)
    assert [test["name"] for test in tests] == samples.exercises
    assert [test["number"] for test in tests] == [str(n + 1) for n in range(len(tests))]
    assert sum(test["max_score"] for test in tests) == 100
    for test in tests:
        assert (test["score"], test["status"]) == (test["max_score"], "passed")
        assert test["visibility"] == "after_due_date"


def test_mistakes_cost_points_and_are_explained(gradescope: Gradescope, samples: Samples):
    result = gradescope.grade(a1_graphs=samples.subtle_mistakes())
    tests = result["tests"]
    assert isinstance(tests, list)
    assert result["score"] == sum(test["score"] for test in tests)
    failed = [test for test in tests if test["status"] == "failed"]
    assert len(failed) > 5
    assert all("points" in test["output"] for test in failed)
    assert any("Hint:" in test["output"] for test in failed)


def test_a_submission_reads_neither_tests_nor_answers(gradescope: Gradescope, samples: Samples):
    tricks = [f"open({str(gradescope.root / secret)!r}).read(1)" for secret in SECRETS]
    assert all((gradescope.root / secret).exists() for secret in SECRETS[:-1])
    tricks += ["import reference", "import autograder", "import socket; socket.socket()"]
    result = gradescope.grade(a1_graphs=with_cells(samples.full_marks(), *tricks))
    said = str(result["output"]).splitlines()
    refused = [line for line in said if line.startswith("- the cell that begins with")]
    assert len(refused) == len(tricks), said
    assert all(line.endswith(("PermissionError", "ModuleNotFoundError")) for line in refused)
    assert result["score"] == 100


def test_answers_are_roots_alone(gradescope: Gradescope):
    for path in (gradescope.root / "source").rglob("*"):
        assert not path.stat().st_mode & 0o077, path


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "You handed in no notebook; hand in one, a1_graphs.ipynb."),
        ({"x": b"{}", "y": b"{}"}, "You handed in 2 notebooks (x.ipynb, y.ipynb); hand in one"),
    ],
)
def test_what_cannot_be_graded_gets_a_sentence(
    gradescope: Gradescope, files: dict[str, bytes], said: str
):
    result = gradescope.grade(**files)
    assert (result["score"], result["visibility"]) == (0, "visible")
    assert str(result["output"]).startswith(said)


def test_a_broken_notebook_is_a_result(gradescope: Gradescope):
    result = gradescope.grade(anything=b"not json")
    assert result["score"] == 0
    assert "anything.ipynb" in str(result["output"])


def test_a_link_to_the_course_is_no_submission(gradescope: Gradescope):
    gradescope.grade()
    target = gradescope.root / "source" / "source_notebooks" / NAME
    (gradescope.root / "submission" / "folder").symlink_to(target)
    (gradescope.root / "submission" / f"{NAME}.ipynb").symlink_to(target / f"{NAME}.py")
    gradescope.run("run_autograder")
    assert "no notebook" in json.loads(gradescope.results.read_text())["output"]


def test_where_the_container_is_at_fault_there_is_no_score(
    gradescope: Gradescope, samples: Samples
):
    gradescope.grade(a1_graphs=samples.full_marks())
    gradescope.results.unlink()
    metadata = gradescope.root / "submission_metadata.json"
    metadata.rename(metadata.with_suffix(".away"))
    try:
        done = gradescope.run("run_autograder", ends=2)
    finally:
        metadata.with_suffix(".away").rename(metadata)
    assert done.stderr.startswith("not graded: ")
    assert "Traceback" not in done.stderr
    assert not gradescope.results.exists()
