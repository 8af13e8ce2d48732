"""The report store: one file a report, named by the hash of all that the report depends on."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.grade import Graded


@dataclass(frozen=True)
class Store:
    """Reports under a classroom; many processes may write at once."""

    classroom: Path

    def path(self, assignment: str, key: str) -> Path:
        """Return where a report lies."""
        return self.classroom / "reports" / assignment / f"{key}.json"

    def get(self, assignment: str, key: str) -> Graded | None:
        """Return a report; None where there is none, or where its file is damaged."""
        try:
            return msgspec.json.decode(self.path(assignment, key).read_bytes(), type=Graded)
        except (OSError, msgspec.MsgspecError):
            return None

    def put(self, graded: Graded) -> None:
        """Keep a report: whole or not at all."""
        receipt = graded.report.receipt
        assert receipt is not None
        path = self.path(graded.report.assignment, receipt.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(msgspec.json.encode(graded))
        draft.replace(path)
