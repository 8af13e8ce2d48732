"""Functions of ours that a submission may call in the place of its own: data for data.

Their code stays here. What they are called with is hostile, but has been read as plain data; the
work on it is the hidden test's, which `watchdog` bounds. An error tells its type and no more.
"""

import warnings
from collections.abc import Callable, Mapping

import numpy as np

from autograder.sandbox.inside.wire import WireError
from autograder.sandbox.replies import Wish

Functions = Mapping[str, Callable[..., object]]


def answer(wish: Wish, functions: Functions) -> dict[str, object]:
    """Call a function as it was wished, and return the reply.

    Raises:
        WireError: no such function is served.
    """
    if wish.serve not in functions:
        raise WireError("a function that is not served")
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            return {"value": functions[wish.serve](*wish.inputs, **wish.named)}
    except Exception as error:  # what it was called with may be anything
        return {"error": type(error).__name__}
