"""A real JupyterLab server on a classroom of its own, started as `make lab` starts it."""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from autograder.commands import command_env

PROJECT = Path(__file__).resolve().parents[2]
NOTIFICATIONS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
START_SECONDS = 120.0


def run(folder: Path, env: dict[str, str], *module: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m <module> …` in a folder, which must succeed; return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *module], env=env, cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{' '.join(module)}:\n{done.stdout}\n{done.stderr}"
    return done


class LabServer:
    """JupyterLab in the folder `root`, with the course in `root/classroom`.

    Like `make lab` it starts in the project, or a copy of it, where nbgrader_config.py is found;
    everything that Jupyter remembers of its user is kept under `home` instead.
    """

    def __init__(self, root: Path, home: Path, project: Path = PROJECT) -> None:
        self.root = root
        self._project = project
        self.classroom = root / "classroom"
        self.classroom.mkdir(parents=True)
        self._home, self._token = home, secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def env(self) -> dict[str, str]:
        """The environment of the server, and of commands on the same classroom."""
        places = {
            "COURSE_ROOT": self.classroom,
            "JUPYTER_CONFIG_DIR": self._home / "config",
            "JUPYTER_DATA_DIR": self._home / "data",
            "JUPYTER_RUNTIME_DIR": self._home / "runtime",
            "JUPYTERLAB_SETTINGS_DIR": self._home / "settings",
            "JUPYTERLAB_WORKSPACES_DIR": self._home / "workspaces",
            "IPYTHONDIR": self._home / "ipython",
        }
        return {**command_env(), **{name: str(place) for name, place in places.items()}}

    def run(self, *module: str) -> str:
        """Run `python -m <module> …` as an instructor would, and return what it printed."""
        return run(self._project, self.env, *module).stdout

    def start(self) -> None:
        """Start the server and wait until it answers."""
        no_news = self._home / "settings" / NOTIFICATIONS
        no_news.parent.mkdir(parents=True)
        no_news.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
        options = [
            f"--ServerApp.root_dir={self.root}",
            f"--IdentityProvider.token={self._token}",
            "--ServerApp.open_browser=False",
            f"--ServerApp.allow_root={os.geteuid() == 0}",
            "--LabApp.expose_app_in_browser=True",
        ]
        self._home.mkdir(exist_ok=True)
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                env=self.env,
                cwd=self._project,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = self._await()

    def stop(self) -> None:
        """End the server, and with it its kernels."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def at(self, path: str) -> str:
        """Return the address of a page of the server."""
        return f"{self.url}{path}?token={self._token}"

    def log(self) -> str:
        """Return the end of what the server said."""
        return (self._home / "log").read_text(errors="replace")[-5000:]

    def _await(self) -> str:
        """Return the address that the server wrote down, as soon as it answers there."""
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self._process.poll() is None, f"JupyterLab ended:\n{self.log()}"
            for info in (self._home / "runtime").glob("jpserver-*.json"):
                try:
                    url = str(json.loads(info.read_text())["url"])
                    with urlopen(f"{url}api"):
                        return url
                except (URLError, json.JSONDecodeError):
                    break
            time.sleep(0.2)
        raise TimeoutError(f"JupyterLab did not answer:\n{self.log()}")
