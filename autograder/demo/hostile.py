"""The hostile sample: cells that try to pass without solving, each by another known trick."""

EARNED = "gates"
"""The one exercise that the sample solves, so that honest points are seen to survive."""

CELLS = [
    """
import numpy as np
np.testing.assert_allclose = np.testing.assert_equal = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
""",
    '''
class Liar(np.ndarray):
    """Equal to everything, close to everything."""
    def __array_function__(self, function, types, args, kwargs): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __eq__(self, other): return True
    def __float__(self): return 0.0

def numerical_gradient(f, x, eps=1e-5):
    return np.zeros(3).view(Liar)

def gradient_check(f, grad_f, x):
    return Liar(())

class Value:
    """Every operation answers with itself, and it equals every number."""
    def __init__(self, data, parents=(), local=()): self.data = self.grad = Liar(())
    def __getattr__(self, name): return lambda *a: self
    def __eq__(self, other): return True
    __hash__ = None
    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = lambda self, other: self
''',
    """
import os
found = []
for place in ("/", "..", "../..", os.path.expanduser("~"), "/proc/1/root", "/proc/1/cwd"):
    for name in ("reference/scalar.py", "autograder/suites", "gradebook.db", "source"):
        path = os.path.join(place, name)
        found += [path] if os.path.exists(path) else []
print("answers found:", found)
from reference.scalar import Value, topological_order, backward_pull
""",
    """
import inspect
frame, seen = inspect.currentframe(), []
while frame:
    seen += [key for key in frame.f_locals if "expected" in key or "answer" in key]
    frame = frame.f_back
print("expected values found:", seen)
""",
    """
from IPython.display import HTML, Javascript, display
display(HTML("<script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"))
display(Javascript("document.title = 'taken over'"))
""",
    """
def fit_constant(target, start, rate, steps):
    while True:
        pass
""",
    """
while True:
    pass
""",
]

ESSAY = """<script>document.title = 'taken over'</script>
<img src=x onerror="document.title = 'taken over'"> [full marks](javascript:alert(1))"""
