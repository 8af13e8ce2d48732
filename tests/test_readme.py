"""The README's script runs as it stands there, and does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SCRIPT = re.compile(r'```python\n("""LeNet-5 on MNIST.*?)```', re.DOTALL)


def script() -> str:
    (found,) = SCRIPT.findall((PROJECT / "README.md").read_text(encoding="utf-8"))
    return found


def test_the_script_is_short():
    assert len(script().splitlines()) <= 40


@pytest.mark.real_data("mnist")
def test_the_script_trains_lenet(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", script()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    *_, accuracy, speed = done.stdout.splitlines()
    assert float(accuracy.split("%")[0]) >= 98.9
    assert re.fullmatch(r"\d+ s, \d+ images/s", speed)
