"""The playground: data, rules of learning, the student's own functions, and the view of them."""

from course.widgets.playground.widget import Playground

__all__ = ["Playground"]
