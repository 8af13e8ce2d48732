"""An exception in words, with the student's own line instead of the frames of the kit."""

import linecache
import sysconfig
import traceback
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import CodeType, TracebackType
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython

from course.time_limit import TookTooLong

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_KIT = str(Path(__file__).parent)
_CIRCLE = 30  # frames in which an endless recursion has been everywhere it goes
_LIBRARIES = ("stdlib", "platstdlib", "purelib", "platlib")
_NOT_THEIRS = (_KIT, *map(sysconfig.get_path, _LIBRARIES))


def program_file(name: str) -> str:
    """The file name under which a visible program is compiled."""
    return f"<check {name}>"


def error_in_words(error: BaseException) -> str:
    """What kind of error stopped the code, and what it says of itself."""
    if isinstance(error, TookTooLong):
        return (
            f"Your code {error}: is there a loop that never ends, or is the same work done over "
            "and over?"
        )
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
    if type(error) is NameError:
        text += ". If that is defined in another cell, run that cell first"
    return f"It stopped with {type(error).__name__}" + (f": {text[:300]}" if text else ".")


def function_at_fault(error: BaseException) -> str:
    """What a sentence begins with: the student's function that was running; if none was, "it"."""
    name = deepest_function(error)
    return f"`{name}`" if name else "it"


def deepest_function(error: BaseException) -> str | None:
    """The student's function in which the error arose, as `Value.exp`; None if none was running."""
    names = [name for name, _, _ in _students_frames(error.__traceback__)]
    return names[-1] if names else None


def students_line(error: BaseException) -> str | None:
    """`in exp, line 4 of cell In[7]: return mth.exp(x)`; None if the error arose outside.

    A line that raises on purpose complains about its caller: if that is the student's too, such as
    an operation that hands a given `__init__` something odd, the caller's line is named. Of an
    endless recursion the lines are named through which it goes round, at most three.
    """
    frames = list(_students_frames(error.__traceback__))
    if not frames:
        return None
    if isinstance(error, RecursionError):
        circle = list(dict.fromkeys(frames[-_CIRCLE:-1] or frames))  # where it ends is chance
        return "\n".join(_frame_in_words(*each) for each in circle[:3])
    at_fault = [each for each in frames if not _text(*each[1:]).startswith("raise ")]
    return _frame_in_words(*(at_fault or frames)[-1])


def programs_line(error: BaseException, name: str, source: str) -> str | None:
    """The line of the visible program that was running when the error arose."""
    lines = source.splitlines()
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == program_file(name) and line <= len(lines):
            return lines[line - 1].strip()
    return None


def function_name(code: CodeType) -> str:
    """`Value.exp`, without the functions around it; a comprehension goes by that it stands in."""
    parts = code.co_qualname.split(".<locals>.")
    while len(parts) > 1 and parts[-1].endswith(("comp>", "<genexpr>")):
        parts.pop()
    return parts[-1]


def is_students(file: str) -> bool:
    """Whether code from this file is the student's: no library, kit, given code or check."""
    pseudo = file.startswith("<") and not file.startswith("<ipython-input")
    return not pseudo and not file.startswith(_NOT_THEIRS) and Path(file).name != "given.py"


def _students_frames(trace: TracebackType | None) -> Iterator[tuple[str, str, int]]:
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if is_students(file):
            yield function_name(frame.f_code), file, line


def _frame_in_words(name: str, file: str, line: int) -> str:
    text, place = _text(file, line), _place(file, line)
    inside = place if name == "<module>" else f"{name}, {place}"
    return f"in {inside}" + (f":\n    {text}" if text else "")


def _text(file: str, line: int) -> str:
    return linecache.getline(file, line).strip()


def _place(file: str, line: int) -> str:
    """`line 4 of cell In[7]`, counted as the notebook does."""
    shell = get_ipython()
    label = shell.compile.format_code_name(file) if shell is not None else None
    if shell is None or label is None:
        return f"line {line} of {Path(file).name}"
    return f"line {line + _blank_lines_above(shell, label[1])} of cell {label[1]}"


def _blank_lines_above(shell: "InteractiveShell", cell: str) -> int:
    """Blank lines at the top of the cell: IPython drops them before it compiles."""
    number = int(cell.strip("In[]"))
    typed = shell.history_manager.input_hist_raw if shell.history_manager else []
    lines = typed[number].splitlines() if number < len(typed) else []
    return len(list(takewhile(lambda each: not each.strip(), lines)))
