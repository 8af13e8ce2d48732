"""Code that behaves while it is watched: it looks at the check, the clock, the stack."""

from tests.hostile.case import case


@case()
def right_only_in_the_check():
    """It answers by a look into the stack: the visible check gets the truth, others nothing."""
    return """
    import inspect
    def checked():
        return any("check" in each.filename or each.function == "check" for each in inspect.stack())
    def double(x): return 2.0 * x if checked() else x
    class Tally:
        total = 0.0
        def add(self, number):
            self.total += number
            return self.total if checked() else 0.0
    """


@case(hides=("expected", "answers"))
def the_callers_variables():
    """Expected values are looked for in the variables of every frame above."""
    return """
    import sys
    def above():
        frame, found = sys._getframe(), {}
        while frame:
            found.update({k: v for k, v in frame.f_locals.items() if "expect" in k or "want" in k})
            found.update({k: v for k, v in frame.f_globals.items() if "expect" in k})
            frame = frame.f_back
        return list(found.values())
    def double(x): return (above() or [x])[0]
    letter = (above() or "A")[0]
    """


@case()
def the_program_is_read():
    """A program's own source is turned against it: its constants, its names, its last value."""
    return """
    import sys
    def double(x):
        code = sys._getframe(1).f_code
        return [*code.co_consts, *code.co_names, code.co_varnames]
    class Tally:
        def __init__(self):
            frame = sys._getframe(1)
            frame.f_locals["numbers"][:] = [0.0] * 4
        def add(self, number): return number
    """


@case()
def inputs_changed_in_place():
    """Inputs are set to zero before they come back, so that both sides might agree."""
    return """
    def double(x):
        x[...] = 0.0
        return x
    def square_forward(x):
        x[...] = 0.0
        return x, x
    def square_backward(dout, cache):
        dout[...] = 0.0
        return dout
    """


@case()
def waits_for_the_second_call():
    """The first calls are the check's, it is thought; later ones get what is wrong or nothing."""
    return """
    import os, time
    born = time.time()
    calls = [0]
    def double(x):
        calls[0] += 1
        return 2.0 * x if calls[0] > 100 or time.time() - born > 3600 else x
    """


@case(solves="double")
def another_check():
    """The kit's own functions are replaced by ones that report success."""
    return """
    import course, course.checking, sys
    course.check = course.checking.check = check = lambda *a, **k: True
    for name in list(sys.modules):
        if name.startswith("course"):
            for key in list(vars(sys.modules[name])):
                if not key.startswith("__"): setattr(sys.modules[name], key, lambda *a, **k: True)
    """


@case(solves="double")
def looks_for_the_grader():
    """It asks where it runs, and tells it to whoever reads on."""
    return """
    import os, platform, socket
    print(os.getuid(), os.getcwd(), socket.gethostname(), platform.node(), os.getppid())
    print(open("/proc/self/mountinfo").read(), open("/proc/self/cgroup").read())
    print(open("/proc/self/status").read())
    """
