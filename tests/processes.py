"""Processes that judge: without other threads, so that they may fork, and without plugins."""

import multiprocessing
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import pytest

SETTINGS = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


@contextmanager
def processes(workers: int) -> Generator[ProcessPoolExecutor]:
    """Start processes afresh, each with one thread for linear algebra."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
            yield pool
