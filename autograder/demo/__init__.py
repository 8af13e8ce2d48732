"""`autograder demo`: the whole road on five sample submissions, in a temporary classroom."""

from autograder.demo.road import run_demo

__all__ = ["run_demo"]
