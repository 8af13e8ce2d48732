"""Reverse-mode automatic differentiation of single numbers: the whole idea on two screens.

Arithmetic on `Value`s computes, and by the way writes down what it did: each result knows its
`parents`, the Values it was computed from, and its `local` slopes, one for each parent. That is
the computation graph. Backpropagation then walks it once, from the result back to the leaves,
and multiplies and adds slopes as the chain rule says (E442, C601, T311).
"""

import math


class Value:
    """A number, the Values it was computed from, and how fast it changes with each of them."""

    __slots__ = ("data", "grad", "local", "parents")

    def __init__(
        self, data: float, parents: "tuple[Value, ...]" = (), local: tuple[float, ...] = ()
    ) -> None:
        """Make a leaf from a number; a result also has parents, and one local slope for each.

        Raises TypeError if `data` is not one number.
        """
        if type(data) is not float:
            try:
                data = float(data + 0)  # float alone would take a string
            except TypeError:
                raise TypeError(f"A Value holds one number, not {data!r}.") from None
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.local = local

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other: "Value | float") -> "Value":
        """Return x + y."""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other: "Value | float") -> "Value":
        """Return x - y."""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other: "Value | float") -> "Value":
        """Return x y."""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return x / y; raises ZeroDivisionError if y is 0."""
        other = other if isinstance(other, Value) else Value(other)
        if other.data == 0:
            raise ZeroDivisionError(f"{self.data} / 0 does not exist: the divisor must not be 0.")
        quotient = self.data / other.data
        return Value(quotient, (self, other), (1.0 / other.data, -quotient / other.data))

    def __pow__(self, exponent: "Value | float") -> "Value":
        """Return x ** k for a plain number k.

        Raises TypeError if k is a Value; ValueError or ZeroDivisionError where x ** k is not a
        real number or has no slope.
        """
        if isinstance(exponent, Value):
            raise TypeError(
                f"The exponent must be a plain number, not {exponent}: "
                "write (exponent * base.log()).exp() instead."
            )
        x, k = self.data, exponent
        if x < 0 and k % 1 != 0:
            raise ValueError(f"({x}) ** {k} is not real: a negative base needs a whole exponent.")
        if x == 0 and k < 1 and k != 0:
            raise ZeroDivisionError(f"0 ** {k} has no finite slope: the base must not be 0.")
        return Value(x**k, (self,), (k * x ** (k - 1) if k != 0 else 0.0,))

    def __neg__(self) -> "Value":
        """Return -x."""
        return Value(-self.data, (self,), (-1.0,))

    def __radd__(self, other: float) -> "Value":
        """Return number + x."""
        return self + other

    def __rsub__(self, other: float) -> "Value":
        """Return number - x."""
        return Value(other) - self

    def __rmul__(self, other: float) -> "Value":
        """Return number * x."""
        return self * other

    def __rtruediv__(self, other: float) -> "Value":
        """Return number / x; raises ZeroDivisionError if x is 0."""
        return Value(other) / self

    def exp(self) -> "Value":
        """Return e ** x."""
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self) -> "Value":
        """Return the natural logarithm of x; raises ValueError unless x is positive."""
        if self.data <= 0:
            raise ValueError(f"log({self.data}) does not exist: its argument must be positive.")
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def sin(self) -> "Value":
        """Return the sine of x."""
        return Value(math.sin(self.data), (self,), (math.cos(self.data),))

    def cos(self) -> "Value":
        """Return the cosine of x."""
        return Value(math.cos(self.data), (self,), (-math.sin(self.data),))

    def tanh(self) -> "Value":
        """Return the hyperbolic tangent of x (ACT)."""
        out = math.tanh(self.data)
        return Value(out, (self,), (1.0 - out * out,))

    def sigmoid(self) -> "Value":
        """Return 1 / (1 + exp(-x)), without overflow for any x (ACT)."""
        small = math.exp(-abs(self.data))  # never above 1, whatever the sign of x
        out = (1.0 if self.data >= 0 else small) / (1.0 + small)
        return Value(out, (self,), (out * (1.0 - out),))

    def relu(self) -> "Value":
        """Return max(0, x); its slope on the kink, at 0, counts as 0 (E442, ACT)."""
        return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,))

    def backward(self) -> None:
        """Set `.grad` of every node this one depends on to d self / d node: version B, push.

        Gradients are set, not added to what was there: a second call changes nothing
        (C601, reverse mode, version B; E442; W5, W10).
        """
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        # A node is complete when its turn comes: all that it feeds into came before it.
        for node in reversed(order):
            gradient, slopes = node.grad, iter(node.local)
            if gradient:  # where it is 0, as behind a ReLU that is off, nothing is handed on
                for parent in node.parents:
                    parent.grad += gradient * next(slopes)


def topological_order(root: Value) -> list[Value]:
    """List the nodes `root` depends on, each once, parents before children, `root` last.

    Works for chains of any length, where recursion would end after some thousand nodes (C601).
    """
    # A depth-first walk. `path` leads from the root to where we stand; `pending` holds, for each
    # node on it, the parents not yet visited. A node joins the order when it has none left.
    order: list[Value] = []
    seen = {root}
    path, pending = [root], [iter(root.parents)]
    while path:
        for parent in pending[-1]:
            if parent not in seen:
                seen.add(parent)
                path.append(parent)
                pending.append(iter(parent.parents))
                break
        else:
            order.append(path.pop())
            pending.pop()
    return order


def backward_pull(root: Value) -> None:
    """Set `.grad` of every node `root` depends on to d root / d node: version A, pull.

    Each node sums over its consumers, the nodes it is a parent of
    (C601, reverse mode, version A; W10).
    """
    order = topological_order(root)
    consumers: dict[Value, list[tuple[Value, float]]] = {node: [] for node in order}
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local, strict=True):
            consumers[parent].append((node, slope))
    root.grad = 1.0
    for node in reversed(order[:-1]):
        node.grad = sum(consumer.grad * slope for consumer, slope in consumers[node])
