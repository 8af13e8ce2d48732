"""Arrays and objects that say what one would like to hear."""

from tests.hostile.case import case


@case(solves="quiz")
def an_array_that_equals_everything():
    """A subclass of ndarray whose comparisons, ufuncs and functions all say yes."""
    return """
    class Liar(np.ndarray):
        def __array_function__(self, *a, **k): return True
        def __array_ufunc__(self, *a, **k): return True
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __bool__(self): return True
        __hash__ = None
    def double(x): return np.zeros(x.shape).view(Liar)
    def square_forward(x): return double(x), None
    def square_backward(dout, cache): return double(dout)
    """


@case(solves="double")
def an_object_that_is_every_array():
    """`__array__` and the array interface give another content each time that they are asked."""
    return """
    class Shifty:
        asked = 0
        def __array__(self, *a, **k):
            Shifty.asked += 1
            return np.full(4, float(Shifty.asked))
        @property
        def __array_interface__(self): raise KeyboardInterrupt
        def __eq__(self, other): return True
    def square_forward(x): return Shifty(), Shifty()
    def square_backward(dout, cache): return Shifty()
    """


@case(solves="double")
def a_float_with_opinions():
    """Subclasses of float, int and str that compare as they like."""
    return """
    class Any(float):
        __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
        __ne__ = lambda self, other: False
        __hash__ = float.__hash__
        __float__ = lambda self: Any(1.0)
    class Word(str):
        __eq__ = lambda self, other: True
        __hash__ = str.__hash__
        __str__ = lambda self: self
    class Tally:
        def add(self, number): return Any(1.0)
    letter = Word("A")
    """


@case()
def another_class():
    """Objects that claim to be of another class, with an endless length and endless entries."""
    return """
    class Chameleon:
        __class__ = property(lambda self: np.ndarray)
        dtype, shape, ndim = np.dtype(float), (4,), 1
        def __len__(self): return 2**62
        def __iter__(self):
            while True: yield 1.0
        def astype(self, *a, **k): return self
        def tobytes(self, *a): return b""
    double = square_forward = lambda x: Chameleon()
    """


@case(hurried=True)
def endless_list():
    """A list whose iteration never ends, and a dict that grows while it is read."""
    return """
    class Endless(list):
        def __iter__(self):
            while True: yield 0.0
    class Growing(dict):
        def items(self):
            n = 0
            while True:
                n += 1
                yield str(n), n
    def double(x): return Endless()
    class Tally:
        def add(self, number): return Growing()
    """


@case()
def references_to_itself():
    """A list that holds itself, and one nested a hundred thousand deep."""
    return """
    def double(x):
        ring = []
        ring.append(ring)
        return ring
    class Tally:
        def add(self, number):
            deep = []
            for _ in range(100_000): deep = [deep]
            return deep
    """


@case()
def broadcasts():
    """A scalar, an entry, a column and not-a-number, where a whole array is asked for."""
    return """
    def double(x): return np.full((1,), np.nan)
    def square_forward(x): return np.float64(np.inf), x
    def square_backward(dout, cache): return np.broadcast_to(0.0, (1, 1, 4))
    class Tally:
        def add(self, number): return np.nan
    letter = ["A", "B", "C", "D", "E"]
    """


@case()
def all_letters_at_once():
    """The answer to a question is every answer."""
    return """
    class Every(str):
        def __eq__(self, other): return True
        def __hash__(self): return 0
        def __reduce__(self): return (eval, ("'D'",))
        def encode(self, *a, **k): return b"D"
        def isascii(self): return False
    letter = Every("ABCDE")
    """


@case()
def integers_without_end():
    """Integers of a million digits, and complex numbers, where floats are asked for."""
    return """
    class Tally:
        def add(self, number): return 10**1_000_000
    def double(x): return [10**900] * 4
    def square_forward(x): return x * (1 + 0j), x
    def square_backward(dout, cache): return np.array([object()] * 4)
    """


@case()
def dtypes_of_their_own():
    """Structured arrays, arrays of objects, dates and text, with the right shape."""
    return """
    def double(x): return np.zeros(x.shape, [("a", "f8"), ("b", "O")])
    def square_forward(x): return np.array(["1"] * 4), np.zeros(4, "M8[s]")
    def square_backward(dout, cache): return np.ma.masked_array(np.zeros(4), mask=True)
    """
