"""Repair: whatever was handed in becomes a notebook that has the manifest's graded cells."""

import copy
import json
from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.assignment import read_assignment
from autograder.manifest import ManifestCell, manifest
from autograder.repair import MAX_CELLS, MAX_PICTURES, MAX_SOURCE, MAX_TEXT, Cell, Mended, mend


@cache
def wanted() -> list[ManifestCell]:
    return manifest(read_assignment("a1_graphs"))


def cell_of(entry: ManifestCell) -> dict[str, object]:
    nbgrader = {"grade_id": entry.grade_id}
    cell: dict[str, object] = {"cell_type": entry.cell_type, "source": entry.source}
    return {**cell, "id": entry.grade_id, "metadata": {"nbgrader": nbgrader}}


@pytest.fixture
def notebook() -> dict[str, object]:
    """The release, with a cell of prose and one of the student's own."""
    cells = [cell_of(entry) for entry in wanted()]
    cells.insert(0, {"cell_type": "markdown", "source": ["# Title\n", "text"], "metadata": {}})
    cells.append({"cell_type": "code", "source": "mine = 1", "metadata": {}, "outputs": []})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def mended(notebook: object) -> Mended:
    return mend(json.dumps(notebook).encode(), wanted())


def find(notebook, grade_id: str) -> dict[str, object]:
    (cell,) = [c for c in notebook["cells"] if c.get("id") == grade_id]
    return cell


def by_grade_id(found: Mended) -> dict[str, Cell]:
    return {cell.grade_id: cell for cell in found.cells if cell.grade_id}


def assert_whole(found: Mended) -> None:
    """Each graded cell once, of its own type; tests as they were; ids that nbformat accepts."""
    named = [cell.grade_id for cell in found.cells if cell.grade_id]
    assert len(named) == len(set(named))
    cells = by_grade_id(found)
    for entry in wanted():
        if entry.kind != "solution":
            assert entry.grade_id in cells
        if entry.grade_id in cells:
            assert cells[entry.grade_id].cell_type == entry.cell_type
        if entry.kind == "test":
            assert cells[entry.grade_id].source.strip() == entry.source.strip()
    ids = [cell.id for cell in found.cells]
    assert len(ids) == len(set(ids))
    assert all(0 < len(each) <= 64 and each.replace("-", "_").isidentifier() for each in ids)
    assert msgspec.json.encode(found.cells)


def test_a_sound_notebook_needs_no_repair(notebook):
    found = mended(notebook)
    assert found.repairs == []
    assert [cell.source for cell in found.cells] == [
        "".join(cell["source"]) for cell in notebook["cells"]
    ]
    assert_whole(found)


UNREADABLE = {
    "nothing": (b"", "empty"),
    "a text": (b"Dear professor,\nmy notebook is attached.", "not a notebook"),
    "broken JSON": (b'{"nbformat": 4, "cells": [', "not a notebook"),
    "bytes": (bytes(range(256)), "no notebook"),
    "UTF-16": ("{}".encode("utf-16"), "no notebook"),
    "a list": (b"[]", "not a notebook"),
    "null": (b"null", "not a notebook"),
    "no format": (b"{}", "not a notebook"),
    "format 99": (b'{"nbformat": 99, "cells": []}', "99"),
    "cells that are a string": (b'{"nbformat": 4, "cells": "x"}', "not a notebook"),
    "a source that is a number": (b'{"nbformat": 4, "cells": [{"source": 1}]}', "not a notebook"),
    "brackets without end": (b'{"nbformat": 4, "cells": ' + b"[" * 100_000, "not a notebook"),
    "an executable": (b"\x7fELF\x02\x01\x01\0\0\0", "not a notebook"),
    "a long number": (b'{"nbformat": ' + b"4" * 5_000 + b"}", "not a notebook"),
}


@pytest.mark.parametrize(("data", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_graded_as_the_untouched_release(data, reason):
    found = mend(data, wanted())
    (repair,) = found.repairs
    assert reason in repair
    assert repair.endswith("graded as the untouched release")
    assert len(repair) < 300
    assert [cell.grade_id for cell in found.cells] == [entry.grade_id for entry in wanted()]
    assert_whole(found)


def test_a_file_over_the_limit_is_not_read(monkeypatch):
    monkeypatch.setattr("autograder.raw_notebook.MAX_BYTES", 1_000)
    (repair,) = mend(b" " * 1_001, wanted()).repairs
    assert "over" in repair


def test_a_byte_order_mark_is_no_harm(notebook):
    assert mend(b"\xef\xbb\xbf" + json.dumps(notebook).encode(), wanted()).repairs == []


def test_the_old_format_is_converted(notebook):
    cells = copy.deepcopy(notebook["cells"])
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    cells.append({"cell_type": "heading", "level": 1, "source": "An old heading"})
    old = {"nbformat": 3, "metadata": notebook["metadata"], "worksheets": [{"cells": cells}]}
    found = mended(old)
    assert found.repairs == ["the notebook was in the old format 3 and was converted"]
    assert found.cells[-2].source == "mine = 1"
    assert_whole(found)


@pytest.mark.parametrize("cells", [[], None])
def test_an_empty_notebook(notebook, cells):
    notebook["cells"] = cells
    if cells is None:
        del notebook["cells"]
    found = mended(notebook)
    assert "the notebook has no cells" in found.repairs
    assert_whole(found)


def test_another_assignments_notebook_is_told(notebook):
    others = ["conv2d_forward", "test_conv2d_forward", "<b>\x1b[31mx", "z"]
    notebook["cells"] = [
        {"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": name}}}
        for name in others
    ]
    found = mended(notebook)
    assert "no cell of this assignment" in found.repairs[0]
    assert "conv2d_forward" in found.repairs[0]
    assert found.repairs[0].isprintable()
    assert_whole(found)
    assert [cell.grade_id for cell in found.cells[:4]] == [""] * 4


@pytest.mark.parametrize(
    ("metadata", "repair"),
    [
        ({}, "names no kernel"),
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "language 'r'"),
        ({"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}}, "language 'r'"),
        ({"kernelspec": {"language": "x" * 1_000}}, "language 'xxx"),
        ({"kernelspec": 5, "language_info": [1]}, None),
        ({"kernelspec": {"language": ["R"]}}, None),
        ({"kernelspec": {"name": "python3", "language": "python"}}, None),
        ({"kernelspec": {"name": "python3"}}, None),
    ],
)
def test_the_kernel(metadata, repair, notebook):
    notebook["metadata"] = metadata
    found = mended(notebook)
    assert [r for r in found.repairs if "it ran as Python" in r and (repair or "?") in r] == (
        found.repairs if repair else []
    )
    assert_whole(found)


def test_fifty_megabytes_of_outputs_are_left_out(notebook):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50 * 2**20}
    notebook["cells"][-1]["outputs"] = [output]
    found = mended(notebook)
    assert found.repairs == []
    assert len(msgspec.json.encode(found.cells)) < 10**6


def test_the_last_of_several_cells_with_one_name_counts(notebook):
    notebook["cells"].append({**find(notebook, "gates"), "source": "the last"})
    notebook["cells"].append({**find(notebook, "test_gates"), "source": "check('gates')"})
    found = mended(notebook)
    assert by_grade_id(found)["gates"].source == "the last"
    assert sum("more than once; the last one counts" in r for r in found.repairs) == 2
    assert_whole(found)


def test_retyped_cells_get_their_type_back(notebook):
    find(notebook, "test_gates")["cell_type"] = "markdown"
    find(notebook, "gates")["cell_type"] = "raw"
    find(notebook, "essay_chain_rule")["cell_type"] = "code"
    found = mended(notebook)
    assert sorted(found.repairs) == [
        "cell essay_chain_rule had become code and is markdown again",
        "cell gates had become raw and is code again",
        "cell test_gates had become markdown and is code again",
    ]
    assert_whole(found)


def test_deleted_and_edited_cells_are_put_back_where_they_were(notebook):
    for name in ("test_gates", "essay_chain_rule", "value_ops"):
        notebook["cells"].remove(find(notebook, name))
    find(notebook, "test_value_ops")["source"] = "100"
    found = mended(notebook)
    assert sorted(found.repairs) == [
        "cell essay_chain_rule was missing",
        "cell test_gates was missing",
        "cell test_value_ops had been edited and was put back",
        "cell value_ops was missing",
    ]
    names = [cell.grade_id for cell in found.cells]
    assert names[names.index("gates") + 1] == "test_gates"
    assert "value_ops" not in names, "an answer that is gone stays gone"
    assert_whole(found)


def test_line_ends_of_other_systems_are_no_edits(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    found = mended(notebook)
    assert found.repairs == []
    assert not any("\r" in cell.source for cell in found.cells)


def test_pictures_in_prose_are_kept_and_nothing_else(notebook):
    essay, code = find(notebook, "essay_chain_rule"), find(notebook, "gates")
    essay["attachments"] = {"a.png": {"image/png": "aGk=", "text/html": "<script>"}, "b": {}}
    essay["attachments"]["c.png"] = {"image/png": ["no", "text"]}
    code["attachments"] = {"a.png": {"image/png": "aGk="}}
    cells = by_grade_id(mended(notebook))
    assert cells["essay_chain_rule"].attachments["a.png"] == {"image/png": "aGk="}
    assert cells["essay_chain_rule"].attachments["c.png"] == {}
    assert cells["gates"].attachments == {}, "nbformat has none in code cells"


def test_too_many_and_too_long_cells_are_left_out(notebook):
    notebook["cells"][:0] = [{"cell_type": "code", "source": "x" * (MAX_SOURCE + 1)}]
    notebook["cells"] += [{"cell_type": "code", "source": "1"}] * MAX_CELLS
    found = mended(notebook)
    assert len(found.cells) < MAX_CELLS + 50
    assert [r.split(" ")[0] + " " + r.split(" ")[-2] for r in found.repairs] == [
        "the were",
        "cell left",
    ]
    assert_whole(found)


def test_all_cells_together_have_a_length_that_can_be_stored_and_shown(notebook):
    """A file of 200 MB would otherwise be a report, a notebook and a page of that size."""
    long = {"cell_type": "markdown", "source": "x" * MAX_SOURCE}
    notebook["cells"] += [long] * 20
    found = mended(notebook)
    (repair,) = found.repairs
    assert "over 4000000 characters" in repair
    assert sum(len(cell.source) for cell in found.cells) <= MAX_TEXT
    assert_whole(found)


def test_pictures_have_a_size_that_can_be_stored_and_shown(notebook):
    picture = {"a.png": {"image/png": "x" * (MAX_PICTURES // 2 - 100)}}
    prose = {"cell_type": "markdown", "source": "![](attachment:a.png)", "attachments": picture}
    notebook["cells"] += [prose] * 4
    found = mended(notebook)
    assert [bool(cell.attachments) for cell in found.cells[-4:]] == [True, True, False, False]
    assert len(found.repairs) == 2
    assert "the pictures of cell" in found.repairs[0]
    assert_whole(found)


def test_hostile_metadata_is_dropped(notebook):
    deep: object = []
    for _ in range(400):
        deep = [deep]
    for cell in notebook["cells"]:
        cell["metadata"]["scrolled"] = "<script>"
        cell["metadata"]["nbgrader"] = {
            **cell["metadata"].get("nbgrader", {}),
            "points": 1_000,
            "locked": False,
        }
    notebook["cells"].append(
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": deep}}}
    )
    found = mended(notebook)
    assert found.repairs == []
    assert b"<script>" not in msgspec.json.encode(found.cells)
    assert_whole(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([entry.grade_id for entry in wanted()]) | st.text(max_size=5)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | st.text(max_size=3)},
    optional={
        "source": st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3),
        "metadata": st.fixed_dictionaries(
            {}, optional={"nbgrader": st.fixed_dictionaries({"grade_id": NAMES | JSON}) | JSON}
        ),
        "id": JSON,
        "outputs": JSON,
        "attachments": st.dictionaries(st.text(max_size=3), st.dictionaries(st.text(), JSON)),
    },
)
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([4, 3]), "cells": st.lists(CELLS, max_size=8)},
    optional={"metadata": st.dictionaries(st.sampled_from(["kernelspec", "language_info"]), JSON)},
)


@given(JSON | NOTEBOOKS | st.fixed_dictionaries({"nbformat": JSON, "cells": JSON}))
def test_any_json_becomes_a_notebook_with_the_manifests_cells(value):
    assert_whole(mended(value))


@given(st.binary(max_size=60))
def test_any_bytes_become_a_notebook_with_the_manifests_cells(data):
    assert_whole(mend(data, wanted()))


def test_what_jupyter_reads_is_read(notebook):
    notebook["cells"][0]["source"] = "half an emoji \ud83d"
    notebook["metadata"]["number"] = float("nan")
    found = mended(notebook)
    assert found.repairs == []
    assert found.cells[0].source == "half an emoji ?"
    assert_whole(found)
