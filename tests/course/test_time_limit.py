"""Code that does not end is stopped, whatever it catches, and nothing of the limit stays behind."""

import signal
import sys
import threading
import time

import pytest

from course.time_limit import TookTooLong, within


def forever():
    while True:
        pass


def catching_all():
    while True:
        try:
            time.sleep(5)
        except BaseException:
            continue


def catching_all_in_a_call():
    while True:
        try:
            catching_all()
        except BaseException:
            continue


def catching_exceptions():
    while True:
        try:
            forever()
        except Exception:
            continue


def test_what_ends_in_time_returns():
    assert within(1.0, lambda: "done") == "done"
    with pytest.raises(ZeroDivisionError):
        within(1.0, lambda: 1 / 0)


@pytest.mark.parametrize(
    "endless", [forever, catching_all, catching_all_in_a_call, catching_exceptions]
)
def test_what_does_not_end_is_stopped(endless):
    began = time.perf_counter()
    with pytest.raises(TookTooLong, match=r"did not finish within 0\.1 s"):
        within(0.1, endless)
    assert time.perf_counter() - began < 3.0


def test_the_alarm_of_others_and_their_tracer_are_put_back():
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    signal.setitimer(signal.ITIMER_REAL, 100.0)
    tracer = sys.gettrace()
    try:
        with pytest.raises(TookTooLong):
            within(0.1, catching_all)
        assert sys.gettrace() is tracer
        assert 90.0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100.0
        signal.raise_signal(signal.SIGALRM)
        assert rung == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def test_in_another_thread_it_runs_to_its_end():
    returned = []
    thread = threading.Thread(
        target=lambda: returned.append(within(0.05, lambda: time.sleep(0.2) or "done"))
    )
    thread.start()
    thread.join()
    assert returned == ["done"]


def test_without_the_system_s_timer_it_runs_to_its_end(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    assert within(0.05, lambda: time.sleep(0.2) or "done") == "done"
