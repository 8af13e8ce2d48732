"""Honest oddities: everything is right, something is unusual, and all marks are kept."""

import json

from tests.hostile.case import ALL, case


@case(solves=ALL)
def nothing_odd():
    """The right answers as they are."""
    return ""


@case(solves=ALL, tells=("a note", "divide by zero"))
def warnings_on_stderr():
    """NumPy's warnings, the student's own, and a log."""
    return """
    import logging, sys, warnings
    np.log(np.zeros(2)), np.float64(1) / 0
    warnings.warn("deprecated", DeprecationWarning)
    logging.basicConfig(); logging.error("an error that is none")
    print("a note", file=sys.stderr)
    """


@case(solves=ALL)
def prints_in_answers():
    """Answers print what they do, a bar of progress too, every time that they are called."""
    return """
    right = double
    def double(x):
        print("doubling", x, flush=True)
        return right(x)
    # %%
    from time import sleep
    for n in range(3): print(f"\\r{n}", end="")
    """


@case(solves=ALL, tells=("image/png",))
def plots():
    """Figures that are shown, that are left open, and that are saved."""
    return """
    import matplotlib.pyplot as plt
    plt.plot([1, 2]); plt.title("mine"); plt.savefig("mine.png")
    # %%
    for n in range(25): plt.figure()
    plt.close("all")
    """


@case(solves=ALL)
def cells_of_their_own():
    """Extra cells everywhere: prose, tries, errors, empty ones."""

    def edit(notebook):
        extra = [("markdown", "# My notes"), ("code", "1 / 0"), ("code", ""), ("raw", "x")]
        added = [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in extra]
        notebook["cells"] = [each for cell in notebook["cells"] for each in (*added, cell)]
        return notebook

    return edit


@case(solves=ALL)
def cells_in_another_order():
    """All graded cells upside down; helpers are where they are needed."""

    def edit(notebook):
        first, rest = notebook["cells"][:3], notebook["cells"][3:]
        notebook["cells"] = first + rest[::-1]
        return notebook

    return edit


@case(solves=ALL)
def the_old_format():
    """Saved by a program of ten years ago."""

    def edit(notebook):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["input"] = cell.pop("source")
        return {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": notebook["cells"]}]}

    return edit


@case(solves=ALL)
def windows():
    """Line ends of Windows, a mark of byte order, tabs, sources as lists of lines."""

    def edit(notebook):
        for cell in notebook["cells"]:
            text = cell["source"].replace("    ", "\t").replace("\n", "\r\n")
            cell["source"] = text.splitlines(keepends=True)
        return b"\xef\xbb\xbf" + json.dumps(notebook).encode()

    return edit


@case(solves="square tally quiz", earns={"double": 40, "square": 30, "tally": 20, "quiz": 10})
def single_precision():
    """Computed in float32, from the input on."""
    return """
    # %% double
    def double(x): return (np.asarray(x, np.float32) * 2).astype(np.float32)
    """


@case(solves="double square quiz", earns={"double": 40, "square": 30, "tally": 20, "quiz": 10})
def another_kind_of_number():
    """NumPy's scalars, zero-dimensional arrays and fractions of a class of one's own."""
    return """
    # %% tally
    class Tally:
        def __init__(self): self.all = []
        def add(self, number):
            self.all.append(number)
            return np.array(self.all).sum()
    """


@case(solves="square tally quiz", earns={"double": 40, "square": 30, "tally": 20, "quiz": 10})
def a_callable_object():
    """Not a function but an object, a partial, behind a decorator and a cache."""
    return """
    # %% double
    import functools
    class Times:
        def __init__(self, factor): self.factor = factor
        def __call__(self, x): return self.factor * x
    def logged(f):
        @functools.wraps(f)
        def inner(*a, **k): return f(*a, **k)
        return inner
    double = logged(functools.partial(lambda t, x: t(x), Times(2.0)))
    """


@case(solves=ALL)
def names_of_builtins_taken():
    """`list`, `sum`, `max`, `type`, `len` and `np` are the student's own variables now."""
    return """
    list, max, type, len, x, call, results = [1], 3, "kind", 7, 9, 11, 13
    # %%
    sum = 0
    """


@case(solves="square tally quiz", earns={"double": 40, "square": 30, "tally": 20, "quiz": 10})
def a_global_from_an_earlier_cell():
    """An answer needs what another cell, below it, defined."""
    return """
    # %% double
    def double(x): return FACTOR * x
    # %%
    FACTOR = 2.0
    """


@case(solves=ALL)
def magics_and_questions():
    """Magics, help, shell commands that are not there, `await` at the top of a cell."""
    return """
    %matplotlib inline
    %time 1 + 1
    %load_ext autoreload
    # %%
    %%time
    import asyncio
    await asyncio.sleep(0)
    # %%
    double?
    # %%
    %pip install numpy
    # %%
    !ls
    # %%
    %timeit -n 1 -r 1 1 + 1
    # %%
    input("your name: ")
    """


@case(solves=ALL)
def another_folder_and_seed():
    """The folder, the seed, how numbers are printed and errors are handled: all is changed."""
    return """
    import os, random
    os.makedirs("/tmp/mine", exist_ok=True); os.chdir("/tmp/mine")
    np.random.seed(0); random.seed(0)
    np.set_printoptions(precision=2); np.seterr(all="raise")
    import sys; sys.setrecursionlimit(10**5)
    import warnings; warnings.simplefilter("error")
    """


@case(solves=ALL)
def a_background_thread():
    """A timer that is still running, as progress bars have one."""
    return """
    import threading
    def tick():
        threading.Timer(0.05, tick).start()
    tick()
    """


@case(solves=ALL)
def letters_of_all_languages():
    """Names, text and prose in Chinese, Greek, Arabic and pictures."""
    return """
    λ, 数, été = 1, 2, 3
    print("ждать", "🎉", "مرحبا", λ + 数 + été)
    # %% [markdown] essay
    反向传播 — because 🎓 each edge is used once; ∂L/∂w = δ·x
    """


@case(solves=ALL, tells=("names no kernel",))
def a_renamed_and_stripped_notebook():
    """Metadata are gone; ids too; outputs of an earlier run are there."""

    def edit(notebook):
        notebook["metadata"] = {}
        for cell in notebook["cells"]:
            del cell["id"]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "old"}]
            cell["execution_count"] = 99
        return notebook

    return edit


@case(solves=ALL, hurried=True)
def cells_that_were_forgotten():
    """A loop that never ends and an `exit` were left in; they cost themselves alone."""
    return """
    import time
    while True: time.sleep(0.1)
    # %%
    import sys; sys.exit()
    """


@case(solves=ALL)
def widgets_and_tables():
    """Sliders, rich displays and a table in HTML."""
    return """
    import ipywidgets
    from IPython.display import HTML, Markdown, Math, display
    display(HTML("<table><tr><td>1</td></tr></table>"), Markdown("**b**"), Math("x^2"))
    ipywidgets.interact(lambda x: x, x=(0, 3))
    """
