"""What the reference learns from real images within five epochs."""

import pytest
from threadpoolctl import threadpool_limits

from benchmarks.accuracy import FASHION, LENET, MLP, Case, read, train

RUNS = [(LENET, 3), (MLP, 0), (FASHION, 0)]  # `python -m benchmarks.accuracy` runs five seeds


@pytest.mark.parametrize(
    ("case", "seed"),
    [pytest.param(*run, marks=pytest.mark.real_data(run[0].data)) for run in RUNS],
    ids=lambda value: value.what if isinstance(value, Case) else str(value),
)
def test_images_it_has_not_seen(case: Case, seed: int):
    with threadpool_limits(1):  # other tests run beside this one
        assert train(case, seed, read(case.data)).accuracy >= case.limit
