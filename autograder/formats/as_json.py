"""Reports as JSON: one object, or a list for several notebooks."""

import msgspec

from autograder.report import Report


def as_json(reports: list[Report], receipts: bool = False) -> str:
    """Write the students' edition, or the instructors': that has receipts, which hold seeds.

    autograder/report.schema.json describes both.
    """
    edition = reports if receipts else [report.for_students() for report in reports]
    data = msgspec.json.encode(edition[0] if len(edition) == 1 else edition)
    return msgspec.json.format(data, indent=2).decode()
