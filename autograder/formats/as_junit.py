"""Reports as JUnit XML, which CI services show: a suite a notebook, a case a hidden test."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autograder.report import Report, Test


def as_junit(reports: list[Report]) -> str:
    """Write one testsuite a report."""
    root = Element("testsuites")
    for report in reports:
        tests = [(exercise.id, test) for exercise in report.exercises for test in exercise.tests]
        suite = SubElement(
            root,
            "testsuite",
            name=f"{report.assignment}/{report.student}",
            tests=str(len(tests)),
            failures=str(sum(not test.passed for _, test in tests)),
            time=f"{report.duration_s:.3f}",
        )
        properties = SubElement(suite, "properties")
        for name in ("score", "max_score"):
            SubElement(properties, "property", name=name, value=f"{getattr(report, name):g}")
        for exercise, test in tests:
            _case(suite, f"{report.assignment}.{exercise}", test)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: Element, classname: str, test: Test) -> None:
    case = SubElement(suite, "testcase", classname=classname, name=test.name)
    if not test.passed:
        SubElement(case, "failure", type=test.category, message=test.message)
