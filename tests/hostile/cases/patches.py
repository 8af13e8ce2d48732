"""What the grader might use is replaced: NumPy, the builtins, IPython, the standard library."""

from tests.hostile.case import case


@case(solves="tally")
def comparisons_of_numpy():
    """Every function that compares says yes."""
    return """
    always = lambda *a, **k: True
    np.allclose = np.isclose = np.array_equal = np.array_equiv = always
    np.testing.assert_allclose = np.testing.assert_equal = np.testing.assert_array_equal = always
    np.all = np.any = always
    def double(x): return x
    """


@case()
def insides_of_numpy():
    """Conversion to bytes and arrays, which the wire needs, gives what suits."""
    return """
    import inside.wire
    np.array = np.asarray = np.frombuffer = lambda *a, **k: np.ones(4)
    np.ndarray = type("ndarray", (), {})
    inside.wire.np = np
    def double(x): return x
    """


@case(solves="quiz")
def builtins_gone():
    """Everything that Python has is taken away or lies."""
    return """
    import builtins
    builtins.isinstance = lambda *a: True
    builtins.type = lambda *a: float
    builtins.len = lambda *a: 0
    builtins.AssertionError = builtins.Exception = BaseException
    def double(x): return x
    """


@case()
def no_compiler():
    """`compile`, `exec` and `eval` are no-ops, so that programs are never defined."""
    return """
    import builtins
    builtins.exec = builtins.eval = builtins.compile = lambda *a, **k: None
    class Any:
        def __getattr__(self, name): return self
        def __call__(self, *a, **k): return True
    double = Tally = square_forward = letter = Any()
    """


@case(solves="double")
def run_cell_does_nothing():
    """IPython runs no further cell and reports success for all of them."""
    return """
    ip = get_ipython()
    class Fine:
        success, result, error_in_exec, error_before_exec = True, 10.0, None, None
    type(ip).run_cell = ip.run_cell = lambda *a, **k: Fine()
    # %%
    raise ValueError("never runs")
    """


@case()
def marshal_gives_own_code():
    """The program that crosses is exchanged for one that gives what it likes."""
    return """
    import marshal
    usual = marshal.loads
    def loads(data, *rest):
        name = usual(data).co_names[0]
        return compile(f"def {name}(*inputs): return True", "x", "exec")
    marshal.loads = loads
    """


@case(earns={})
def floats_equal_everything():
    """The type of plain numbers itself is changed in memory, where CPython lets one."""
    return """
    import ctypes, gc
    def curse(kind, name, value):
        gc.get_referents(kind.__dict__)[0][name] = value
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
    for kind in (float, int, list, tuple, str, np.ndarray):
        curse(kind, "__eq__", lambda a, b: True)
        curse(kind, "__ne__", lambda a, b: False)
    def double(x): return 1.0
    letter = "A"
    """


@case(solves="double")
def print_and_display_hook():
    """A score is printed, displayed, returned and written to every descriptor."""
    return """
    import os, sys
    sys.displayhook = lambda *a: sys.stdout.write("40")
    print("100")
    for descriptor in range(20):
        try: os.write(descriptor, b"100\\n")
        except OSError: pass
    100
    # %%
    100.0
    """
