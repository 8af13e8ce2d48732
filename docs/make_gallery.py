"""Make `gallery.md` of `gallery.py`: all widgets as the pictures and words that exports show.

    python docs/make_gallery.py

The notebook runs in a kernel of its own; what is kept is each widget's twin.
"""

import base64
from pathlib import Path

import jupytext
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
PICTURES = HERE / "images" / "gallery"
HEAD = """# The widgets

What JupyterLab shows moves: this page has the pictures that stand for them in exports, in feedback
and in print, and the words that screen readers and terminals get. `docs/gallery.py` is the notebook
to try them in.
"""


def main() -> None:
    """Run the notebook, keep the pictures and write the page."""
    notebook = jupytext.read(HERE / "gallery.py")
    for cell in notebook.cells:
        if "widget" in cell.metadata:
            cell.source += "\nw"
    NotebookClient(notebook, timeout=300, store_widget_state=False).execute(cwd=str(HERE.parent))
    PICTURES.mkdir(parents=True, exist_ok=True)
    parts = [HEAD]
    title = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            title = cell.source
        elif name := cell.metadata.get("widget"):
            (shown,) = (each.data for each in cell.outputs if "image/png" in each.get("data", {}))
            picture = PICTURES / f"{name}.png"
            picture.write_bytes(base64.b64decode(shown["image/png"]))
            words = shown["text/plain"].strip()
            place = picture.relative_to(HERE)
            parts.append(f"{title}\n\n`{name}`\n\n![{name}]({place})\n\n```text\n{words}\n```\n")
    (HERE / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
