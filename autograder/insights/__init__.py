"""What a class's reports tell its instructor: `autograder report ID`, a page and a table."""

from autograder.insights.writing import write_insights

__all__ = ["write_insights"]
