"""Import hooks and transformers of source: what runs is not what stands there."""

from tests.hostile.case import case


@case(solves="tally")
def an_importer_of_answers():
    """A finder that says it has `reference`, `autograder`, `pytest` and everything else."""
    return """
    import importlib.abc, importlib.machinery, sys
    class Everything(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        def exec_module(self, module):
            module.double = module.close = module.equal = lambda *a, **k: True
    sys.meta_path.insert(0, Everything())
    from reference.small import double
    import autograder.expect
    """


@case(hides=("answers are here",))
def the_reference_by_name():
    """Every way to import the answers, relative ones too."""
    return """
    import glob, sys
    sys.path[:0] = ["/", "..", "../..", "/work", "/site", "/wall", *glob.glob("/*/*")]
    for module in ("reference.small", "small", "autograder.suites", "inside.reference"):
        try:
            exec(f"from {module} import *")
            print("answers are here:", module)
        except Exception as error:
            print(type(error).__name__)
    # %%
    from reference.small import double, square_forward, square_backward, Tally, letter
    """


@case(solves="double")
def an_input_transformer():
    """Each later cell becomes `pass`, the locked checks too."""
    return """
    ip = get_ipython()
    ip.input_transformers_post.append(lambda lines: ["pass\\n"])
    ip.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
    # %%
    raise ValueError("never runs")
    """


@case(solves="double")
def a_tree_transformer():
    """Asserts and raises are dropped from the tree of all that is compiled."""
    return """
    import ast
    class Drop(ast.NodeTransformer):
        def visit_Assert(self, node): return ast.Pass()
        def visit_Raise(self, node): return ast.Pass()
        def visit_Return(self, node): return ast.parse("return True").body[0]
    get_ipython().ast_transformers.append(Drop())
    # %% tally
    class Tally:
        def add(self, number): return 0.0
    """


@case()
def a_codec_and_a_file_beside():
    """Modules are laid beside the notebook under the names that the grader imports."""
    return """
    for name in ("numpy", "msgspec", "course", "math", "marshal", "given", "conftest", "pytest"):
        try:
            open(f"{name}.py", "w").write("close = equal = lambda *a, **k: True\\n")
        except OSError as error:
            print(type(error).__name__)
    import importlib, sys
    sys.path.insert(0, ".")
    sys.modules.pop("course", None)
    importlib.invalidate_caches()
    """


@case(solves="double")
def event_hooks():
    """Hooks before and after each cell rewrite the names that programs ask for."""
    return """
    ip = get_ipython()
    class Yes:
        def __call__(self, *a, **k): return self
        def __getattr__(self, name): return self
        def __iter__(self): return iter(())
    def again(*_):
        ip.user_ns.update(Tally=Yes(), square_forward=Yes(), square_backward=Yes(), letter=Yes())
    for event in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
        ip.events.register(event, again)
    """


@case(solves="quiz")
def a_namespace_of_their_own():
    """The notebook's names are a dict that invents whatever it is asked for."""
    return """
    class Inventive(dict):
        def __contains__(self, key): return True
        def __missing__(self, key): return lambda *a, **k: True
        def __getitem__(self, key):
            return dict.get(self, key, lambda *a, **k: True)
        def keys(self): return ["double", "Tally"]
    ip = get_ipython()
    ip.user_ns = Inventive(ip.user_ns)
    """


@case(solves="double")
def the_profile_function():
    """A trace function changes the local variables of every frame."""
    return """
    import sys, threading
    def meddle(frame, event, argument):
        for name in list(frame.f_locals):
            if name in ("results", "expected", "success", "request"):
                frame.f_locals[name] = True
        return meddle
    sys.settrace(meddle)
    sys.setprofile(meddle)
    threading.settrace(meddle)
    """
