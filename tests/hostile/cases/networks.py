"""Ways out: sockets of every family, the grader's own, and the gradebook."""

from tests.hostile.case import case


@case(solves="double", tells=("reached []",))
def sockets_of_every_family():
    """TCP, UDP, raw, netlink, packet and virtual-machine sockets, and name resolution."""
    return """
    import socket
    reached = []
    for family in range(46):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            if family == socket.AF_UNIX: continue
            try: reached.append(socket.socket(family, kind).family)
            except OSError: pass
    for name in ("localhost", "example.com"):
        try: reached.append(socket.getaddrinfo(name, 80))
        except OSError: pass
    print("reached", reached)
    """


@case(solves="double", tells=("reached []",))
def local_sockets():
    """Unix and abstract sockets that a machine often has, and one of the neighbour's."""
    return """
    import glob, socket
    places = ["/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/journal/socket"]
    places += glob.glob("/tmp/**/*sock*", recursive=True) + glob.glob("/run/**/*", recursive=True)
    try:
        names = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
    except OSError:
        names = []
    places += ["\\0" + name.lstrip("@") for name in names] + ["\\0/tmp/.X11-unix/X0"]
    reached = []
    for place in places:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                socket.socket(socket.AF_UNIX, kind).connect(place)
                reached.append(place)
            except OSError: pass
    print("reached", reached)
    """


@case(solves="double", tells=("written []",))
def the_gradebook():
    """Every database that can be found, and every place where one might lie, is written."""
    return """
    import glob, os, sqlite3
    written = []
    places = glob.glob("/*/gradebook.db") + glob.glob("/*/*/gradebook.db")
    places += [f"{place}/gradebook.db" for place in ("/", "..", "/classroom", "/proc/1/cwd/..")]
    for place in places:
        try:
            base = sqlite3.connect(place)
            base.execute("update grade set manual_score = 100")
            base.commit()
            written.append(place)
        except sqlite3.Error: pass
    print("written", written)
    """


@case(solves="double")
def programs_of_the_system():
    """Whatever can be executed: a shell, Python again, tools that are set-uid."""
    return """
    import os, subprocess, sys
    ran = []
    for words in (["sh", "-c", "id"], ["su"], ["sudo", "-n", "id"], ["mount"], ["bwrap", "--help"],
                  [sys.executable, "-c", "import reference, autograder"]):
        try:
            done = subprocess.run(words, capture_output=True, timeout=5)
            if done.returncode == 0: ran.append(words)
        except (OSError, subprocess.SubprocessError): pass
    assert ran == [], ran
    # %%
    !id
    # %%
    get_ipython().system("cat /etc/passwd")
    """


@case(solves="double", tells=("got []",))
def namespaces_and_mounts():
    """What would lead out of the wall: new namespaces, mounts, device files, keys, modules."""
    return """
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    got = []
    for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x02000000):
        if libc.unshare(flag) == 0: got.append(hex(flag))
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: got.append("mount")
    if libc.chroot(b"/tmp") == 0: got.append("chroot")
    if libc.setuid(0) == 0 or libc.setreuid(-1, 0) == 0: got.append("root")
    for number in (101, 310, 321, 298, 425, 323, 304, 246):
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) == 0: got.append(number)
    try: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)); got.append("mknod")
    except OSError: pass
    print("got", got)
    """
