"""The grading edition of `course.checking`: silent, since hidden tests judge from outside."""


def check(exercise: str, *objects: object) -> None:
    """Do nothing: there are no visible checks behind the wall."""
