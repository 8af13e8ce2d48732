"""W12: the shapes of the nine derivatives, with the axes of the denominator first.

y is a scalar, a vector (2,) or a matrix (2, 3), and so is x: a scalar, (4,) or (4, 5). Entry
(p, q, m, n) of matrix by matrix is the derivative of Y[m, n] with respect to X[p, q] (C601).
"""

answers = {
    "scalar by scalar": (),
    "vector by scalar": (2,),
    "matrix by scalar": (2, 3),
    "scalar by vector": (4,),
    "vector by vector": (4, 2),
    "matrix by vector": (4, 2, 3),
    "scalar by matrix": (4, 5),
    "vector by matrix": (4, 5, 2),
    "matrix by matrix": (4, 5, 2, 3),
}
