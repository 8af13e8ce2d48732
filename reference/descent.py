"""Gradient descent in its smallest form: one number walks downhill."""

from reference.scalar import Value


def fit_constant(target: float, start: float, rate: float, steps: int) -> list[float]:
    """Minimise (w - target) ** 2 by gradient descent; return w before and after each step.

    The list has `steps + 1` numbers and begins with `start`. From 0 towards 6 at rate 1/4 it
    reads 0, 3, 4.5, 5.25 (E442; W3).
    """
    path = [float(start)]
    for _ in range(steps):
        w = Value(path[-1])
        loss = (w - target) ** 2
        loss.backward()
        path.append(w.data - rate * w.grad)
    return path
