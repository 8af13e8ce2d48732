"""PostgreSQL: where it is found on this machine, and a server that a test starts for itself."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ADVICE = "PostgreSQL not found: install it (on Debian and Ubuntu: apt-get install postgresql)"
PASSWORD = "open-sesame-7"
PLACES = "/usr/lib/postgresql/*/bin/postgres", "/opt/homebrew/opt/postgresql*/bin/postgres"


def programs() -> Path | None:
    """Return the folder with the server's programs, of the newest where there are several."""
    if (found := shutil.which("postgres")) is not None:
        return Path(found).resolve().parent
    several = [file.parent for place in PLACES for file in Path("/").glob(place[1:])]
    return max(several, default=None, key=lambda folder: [int(n) for n in _digits(folder)])


def _digits(folder: Path) -> list[str]:
    return [part for part in folder.parts if part.isdigit()]


class Server:
    """A server at a Unix socket that asks for a password; root starts it as another user."""

    def __init__(self, folder: Path, bin: Path) -> None:
        self._folder, self._bin = folder, bin
        self._user = _another_user() if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "password").write_text(PASSWORD)
        if self._user is not None:
            shutil.chown(folder, self._user)
            shutil.chown(folder / "password", self._user)
        cluster = [bin / "initdb", "--pgdata", folder / "data", "--username", "grader"]
        options = ["--auth", "scram-sha-256", "--pwfile", folder / "password", "--no-sync"]
        subprocess.run(
            [*cluster, *options, "--locale", "C", "--encoding", "UTF8"],
            user=self._user,
            cwd=folder,
            check=True,
            capture_output=True,
        )

    @property
    def url(self) -> str:
        """What `db_url` is to be."""
        return f"postgresql://grader:{PASSWORD}@/postgres?host={self._folder}"

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self._folder}"]
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", "-F", *options],
            user=self._user,
            cwd=self._folder,
            stderr=(self._folder / "log").open("ab"),
        )
        ready = [self._bin / "pg_isready", "--quiet", "--host", self._folder]
        finish = time.monotonic() + 60
        while subprocess.run(ready).returncode:
            assert time.monotonic() < finish, (self._folder / "log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """End at once, with all connections, as in a power cut."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
            self._process = None


def _another_user() -> str:
    """Name the user that may run a server where root may not."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def server() -> Generator[Server]:
    """Start a server that holds nothing yet, and take it away again."""
    bin = programs()
    assert bin is not None, ADVICE
    # Not below pytest's folders: the server's user may not enter them.
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as folder:
        started = Server(Path(folder), bin)
        try:
            started.start()
            yield started
        finally:
            started.stop()
