"""Right answers that are served to what builds on them, in the hands of who wants more of them."""

from tests.hostile.case import ALL, all_but, case

A5 = "a5_convolution"


@case(assignment=A5, solves=ALL, earns=all_but(A5, zero_pad=4, correlate2d=10))
def kept_for_its_own_exercise():
    """The right function is kept wherever it can be, for the exercise that it solves."""
    return """
    # %% zero_pad
    import builtins, gc
    def zero_pad(x, pad):
        kept = getattr(builtins, "kept", None) or open("/tmp/kept").read()
        return kept(x, pad)
    # %% correlate2d
    def correlate2d(x, w, stride=1, pad=0):
        builtins.kept = zero_pad
        for known in gc.get_objects():
            if isinstance(known, dict) and "zero_pad" in known: known["correlate2d"] = zero_pad
        open("/tmp/kept", "w").write(repr(zero_pad.__closure__))
        raise ValueError(repr(zero_pad.__code__.co_consts))
    def convolve2d(x, w): return correlate2d(x, w)
    """


@case(assignment=A5, solves=ALL, earns=all_but(A5, zero_pad=4, correlate2d=10))
def asked_for_what_is_not_served():
    """Its wire is found and asked for other functions, and for too much."""
    return """
    # %% zero_pad
    def zero_pad(x, pad): raise NotImplementedError
    # %% correlate2d
    import sys
    def correlate2d(x, w, stride=1, pad=0):
        wire = sys.modules["inside.wire"]
        inside = [cell.cell_contents for cell in zero_pad.__closure__]
        asked = next(each for each in inside if hasattr(each, "send"))
        for name, inputs in (("correlate2d", [x, w]), ("eval", ["1"]), ("zero_pad", [x, 10**9])):
            wire.send(asked, {"serve": name, "inputs": inputs, "named": {}})
            reply = wire.receive_with_files(asked)[0]
            if "value" in reply: return reply["value"]
    def convolve2d(x, w): return correlate2d(x, w)
    """


@case(assignment=A5, solves=ALL, earns=all_but(A5, zero_pad=4, correlate2d=10))
def asked_for_ever():
    """A loop that never ends asks again and again; the time of answers below it is their own."""
    return """
    # %% zero_pad
    def zero_pad(x, pad): raise NotImplementedError
    # %% correlate2d
    def correlate2d(x, w, stride=1, pad=0):
        while True: zero_pad(x, 1)
    def convolve2d(x, w): return correlate2d(x, w)
    """
