"""What students see of an answer's code has no types: neither in signatures nor in bodies."""

from textwrap import dedent

from autograder.answers import find_answer
from autograder.cutting import solution_source, without_annotations
from autograder.stubs import check_faithful, stub_of


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


def test_a_method_named_like_a_builtin_gives_the_name_back():
    answers = [find_answer(f"reference.tensor:Tensor.{name}") for name in ("sum", "mean")]
    source = solution_source(answers, [], [])
    check_faithful(source, answers, [], [])
    namespace: dict[str, object] = {"Tensor": type("Tensor", (), {})}
    exec(source, namespace)
    assert namespace["sum"] is sum
    assert vars(namespace["Tensor"]).keys() >= {"sum", "mean"}
    assert "builtins import mean" not in source


def test_a_table_keeps_its_keys():
    answers = [find_answer("reference.quizzes.a2_tensors:answers")]
    source = solution_source(answers, [], [])
    check_faithful(source, answers, [], [])
    assert '    "vector by matrix": ...,' in stub_of(source, "code").replace("'", '"')
