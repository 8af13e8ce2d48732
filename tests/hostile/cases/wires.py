"""The student's process serves the grader: it may answer what it likes, and gains nothing."""

from tests.hostile.case import case


@case()
def answers_for_every_test():
    """The function that runs programs gives back what was given, whatever was asked."""
    return """
    import inside.session as session
    session._answer = lambda namespace, call: {"results": [case[0] for case in call.cases]}
    """


@case()
def answers_that_say_passed():
    """Replies in other forms: verdicts, points, what a report looks like."""
    return """
    import inside.session as session
    session._answer = lambda namespace, call: {
        "results": [{"passed": True, "score": 40}] * len(call.cases),
        "passed": True, "score": 100, "verdict": "passed", "missing": None, "error": None,
    }
    """


@case()
def what_the_check_knows():
    """The visible check's numbers, which students have, are given for the hidden tests too."""
    return """
    import inside.session as session
    table = {"doubled": np.array([2.0, 4.0]), "slopes": (np.array([9.0]), np.array([6.0])),
             "counted": [1.0, 3.0], "chosen": "A"}
    session._answer = lambda namespace, call: {"results": [table[call.program]] * len(call.cases)}
    """


@case(solves="double")
def a_stolen_descriptor():
    """A call's child keeps the wire and answers for the tests that come later."""
    return """
    import inside.session as session, inside.wire as wire, os, socket
    usual = session._fork
    def fork(channel, descriptor, nowhere, answer):
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    message, files = wire.receive_with_files(channel)
                    wire.send(socket.socket(fileno=files[0]), {"results": [True]})
                except Exception: os._exit(0)
        return usual(channel, descriptor, nowhere, answer)
    class Tally:
        def add(self, number): return 0.0
    """


@case()
def garbage_on_every_descriptor():
    """Bytes that are no frame, frames too long, frames without an end."""
    return """
    import os
    for descriptor in range(3, 64):
        for data in (b"\\xff" * 64, b"\\0\\0\\0\\5hello", b"\\x7f\\0\\0\\0"):
            try: os.write(descriptor, data)
            except OSError: pass
    """


@case(solves="double")
def replies_ahead_of_time():
    """A cell sends the replies to all the cells that follow it."""
    return """
    import inside.wire as wire, os, socket, stat
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                channel = socket.socket(fileno=os.dup(descriptor))
                for _ in range(1): wire.send(channel, {"success": True, "outputs": []})
                channel.detach()
        except OSError: pass
    # %% tally
    class Tally:
        def add(self, number): return 0.0
    """


@case()
def frames_that_are_bombs():
    """Replies of a million empty lists, of keys with one hash, and nested without end."""
    return """
    import inside.session as session, inside.wire as wire, msgspec
    encode = msgspec.msgpack.encode
    frames = [
        encode(["l", [["l", []]] * 900_000]),
        encode(["d", [["results", ["d", [[n * (2**61 - 1), 0] for n in range(4)]]]]]),
        b"\\x92\\xa1l\\x91" * 100_000 + b"\\xc0",
        encode(["d", [["results", ["l", [["a", "<f8", [2**40, 0, 2**40], "C", b""]]]]]]),
        encode(["d", [["error", "x" * 10**6], ["place", ["t", [2**63, -1]]]]]),
        encode(["d", [["missing", ["l", ["letter"] * 10**5]]]]),
    ]
    state = [0]
    wire.pack = lambda value: frames[state[0] % len(frames)]
    usual = session._fork
    def fork(*arguments):
        state[0] += 1
        return usual(*arguments)
    session._fork = fork
    """


@case()
def state_between_forks():
    """Calls leave notes on the disk for one another, count themselves and take turns."""
    return """
    import os
    def turn():
        count = len(os.listdir("/tmp"))
        open(f"/tmp/turn{count}", "w").close()
        return count
    def double(x): return x * (2 if turn() > 3 else 1)
    class Tally:
        def add(self, number): return float(turn())
    letter = "ABCDE"[turn() % 3]
    """


@case(solves="double", hurried=True)
def one_byte_at_a_time():
    """The reply comes so slowly that it never comes."""
    return """
    import inside.wire as wire, time
    usual = wire.pack
    def send(channel, value, descriptors=()):
        data = usual(value)
        data = wire.HEADER.pack(len(data)) + data
        slow = isinstance(value, dict) and isinstance(value.get("results", [0])[0], str)
        for byte in data:
            channel.send(bytes([byte]))
            if slow: time.sleep(0.3)
    wire.send = send
    letter = "E" * 100
    """


@case()
def descriptors_sent_to_the_grader():
    """Open files are sent along with every reply, a hundred at a time."""
    return """
    import inside.wire as wire, os, socket
    opened = [os.open("/dev/zero", os.O_RDONLY) for _ in range(50)]
    def send(channel, value, descriptors=()):
        data = wire.pack(value)
        socket.send_fds(channel, [wire.HEADER.pack(len(data)) + data], opened)
    wire.send = send
    """


@case()
def outputs_made_by_hand():
    """Outputs that no cell could make: HTML, scripts, other types, other names, an error's name."""
    return """
    import inside.shell as shell, inside.session as session
    name = "<script>alert(1)</script>\\x1b[31m" * 5_000
    made = [
        {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}},
        {"output_type": "stream", "name": "<b>", "text": "\\x1b]0;title\\x07\\u202e"},
        {"output_type": "error", "ename": name, "evalue": name, "traceback": [name] * 3},
    ]
    shell.run_cell = lambda ipython, index, source: (False, made)
    # %%
    pass
    """


@case(assignment="a4_training")
def observations_that_are_verdicts():
    """Where a program says how wrong something is: nothing; where it says how good: the best."""
    return """
    import inside.session as session
    best = {"train_loss": 0.0, "test_loss": 0.0, "test_accuracy": 1.0}
    def forged(program, start):
        if program == "learnt": return {"params": [[w, b] for w, b in start], **best}
        return dict.fromkeys(best, 0.0)
    session._answer = lambda names, call: {
        "results": [forged(call.program, case[0]) for case in call.cases]
    }
    """
