"""The idx format of MNIST: a short header and bytes, packed with gzip once, twice or not at all.

Header: two zeros, the type of the values (8 is the unsigned byte, the only one here), how many
dimensions; then each dimension as four bytes, the highest first.
"""

import gzip
import math
import zlib

import numpy as np
from numpy.typing import NDArray

_GZIP = b"\x1f\x8b"
_BYTES = b"\x00\x00\x08"


class DamagedFile(ValueError):
    """The file is not what it should be; the text says what was found in it."""


def unpack(content: bytes) -> bytes:
    """The bytes without the gzip around them; some mirrors wrap the files twice.

    Raises:
        DamagedFile: what calls itself gzip cannot be unpacked.
    """
    try:
        for _ in range(2):
            if content.startswith(_GZIP):
                content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise DamagedFile(f"{len(content)} bytes of gzip that cannot be unpacked") from None
    return content


def parse(content: bytes) -> NDArray[np.uint8]:
    """Return the array in an unpacked idx file, read-only: images (N, H, W) or labels (N,).

    Raises:
        DamagedFile: the header is another one, or does not fit the number of bytes.
    """
    if not content.startswith(_BYTES) or content[3:4] not in (b"\x01", b"\x02", b"\x03"):
        raise DamagedFile(
            f"a header that begins with the bytes {content[:4].hex(' ') or '(none)'}, where an idx "
            "file of bytes has 00 00 08 and 1 to 3 dimensions"
        )
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise DamagedFile(f"a header of {start} bytes announced in a file of {len(content)}")
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").tolist())
    if math.prod(shape) != len(content) - start:
        raise DamagedFile(
            f"{len(content) - start} bytes of data, where the header's shape {shape} asks for "
            f"{math.prod(shape)}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
