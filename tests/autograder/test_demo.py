"""The demonstration ends well, in time, and says where to look."""

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from autograder.demo.road import gradebook_scores
from autograder.rooms import PROJECT


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


STUDENTS = {"full_marks": 100.0, "half_done": None, "untouched": 0.0, "hostile": 10.0}


def test_the_demo_shows_the_whole_road(tmp_path):
    began, used = time.monotonic(), processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "demo"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert processor_seconds() - used < 60, "an idle machine has two cores for it"
    assert time.monotonic() - began < 120, "other tests run beside this one"
    assert "Traceback" not in done.stdout + done.stderr
    (root,) = tmp_path.glob("classroom-demo-*")
    scores = gradebook_scores(root)
    assert len(scores) == 5
    for student, wanted in STUDENTS.items():
        (shown,) = re.findall(rf"{student}\s+│\s+([\d.]+) / 100 │\s+([\d.]+) ", done.stdout)
        assert float(shown[0]) == float(shown[1]) == scores[student]
        assert wanted in (None, scores[student])
    assert 0 < scores["half_done"] < 100
    assert 0 < scores["subtle_mistakes"] < 100
    for place in ("gradebook.db", "report.json", "report.xml"):
        assert (root / place).exists()
        assert str(root / place) in done.stdout.replace("\n", "")
    pages = sorted(Path(root, "feedback").glob("*/a1_graphs/a1_graphs.html"))
    assert [page.parts[-3] for page in pages] == sorted(scores)
