"""The report store: one file a report, named by the hash of all that the report depends on."""

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.ending import FULL
from autograder.grade import Graded
from autograder.signature import sign
from autograder.whole import write_whole

OLD_SECONDS = 3_600.0
PAUSES = (0.2, 0.5, 1.0, 2.0)
KEPT = "; reports that were kept stay"


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
        """Sign and keep a report: whole or not at all, whatever ends this process or the machine.

        Raises:
            OSError: it cannot be written, or the disk stays full for some seconds.
        """
        receipt = graded.report.receipt
        assert receipt is not None
        path = self.path(graded.report.assignment, receipt.key)
        for pause in (*PAUSES, None):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                sign(graded.report, self.classroom)
                write_whole(path, msgspec.json.encode(graded))
            except OSError as error:
                if error.errno not in FULL:
                    raise
                if pause is None:
                    raise OSError(error.errno, f"{error.strerror}{KEPT}", str(path)) from None
                time.sleep(pause)
            else:
                return

    def forget_drafts(self, assignment: str) -> None:
        """Take away what processes that were killed had begun to write, hours ago."""
        for draft in self.path(assignment, "").parent.glob("*.draft*"):
            if time.time() - draft.stat().st_mtime > OLD_SECONDS:
                draft.unlink(missing_ok=True)
