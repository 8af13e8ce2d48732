"""A plan in two processes, each with half of the batch: data-parallel training on two cores.

Two threads of one interpreter gain nothing over so many short NumPy calls. Two processes do: the
second is forked, both read the same weights in shared memory, and each works out the gradient of
its half; their sum is the batch's. Over a step of LeNet-5 with 128 images there cross half of the
images, 200 kB, half of the outputs and their gradients, and 62 000 slopes, 250 kB.

Words go through a socket, one byte each. Whoever waits first looks again and again for 2 ms, as
waking a sleeping process takes a good part of a step's time, and then sleeps until the byte comes.
A socket also tells of the other's death: it reads as ended. The system tends to keep two processes
that wake each other on one core, where they gain nothing, so each is held to cores of its own, the
first only while it is at work here.
"""

import mmap
import os
import select
import signal
import socket
import time
import weakref
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from math import prod
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import ForkProcess
from typing import NoReturn, Self

import numpy as np
from numpy.typing import DTypeLike

from reference.fast.layers import Layer, Views, count, weight_shapes
from reference.fast.plan import Plan, planned_shapes
from reference.fast.stage import Array, Shape, check_fit

LOOKING = 0.002  # seconds before a process that waits falls asleep
OPEN: "weakref.WeakSet[socket.socket]" = weakref.WeakSet()  # the first processes' ends
FORWARD, BACKWARD, BACKWARD_TO_INPUT, DONE = b"f", b"b", b"i", b"d"


class PairEnded(RuntimeError):
    """The second process has ended, so this pair is of no use any more."""


class Pair:
    """Like a `Plan`, with its attributes and methods; `close` ends the second process.

    `own` is the plan of the first half: `plan(..., like=pair.own)` makes a plan for other batches
    with the same parameters.
    """

    def __init__(self, own: Plan, other: Plan, shared: tuple[Array, Array]) -> None:
        """Start the second process; `pair` is the way in."""
        self.own, self.other, self.shared = own, other, shared
        self.parameters, self.gradients = own.parameters, own.gradients
        self.cut = own.batch
        self.cores, their_cores = halved(available_cores())
        self.socket, theirs = socket.socketpair()
        OPEN.add(self.socket)
        self.process = get_context("fork").Process(
            target=serve, args=(other, shared, theirs, their_cores), daemon=True
        )
        self.process.start()
        theirs.close()
        self.end = weakref.finalize(self, stop, self.socket, self.process)

    @property
    def pending(self) -> bool:
        """Say whether a backward pass is due."""
        return self.own.pending

    def views(self, flat: Array) -> Views:
        """Return (w, b) of each layer that has them."""
        return self.own.views(flat)

    def forward(self, x: Array) -> Array:
        """Return the network's output; a backward pass is now due.

        Raises RuntimeError if one is already due, PairEnded if the second process has ended.
        """
        theirs, out = self.shared
        mine, rest = self.halves("x", x, theirs)
        if self.pending:
            raise RuntimeError("A backward pass is due: call backward or release before forward.")
        theirs[:] = rest
        with self.at_work(FORWARD):
            first = self.own.forward(mine)
        return np.concatenate((first, out))

    def backward(self, dout: Array, wanted: bool = False) -> Array | None:
        """Set the gradients from dout; return dx if wanted.

        Raises RuntimeError if no backward pass is due, PairEnded if the second process has ended.
        """
        dx, theirs = self.shared
        mine, rest = self.halves("dout", dout, theirs)
        if not self.pending:
            raise RuntimeError("No backward pass is due: call forward first.")
        theirs[:] = rest
        with self.at_work(BACKWARD_TO_INPUT if wanted else BACKWARD):
            first = self.own.backward(mine, wanted)
        self.gradients += self.other.gradients
        return None if first is None else np.concatenate((first, dx))

    def release(self) -> None:
        """Give up the backward pass that is due."""
        self.own.release()

    def close(self) -> None:
        """End the second process. A pair left to the garbage collector ends it too."""
        self.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def halves(self, name: str, array: Array, rest: Array) -> tuple[Array, Array]:
        """Return the two processes' parts of an array, having seen that it fits."""
        check_fit(name, array, (self.cut + len(rest), *rest.shape[1:]), rest.dtype)
        return array[: self.cut], array[self.cut :]

    @contextmanager
    def at_work(self, word: bytes) -> Generator[None, None, None]:
        """Let the second process do the same as what happens within.

        After an interrupt, or any other error, the two could be out of step: the pair is closed.
        """
        try:
            with held_to(self.cores):
                self.say(word)
                yield
                self.wait()
        except BaseException:
            self.own.release()
            self.close()
            raise

    def say(self, word: bytes) -> None:
        """Tell the second process what to do."""
        try:
            self.socket.sendall(word)
        except OSError:
            self.died()

    def wait(self) -> None:
        """Return when the second process has done it."""
        if hear(self.socket) != DONE:
            self.died()

    def died(self) -> NoReturn:
        """Raise PairEnded with what is known of the second process's end."""
        self.process.join(1)
        raise PairEnded(
            f"The second process of this plan has ended (exit code {self.process.exitcode}):"
            " run this step again."
        )


def serve(
    own: Plan,
    shared: tuple[Array, Array],
    end: socket.socket,
    cores: set[int],
) -> None:
    """Work as the second process until the first closes its end of the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the first process to handle
    for others in OPEN:  # what this process holds open would not read as ended elsewhere
        others.close()
    keep_to(cores)
    x, out = shared  # on the way back x makes room for dx, and out for dout
    while word := hear(end):
        if word == FORWARD:
            own.release()
            out[:] = own.forward(x)
        else:
            dx = own.backward(out, word == BACKWARD_TO_INPUT)
            if dx is not None:
                x[:] = dx
        end.sendall(DONE)


def hear(end: socket.socket) -> bytes:
    """Return the next word; b"" if the other process has closed its end or died."""
    until = time.perf_counter() + LOOKING
    while True:
        try:
            return end.recv(1, socket.MSG_DONTWAIT)
        except BlockingIOError:
            if time.perf_counter() < until:
                os.sched_yield()
            else:
                select.select([end], [], [])
        except ConnectionError:
            return b""


def available_cores() -> set[int]:
    """Return the cores this thread may use; none where the system does not say."""
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def halved(cores: set[int]) -> tuple[set[int], set[int]]:
    """Return the cores of the first and of the second process; none for either if there is one."""
    half = len(cores) // 2
    return (set(sorted(cores)[half:]), set(sorted(cores)[:half])) if half else (set(), set())


def keep_to(cores: set[int]) -> None:
    """Hold this thread to some cores."""
    if cores:
        os.sched_setaffinity(0, cores)


@contextmanager
def held_to(cores: set[int]) -> Generator[None, None, None]:
    """Hold this thread to some cores for a while."""
    before = available_cores()
    keep_to(cores)
    try:
        yield
    finally:
        keep_to(before)


def stop(end: socket.socket, process: ForkProcess) -> None:
    """Close the socket, which tells the second process to end, and wait until it has."""
    end.close()
    process.join(5)
    if process.is_alive():
        process.kill()
        process.join()


def shared_memory(shape: Shape, dtype: DTypeLike) -> Array:
    """Return an array of zeros that a forked process shares."""
    size = prod(shape) * np.dtype(dtype).itemsize
    return np.frombuffer(mmap.mmap(-1, size or 1), dtype, prod(shape)).reshape(shape)


def pair(layers: Sequence[Layer], shape: Shape, dtype: DTypeLike) -> Pair | None:
    """Compile a network for inputs of a shape, to run in two processes; None where there is no way.

    There is none where `plan` knows none, for a batch of 1, and on systems that cannot fork.
    """
    shapes = planned_shapes(layers, shape, dtype)
    if shapes is None or shape[0] < 2 or "fork" not in get_all_start_methods():
        return None
    half = shape[0] // 2
    size = (count(weight_shapes(layers, shapes)),)
    parameters, slopes = shared_memory(size, dtype), shared_memory(size, dtype)
    own = Plan(layers, shapes, shape[0] - half, (parameters, np.zeros(size, dtype)))
    other = Plan(layers, shapes, half, (parameters, slopes))
    x_and_out = shared_memory(other.input_shape, dtype), shared_memory(other.output_shape, dtype)
    return Pair(own, other, x_and_out)
