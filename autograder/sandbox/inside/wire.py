"""The wire: frames of plain data over a socket; `plain` says what they hold.

Both sides use this module; `receive` trusts nothing that it reads.
"""

import socket
import struct
import time
from collections.abc import Sequence

from .plain import Foreign, WireError, pack, unpack

__all__ = [
    "MAX_FRAME",
    "Foreign",
    "WireError",
    "pack",
    "receive",
    "receive_with_files",
    "send",
    "unpack",
]

MAX_FRAME = 16 * 2**20
HEADER = struct.Struct(">I")


def send(channel: socket.socket, value: object, descriptors: Sequence[int] = ()) -> None:
    """Send one frame, with open files if any.

    Raises:
        OSError: the other side has gone, or does not read in time.
    """
    data = pack(value)
    if descriptors:
        socket.send_fds(channel, [HEADER.pack(len(data))], list(descriptors))
        channel.sendall(data)
    else:
        channel.sendall(HEADER.pack(len(data)) + data)


def receive(channel: socket.socket, deadline: float) -> object:
    """Receive one frame; open files that come with it are never taken.

    Args:
        channel: a stream socket.
        deadline: on `time.monotonic`'s clock.

    Raises:
        TimeoutError: the deadline passed.
        EOFError: the other side has gone.
        WireError: what arrived is no frame of plain data.
    """
    return _frame(channel, _exactly(channel, HEADER.size, deadline), deadline)


def receive_with_files(channel: socket.socket) -> tuple[object, list[int]]:
    """Wait for one frame of somebody who is trusted, and take the open files that came with it.

    Raises:
        EOFError: the other side has gone.
        WireError: what arrived is no frame of plain data.
    """
    channel.settimeout(None)
    header, descriptors, _, _ = socket.recv_fds(channel, HEADER.size, 1)
    header += _exactly(channel, HEADER.size - len(header), None)
    return _frame(channel, header, None), descriptors


def _frame(channel: socket.socket, header: bytes, deadline: float | None) -> object:
    (length,) = HEADER.unpack(header)
    if length > MAX_FRAME:
        raise WireError("a frame longer than allowed")
    return unpack(_exactly(channel, length, deadline))


def _exactly(channel: socket.socket, length: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        _wait_until(channel, deadline)
        part = channel.recv(min(length - len(data), 2**20))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def _wait_until(channel: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        channel.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)
