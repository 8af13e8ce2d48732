"""What people will look at: nothing of it runs, wherever it was put."""

from tests.hostile.case import ALL, case

LIVE = ("<script", "text/html", "image/svg", "onload=", "javascript")


@case(solves="double", hides=LIVE)
def displays_of_every_kind():
    """HTML, SVG, JavaScript, LaTeX, Markdown, JSON, PDF, video, widgets and Vega."""
    return """
    from IPython.display import display
    kinds = ("text/html", "image/svg+xml", "application/javascript", "text/latex", "text/markdown",
             "application/json", "application/pdf", "video/mp4", "image/jpeg", "image/gif",
             "application/vnd.jupyter.widget-view+json", "application/vnd.vega.v5+json")
    script = "<scr" + "ipt>alert(1)</scr" + "ipt>"
    for kind in kinds: display({kind: script}, raw=True)
    display({"text/plain": "harmless", "text/html": script}, raw=True)
    """


@case(solves="double", hides=("\x1b", "\u202e"), tells=("red",))
def commands_for_terminals():
    """ANSI in streams, errors, results and the names of exceptions: titles, links, clipboards."""
    return r"""
    print("\x1b[31mred\x1b]0;title\x07\x1b]52;c;cm0gLXJm\x07\x9b31m\r\b")
    # %%
    import sys; sys.stderr.write("\x1b[?1049h\x1b[2J\u202e")
    # %%
    raise type("\x1b[31mName", (Exception,), {})("\x1b[2K\x1b[1A")
    # %%
    "\x1b]8;;https://example.com\x07click\x1b]8;;\x07"
    """


@case(solves=ALL)
def prose_that_runs():
    """Scripts, handlers, frames, styles and links of every kind, in prose and in the essay."""
    return """
    # %% [markdown] essay
    <script>document.title = 1</script> <img src=x onerror=alert(1)> <svg onload=alert(1)>
    [a](javascript:alert(1)) <a href="&#106;avascript:alert(1)">b</a> <iframe srcdoc="<script>">
    <style>*{display:none}</style> <base href=//x> <meta http-equiv=refresh content=0>
    <math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>
    # %% [markdown]
    <form action=//x><input name=double value=40 id=test_double></form> ![](attachment:none.png)
    """


@case(solves="double")
def metadata_of_every_kind():
    """Scripts, points, locks and widgets in the metadata of cells and of the notebook."""

    def edit(notebook):
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            marks |= {
                "points": 1_000,
                "locked": False,
                "grade": True,
                "checksum": "0",
                "task": True,
            }
            cell["metadata"] |= {"tags": ["<script>"], "scrolled": "<script>", "format": 1e308}
            cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "100"}}]
        notebook["metadata"] |= {
            "title": "</title><script>alert(1)</script>",
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": "<script>"}},
            "celltoolbar": "Create Assignment",
            "authors": [{"name": "<script>"}] * 1_000,
        }
        return notebook

    return lambda notebook: edit(notebook)


@case(solves="double")
def attachments():
    """Pictures in prose that are HTML, that are huge, and that are no text."""

    def edit(notebook):
        bundles = {
            "a.png": {"image/svg+xml": "<svg onload=alert(1)>", "image/png": "x" * 10**6},
            "../../b": {"text/html": "<script>"},
            "<script>": {"image/png": ["a", 1]},
        }
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["attachments"] = bundles
                cell["source"] += "\n![](attachment:a.png) ![](attachment:../../b)"
        return notebook

    return lambda notebook: edit(notebook)
