"""`check` in a real notebook: the output is an error, short, and names the student's cell."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from course.failure import CheckFailed

ROOT = Path(__file__).parents[2]
GROW = "def grow(rows):\n    out = rows + 1.0\n    {line}\n    return out"


@pytest.fixture
def run(small, monkeypatch):
    """Run cells in a kernel; return the last cell's outputs."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run_cells(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(small)}},
        ).execute()
        return [cell.outputs for cell in notebook.cells]

    return run_cells


def test_three_checks_in_one_kernel(run):
    setup = "from course import check"
    check = 'check("growth", grow)'
    _, _, right, _, wrong, _, broken, _, unwritten = run(
        setup,
        GROW.format(line="pass"),
        check,
        GROW.format(line="out[1, 2] = 0.0"),
        check,
        "\n  \n" + GROW.format(line="out.shape = 7  # here"),
        check,
        "def grow(rows):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        check,
    )
    assert [each.output_type for each in right] == ["stream"]
    assert right[0].text == "growth: the visible checks pass (1 of 1).\n"

    assert [each.output_type for each in wrong] == ["stream", "display_data", "error"]
    assert wrong[0].name == "stdout"
    picture = wrong[1].data
    assert "Picture of the error" in picture["text/plain"]
    found = re.search(r'alt="([^"]+)" src="data:image/png;base64,([^"]+)"', picture["text/html"])
    assert found is not None
    assert found[1] == picture["text/plain"]
    assert base64.b64decode(found[2]).startswith(b"\x89PNG")
    assert wrong[2].ename == "CheckFailed"
    assert wrong[2].traceback == ["CheckFailed: growth: 1 of 1 visible check does not pass"]

    assert "in grow, line 5 of cell In[6]:\n" in broken[0].text
    assert "out.shape = 7  # here" in broken[0].text
    assert broken[-1].output_type == "error"

    assert "grow is not written yet" in unwritten[0].text
    assert unwritten[-1].output_type == "error"


def test_ipython_shows_one_line_for_a_failed_check(capsys):
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from course.failure import fail\nfail('the story', 'growth: the line')")
        assert isinstance(shell.last_execution_result.error_in_exec, CheckFailed)
    finally:
        InteractiveShell.clear_instance()
    out = capsys.readouterr().out
    assert out.splitlines() == ["the story", "CheckFailed: growth: the line"]
