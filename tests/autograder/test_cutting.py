"""What students see of an answer's code has no types: neither in signatures nor in bodies."""

from textwrap import dedent

from autograder.cutting import without_annotations


def test_types_go_and_all_else_stays():
    typed = '''
        class A:
            def __init__(self, x: int, *, y: "list[int]" = [1]) -> None:
                """é: what it is."""
                é: "list[int]" = [x]; z: int = (3 +
                                               4)
                self.data: dict[
                    str, int
                ] = {"a: b": x}

                def inner(y: int = 2) -> int: return (y)
                self.pair = {1: 2}
    '''
    plain = '''
        class A:
            def __init__(self, x, *, y=[1]):
                """é: what it is."""
                é = [x]; z = (3 +
                                               4)
                self.data = {"a: b": x}

                def inner(y=2): return (y)
                self.pair = {1: 2}
    '''
    assert without_annotations(dedent(typed)) == dedent(plain)
