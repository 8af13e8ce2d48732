"""How a command ends where it cannot go on: one sentence, and never a traceback."""

import errno
import tempfile
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import TypeVar

import typer
from rich.console import Console
from rich.text import Text

Result = TypeVar("Result")
USAGE = 2
FULL = (errno.ENOSPC, errno.EDQUOT)
errors = Console(stderr=True, emoji=False)  # `:100:` is a line


def guarded(work: Callable[[], Result], interrupted: str = "interrupted") -> Result:
    """Run `work`; what is wrong with the world ends the command with one sentence."""
    try:
        return work()
    except OSError as error:
        place = f"{error.filename}: " if error.filename is not None else ""
        cure = ": make room and give the same command again" if error.errno in FULL else ""
        raise stop(place + (error.strerror or str(error)) + cure) from None
    except BrokenExecutor:
        raise stop("grading processes are ended from outside again and again") from None
    except KeyboardInterrupt:
        raise stop(interrupted) from None
    except (ValueError, RuntimeError) as error:
        raise stop(str(error)) from None


def trace_file(trace: str) -> str:
    """Keep a traceback in a file, for whoever mends the fault; return where."""
    with tempfile.NamedTemporaryFile("w", prefix="autograder-", delete=False) as file:
        file.write(trace)
    return file.name


def tell(sentence: str) -> None:
    """Say something that is not the result; names in it may be a stranger's."""
    from autograder.sandbox.outputs import readable

    errors.print(Text(readable(sentence)), soft_wrap=True)


def stop(sentence: str) -> typer.Exit:
    """Say why nothing was done."""
    tell(f"autograder: {sentence}")
    return typer.Exit(USAGE)
