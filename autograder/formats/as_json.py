"""Reports as JSON: one object, or a list for several notebooks."""

import msgspec

from autograder.report import Report


def as_json(reports: list[Report]) -> str:
    """Write the students' edition; autograder/report.schema.json describes it."""
    public = [report.for_students() for report in reports]
    data = msgspec.json.encode(public[0] if len(public) == 1 else public)
    return msgspec.json.format(data, indent=2).decode()
