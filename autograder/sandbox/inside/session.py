"""One submission behind the wall: run its cells, then serve calls in forks of their state."""

import builtins
import gc
import marshal
import math
import os
import signal
import socket
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TextIO, cast

import msgspec
import numpy as np

from . import confine, shell, wire
from .messages import Call, Files, Fork, Freeze, RunCell, ToSubmission

LIBRARIES: dict[str, object] = {"np": np, "math": math}


def serve(channel: socket.socket, ipython: shell.Runner, nowhere: TextIO) -> None:
    """Answer the grader until it hangs up: files, then cells, then forks, which print nowhere."""
    child = 0
    sys.path.append(os.getcwd())  # `from given import ...`; last, so that nothing is shadowed
    while True:
        try:
            message, descriptors = wire.receive_with_files(channel)
        except (EOFError, OSError):
            _end(child)
            return
        request: ToSubmission = msgspec.convert(message, ToSubmission)
        match request:
            case Files(files):
                for name, data in files.items():
                    Path(name).parent.mkdir(parents=True, exist_ok=True)
                    Path(name).write_bytes(data)
                wire.send(channel, {"ready": True})
            case RunCell(index, source):
                success, outputs = shell.run_cell(ipython, index, source)
                wire.send(channel, {"success": success, "outputs": outputs})
            case Freeze():
                gc.collect()
                gc.freeze()
                wire.send(channel, {"ready": True})
            case Fork():
                _end(child)
                child = _fork(channel, descriptors[0], nowhere, ipython.user_ns)


def _end(child: int) -> None:
    """End the last fork, and whatever it left behind in its group."""
    if child:
        for kill in (os.killpg, os.kill):
            try:
                kill(child, signal.SIGKILL)
            except OSError:
                continue
    while child:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] in (0, child):
                os.waitpid(child, 0)
                return
        except ChildProcessError:
            return


def _fork(
    channel: socket.socket, descriptor: int, nowhere: TextIO, namespace: dict[str, object]
) -> int:
    """Fork a process that answers calls until the grader hangs up; return its number."""
    child = os.fork()
    if child:
        os.close(descriptor)
        return child
    try:
        os.setpgid(0, 0)
        confine.end_with_parent()
        channel.close()
        sys.stdin = sys.stdout = sys.stderr = nowhere
        with socket.socket(fileno=descriptor) as asked:
            while True:
                call = msgspec.convert(wire.receive_with_files(asked)[0], Call)
                for name in call.served:
                    namespace[name] = _served(asked, name)
                wire.send(asked, _answer(namespace, call))
    finally:
        os._exit(0)


def _served(asked: socket.socket, name: str) -> Callable[..., object]:
    """Return a function that the grader answers, with data for data."""

    def served(*inputs: object, **named: object) -> object:
        wire.send(asked, {"serve": name, "inputs": list(inputs), "named": named})
        reply = wire.receive_with_files(asked)[0]
        told = msgspec.convert(reply, dict[str, object])
        if "value" in told:
            return told["value"]
        kind = vars(builtins).get(str(told.get("error")), RuntimeError)
        raise kind(f"{name} cannot be called with these")

    return served


def _given() -> dict[str, object]:
    """Return what the assignment hands out, for a notebook that has lost the import."""
    try:
        return dict(vars(import_module("given")))
    except Exception:
        return {}


def _answer(namespace: dict[str, object], call: Call) -> object:
    """Run a program on every case and return the results, or the first failure, as data."""
    if any(name not in namespace for name in call.names):
        namespace = {**_given(), **namespace}
    missing = [name for name in call.names if name not in namespace]
    if missing:
        return {"missing": missing}
    scope = {**LIBRARIES, **{name: namespace[name] for name in call.names}}
    try:
        exec(marshal.loads(call.code), scope)
        program = cast(Callable[..., object], scope[call.program])
        return {"results": [program(*inputs) for inputs in call.cases]}
    except BaseException as error:
        return {"error": type(error).__name__, "place": shell.own_line(error.__traceback__)}
