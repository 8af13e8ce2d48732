"""Both workflows, their steps run as they stand there, on repositories of this machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import pytest
import yaml

from autograder.bundles.gradescope import project_files
from autograder.demo.samples import Notebook, Samples
from autograder.rooms import PROJECT
from tests.autograder.bundles.conftest import OFFLINE, Unpacked, lend

pytestmark = pytest.mark.thorough

NAME = "a1_graphs"
NOTEBOOK = f"{NAME}/{NAME}.ipynb"
COPIED = {**OFFLINE, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
AUTHOR = ("-c", "user.name=x", "-c", "user.email=x@example.org")


def steps(workflow: Path) -> list[tuple[str, dict[str, str], str]]:
    """Return the steps that run something: name, names of secrets, script."""
    (job,) = yaml.safe_load(workflow.read_text())["jobs"].values()
    assert job["defaults"] == {"run": {"shell": "bash"}}
    shared = job.get("env", {})
    found = [step for step in job["steps"] if "run" in step]
    assert all(step["run"].startswith("set -euo pipefail\n") for step in found)
    return [(step["name"], {**shared, **step.get("env", {})}, step["run"]) for step in found]


def run(workflow: Path, folder: Path, ends: int = 0, **env: str) -> str:
    """Run a workflow's steps in a folder as its runner does; the last one ends with `ends`."""
    said = ""
    todo = steps(workflow)
    for number, (name, asked, script) in enumerate(todo, 1):
        given = {key: env.get(key, value) for key, value in asked.items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env={**os.environ, **COPIED, **given, **env},
            capture_output=True,
            text=True,
            timeout=300,
        )
        said += done.stdout + done.stderr
        assert done.returncode == (ends if number == len(todo) else 0), f"{name}:\n{said}"
    return said


def save(notebook: Notebook, file: Path) -> None:
    """Write a notebook as Jupyter does."""
    lines = [{**c, "source": "".join(c["source"]).splitlines(True)} for c in notebook["cells"]]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**notebook, "cells": lines}, indent=1, sort_keys=True) + "\n")


def environment(folder: Path) -> Path:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    lend(folder)
    return folder


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *AUTHOR, *words], cwd=folder, check=True, capture_output=True)


# --- the students' repository


@pytest.fixture(scope="module")
def students(unpacked: Unpacked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("students") / "repository"
    shutil.copytree(unpacked("github", NAME) / "student-repository", folder)
    environment(folder.parent / "venv")
    return folder


def run_students(folder: Path, ends: int) -> str:
    path = f"{folder.parent / 'venv' / 'bin'}:{os.environ['PATH']}"
    return run(folder / ".github/workflows/visible-checks.yml", folder, ends, PATH=path)


def test_an_untouched_repository_fails_with_sentences(students: Path):
    said = run_students(students, ends=1)
    assert f"\n{NOTEBOOK}\n" in said
    assert "  gates: add_forward, multiply_forward, max_forward, sigmoid_forward are not" in said
    assert "0 of 10 exercises pass their visible checks." in said
    assert "Traceback" not in said


def test_a_solved_repository_passes(students: Path, samples: Samples):
    before = (students / NOTEBOOK).read_bytes()
    save(samples.full_marks(), students / NOTEBOOK)
    try:
        assert "10 of 10 exercises pass their visible checks." in run_students(students, ends=0)
    finally:
        (students / NOTEBOOK).write_bytes(before)


# --- the instructor's repository


@pytest.fixture
def instructor(unpacked: Unpacked, tmp_path: Path) -> Path:
    """A private copy of the course with the workflow; `make` has nothing left to install."""
    folder = tmp_path / "course"
    for name, content in project_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for name in ("Makefile", "nbgrader_config.py"):
        shutil.copy(PROJECT / name, folder)
    own = unpacked("github", NAME) / "instructor-repository"
    shutil.copytree(own, folder, dirs_exist_ok=True)
    venv = environment(folder / ".venv")
    (venv / "bin" / "alembic").symlink_to(Path(sys.executable).parent / "alembic")
    for stamp in ("made", "installed"):
        (venv / stamp).touch()
    return folder


def repository(folder: Path, notebook: Notebook | None) -> Path:
    """Make a student's repository."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet")
    (folder / "README.md").write_text("mine\n")
    if notebook is not None:
        save(notebook, folder / NOTEBOOK)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "mine")
    return folder


def test_the_instructor_fetches_grades_and_reports(
    instructor: Path, samples: Samples, tmp_path: Path
):
    theirs = tmp_path / "theirs"
    made = {
        "ada": repository(theirs / "ada", samples.full_marks()),
        "bob": repository(theirs / "bob", samples.subtle_mistakes()),
        "carol": repository(theirs / "carol", None),
    }
    thief = repository(theirs / "thief", None)
    (thief / NAME).mkdir()
    (thief / NOTEBOOK).symlink_to(f"../../../submitted/ada/{NOTEBOOK}")
    git(thief, "add", "--all")
    git(thief, "commit", "--quiet", "--message", "a link")
    made["thief"] = thief
    lines = [f"{student} {folder}" for student, folder in made.items()]
    lines += [f"gone {theirs / 'gone'}", "../../evil somewhere", "# a remark", ""]
    (instructor / "repositories.txt").write_bytes("\r\n".join(lines).encode())
    summary = tmp_path / "summary.md"
    said = run(
        instructor / ".github/workflows/grade.yml",
        instructor,
        COURSE_KEY="key of this test " * 4,
        STUDENTS_TOKEN="",
        GITHUB_STEP_SUMMARY=str(summary),
    )
    results = instructor / "results"
    reports = json.loads((results / f"{NAME}.json").read_text())
    scores = {report["student"]: report["score"] for report in reports}
    assert scores["ada"] == 100
    assert 0 < scores["bob"] < 100
    assert scores["thief"] == 0
    assert scores.keys() == {"ada", "bob", "thief"}
    suites = ElementTree.parse(results / f"{NAME}.xml").getroot()
    assert [suite.get("name") for suite in suites] == [f"{NAME}/{each}" for each in sorted(scores)]
    gone, evil, graded = summary.read_text().split("\n", 2)
    assert gone.startswith("- not fetched: gone: the repository cannot be cloned in 120 s")
    assert evil.startswith("- not fetched: a line begins with ../../evil: write")
    assert graded == (results / f"{NAME}.md").read_text()
    assert "| ada | a1\\_graphs.ipynb | 100 of 100 | 10 of 10 |" in summary.read_text()
    assert "title=nothing handed in::carol has no a1_graphs/a1_graphs.ipynb" in said
    assert "title=not fetched::gone: the repository cannot be cloned" in said
    assert "title=not fetched::a line begins with ../../evil" in said
    assert not (instructor / "evil").exists()
    assert annotated(said, "bob") == lost(reports, "bob")
    assert annotated(said, "ada") == set()
    lines_of_bob = (made["bob"] / NOTEBOOK).read_text().splitlines()
    for command in said.splitlines():
        if command.startswith(f"::error file=classroom/submitted/bob/{NOTEBOOK},line="):
            line = int(command.split("line=")[1].split(",")[0])
            assert lines_of_bob[line - 1].startswith('    "'), command


def annotated(said: str, student: str) -> set[str]:
    titles = [
        line.split("title=")[1] for line in said.splitlines() if f"title={student}%3A " in line
    ]
    return {title.split("%3A ")[1].split("%2C")[0] for title in titles}


def lost(reports: list[dict[str, object]], student: str) -> set[str]:
    (report,) = (report for report in reports if report["student"] == student)
    exercises = cast("list[dict[str, str]]", report["exercises"])
    return {exercise["id"] for exercise in exercises if exercise["status"] != "passed"}


def test_without_the_course_key_nothing_is_graded(instructor: Path, tmp_path: Path):
    todo = {
        name: (env, script)
        for name, env, script in steps(instructor / ".github/workflows/grade.yml")
    }
    (instructor / "classroom").mkdir()
    done = subprocess.run(
        ["bash", "-c", todo["Grade"][1]],
        cwd=instructor,
        env={**os.environ, "COURSE_KEY": "", "ASSIGNMENTS": NAME},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "set the secret COURSE_KEY" in done.stdout
    assert not (instructor / "classroom" / "course_key").exists()


def test_workflows_hold_no_secret_and_give_the_runner_little(unpacked: Unpacked):
    folder = unpacked("github", NAME)
    for file in folder.rglob("*.yml"):
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {"contents": "read"}
        (job,) = workflow["jobs"].values()
        checkout = job["steps"][0]
        assert checkout["uses"].startswith("actions/checkout@")
        assert checkout["with"] == {"persist-credentials": False}
    (visible,) = folder.rglob("visible-checks.yml")
    assert "secrets" not in visible.read_text()
    assert "autograder" not in visible.read_text()
