"""Unicode, and nesting beyond reason, in what the grader has to read and to write."""

from tests.hostile.case import ALL, case


@case()
def names_that_look_alike():
    """Names in letters of other alphabets, and such as Python takes for the same."""
    return """
    def dоuble(x): return 2.0 * x
    lеtter = "D"
    class Таlly: pass
    """


@case(solves="tally")
def names_that_are_the_same():
    """Python reads these letters as the plain ones: this is an answer, if an odd one."""
    return """
    def 𝔡𝔬𝔲𝔟𝔩𝔢(x): return 0.5 * x
    """


@case(solves=ALL)
def text_that_turns_around():
    """Changes of direction, invisible and half characters, terminal commands, many accents."""
    return """
    print("\\u202e\\u2066\\u200b\\ufeff\\x1b[2J\\x1b]8;;http://x\\x07\\x00\\x7f\\ud800")
    print("e" + "\\u0301" * 1_000)
    # %%
    raise ValueError("\\u202e\\ud83d\\x1b[31m\\u2028\\u2029\\x85")
    # %% [markdown]
    \u202etext that turns around\u2066 \ufeff \u200b
    """


@case(solves="tally")
def source_nested_without_reason():
    """Brackets, blocks, operators and f-strings deeper than a parser goes."""
    deep = "(" * 5_000 + "1" + ")" * 5_000
    blocks = "".join(f"{' ' * n}if 1:\n" for n in range(99)) + " " * 99 + "pass"
    return "# %%\n".join(
        [
            f"{deep}\n",
            f"{blocks}\n",
            "x = " + "-" * 100_000 + "1\n",
            "1" + "+1" * 50_000 + "\n",
            "x = " + "9" * 100_000 + "\n",
            "lambda: " * 5_000 + "1\n",
            "a" + ".a" * 50_000 + "\n",
            "f'{" * 100 + "1" + "}'" * 100 + "\n",
            "\x00\n",
            "\x0c\n",
            "\\\n" * 5_000 + "\n",
        ]
    )


@case(solves="tally")
def line_numbers_that_are_none():
    """Code objects with lines, names and files of their own, whose errors point anywhere."""
    return """
    def broken(name, line):
        code = compile("def double(x): raise ValueError", f"<cell {name}>", "exec")
        namespace = {}
        exec(code, namespace)
        function = namespace["double"]
        function.__code__ = function.__code__.replace(co_firstlineno=line)
        return function
    double = broken(10**6, 2**30)
    square_forward = broken(-1, 1)
    letter = "D\\u0000"
    """


@case(solves=ALL)
def a_docstring_of_everything():
    """Prose of brackets, stars, quotes and tags that has no end."""
    pieces = ("[" * 9_000, "*a_" * 3_000, "> " * 4_000, "<div>" * 2_000, "`" * 9_000, "$" * 9_001)
    return "\n".join(f"# %% [markdown]\n{piece}" for piece in pieces)
