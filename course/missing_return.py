"""Find the function whose `return` is missing: its None was used, and then something broke."""

import dis
import sys
from collections.abc import Callable
from types import CodeType, FrameType

from course.errors import function_name, is_students


def returned_none(call: Callable[[], object]) -> str | None:
    """Run `call()` and name the student's last function that gave a None its caller went on with.

    A function that only hands on the None of another is not named, the other is.
    """
    found: str | None = None
    receiver: FrameType | None = None

    def watch(frame: FrameType, event: str, value: object) -> None:
        nonlocal found, receiver
        if event != "return" or value is not None or not _returns(frame):
            return
        caller, code = frame.f_back, frame.f_code
        if caller is None or not is_students(code.co_filename) or code.co_name == "__init__":
            return
        if _next_operation(caller.f_code, caller.f_lasti) != "POP_TOP":
            found = found if receiver is frame else function_name(code)
            receiver = caller

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        call()
    except BaseException:  # it is known to fail; what it returned on the way is the question
        pass
    finally:
        sys.setprofile(before)
    return found


def _returns(frame: FrameType) -> bool:
    """Whether it ends with a return; a frame that an exception leaves counts as None too."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")


def _next_operation(code: CodeType, place: int) -> str | None:
    """What is done with the value of the call that stands at `place`."""
    following = (each.opname for each in dis.get_instructions(code) if each.offset > place)
    return next(following, None)
