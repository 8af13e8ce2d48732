"""The step of `grade.yml` that fetches: who gets the token, and what a repository may cost."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from autograder.bundles.archive import FILES
from tests.autograder.bundles.test_github import COPIED, NAME, NOTEBOOK, git, repository, steps

TOKEN = "token of this test"


class Step:
    """A course's folder in which the step runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.summary = folder / "summary.md"

    def run(self, *lines: str, **env: str) -> str:
        """Fetch what stands in `repositories.txt`; return what is said."""
        (self.folder / "repositories.txt").write_text("\n".join(lines))
        found = {name: (given, script) for name, given, script in steps(FILES / "github/grade.yml")}
        given, script = found["Fetch the notebooks"]
        own = {"ASSIGNMENTS": NAME, "STUDENTS_TOKEN": TOKEN, "GITHUB_STEP_SUMMARY": "summary.md"}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={**os.environ, **COPIED, **given, **own, **env},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def handed_in(self) -> dict[str, int]:
        """Return the size of each student's notebook."""
        found = (self.folder / "classroom" / "submitted").glob(f"*/{NOTEBOOK}")
        return {file.parts[-3]: file.stat().st_size for file in found}


@pytest.fixture
def step(tmp_path: Path) -> Step:
    (tmp_path / "course").mkdir()
    return Step(tmp_path / "course")


class Server(ThreadingHTTPServer):
    """Asks for a password, leads elsewhere, or says nothing, and notes who was told what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[tuple[str, str | None]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.told.append((self.path, self.headers["Authorization"]))
        if self.path.startswith("/silent"):
            time.sleep(10)
            return
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", self.path.replace("/elsewhere", "/there"))
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as opened:
        opened.daemon_threads = True
        opened.block_on_close = False
        threading.Thread(target=opened.serve_forever, daemon=True).start()
        yield opened
        opened.shutdown()


# --- the token


@pytest.mark.parametrize("github", ["https://github.com", "the same"])
def test_no_server_gets_the_token_in_clear(step: Step, server: Server, github: str):
    url = server.address if github == "the same" else github
    said = step.run(f"mallory {server.address}/mallory/hw.git", GITHUB_SERVER_URL=url)
    assert "title=not fetched::mallory: the repository cannot be cloned" in said
    assert server.told
    assert {authorization for _, authorization in server.told} == {None}


def test_no_redirect_is_followed(step: Step, server: Server):
    step.run(f"mallory {server.address}/elsewhere/hw.git")
    assert [path.split("?")[0] for path, _ in server.told] == ["/elsewhere/hw.git/info/refs"]


ASKING = """#!/bin/sh
# Instead of cloning, git is asked for the password that it would send to the address.
for address; do case "$address" in https:* | http:*) break ;; esac; done
while [ "$1" = -c ]; do set -- "$@" "$1" "$2"; shift 2; done
while [ "$1" != -c ]; do shift; done
echo "url=$address" | '{git}' "$@" credential fill
exit 1
"""


@pytest.mark.parametrize(
    ("address", "github", "told"),
    [
        ("https://github.com/ada/hw.git", None, True),
        ("https://github.com/ada/hw.git", "https://github.com", True),
        ("https://ada@github.com/ada/hw.git", "https://github.com", True),
        ("https://git.example.edu/ada/hw.git", "https://git.example.edu", True),
        ("https://git.example.edu:8443/ada/hw.git", "https://git.example.edu:8443", True),
        ("https://git.example.edu/ada/hw.git", "http://git.example.edu", True),
        ("https://git.example.edu/ada/hw.git", None, False),
        ("https://github.com/ada/hw.git", "https://git.example.edu", False),
        ("http://github.com/ada/hw.git", "https://github.com", False),
        ("http://github.com/ada/hw.git", "http://github.com", False),
        ("https://github.com:8443/ada/hw.git", "https://github.com", False),
        ("https://github.com.example.org/ada/hw.git", "https://github.com", False),
        ("https://github.com@example.org/ada/hw.git", "https://github.com", False),
        ("https://example.org/github.com/hw.git", "https://github.com", False),
    ],
)
def test_the_token_is_for_the_own_server_alone(
    step: Step, tmp_path: Path, address: str, github: str | None, told: bool
):
    asking = tmp_path / "bin" / "git"
    asking.parent.mkdir()
    asking.write_text(ASKING.format(git=shutil.which("git")))
    asking.chmod(0o755)
    path = f"{asking.parent}:{os.environ['PATH']}"
    url = {} if github is None else {"GITHUB_SERVER_URL": github}
    said = step.run(f"ada {address}", PATH=path, **url)
    assert (f"password={TOKEN}" in said) == told
    assert told or "terminal prompts disabled" in said


# --- what a repository may cost


def with_junk(folder: Path, notebook: str, junk: int = 3_000_000) -> Path:
    """Make a repository of a notebook and bytes that cannot be compressed."""
    repository(folder, None)
    (folder / NAME).mkdir()
    (folder / NOTEBOOK).write_text(notebook)
    (folder / "junk").write_bytes(os.urandom(junk))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "junk")
    return folder


def test_a_repository_that_is_too_large_costs_no_other_its_place(step: Step, tmp_path: Path):
    large, small = with_junk(tmp_path / "large", "{}"), with_junk(tmp_path / "small", "{}", 1)
    said = step.run(f"bob {large}", f"ada {small}", FETCH_KIBIBYTES="1000")
    sentence = "bob: the repository cannot be cloned in 120 s and 1000 KiB; the log says why"
    assert f"title=not fetched::{sentence}" in said
    assert step.summary.read_text() == f"- not fetched: {sentence}\n"
    assert step.handed_in() == {"ada": 2}


def test_where_the_server_can_choose_only_notebooks_come(step: Step, tmp_path: Path):
    large = with_junk(tmp_path / "large", "{}")
    git(large, "config", "uploadpack.allowFilter", "true")
    git(large, "config", "uploadpack.allowAnySHA1InWant", "true")
    step.run(f"bob {large}", FETCH_KIBIBYTES="1000")
    assert step.handed_in() == {"bob": 2}
    files = [file for file in (step.folder / "fetched").rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 1_000_000


def test_a_notebook_that_is_too_large_is_named_and_not_cut(step: Step, tmp_path: Path):
    large = with_junk(tmp_path / "large", os.urandom(2_000_000).hex())
    git(large, "config", "uploadpack.allowFilter", "true")
    git(large, "config", "uploadpack.allowAnySHA1InWant", "true")
    step.run(f"bob {large}", FETCH_KIBIBYTES="1000")
    assert f"bob: {NOTEBOOK} cannot be read in 120 s and 1000 KiB" in step.summary.read_text()
    assert step.handed_in() == {}


def test_a_server_that_says_nothing_costs_no_other_its_place(
    step: Step, server: Server, tmp_path: Path
):
    small = with_junk(tmp_path / "small", "{}", 1)
    step.run(f"bob {server.address}/silent/hw.git", f"ada {small}", FETCH_SECONDS="2")
    assert "bob: the repository cannot be cloned in 2 s" in step.summary.read_text()
    assert step.handed_in() == {"ada": 2}
