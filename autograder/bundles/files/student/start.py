"""Open the notebooks in JupyterLab: `python start.py`.

The first time it makes an environment of its own in the folder `.venv` and installs into it what
the notebooks need, which takes a minute or two and the internet; later it only opens JupyterLab.
What is written after `start.py` goes to JupyterLab.
"""

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed"


def main() -> None:
    """Install if need be, then open the first notebook."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        here = platform.python_version()
        sys.exit(
            f"These notebooks need Python 3.11, 3.12 or 3.13, and this is {here}: install one of "
            "them from python.org, then run start.py with it."
        )
    wanted = wanted_kit()
    notebooks = sorted(path.parent for path in HERE.glob("*/checks.json"))
    if not notebooks:
        sys.exit("There is no notebook here: unpack the whole zip file, then run its start.py.")
    if not PYTHON.exists() or not STAMP.exists() or STAMP.read_text() != wanted:
        install()
        STAMP.write_text(wanted)
    first = f"{notebooks[0].name}/{notebooks[0].name}.ipynb"
    command = [str(PYTHON), "-m", "jupyterlab", f"--ServerApp.root_dir={HERE}"]
    command += [f"--LabApp.default_url=/lab/tree/{first}", *sys.argv[1:]]
    try:
        sys.exit(subprocess.call(command, env={**os.environ, "COURSE_DATA": str(HERE / "data")}))
    except KeyboardInterrupt:  # JupyterLab has said what there is to say
        sys.exit(0)


def wanted_kit() -> str:
    """Return a mark of what is to be installed: a newer kit is installed anew."""
    digest = hashlib.sha256()
    for file in [HERE / "requirements.txt", HERE / "constraints.txt", *HERE.glob("wheels/*.whl")]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def install() -> None:
    """Make the environment and install the kit."""
    print("Installing JupyterLab and the course kit into .venv: a minute or two, once.", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        sys.exit(
            "No environment could be made. On Debian and Ubuntu, install the module for it: "
            "sudo apt install python3-venv"
        )
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "--requirement", "requirements.txt"], cwd=HERE):
        sys.exit(
            "Not everything could be installed; the reason stands above. If it is the internet, "
            "run start.py again when you are online."
        )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Interrupted: run start.py again when you like.")
