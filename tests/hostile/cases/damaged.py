"""Notebooks that no program wrote, or that another program spoilt."""

import json

from tests.hostile.case import case


def edited(edit):
    """Hand in what an edit makes of the notebook."""

    def make(notebook):
        edit(notebook)
        return notebook

    return make


def find(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


@case(tells=("untouched release",))
def half_a_file():
    """The upload broke off."""
    return lambda notebook: json.dumps(notebook).encode()[:900]


@case(tells=("untouched release",))
def another_file():
    """A page of the learning platform in the place of the notebook."""
    return lambda notebook: b"<!DOCTYPE html><title>Log in</title><script>alert(1)</script>"


@case()
def nothing_at_all():
    """An empty file."""
    return lambda notebook: b""


@case()
def numbers_without_end():
    """Numbers and nesting that readers of JSON choke on."""
    return lambda notebook: (
        b'{"nbformat": 4, "metadata": {"x": '
        + b"9" * 100_000
        + b', "y": 1e999999}, "cells": '
        + b'[{"source":' * 50_000
    )


@case(solves="double", tells=("more than once",))
def one_name_many_times():
    """The graded cells are there three times; the last of each counts."""

    def edit(notebook):
        wrong = [dict(cell, source="def double(x): return x", id="") for cell in notebook["cells"]]
        notebook["cells"][:0] = wrong * 2

    return edited(edit)


@case(solves="double", tells=("put back",))
def checks_rewritten():
    """The locked checks print points; one of them is now an answer, one is prose."""

    def edit(notebook):
        find(notebook, "test_double")["source"] = "print(40)\n40"
        find(notebook, "test_tally")["cell_type"] = "markdown"
        marks = find(notebook, "test_square")["metadata"]["nbgrader"]
        marks |= {"grade": False, "solution": True, "locked": False}

    return edited(edit)


@case(tells=("was missing",))
def graded_cells_deleted():
    """All that nbgrader knows is gone; a cell of the student's has the right answer's name only."""

    def edit(notebook):
        notebook["cells"] = [c for c in notebook["cells"] if not c["metadata"].get("nbgrader")]

    return edited(edit)


@case(solves="double")
def names_taken_over():
    """Cells of the student's carry the marks of checks and essays, with more points."""

    def edit(notebook):
        for name in (
            "test_double",
            "essay",
            "__init__",
            "notice-repairs",
            "../x",
            "<b>",
            "a" * 10**5,
        ):
            marks = {
                "grade_id": name,
                "points": 1_000,
                "grade": True,
                "solution": False,
                "locked": True,
            }
            notebook["cells"].insert(
                0,
                {
                    "cell_type": "code",
                    "source": "1000",
                    "id": name,
                    "metadata": {"nbgrader": marks},
                },
            )

    return edited(edit)


@case(solves="double")
def every_field_of_another_type():
    """Where readers want text there are numbers, lists, nothing."""

    def edit(notebook):
        notebook["metadata"] = {"kernelspec": [1], "language_info": 7}
        notebook["nbformat_minor"] = "five"
        for cell in notebook["cells"]:
            cell |= {"id": [1], "outputs": "x", "execution_count": {}, "extra": [[[]]]}

    return edited(edit)


@case(solves="double")
def ten_thousand_cells():
    """Cells without number after the notebook, and one of them very long."""

    def edit(notebook):
        small = {"cell_type": "code", "source": "1", "metadata": {}}
        notebook["cells"] += [{**small, "source": "#" * 600_000}, *[small] * 500]
        notebook["cells"] += [{**small, "cell_type": "markdown", "source": "a"}] * 10_000

    return edited(edit)


@case(solves="double")
def prose_of_many_megabytes():
    """Hundreds of cells of prose and of comments, each as long as is allowed."""

    def edit(notebook):
        long = {"cell_type": "markdown", "source": "word " * 80_000, "metadata": {}}
        code = {**long, "cell_type": "code", "source": "# word\n" * 50_000}
        notebook["cells"] += [long, code] * 40

    return edited(edit)


@case(solves="double")
def of_another_language():
    """A kernel of R, and cells of IPython's magic languages."""

    def edit(notebook):
        notebook["metadata"]["kernelspec"] = {"name": "ir", "language": "R"}
        for magic in (
            "%%javascript\nalert(1)",
            "%%html\n<script>",
            "%%bash\nid",
            "%%writefile /x\ny",
        ):
            notebook["cells"].append({"cell_type": "code", "source": magic, "metadata": {}})

    return edited(edit)
