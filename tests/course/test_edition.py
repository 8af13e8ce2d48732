"""The kit as it stands behind the wall: same names and signatures, silent, few imports."""

import inspect
import json
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "autograder" / "edition"
REPLACED = {
    "checking": ["check"],
    "check_backward": ["check_backward"],
    "quiz": ["quiz"],
}
USE = """
import sys
from course import check, check_backward, plots, quiz
print(check("backward_push", object), check_backward(max, min, 1.0))
quiz("quiz.json")
quiz("other.json")
unwanted = {"scipy", "jupyterquiz", "ipywidgets", "reference", "autograder", "pandas"}
print(sorted(unwanted & {name.split(".")[0] for name in sys.modules}))
"""


def load(name):
    spec = spec_from_file_location(f"edition_{name}", EDITION / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", REPLACED)
def test_the_edition_has_the_same_public_signatures(name):
    whole, edition = import_module(f"course.{name}"), load(name)
    for function in REPLACED[name]:
        assert inspect.signature(getattr(edition, function)) == inspect.signature(
            getattr(whole, function)
        )


def test_every_file_of_the_edition_replaces_one_of_the_kit():
    assert {path.stem for path in EDITION.glob("*.py")} == set(REPLACED)
    assert all((ROOT / "course" / f"{name}.py").exists() for name in REPLACED)


def test_a_notebook_still_runs_on_the_edition_and_learns_nothing(tmp_path):
    shutil.copytree(
        ROOT / "course", tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(EDITION, tmp_path / "course", dirs_exist_ok=True)
    questions = [
        {
            "question": "Which?",
            "type": "multiple_choice",
            "answers": [{"answer": "this", "correct": True, "feedback": "Exactly so."}],
        }
    ]
    (tmp_path / "quiz.json").write_text(json.dumps(questions))
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "None None",
        "Questions to check yourself (not graded):",
        "1. Which?",
        "   - this",
        "There is no other.json beside this notebook. Fetch the assignment again and keep its "
        "files together in one folder.",
        "[]",
    ]
