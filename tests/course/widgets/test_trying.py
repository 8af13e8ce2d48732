"""Somebody's function, called for a widget: the sentence names theirs, wherever it was stopped."""

import threading

import pytest

from course.plots.picture import CannotDrawError
from course.widgets.trying import tried


def waits():
    threading.Event().wait()


@pytest.mark.parametrize("catches", [False, True])
def test_the_function_that_hangs_is_named_and_no_library(catches):
    def patient():
        try:
            waits()
        except BaseException:
            if catches:
                return 1
            raise

    with pytest.raises(CannotDrawError, match=r"^`waits` did not finish within 0\.1 s\. Is there"):
        tried(patient, seconds=0.1)


def test_the_function_that_fails_is_named_and_no_library():
    def ages():
        return threading.Timer("soon", print, interval=1)

    with pytest.raises(CannotDrawError, match=r"^`ages` stopped with TypeError"):
        tried(ages)


def test_what_is_no_code_of_theirs_has_no_name():
    with pytest.raises(CannotDrawError, match=r"^it did not finish within"):
        tried(threading.Event().wait, seconds=0.1)
    with pytest.raises(CannotDrawError, match=r"^it stopped with TypeError"):
        tried(threading.Condition, 1, 2)
