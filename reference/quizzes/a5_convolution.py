"""W29: (row, column), from 0, of the entries that the slide of the blurred letter misprints."""

misprints = {(1, 0), (1, 1), (1, 2), (2, 1)}
