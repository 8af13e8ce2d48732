"""The student kit: checks, pictures and quizzes for the assignment notebooks."""

from course import plots
from course.check_backward import check_backward
from course.checking import check
from course.quiz import quiz

__all__ = ["check", "check_backward", "plots", "quiz"]
