"""Somebody at a browser: a page, and a record of what it did that nobody sees."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route, ViewportSize

SIZE = ViewportSize(width=1400, height=900)
PATIENCE = 120_000  # milliseconds: the machine may be busy


class Visitor:
    """A page that cannot leave the machine.

    Attributes:
        page: Playwright's page.
        outside: addresses elsewhere that it asked for, in vain.
        errors: what it complained of on its console, failed requests elsewhere left out.
        dialogs: alerts that came up.
    """

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        self._home = home
        page.set_default_timeout(PATIENCE)
        page.route(lambda url: not self._at_home(url), self._refuse)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.on("dialog", self._dismiss)

    def _at_home(self, url: str) -> bool:
        sockets = self._home.replace("http", "ws", 1)
        return url.startswith((self._home, sockets, "file:", "data:", "blob:", "about:"))

    def _refuse(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.abort("blockedbyclient")

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "ERR_BLOCKED_BY_CLIENT" not in said.text:
            self.errors.append(said.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@contextmanager
def visit(browser: Browser, home: str) -> Generator[Visitor]:
    """Open a new window, with nothing remembered from others."""
    context = browser.new_context(viewport=SIZE)
    try:
        yield Visitor(context.new_page(), home)
    finally:
        context.close()


def open_lab(page: Page, address: str) -> None:
    """Open JupyterLab; return when its plugins have started: till then menus move about."""
    page.goto(address)
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate("() => jupyterapp.restored.then(() => null)")
