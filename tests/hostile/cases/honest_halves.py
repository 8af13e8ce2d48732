"""Unfinished work that is honest: what one answer costs may not fall on those beside it.

Calls share forks, retries are few and time is bounded, so each case here would lose points that it
has earned if a fork that it had spoiled, a limit that it had used up, were another answer's.
"""

from tests.hostile.case import ALL, all_but, case

A1 = "a1_graphs"


@case(assignment=A1, solves=ALL, earns=all_but(A1, topological_order=1, backward_push=1))
def memory_in_the_order():
    """Each node's ancestors are kept in a set: right, and too large for a long chain."""
    return """
    # %% topological_order
    def topological_order(root):
        ancestors = {}
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [p for p in node.parents if p not in ancestors]
            if missing:
                stack += missing
            else:
                stack.pop()
                ancestors[node] = set(node.parents).union(*(ancestors[p] for p in node.parents))
        return sorted(ancestors, key=lambda node: len(ancestors[node]))
    """


@case(
    assignment=A1,
    solves=ALL,
    earns=all_but(A1, topological_order=2.5, backward_pull=1, backward_push=2, fit_constant=0.5),
)
def two_answers_that_take_for_ever():
    """One walks every path, one stops when a counter that starts at zero comes to zero again."""
    return """
    # %% topological_order
    def topological_order(root):
        order = []
        stack = [(root, False)]
        while stack:
            node, parents_done = stack.pop()
            if parents_done:
                if node not in order:
                    order.append(node)
            else:
                stack.append((node, True))
                for parent in node.parents:
                    stack.append((parent, False))
        return order
    # %% fit_constant
    def fit_constant(target, start, rate, steps):
        path = [float(start)]
        while True:
            w = Value(path[-1])
            loss = (w - target) ** 2
            loss.backward()
            path.append(w.data - rate * w.grad)
            steps -= 1
            if steps == 0:
                return path
    """


@case(assignment=A1, solves=ALL, earns=all_but(A1, backward_pull=10))
def a_global_set_by_an_answer_that_raises():
    """A half-written answer leaves a global behind, which ends another answer where it is seen."""
    return """
    # %% backward_pull
    PULLING = False
    def backward_pull(root):
        global PULLING
        PULLING = True
        raise NotImplementedError
    # %% backward_push
    def backward(self):
        if PULLING:
            raise RuntimeError("backward_pull may not call backward")
        order = topological_order(self)
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in zip(node.parents, node.local):
                parent.grad += node.grad * slope
    Value.backward = backward
    # %%
    PULLING = False
    """
