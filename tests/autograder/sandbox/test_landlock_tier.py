"""The landlock tier, in surroundings like a stock container's: as root and as an ordinary user."""

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.rooms import PROJECT
from autograder.sandbox.users import LONE_UIDS
from tests.autograder.sandbox import container
from tests.autograder.sandbox.conftest import USERS, contained, run_behind

SUITE = PROJECT / "autograder/suites/a1_graphs/test_gates.py"
LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
REFUSED = {
    "a suite": f"open({str(SUITE)!r})",
    "an answer": f"open({str(PROJECT / 'reference/scalar.py')!r})",
    "the suites' names": f"import os; os.listdir({str(SUITE.parent)!r})",
    "all files": "import os; os.listdir('/')",
    "users": "open('/etc/passwd')",
    "temporary files": "open('/tmp/no-such-name', 'w')",
    "the grader's environment": "open('/proc/GRADER/environ')",
    "its own parent": "import os; open(f'/proc/{os.getppid()}/mem', 'rb')",
    "an internet socket": "import socket; socket.socket(socket.AF_INET)",
    "an internet socket of version 6": "import socket; socket.socket(socket.AF_INET6)",
    "a Unix socket": "import socket; socket.socket(socket.AF_UNIX)",
    "a pair for datagrams": "import socket; socket.socketpair(type=socket.SOCK_DGRAM)",
    "the grader's signals": "import os; os.kill(GRADER, 0)",
    "the warm parent's signals": "import os; os.kill(os.getppid(), 0)",
    "the mode of a file": f"import os; os.chmod({str(SUITE)!r}, 0o777)",
    "the limits of the grader": "import resource as r; r.prlimit(GRADER, r.RLIMIT_CPU)",
    "the installed packages": f"import os; open({os.__file__!r}); os.listdir({sys.prefix!r})",
    "trace": LIBC + "if libc.ptrace(0x4206, GRADER, 0, 0) < 0: raise PermissionError",
    "a queue of System V's": LIBC + "if libc.msgget(1, 0o1777) < 0: raise PermissionError",
}
ABSENT = ["reference", "autograder", "scipy", "sklearn", "nbgrader", "pytest"]
FOLDER_BOMB = """
import os
while True:
    os.mkdir('x'); os.chdir('x')
"""
DISK_BOMB = "n = 0\nwhile True:\n    n += 1\n    open(str(n), 'wb').write(bytes(50 * 2**20))"
EMPTY_FILES = "import os\nfor n in range(200_000): os.close(os.open(str(n), os.O_CREAT))"
MEMORY_BOMB = "import mmap, os, time\nx = []\nwhile True:\n    x.append(mmap.mmap(-1, 2**28, 34))\n"
MEMORY_BOMB += "    for at in range(0, 2**28, 4096): x[-1][at] = 1\n"
DAEMON = "import ctypes, os, time\nctypes.CDLL(None).prctl(36, 0, 0, 0, 0)\n"
DAEMON += "if os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(60)\n"
FORK = """
import os, time
for children in range(400):
    try:
        if os.fork() == 0: time.sleep(60); os._exit(0)
    except OSError:
        break
print(children)
"""
OTHERS = {
    "the first": ["x = 2", "import os\nopen('mine', 'w').write('kept')\nprint(x, os.getuid())"],
    "the next": ["import os\nprint(os.getuid())"],
    "privileges": [LIBC + "print(*(libc.prctl(n, 0, 0, 0, 0) for n in (39, 21)))"],
    "another's files": ["import os\nprint(os.listdir('.'))\nos.listdir('..')"],
    "packages": [
        "import decimal, email.mime.text, matplotlib.pyplot as plt, numpy as np\n"
        "from course import check\nplt.plot([1]); plt.show()\nprint(np.ones(2), callable(help))"
    ],
    "a signal to all": ["import os\nos.kill(-1, 9)\nprint('alone')"],
    "processes": [FORK],
    "a daemon": [DAEMON + "time.sleep(0.5); print('let go')"],
    "a bomb of memory": [MEMORY_BOMB, "print('after')"],
    "a bomb on the disk": [DISK_BOMB, "print('after')"],
    "a bomb of folders": [FOLDER_BOMB, "print('after')"],
    "a bomb of files": [EMPTY_FILES, "print('after')"],
    "a closed folder": ["import os\nos.mkdir('closed', 0)\nprint('made')"],
    "the last": ["print('well')"],
}


@pytest.fixture(scope="module", params=USERS)
def told(request: pytest.FixtureRequest) -> dict[str, str]:
    """What came of all submissions, run one after another behind one wall."""
    imports = {f"import {name}": [f"import {name}"] for name in ABSENT}
    refused = {name: [cell] for name, cell in REFUSED.items()}
    return run_behind(USERS[request.param], "auto", {**refused, **imports, **OTHERS})


MINIMUM = [
    ("root", 0, "could read the project"),
    ("root", 1, None),
    ("ordinary", 0, "could read the project"),
    ("ordinary", 5, "could signal the grader"),
]


@pytest.mark.parametrize(
    ("user", "version", "refusal"), [row for row in MINIMUM if row[0] in USERS]
)
def test_the_minimum(user, version, refusal):
    """An older Landlock, made believe: only another user can do without the newest."""
    answers = run_behind(USERS[user], "landlock", {"any": ["print(1)"]}, landlock=version)
    if refusal is None:
        assert answers.get("any") == "ok\n1\n", answers
    else:
        assert refusal in answers["refusal"]


def test_it_is_the_strongest_that_stands(told):
    assert told.get("refusal") is None
    assert told["tier"] == "landlock"


@pytest.mark.parametrize("name", REFUSED)
def test_a_submission_is_refused(name, told):
    assert told[name].startswith("error\n")
    assert "PermissionError" in told[name]


@pytest.mark.parametrize("name", ABSENT)
def test_a_submission_cannot_import(name, told):
    assert "ModuleNotFoundError" in told[f"import {name}"]


def test_honest_code_runs_and_has_files_of_its_own(told):
    assert told["the first"].startswith("ok\n2 ")
    assert told["packages"].startswith("ok\n")
    assert told["packages"].endswith("[1. 1.] True\n")
    assert told["another's files"].startswith("error\n[]\n")
    assert "PermissionError" in told["another's files"]


def test_it_is_another_user_where_root_grades_and_has_no_way_back(told):
    uid = int(told["the first"].split()[-1])
    assert uid in (*LONE_UIDS, container.NOBODY, os.geteuid())
    assert (int(told["the next"].split()[-1]) != uid) == (uid in LONE_UIDS), "so is a neighbour"
    assert told["privileges"] == "ok\n1 2\n", "no new privileges, and a filter"


@pytest.mark.parametrize("bomb", [name for name in OTHERS if name.startswith("a bomb")])
def test_a_bomb_ends_its_submission_alone(bomb, told):
    assert told[bomb] == "ok\nafter\n"
    # An ordinary user's other processes count too: as many more may start as of them have ended.
    assert 5 < int(told["processes"].removeprefix("ok\n")) < 60 + int(told["others"])


def test_nothing_is_left_and_the_wall_still_stands(told):
    assert told["a signal to all"] == "ok\nalone\n"
    assert told["a daemon"] == "ok\nlet go\n"
    assert told["a closed folder"] == "ok\nmade\n"
    assert told["the last"] == "ok\nwell\n"
    assert told["left"] == 0


@pytest.mark.parametrize("user", USERS)
def test_a_notebook_is_graded(user, samples):
    """The whole way by the command line, in the same surroundings."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o777)
        (folder / "ada.ipynb").write_text(json.dumps(samples.full_marks()))
        words = (
            *("-m", "autograder", "grade", str(folder / "ada.ipynb"), "--assignment", "a1_graphs"),
            *("--sandbox", "landlock", "--seed", "1", "--format", "json"),
        )
        report = json.loads(contained(USERS[user], *words, COURSE_ROOT=str(folder / "classroom")))
    (graded,) = report if isinstance(report, list) else [report]
    assert graded["score"] == graded["max_score"] > 0
