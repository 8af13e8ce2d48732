"""Bombs: processes, memory, disk, output, sources; the next case must not notice."""

from tests.hostile.case import ALL, case


@case(solves="double")
def forks_without_end():
    """Every fork forks again."""
    return """
    import os
    try:
        while True: os.fork()
    except OSError:
        os._exit(0)
    """


@case(solves="double", tells=("too much memory",))
def memory_of_its_own():
    """Memory is written until there is no more."""
    return """
    held = []
    while True: held.append(np.ones(2**24))
    """


@case(solves="double")
def files_in_memory():
    """memfd, System V and POSIX shared memory, and secret memory."""
    return """
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    got = []
    try: got.append(os.memfd_create("bomb"))
    except OSError: pass
    for number, arguments in ((29, (0, 2**30, 0o1666)), (447, (0,))):
        if libc.syscall(number, *arguments) >= 0: got.append(number)
    print("got", got)
    """


@case(solves="double")
def disks():
    """Every place that can be written is filled, with bytes and with names."""
    return """
    import os
    for place in ("/work", "/dev/shm", "/dev", "/", "/site", "/usr", "/var/tmp"):
        try:
            with open(os.path.join(place, "bomb"), "wb") as file:
                while True: file.write(bytes(2**22))
        except OSError: pass
    try:
        for number in range(100_000): open(f"/tmp/{number}", "w")
    except OSError: pass
    # %%
    open("/work/mine.txt", "w").write("x" * 100)
    """


@case(solves=ALL, tells=("the first line",))
def output_of_all_kinds():
    """Endless streams, displays, pictures, results and errors of any length."""
    return """
    import sys
    print("the first line")
    for _ in range(3_000): print("x" * 10_000); print("y" * 10_000, file=sys.stderr)
    # %%
    from IPython.display import Image, display
    for _ in range(3_000): display(7)
    # %%
    for _ in range(50): display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n" + bytes(10**6)))
    # %%
    raise ValueError("z" * 10**7)
    # %%
    "w" * 10**7
    """


@case(solves=ALL)
def a_picture_that_unpacks():
    """A small PNG that claims to be 60 000 pixels wide, and others that are none."""
    return """
    import struct, zlib
    from IPython.display import Image, display
    def chunk(kind, data):
        ends = struct.pack(">I", len(data)), struct.pack(">I", zlib.crc32(kind + data))
        return ends[0] + kind + data + ends[1]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(10**6)))
    display(Image(data=b"\\x89PNG\\r\\n\\x1a\\n" + head + body + chunk(b"IEND", b"")))
    class Shown:
        def _repr_mimebundle_(self, **_):
            return {"image/png": "<svg onload=alert(1)>", "text/html": "<script>"}
    display(Shown())
    """


@case(solves="double")
def exceptions_of_any_size():
    """Chains of a thousand exceptions, groups, notes, and exceptions that cannot be printed."""
    return """
    error = None
    for number in range(1_000):
        following = ValueError("x" * 1_000)
        following.__cause__, error = error, following
    raise error
    # %%
    raise BaseExceptionGroup("g" * 1000, [ExceptionGroup("h", [ValueError(n)]) for n in range(999)])
    # %%
    class Unprintable(Exception):
        def __str__(self): raise Unprintable
        __repr__ = __str__
        args = property(__str__)
    raise Unprintable
    # %%
    raise type("N" * 10**6, (Exception,), {})
    """


@case(solves="double", hurried=True)
def regular_expressions_and_powers():
    """C code that never looks for signals: a regular expression, a power, a sort."""
    return """
    import re
    def square_forward(x): return re.match(r"(a+)+$", "a" * 64 + "b"), x
    class Tally:
        def add(self, number): return 10 ** 10 ** 10
    # %%
    re.match(r"(a+)+$", "a" * 64 + "b")
    """


@case()
def descriptors():
    """Every descriptor is used up: none is left for the calls."""
    return """
    import os
    held = []
    try:
        while True: held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError: pass
    """


@case(solves="double")
def all_descriptors_closed():
    """What was open is closed, the grader's wire too."""
    return """
    import os
    os.closerange(0, 1_000)
    """


@case(solves="double")
def large_results():
    """Results of many megabytes, of a million parts, and of one part a million times."""
    return """
    def square_forward(x): return np.zeros(10**6), [0.0] * 10**5
    def square_backward(dout, cache): return np.zeros(2 * 10**6)
    class Tally:
        def add(self, number):
            some = [0.0] * 1_000
            return [[some] * 60] * 20
    """


@case(solves="double", hides=("it was filled",))
def memory_that_nobody_holds():
    """Shared mappings, filled by children that end: the pages stay, and no process has them."""
    return """
    import mmap, os
    held = [mmap.mmap(-1, 2**27) for _ in range(14)]
    for one in held:
        if os.fork() == 0:
            for place in range(0, 2**27, 2**22): one[place:place + 2**22] = bytes(2**22)
            os._exit(0)
        os.wait()
    import time; time.sleep(1)
    print("it was", "filled")
    """
