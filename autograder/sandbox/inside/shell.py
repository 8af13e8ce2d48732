"""Run a notebook's cells in IPython and collect their outputs, as a kernel would show them."""

import base64
import io
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import Protocol, TypedDict, cast

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .messages import MAX_LINES, MAX_OUTPUTS

CELL_NAME = "<cell {}>"
MAX_TEXT = 200_000
MAX_BUNDLE = 4 * 2**20


class Output(TypedDict, total=False):
    """An output of nbformat's: a stream, a display, a result or an error."""

    output_type: str
    name: str
    text: str
    data: dict[str, str]
    ename: str
    evalue: str
    traceback: list[str]


class Collector:
    """The outputs of the running cell, in order and bounded."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.size = 0

    def text(self, name: str, text: str) -> None:
        """Append to a stream."""
        text = text[: max(0, MAX_TEXT - self.size)]
        self.size += len(text)
        last = self.outputs[-1] if self.outputs else None
        if last and last.get("output_type") == "stream" and last.get("name") == name:
            last["text"] = last.get("text", "") + text
        elif text:
            self.append({"output_type": "stream", "name": name, "text": text})

    def bundle(self, output_type: str, data: Mapping[str, object]) -> None:
        """Append a display or a result: what it says as text, and its picture."""
        kept: dict[str, str] = {}
        for kind, value in data.items():
            if isinstance(value, bytes):
                value = base64.b64encode(value).decode()
            if kind in ("text/plain", "image/png") and isinstance(value, str):
                kept[kind] = value
        size = sum(map(len, kept.values()))
        if kept and self.size + size <= MAX_BUNDLE:
            self.size += size
            self.append({"output_type": output_type, "data": kept})

    def append(self, output: Output) -> None:
        """Append an output as long as there is room, and for an error always."""
        if output.get("output_type") == "error":
            del self.outputs[MAX_OUTPUTS - 1 :]
        if len(self.outputs) < MAX_OUTPUTS:
            self.outputs.append(output)

    def error(self, kind: str, message: str, lines: list[str]) -> None:
        """Append an error."""
        self.append(
            {
                "output_type": "error",
                "ename": kind[:100],
                "evalue": message[:2_000],
                "traceback": [line[:5_000] for line in lines[-MAX_LINES:]],
            }
        )


collector = Collector()


class Stream(io.TextIOBase):
    """A standard stream that writes to the collector."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def write(self, text: str, /) -> int:
        """Take text."""
        collector.text(self.name, text)
        return len(text)

    def writable(self) -> bool:
        """Say that it takes text."""
        return True


class Displays(DisplayPublisher):
    """Where `display` ends."""

    def publish(self, data: Mapping[str, object], *_: object, **__: object) -> None:
        """Keep a display."""
        collector.bundle("display_data", data)


class Results(DisplayHook):
    """Where the value of a cell's last expression ends."""

    def write_output_prompt(self) -> None:
        """Write no `Out[1]:`."""

    def write_format_data(
        self, format_dict: Mapping[str, object], md_dict: Mapping[str, object] | None = None
    ) -> None:
        """Keep a result."""
        collector.bundle("execute_result", format_dict)


class CellNames(CachingCompiler):
    """Names compiled code after its cell, so that an error can be told by cell and line."""

    current = 0

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return the name that stands in tracebacks."""
        return CELL_NAME.format(CellNames.current)


class Shell(InteractiveShell):
    """IPython without a terminal, a history or a debugger."""

    display_pub_class = Type(Displays)
    displayhook_class = Type(Results)
    compiler_class = Type(CellNames)

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str] | str) -> None:
        lines = [stb] if isinstance(stb, str) else list(stb)
        collector.error(etype.__name__, str(evalue), lines)

    def ask_exit(self) -> None:
        """Typing `exit` ends nothing here."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Plots need no event loop here."""


class RunResult(Protocol):
    """What is used of its answer."""

    success: bool


class Runner(Protocol):
    """What is used of IPython's shell."""

    user_ns: dict[str, object]

    def run_cell(self, source: str, *, store_history: bool) -> RunResult:
        """Run a cell."""
        ...


def start() -> Runner:
    """Make the shell, once, in the warm parent."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    return cast(Runner, Shell.instance(config=config))


def run_cell(
    shell: Runner, index: int, source: str, *, store_history: bool = True
) -> tuple[bool, list[Output]]:
    """Run one cell; what it prints, shows and raises is in the outputs."""
    collector.__init__()
    CellNames.current = index
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    try:
        success = shell.run_cell(source, store_history=store_history).success
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return success, collector.outputs


def own_line(trace: TracebackType | None) -> tuple[int, int] | None:
    """Return the cell and the line, from 1, of the innermost frame that a cell wrote."""
    prefix = CELL_NAME.split("{")[0]
    found = None
    while trace is not None:  # not by `traceback`, which reads the files of all frames
        name = trace.tb_frame.f_code.co_filename
        number = name.removeprefix(prefix).removesuffix(">")
        if name.startswith(prefix) and number.isdigit():
            found = int(number), trace.tb_lineno
        trace = trace.tb_next
    return found
