"""A notebook in JupyterLab, as somebody in front of it sees it."""

from playwright.sync_api import Locator, Page

from tests.e2e.server import LabServer
from tests.e2e.visitor import open_lab

OPENED = """path => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return panel?.context?.path === path && panel.context.isReady
        && panel.sessionContext.session?.kernel?.status === 'idle';
}"""
PLACE = """id => {
    const { content } = jupyterapp.shell.currentWidget;
    const place = content.widgets.findIndex(cell => cell.model.id === id);
    content.scrollToItem(place);
    return place;
}"""
COUNT = """id => jupyterapp.shell.currentWidget.content.widgets
    .find(cell => cell.model.id === id).model.executionCount"""
HAS_RUN = """([id, before]) => {
    const { model } = jupyterapp.shell.currentWidget.content.widgets
        .find(cell => cell.model.id === id);
    return model.executionState === 'idle' && ![null, before].includes(model.executionCount);
}"""
NOT_RUN = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(({ model }) => model.type === 'code' && model.sharedModel.getSource().trim())
    .filter(({ model }) => model.executionCount === null || model.executionState !== 'idle')
    .map(({ model }) => model.id)"""
OUTPUTS = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(({ model }) => model.type === 'code')
    .map(({ model }) => [model.id, model.outputs.toJSON().map(
        output => output.ename ?? Object.keys(output.data ?? {}).join(' '))])"""


class Notebook:
    """A notebook that is open in a JupyterLab of its own workspace, its kernel ready."""

    def __init__(self, page: Page, lab: LabServer, path: str) -> None:
        self.page = page
        open_lab(page, lab.at(f"lab/workspaces/{path.partition('/')[0]}/tree/{path}"))
        page.wait_for_function(OPENED, arg=path)

    def cell(self, name: str) -> Locator:
        """Scroll to the cell with this id and return it."""
        place = self.page.evaluate(PLACE, name)
        assert place >= 0, f"the notebook has no cell {name!r}"
        cell = self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{place}']")
        cell.scroll_into_view_if_needed()
        return cell

    def write(self, name: str, source: str) -> None:
        """Put the cursor into a cell, select all, and put `source` in its place."""
        self.cell(name).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def run(self, name: str) -> Locator:
        """Run a cell with the keyboard; return what stands below it when it has run."""
        cell = self.cell(name)
        cell.locator(".cm-content").click()
        before = self.page.evaluate(COUNT, name)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(HAS_RUN, arg=[name, before])
        return cell.locator(".jp-Cell-outputWrapper")

    def run_all(self) -> None:
        """Run all cells, by JupyterLab's own command, and wait for the last."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(f"() => ({NOT_RUN})().length === 0")

    def outputs(self) -> dict[str, list[str]]:
        """Return each code cell's outputs: the name of an error, else the media types."""
        return dict(self.page.evaluate(OUTPUTS))
