"""Measurements, and the promises they hold us to: `python -m benchmarks` measures everything.

Threads are pinned here, before NumPy or torch is imported, since both read these variables once.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
