"""The answers: automatic differentiation written once, as library, as solution and as oracle.

Pure NumPy and the standard library, written to be read. Deck codes in the docstrings
(E445, C601, T311, E442, ACT) name the lecture, W-numbers the worked example.
"""
