"""Looking for what is not theirs: answers, others' work, the environment, processes, memory."""

from tests.hostile.case import case


@case(solves="quiz", hides=("gradebook.db", "test_double"))
def every_file_there_is():
    """The whole file system is read, and what tells of answers is printed."""
    return """
    import os
    words = [w.replace("-", "") for w in ("marigold-ine", "thistle-wick", "blue-bell", "fox-glove")]
    names = ("grade-book.db", "reports", "test_-double", "small.py")
    names = [name.replace("-", "") for name in names]
    found = []
    for folder, folders, files in os.walk("/"):
        away = folder.startswith(("/proc", "/sys", "/dev")) or "/lib" in folder
        if away or folder.count("/") > 4:
            folders.clear()  # Python and its packages are everybody's
            continue
        for name in files:
            path = os.path.join(folder, name)
            if any(word in path for word in names):
                found.append(path)
            try:
                text = open(path, errors="replace").read(200_000)
            except OSError:
                continue
            found += [text[max(0, text.find(w) - 50):][:200] for w in words if w in text]
    print("found:", found)
    """


@case(solves="quiz", tells=("nothing of theirs",))
def the_environment_of_all():
    """Environments and command lines of every process that /proc shows."""
    return """
    import glob, os
    seen = dict(os.environ)
    for place in glob.glob("/proc/[0-9]*"):
        for what in ("environ", "cmdline", "stack", "auxv"):
            try: seen[f"{place}/{what}"] = open(f"{place}/{what}", "rb").read()
            except OSError: pass
    print(seen)
    print("nothing of theirs" if "COURSE-_WORD".replace("-", "") not in str(seen) else "found it")
    """


@case(solves="quiz")
def memory_of_others():
    """The memory of every process that there is, and what it has open, searched and printed."""
    return """
    import glob, os, re
    words = [w.replace(b"_", b"") for w in (b"marigold_ine", b"blue_bell of", b"fox_glove")]
    own = {str(os.getpid()), "self", "thread-self"}
    found = []
    for place in glob.glob("/proc/*/mem"):
        if place.split("/")[2] in own:
            continue
        try:
            maps = open(place.replace("/mem", "/maps")).read()
            with open(place, "rb") as memory:
                for start, end in re.findall(r"^(\\w+)-(\\w+) rw", maps, re.M):
                    memory.seek(int(start, 16))
                    data = memory.read(min(int(end, 16) - int(start, 16), 2**24))
                    found += [data[data.find(w):][:60] for w in words if w in data]
        except (OSError, ValueError):
            continue
    print("read:", found)
    print(*(glob.glob(f"/proc/[0-9]*/{each}/*") for each in ("root/work", "fd")))
    """


@case(solves="quiz")
def the_neighbours_files():
    """Whatever lies on the scratch disks, and what was deleted and is still open."""
    return """
    import glob, os
    for place in ("/tmp", "/work", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", "/home", "/root"):
        for path in glob.glob(f"{place}/**", recursive=True):
            try: print(path, open(path).read()[:100])
            except OSError: pass
    print(os.environ.get("MINE"))
    """


@case(solves="quiz")
def everything_in_memory():
    """All objects, all frames and all modules of the own process, printed."""
    return """
    import gc, sys
    words = ("marigold_ine", "thistle_wick", "fox_glove", "7350_918264")
    words = [word.replace("_", "") for word in words]
    texts = [each for each in gc.get_objects() if isinstance(each, (dict, list, tuple))]
    hits = set()
    for each in texts[:200_000]:
        for item in (each.values() if isinstance(each, dict) else each):
            if isinstance(item, str) and item not in words and any(word in item for word in words):
                hits.add(item[:80])
    print(hits)
    print([name for name in sys.modules if name.split(".")[0] in ("autograder", "reference")])
    """


@case()
def hidden_inputs_printed():
    """Whatever the hidden tests bring is printed, raised and written, and handed to later calls."""
    return """
    import os, sys, warnings
    notes = "/tmp/seen.txt"
    def double(x):
        said = f"{x!r} {x.tolist()} {x.tobytes().hex()}"
        print(said); print(said, file=sys.stderr); sys.__stdout__.write(said)
        warnings.warn(said)
        open(notes, "a").write(said)
        os.write(1, said.encode()); os.write(2, said.encode())
        raise type(said.replace(" ", "_"), (ValueError,), {})(said)
    class Tally:
        def add(self, number):
            print(open(notes).read())
            raise KeyError(open(notes).read())
    # %%
    print(open("/tmp/seen.txt").read())
    """


@case()
def hidden_inputs_as_results():
    """The inputs come back as names of types, keys of dicts and text: nothing is quoted."""
    return """
    def double(x): return {str(x.tolist()): 1.0, "x": str(x.tolist())}
    def square_forward(x): return type(f"T{x.tolist()}", (), {})(), x
    def square_backward(dout, cache): return [str(v) for v in dout]
    class Tally:
        def add(self, number):
            return type(str(number), (), {})()
    letter = "E" * 1_000
    """


@case(hides=tuple(f"Seen{bits}" for bits in range(8)))
def an_alphabet_of_exceptions():
    """Three bits of an input as the name of an exception that the notebook itself mentions."""
    return """
    # Seen0 Seen1 Seen2 Seen3 Seen4 Seen5 Seen6 Seen7
    # %% double
    def double(x):
        bits = int(x[0]) % 8 if len(x) else 0
        raise type(f"Seen{bits}", (Exception,), {})
    """


@case(solves="quiz")
def the_clipboard_of_locks():
    """Locks on files that all submissions see, to hear whether another one is there."""
    return """
    import fcntl, glob
    import numpy
    heard = []
    for path in [numpy.__file__, *glob.glob("/site/course/*.py")]:
        with open(path) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                heard.append(path)
    print("heard", heard)
    """
