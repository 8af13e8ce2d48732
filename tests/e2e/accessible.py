"""What axe-core finds wrong with a page for those who cannot see it, or use no mouse."""

from typing import Protocol, cast

import msgspec
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# It would ask for the style sheets once more, which a page that is a file may not.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


class _Node(msgspec.Struct):
    """A part of the page that a rule finds fault with."""

    html: str


class _Fault(msgspec.Struct):
    """A rule that is broken, and where."""

    id: str
    help: str
    nodes: list[_Node]


class _Response(msgspec.Struct):
    """What is read of axe-core's answer."""

    violations: list[_Fault]


class _Found(Protocol):
    response: object


class _Axe(Protocol):
    """What is used of Axe, whose own types are open."""

    def run(self, page: Page, /, *, context: str | None, options: object) -> _Found: ...


def faults(page: Page, within: str | None = None) -> list[str]:
    """Return the rules that are broken, and where; `within` is a selector."""
    found = cast("_Axe", Axe()).run(page, context=within, options=OPTIONS)
    return [
        f"{fault.id}: {fault.help}: {node.html[:200]}"
        for fault in msgspec.convert(found.response, _Response).violations
        for node in fault.nodes
    ]
