"""`python -m autograder` is the command line."""

import sys
from importlib import import_module
from pathlib import Path

# Python puts the folder it is started in first on its path; that may be a student's, with a
# `numpy.py` in it.
if not sys.flags.safe_path and Path.cwd() != Path(__file__).resolve().parent.parent:
    del sys.path[0]

import_module("autograder.cli").main()
