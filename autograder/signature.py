"""Signatures: a report that bears one was written by somebody who has the course key.

All else that a receipt is made of, a student knows as well.
"""

import hashlib
import hmac
from pathlib import Path

import msgspec

from autograder.report import Report
from autograder.seeds import course_key


def sign(report: Report, classroom: Path) -> None:
    """Put a classroom's signature on the receipt of a report.

    Raises:
        OSError: the course key can neither be read nor made.
    """
    assert report.receipt is not None
    report.receipt.signature = _signature(report, classroom)


def is_signed(report: Report, classroom: Path) -> bool:
    """Tell whether a report is as it was when this classroom signed it.

    Raises:
        OSError: the course key can neither be read nor made.
    """
    if report.receipt is None:
        return False
    given, right = report.receipt.signature, _signature(report, classroom)
    return hmac.compare_digest(given.encode(), right.encode())


def _signature(report: Report, classroom: Path) -> str:
    """Return the signature of all but how long it took: reports made twice are signed alike."""
    assert report.receipt is not None
    bare = msgspec.structs.replace(report.receipt, signature="")
    signed = msgspec.structs.replace(report, duration_s=0.0, receipt=bare)
    as_read = msgspec.json.decode(msgspec.json.encode(signed), type=Report)  # 100 is 100.0 there
    message = b"report\0" + msgspec.json.encode(as_read, order="sorted")  # no seed's message
    return hmac.new(course_key(classroom), message, hashlib.sha256).hexdigest()
