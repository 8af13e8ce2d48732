"""A widget in a JupyterLab: opened by a cell, driven in the page, read from page and kernel."""

import ast
import json
from pathlib import Path
from typing import cast

from playwright.sync_api import Locator

from tests.e2e import screenshots
from tests.e2e.accessible import faults
from tests.e2e.notebook import Notebook
from tests.e2e.server import LabServer
from tests.e2e.visitor import Visitor

IN_KERNEL = """code => new Promise((done, failed) => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    const user_expressions = { found: '_found' };
    const future = kernel.requestExecute({ code, silent: true, user_expressions });
    future.done.then(({ content }) => {
        const { found } = content.user_expressions ?? {};
        found?.status === 'ok' ? done(found.data['text/plain']) : failed(JSON.stringify(content));
    });
})"""
THEME = "name => jupyterapp.commands.execute('apputils:change-theme', { theme: name })"


class Stage:
    """A notebook of one cell whose last line shows a widget called `w`."""

    def __init__(self, visitor: Visitor, lab: LabServer, name: str, source: str) -> None:
        self.visitor, self.page, self.name = visitor, visitor.page, name
        folder = lab.root / f"widgets-{name}"
        folder.mkdir(exist_ok=True)
        cell: dict[str, object] = {"id": "widget", "cell_type": "code", "source": f"{source}\nw"}
        cell |= {"metadata": {}, "outputs": [], "execution_count": None}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}
        Path(folder, "widget.ipynb").write_text(json.dumps(notebook))
        self.path = f"widgets-{name}/widget.ipynb"
        self.file = Path(folder, "widget.ipynb")
        self.notebook = Notebook(self.page, lab, self.path)
        self.notebook.run("widget")
        self.widget: Locator = self.page.locator(".course-widget")
        self.widget.wait_for()

    def kernel(self, expression: str) -> object:
        """Return what an expression is in the kernel: numbers, strings, lists and dicts."""
        code = f"import json; _found = json.dumps({expression})"
        shown = cast("str", self.page.evaluate(IN_KERNEL, code))  # JSON as Python shows a string
        return json.loads(ast.literal_eval(shown))

    def until(self, expression: str, value: object) -> None:
        """Wait until the kernel says so: messages need a moment."""
        found = self.kernel(expression)
        for _ in range(100):
            if found == value:
                return
            self.page.wait_for_timeout(50)
            found = self.kernel(expression)
        raise AssertionError(f"{expression} is {found!r}, not {value!r}")

    def set(self, statement: str) -> None:
        """Run a statement in the kernel, such as `w.x = 2`."""
        self.page.evaluate(IN_KERNEL, f"{statement}\n_found = 0")

    def check(self) -> None:
        """Find no fault of accessibility, no error on the console and no request elsewhere."""
        assert faults(self.page, within=".jp-Cell-outputWrapper") == []
        assert self.visitor.errors == []
        assert self.visitor.outside == []

    def keep(self, what: str = "") -> None:
        """Keep a screenshot in both themes, where they are asked for, and check both."""
        for theme, short in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
            self.page.evaluate(THEME, theme)
            self.page.wait_for_timeout(400)
            assert faults(self.page, within=".jp-Cell-outputWrapper") == []
            screenshots.keep(self.widget, f"widget-{self.name}{what}-{short}")
