"""Grades for a learning platform: exporters for `nbgrader export`."""

from autograder.lms.export import Canvas, Moodle

__all__ = ["Canvas", "Moodle"]
