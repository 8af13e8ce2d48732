"""An exception in words, with the student's own line instead of the frames of the kit."""

import linecache
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from IPython.core.getipython import get_ipython

_KIT = str(Path(__file__).parent)
_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
_NOT_THEIRS = (_KIT, *map(sysconfig.get_path, _LIBRARIES))


def program_file(name: str) -> str:
    """The file name under which a visible program is compiled."""
    return f"<check {name}>"


def error_in_words(error: BaseException) -> str:
    """What kind of error stopped the code, and what it says of itself."""
    if isinstance(error, RecursionError):
        return (
            "It stopped with RecursionError: functions called each other deeper than Python "
            "allows. Either they never end, or the graph is deeper than recursion can go."
        )
    if isinstance(error, SystemExit):
        return "It stopped the program (exit or quit) where it should return a value."
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception class of the student's may fail to describe itself
        text = ""
    return f"It stopped with {type(error).__name__}" + (f": {text[:300]}" if text else ".")


def deepest_function(error: BaseException) -> str | None:
    """The student's function in which the error arose, as `Value.exp`; None if none was running."""
    names = [name for name, _, _ in _students_frames(error.__traceback__)]
    return names[-1] if names else None


def students_line(error: BaseException) -> str | None:
    """`in exp, line 4 of cell In[7]: return mth.exp(x)`; None if the error arose outside."""
    frames = list(_students_frames(error.__traceback__))
    if not frames:
        return None
    name, file, line = frames[-1]
    text = linecache.getline(file, line).strip()
    place = f"line {line} of {_file_in_words(file)}"
    inside = place if name == "<module>" else f"{name}, {place}"
    return f"in {inside}" + (f":\n    {text}" if text else "")


def programs_line(error: BaseException, name: str, source: str) -> str | None:
    """The line of the visible program that was running when the error arose."""
    lines = source.splitlines()
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == program_file(name) and line <= len(lines):
            return lines[line - 1].strip()
    return None


def _students_frames(trace: TracebackType | None) -> Iterator[tuple[str, str, int]]:
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        pseudo = file.startswith("<") and not file.startswith("<ipython-input")
        if not pseudo and not file.startswith(_NOT_THEIRS):
            yield frame.f_code.co_qualname, file, line


def _file_in_words(file: str) -> str:
    shell = get_ipython()
    label = shell.compile.format_code_name(file) if shell is not None else None
    return f"cell {label[1]}" if label else Path(file).name
