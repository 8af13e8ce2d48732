"""Which wall is chosen, and the second way: a bubblewrap for each submission."""

from contextlib import nullcontext

import pytest

from autograder.sandbox import launch, proven
from autograder.sandbox.proven import proven_wall
from autograder.sandbox.wall import Wall, WallError
from tests.autograder.sandbox.conftest import USERS, run_behind

EACH = {
    "the first": ["import os\nopen('/work/x', 'w'); open('/tmp/x', 'w')\nprint(os.getuid())"],
    "the next": ["import os\nprint(os.path.exists('/work/x'), os.path.exists('/tmp/x'))"],
    "the warm parent": ["import os\nos.kill(1, 9)"],
    "its memory": ["open('/proc/1/mem', 'rb')"],
    "a signal to all": [
        "import os, time\ntime.sleep(0.5)  # what forked it ends meanwhile\nos.kill(-1, 9)"
    ],
    "a daemon": [
        "import ctypes, os, time\nctypes.CDLL(None).prctl(36, 0, 0, 0, 0)\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(60)\n"
        "time.sleep(0.5); print('let go')"
    ],
    "a full disk": ["for n in range(9): open(f'/work/{n}', 'wb').write(bytes(30 * 2**20))"],
    "a place outside": ["open('/site/x', 'w')"],
    "the network": ["import socket\nsocket.socket()"],
    "a namespace": ["import ctypes\nprint(ctypes.CDLL(None).unshare(0x10000000))"],
}


@pytest.fixture(scope="module", params=USERS)
def told(request: pytest.FixtureRequest) -> dict[str, str]:
    """What came of submissions on a machine that cannot nest."""
    return run_behind([*USERS[request.param], "--nest-nothing"], "auto", EACH)


def test_where_nothing_nests_each_submission_has_a_bubblewrap(told):
    assert told.get("refusal") is None
    assert told["tier"] == "bwrap-each"


def test_its_layers_hold(told):
    assert told["the first"].startswith("ok")
    assert told["the next"] == "ok\nFalse False\n"
    assert "PermissionError" in told["the warm parent"]
    assert "PermissionError" in told["its memory"]
    assert "No space left" in told["a full disk"]
    assert "Read-only file system" in told["a place outside"]
    assert "PermissionError" in told["the network"]
    assert told["a namespace"] == "ok\n-1\n"


def test_nothing_is_left_of_any(told):
    assert "ProcessLookupError" in told["a signal to all"], "there is nobody else"
    assert told["a daemon"] == "ok\nlet go\n"
    assert told["left"] == 0


def test_the_strongest_comes_first_and_the_next_where_it_is_not_tight(monkeypatch, tmp_path):
    tried: list[str] = []

    def canary(wall: Wall, _: object) -> None:
        tried.append(wall.sandbox)
        if len(tried) == 1:
            raise WallError("not tight")

    monkeypatch.setattr(proven, "send_canary", canary)
    monkeypatch.setattr(Wall, "__enter__", lambda self: self)
    with proven_wall("auto", tmp_path) as wall:
        assert wall.sandbox == "bwrap-each"
    assert tried == ["bwrap", "bwrap-each"]


def test_what_was_asked_for_is_not_replaced_by_less(monkeypatch, tmp_path):
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    reason = r"no wall stands here \(bwrap, bwrap-each: there is no bubblewrap; install it"
    with pytest.raises(WallError, match=reason), proven_wall("bwrap", tmp_path):
        pass


def test_where_nothing_stands_each_reason_is_told(monkeypatch, tmp_path):
    def refuse(tier: str, _: object) -> nullcontext[Wall]:
        raise WallError(f"no {tier}")

    monkeypatch.setattr(proven, "tried_wall", refuse)
    reasons = "bwrap: no bwrap; bwrap-each: no bwrap-each; landlock: no landlock"
    with pytest.raises(WallError, match=reasons), proven_wall("auto", tmp_path):
        pass


def test_no_wall_is_not_tried(monkeypatch, tmp_path):
    monkeypatch.setattr(proven, "send_canary", lambda *_: pytest.fail("the canary was sent"))
    with proven_wall("none", tmp_path) as wall:
        assert wall.sandbox == "none"
