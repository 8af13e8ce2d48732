"""Run notebooks from top to bottom and say which visible checks pass: `python -m course`.

`python -m course NOTEBOOK…` runs these, without words all that lie beside a `checks.json` here or
one folder below. It ends with 0 if all visible checks pass, 1 if some do not, 2 if a notebook
cannot be run. Nothing is written: the notebooks stay as they are.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

PASS, FAIL, CANNOT_RUN = 0, 1, 2
CELL_SECONDS = 600
Part = Mapping[str, object]


def main(words: Sequence[str]) -> int:
    """Run notebooks and print a line or more for each exercise; return the exit code."""
    if {"-h", "--help"} & set(words):
        print(__doc__)
        return PASS
    notebooks = [Path(word) for word in words] or _beside_checks()
    if not notebooks:
        print("There is no notebook beside a checks.json here: name one.", file=sys.stderr)
        return CANNOT_RUN
    return max(_tell(notebook) for notebook in notebooks)


def _beside_checks() -> list[Path]:
    folders = sorted(
        path.parent for path in [*Path().glob("checks.json"), *Path().glob("*/checks.json")]
    )
    return [notebook for folder in folders for notebook in sorted(folder.glob("*.ipynb"))]


def _tell(notebook: Path) -> int:
    """Run one notebook and print what its checks say."""
    checks = notebook.parent / "checks.json"
    for file in (notebook, checks):
        if not file.is_file():
            print(f"{notebook} cannot be run: there is no file {file}.", file=sys.stderr)
            return CANNOT_RUN
    try:
        asked = list(json.loads(checks.read_bytes())["exercises"])
        cells = _cells(notebook)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        print(f"{notebook} cannot be run ({reason}).", file=sys.stderr)
        return CANNOT_RUN
    said = {name: _said(cell) for cell in cells if (name := _exercise(cell))}
    print(f"\n{notebook}")
    for exercise in asked:
        absent = f"its check is not in the notebook: fetch {notebook.name} again."
        trouble = said.get(exercise, absent) or "the visible checks pass."
        print(f"  {exercise}: {trouble.removeprefix(f'{exercise}: ')}")
    passed = sum(said.get(exercise) == "" for exercise in asked)
    print(f"  {passed} of {len(asked)} exercises pass their visible checks.")
    return PASS if passed == len(asked) else FAIL


def _cells(notebook: Path) -> list[Part]:
    """Run a notebook in its own folder and return its cells with their outputs."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout"]
    command += ["--allow-errors", f"--ExecutePreprocessor.timeout={CELL_SECONDS}"]
    done = subprocess.run(
        [*command, str(notebook)], capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return cast("list[Part]", json.loads(done.stdout)["cells"])


def _exercise(cell: Part) -> str:
    """Return whose visible checks a cell runs, "" for other cells."""
    mark = cast("Part", cast("Part", cell["metadata"]).get("nbgrader", {}))
    is_test = cell["cell_type"] == "code" and mark.get("grade") and not mark.get("solution")
    return str(mark.get("grade_id")).removeprefix("test_") if is_test else ""


def _said(cell: Part) -> str:
    """Return what went wrong in a cell, "" if nothing did."""
    outputs = cast("list[Part]", cell["outputs"])
    errors = [output for output in outputs if output["output_type"] == "error"]
    if not errors:
        return "" if outputs else "its check has not run."
    printed = "".join(
        _text(output["text"]) for output in outputs if output["output_type"] == "stream"
    )
    kind, reason = errors[-1]["ename"], str(errors[-1]["evalue"])
    if kind != "CheckFailed":
        return f"{kind}: {reason}"
    return printed.strip().replace("\n", "\n    ") or reason


def _text(lines: object) -> str:
    return lines if isinstance(lines, str) else "".join(cast("list[str]", lines))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("interrupted")
