"""Analytic gradients beside numerical ones, for right and wrong layers of any shape."""

import math

import numpy as np
import pytest

from course import check_backward
from course.failure import CheckFailed


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_back(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def ramp(x):
    return np.maximum(x, 0), x


def larger(a, b):
    return max(a, b), (a, b)


def logistic_loss(scores, labels):
    shifted = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    gradient = p.copy()
    gradient[rows, labels] -= 1
    return -np.log(p[rows, labels]).mean(), gradient / len(labels)


@pytest.fixture
def inputs():
    rng = np.random.default_rng(5)
    return rng.normal(size=(4, 3)), rng.normal(size=(3, 5)), rng.normal(size=5)


def said(capsys, *arguments):
    with pytest.raises(CheckFailed) as caught:
        check_backward(*arguments)
    assert "\n" not in str(caught.value)
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def passes(capsys, *arguments):
    check_backward(*arguments)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "agrees with numerical derivatives" in printed.out
    return printed.out


def test_a_right_layer_agrees_by_every_input(capsys, inputs):
    out = passes(capsys, affine, affine_back, *inputs)
    assert out.startswith("check_backward(affine, affine_back): agrees with numerical derivatives")
    assert "by x, w, b (largest difference " in out


def test_float32_gets_its_own_tolerance(capsys, inputs):
    narrow = [each.astype(np.float32) for each in inputs]
    passes(capsys, affine, affine_back, *narrow)

    def off(dout, cache):
        dx, dw, db = affine_back(dout, cache)
        return dx, dw * np.float32(1.01), db

    assert "the gradient of w" in said(capsys, affine, off, *narrow)


def test_a_forward_that_rounds_to_float32_can_be_checked(capsys, inputs):
    def forward(x):
        return np.tanh(x.astype(np.float32)), np.tanh(x)

    def backward(dout, cache):
        return dout * (1 - cache**2)

    passes(capsys, forward, backward, inputs[0])
    assert "gradient of x" in said(capsys, forward, lambda d, c: 1.1 * backward(d, c), inputs[0])


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_wrong_gradient_is_told_by_name_place_and_picture(capsys, inputs, which):
    def wrong(dout, cache):
        gradients = affine_back(dout, cache)
        gradients[which].flat[-1] += 1e-4
        return gradients

    out = said(capsys, affine, wrong, *inputs)
    name = "xwb"[which]
    place = ", ".join(str(side - 1) for side in inputs[which].shape)
    assert f"the gradient of {name} differs most at [{place}]" in out
    assert out.count("agrees.") == 2
    assert "Picture of the error" in out


def test_shape_is_told_before_any_number(capsys, inputs):
    out = said(capsys, affine, lambda d, c: (*affine_back(d, c)[:2], d), *inputs)
    assert "the gradient of b has shape (4, 5), expected (5,)." in out
    out = said(capsys, affine, lambda d, c: affine_back(d, c)[:2], *inputs)
    assert "returned a tuple of 2 values, expected 3 gradients, for x, w, b." in out
    out = said(capsys, ramp, lambda d, c: d.astype(int), inputs[0])
    assert "the gradient of x is an array of dtype int64, expected floats" in out


def test_scalars(capsys):
    def product(a, b):
        return a * b, (a, b)

    passes(capsys, product, lambda d, c: (d * c[1], d * c[0]), 2.0, -3.0)
    passes(capsys, lambda a: (math.log(a), a), lambda d, a: d / a, 1e-5)
    out = said(capsys, product, lambda d, c: (d * c[0], d * c[1]), 2.0, -3.0)
    assert "the gradient of a is " in out
    assert "the gradient of b is " in out


def test_the_figures_are_true(capsys):
    def steep(x):
        return 1000.0 * x, None

    out = passes(capsys, steep, lambda d, c: 1000.0 * d + 4e-5, 1.0)
    assert "(largest difference 4e-05)." in out
    out = said(capsys, steep, lambda d, c: 1100.0 * d, 1.0)
    assert "(relative error 0.1)." in out


def test_the_random_dout_can_be_made_again(capsys, inputs):
    seen = []

    def wrong(dout, cache):
        seen.append(dout)
        return dout

    for given in (2.0, inputs[0], inputs[0].astype(np.float32)):
        printed = said(capsys, lambda x: (2 * x, None), wrong, given)
        recipe = next(line for line in printed.splitlines() if line.startswith("  dout = "))
        again = eval(recipe.partition(" = ")[2])
        np.testing.assert_array_equal(again, seen[-1], strict=True)


def test_a_gradient_that_is_none_is_missing(capsys, inputs):
    def product(a, b):
        return a * b, (a, b)

    out = said(capsys, product, lambda d, c: (None, d), 2.0, 3.0)
    assert "the gradient of a is missing: backward returned None, expected a float." in out
    out = said(capsys, affine, lambda d, c: (d, None, None), *inputs)
    assert "the gradient of x has shape (4, 5), expected (4, 3)." in out
    out = said(capsys, affine, lambda d, c: (*affine_back(d, c)[:2], None), *inputs)
    assert "the gradient of b is missing: backward returned None, expected an array of" in out
    assert "backward returned None: is a `return` missing?" in said(
        capsys, ramp, lambda d, c: None, 1.0
    )
    out = said(capsys, ramp, lambda d, c: "text", 1.0)
    assert "the gradient of x is the text 'text', expected a float." in out


def test_a_layer_that_never_ends_is_stopped(capsys, monkeypatch):
    monkeypatch.setattr("course.layer.CALL_SECONDS", 0.1)

    def endless(dout, cache):
        while True:
            pass

    out = said(capsys, ramp, endless, 1.0)
    assert "backward does not run. Your code did not finish within 0.1 s" in out
    assert "in endless, line " in out


def test_an_interrupt_is_a_sentence(capsys):
    def interrupted(x):
        raise KeyboardInterrupt

    assert "you stopped it before its end." in said(capsys, interrupted, lambda d, c: d, 1.0)


def test_labels_have_no_gradient(capsys):
    scores, labels = np.random.default_rng(2).normal(size=(4, 3)), np.array([0, 2, 1, 2])
    passes(capsys, logistic_loss, lambda d, c: d * c, scores, labels)
    passes(capsys, logistic_loss, lambda d, c: (d * c, None), scores, labels)
    passes(capsys, logistic_loss, lambda d, c: d * c, 300 * scores, labels)
    assert "gradient of scores" in said(capsys, logistic_loss, lambda d, c: -d * c, scores, labels)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_on_a_kink_any_slope_between_is_right(capsys, slope):
    x = np.array([0.0, 1.0, -1.0, 1e-3, -1e-5])

    def backward(dout, x):
        return dout * np.where(x == 0, slope, x > 0)

    assert "by x, 1 derivative stood on a kink" in passes(capsys, ramp, backward, x)


@pytest.mark.parametrize("slope", [-0.2, 1.2, np.nan])
def test_on_a_kink_a_slope_outside_is_wrong(capsys, slope):
    def backward(dout, x):
        return dout * np.where(x == 0, slope, x > 0)

    assert "at [0]" in said(capsys, ramp, backward, np.array([0.0, 1.0]))


def test_beside_a_kink_only_its_own_slope_is_right(capsys):
    x = np.array([1e-5, -1e-5])
    said(capsys, ramp, lambda d, x: d * (x >= -1), x)
    passes(capsys, ramp, lambda d, x: d * (x > 0), x)


def test_a_tie_of_two_numbers(capsys):
    for share in (0.0, 0.5, 1.0):
        passes(capsys, larger, lambda d, c, s=share: (d * s, d * (1 - s)), 2.0, 2.0)
    said(capsys, larger, lambda d, c: (d, d), 2.0, 3.0)


def test_a_large_array_is_sampled_and_that_is_said(capsys):
    x = np.random.default_rng(1).normal(size=(20, 30))
    assert "of x, 200 of 600 entries were tried" in passes(
        capsys, ramp, lambda d, x: d * (x > 0), x
    )


def test_wrong_nan_is_never_right(capsys):
    out = said(capsys, ramp, lambda d, x: d * np.nan, np.array([1.0, 2.0]))
    assert "nan came back" in out


def test_a_function_without_derivative_is_said(capsys):
    out = said(capsys, lambda x: (np.log(x) * 0 + x, x), lambda d, c: d, -1.0)
    assert "the numerical derivative by x does not settle" in out


def test_writing_into_dout_or_inputs_is_noted(capsys):
    def backward(dout, x):
        dout[x <= 0] = 0
        return dout

    out = passes(capsys, ramp, backward, np.array([1.0, -1.0]))
    assert "your code wrote into dout" in out

    def forward(x):
        before = x.copy()
        x[x < 0] = 0
        return x.copy(), before

    given = np.array([1.0, -1.0])
    out = passes(capsys, forward, lambda d, x: d * (x > 0), given)
    assert "your code wrote into x" in out
    assert given[1] == -1.0


@pytest.mark.parametrize(
    ("forward", "sentence"),
    [
        (lambda x: x, "expected a pair (out, cache)"),
        (lambda x: None, "forward returned None: is a `return` missing? Expected is a pair"),
        (lambda x: (None, 0), "for out, expected a float"),
        (lambda x: (x.astype(int), 0), "for out, expected a float"),
        (lambda x: (x + np.random.default_rng().random(), 0), "another result for the same inputs"),
        (lambda x: (x.nothing, 0), "forward does not run. It stopped with AttributeError"),
    ],
)
def test_a_forward_that_cannot_be_used(capsys, forward, sentence):
    assert sentence in said(capsys, forward, lambda d, c: d, np.ones(2))


def test_a_stub_is_not_a_fault(capsys):
    def stub(dout, cache):
        raise NotImplementedError

    assert "backward is not written yet." in said(capsys, ramp, stub, 1.0)


def test_an_exception_names_the_students_line(capsys):
    def backward(dout, cache):
        return dout @ cache[:, None]  # here

    out = said(capsys, ramp, backward, np.ones((2, 3)))
    assert "return dout @ cache[:, None]  # here" in out
    assert "test_check_backward.py" in out


def test_integers_alone_have_nothing_to_differentiate(capsys):
    assert "give floats (2.0, not 2)" in said(capsys, larger, lambda d, c: (d, d), 2, 3)
    assert "nothing to differentiate by in no inputs" in said(capsys, larger, lambda d, c: d)
