"""`start.py` of the kit: what it does the first time, later, and where it cannot."""

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from autograder.bundles.archive import FILES
from tests.autograder.bundles.conftest import OFFLINE, Unpacked
from tests.e2e.browser import chromium

pytestmark = pytest.mark.thorough

OLD = "import sys; sys.version_info = (3, 9, 2, 'final', 0)\nimport runpy\n"
OLD += "runpy.run_path('start.py', run_name='__main__')"
RECORD = '#!/bin/sh\nprintf "%s\\n" "$COURSE_DATA" "$@" >> calls\n'


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit without content: two assignments, of which one is first."""
    shutil.copy(FILES / "student" / "start.py", tmp_path)
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "checks.json").write_text("{}")
    (tmp_path / "requirements.txt").write_text("no-such-package-here\n")
    (tmp_path / "constraints.txt").write_text("")
    return tmp_path


def start(kit: Path, *words: str, ends: int) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *(words or ["start.py"])],
        cwd=kit,
        env={**os.environ, **OFFLINE},
        capture_output=True,
        text=True,
    )
    assert done.returncode == ends, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_another_python_gets_a_sentence(kit: Path):
    said = start(kit, "-c", OLD, ends=1).stderr
    assert said.startswith("These notebooks need Python 3.11, 3.12 or 3.13, and this is")
    assert not (kit / ".venv").exists()


def test_without_a_notebook_it_says_so(kit: Path):
    for name in ("a", "b"):
        (kit / name / "checks.json").unlink()
    assert start(kit, ends=1).stderr.startswith("There is no notebook here: unpack the whole zip")
    assert not (kit / ".venv").exists()


def test_an_interrupt_is_a_sentence(kit: Path):
    said = "import builtins, runpy\ndef stop(*words, **more): raise KeyboardInterrupt\n"
    said += "builtins.print = stop\nrunpy.run_path('start.py', run_name='__main__')"
    assert start(kit, "-c", said, ends=1).stderr.startswith("Interrupted: run start.py again")


def test_an_environment_whose_python_is_gone_is_made_anew(kit: Path):
    (kit / ".venv").mkdir()
    said = "import runpy; print(runpy.run_path('start.py')['wanted_kit'](), end='')"
    (kit / ".venv" / "installed").write_text(start(kit, "-c", said, ends=0).stdout)
    assert "no-such-package-here" in start(kit, ends=1).stderr, "it tries to install"


def test_what_could_not_be_installed_is_not_marked_as_installed(kit: Path):
    done = start(kit, ends=1)
    assert "no-such-package-here" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Not everything could be installed")
    assert not (kit / ".venv" / "installed").exists()


def test_once_installed_it_opens_the_first_notebook_until_the_kit_changes(kit: Path):
    program = kit / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(RECORD)
    program.chmod(0o755)
    mark = "import sys, start; sys.stdout.write(start.wanted_kit())"
    (kit / ".venv" / "installed").write_text(start(kit, "-c", mark, ends=0).stdout)
    start(kit, "start.py", "--port=9", ends=0)
    assert (kit / "calls").read_text().splitlines() == [
        str(kit / "data"),
        *("-m", "jupyterlab", f"--ServerApp.root_dir={kit}"),
        *("--LabApp.default_url=/lab/tree/a/a.ipynb", "--port=9"),
    ]
    (kit / "requirements.txt").write_text("no-other-package-here\n")
    assert "no-other-package-here" in start(kit, ends=1).stderr


def address(said: Iterable[str]) -> str:
    """Return the address that JupyterLab tells."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if found := re.search(r"http://127\S+/lab/tree/\S+", line):
            return found[0]
    raise AssertionError("".join(lines[-20:]))


@pytest.mark.network
@pytest.mark.browser
def test_from_an_empty_folder_to_the_first_notebook(unpacked: Unpacked, tmp_path: Path):
    (file,) = (unpacked("student", "a1_graphs").parent / "zips").glob("student-a1_graphs.zip")
    zipfile.ZipFile(file).extractall(tmp_path)
    kit = tmp_path / "course-kit"
    options = ["--no-browser", "--port=0", f"--ServerApp.allow_root={os.geteuid() == 0}"]
    options += ["--IdentityProvider.token=x", "--LabApp.expose_app_in_browser=True"]
    with subprocess.Popen(
        [sys.executable, "start.py", *options],
        cwd=kit,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as lab:
        try:
            assert lab.stdout
            url = address(lab.stdout)
            assert "/lab/tree/a1_graphs/a1_graphs.ipynb?token=" in url
            with sync_playwright() as playwright:
                options = ["--no-sandbox", "--disable-gpu"]
                browser = playwright.chromium.launch(executable_path=chromium(), args=options)
                page = browser.new_page()
                page.goto(url.replace("token=...", "token=x"))
                page.get_by_role("heading", name="Computation graphs").first.wait_for()
                run = "jupyterapp.commands.execute('notebook:run-all-cells')"
                page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext?.isReady")
                page.evaluate(f"() => {run}.then(() => null)")
                page.get_by_text("not written yet").first.wait_for(timeout=120_000)
                browser.close()
        finally:
            os.killpg(lab.pid, signal.SIGTERM)
