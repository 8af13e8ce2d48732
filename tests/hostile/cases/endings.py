"""What does not end, ends too early, or stays behind; and signals."""

from tests.hostile.case import ALL, case


@case(solves="tally", hurried=True, tells=("it took too long",))
def hangs_everywhere():
    """A cell and an answer that never end; what is right elsewhere keeps its points."""
    return """
    while True: pass
    # %% double
    def double(x):
        while True: pass
    """


@case(solves="tally", hurried=True)
def sleeps():
    """Waiting costs no processor time."""
    return """
    import time
    def double(x): time.sleep(1e6)
    # %%
    time.sleep(1e6)
    """


@case(solves="tally", hurried=True)
def ignores_signals():
    """Every signal is ignored, and every limit is lifted as far as it goes."""
    return """
    import resource, signal
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    for kind in range(16):
        try: resource.setrlimit(kind, (-1, -1))
        except (OSError, ValueError): pass
    def double(x):
        while True:
            try:
                while True: pass
            except BaseException: continue
    """


@case(solves="double", tells=("ended the process",))
def exits_of_all_kinds():
    """`exit`, `SystemExit`, `os._exit`, a signal to oneself and a crash of the interpreter."""
    return """
    exit()
    # %%
    import sys; sys.exit(0)
    # %%
    raise SystemExit
    # %%
    raise KeyboardInterrupt
    # %%
    import os; os._exit(0)
    # %%
    import os, signal; os.kill(os.getpid(), signal.SIGKILL)
    # %%
    import ctypes; ctypes.string_at(0)
    # %%
    import os; os.abort()
    """


@case(solves="double")
def answers_that_exit():
    """The answers end the process, stop it, or raise what nothing catches."""
    return """
    import os, signal
    def square_forward(x): os._exit(0)
    class Tally:
        def add(self, number): raise SystemExit(100)
    letter = "D "
    """


@case(solves="double", hurried=True)
def answers_that_stop():
    """A call is stopped by a signal, and its parent with it."""
    return """
    import os, signal
    class Tally:
        def add(self, number):
            os.kill(os.getppid(), signal.SIGSTOP)
            os.kill(os.getpid(), signal.SIGSTOP)
    """


@case(solves="double")
def kills_whatever_there_is():
    """SIGKILL to every process and group that may be there, the wall's parent too."""
    return """
    import os, signal
    for number in [0, *range(2, 400)]:
        if number == os.getpid(): continue
        try: os.kill(number, signal.SIGKILL)
        except OSError: pass
    try: os.kill(-1, signal.SIGKILL)
    except OSError: pass
    # %%
    import ctypes
    for number in range(1, 200): ctypes.CDLL(None).ptrace(16, number, 0, 0)
    """


@case(solves=ALL)
def threads_left_behind():
    """Threads that never end, one of them inside NumPy, while the calls are forked."""
    return """
    import threading, time
    def multiply():
        a = np.ones((300, 300))
        while True: a = np.clip(a @ a, 0, 1)
    def wait():
        while True: time.sleep(0.01)
    for target in (multiply, wait, wait):
        threading.Thread(target=target, daemon=True).start()
    """


@case(solves="double")
def children_left_behind():
    """Children in sessions of their own go on writing to everything that is open."""
    return """
    import os, time
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    for descriptor in range(3, 30):
                        try: os.write(descriptor, b"\\0\\0\\0\\1\\xc3")
                        except OSError: pass
                    time.sleep(0.2)
            os._exit(0)
    """


@case(hurried=True)
def the_cell_returns_in_a_child():
    """A cell forks, and both processes go on as the notebook: which of them answers is chance."""
    return """
    import os
    os.fork()
    # %% tally
    class Tally:
        def add(self, number): return 0.0
    """


@case(solves="double")
def at_exit_and_finalisers():
    """What runs at the end of a process: atexit, finalisers, `__del__` that raise and never end."""
    return """
    import atexit, weakref
    class Forever:
        def __del__(self):
            while True: pass
    keep = Forever()
    def forever():
        while True: pass
    atexit.register(forever)
    weakref.finalize(keep, forever)
    """


@case(solves="double", hurried=True)
def a_hook_on_forks():
    """What is registered to run in every fork never ends."""
    return """
    import os
    double_right = double
    def wait():
        while True: pass
    os.register_at_fork(before=lambda: None, after_in_parent=lambda: None)
    def double(x): return double_right(x)
    """
