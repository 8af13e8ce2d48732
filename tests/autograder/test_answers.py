import ast

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.answers import AnswerError, find_answer
from autograder.cutting import solution_source
from autograder.stubs import check_faithful, stub_of

CLAIMED = {"reference.tiny:Pair", "reference.tiny:Pair.norm"}


def cut(*specs: str, given: tuple[str, ...] = ()) -> str:
    return solution_source([find_answer(spec) for spec in specs], given, CLAIMED)


def test_a_function_keeps_its_docstring_and_its_signature_without_types(tiny):
    assert cut("reference.tiny:unit") == (
        "def unit(p):\n"
        '    """Return the pair of length 1 in the same direction."""\n'
        "    ### BEGIN SOLUTION\n"
        "    return p.scale(1 / p.norm)\n"
        "    ### END SOLUTION"
    )


def test_a_default_stays_as_it_is_written(tiny):
    tiny.edit(tiny.reference, "def unit(p: Pair)", "def unit(p: Pair, eps: float = 1e-5)")
    assert cut("reference.tiny:unit").startswith("def unit(p, eps=1e-5):\n")


def test_a_function_on_one_line_inside_an_answer_stays(tiny):
    tiny.edit(
        tiny.reference,
        "    return p.scale",
        "    def one(x: int): return 1 + x  # é\n    return p.scale",
    )
    source = cut("reference.tiny:unit")
    assert "    def one(x): return 1 + x  # é\n" in source
    check_faithful(source, [find_answer("reference.tiny:unit")], (), CLAIMED)


def test_several_answers_share_a_cell_in_the_order_given(tiny):
    source = cut("reference.tiny:unit", "reference.tiny:distance")
    assert [node.name for node in ast.parse(source).body] == ["unit", "distance"]
    assert source.count("### BEGIN SOLUTION") == source.count("### END SOLUTION") == 2


def test_an_inner_function_belongs_to_the_solution(tiny):
    stub = stub_of(cut("reference.tiny:distance"), "code")
    assert "gap" not in stub
    assert "Return how far apart the points are." in stub


def test_a_class_keeps_what_is_given_and_leaves_out_what_is_claimed(tiny):
    source = cut("reference.tiny:Pair", given=("__init__",))
    stub = stub_of(source, "code")
    assert "self.a = a" in stub
    assert "size = 2" in stub
    assert "__radd__ = __add__" in stub
    assert "# How pairs add." in stub
    assert "norm" not in source
    assert "graded on its own" not in source
    assert "@property" not in source


def test_comments_in_and_below_a_body_belong_to_the_solution(tiny):
    stub = stub_of(cut("reference.tiny:Pair", given=("__init__",)), "code")
    assert "entry by entry" not in stub
    assert "vectors" not in stub


def test_a_claimed_method_is_a_function_attached_to_its_class(tiny):
    source = cut("reference.tiny:Pair.norm")
    assert source.startswith("@property\ndef norm(self):\n")
    assert source.endswith("    ### END SOLUTION\n\n\nPair.norm = norm")
    check_faithful(source, [find_answer("reference.tiny:Pair.norm")], (), CLAIMED)


def test_a_literal_is_left_open(tiny):
    assert cut("reference.tiny:letter") == (
        'letter = ...\n\n### BEGIN SOLUTION\nletter = "B"\n### END SOLUTION'
    )


MISSING = {
    "reference.none:unit": "no module 'reference.none'",
    "reference.tiny.deeper:unit": "no module",
    "reference.tiny:nothing": "does not define 'nothing'",
    "reference.tiny:Nothing.norm": "does not define 'Nothing'",
    "reference.tiny:unit.norm": "is no class",
    "reference.tiny:Pair.nothing": "does not define 'nothing'",
    "reference.tiny:Pair.size": "not a method",
}


@pytest.mark.parametrize(("spec", "sentence"), MISSING.items())
def test_an_answer_that_is_not_there_is_told(tiny, spec, sentence):
    with pytest.raises(AnswerError, match=sentence):
        find_answer(spec)


def test_only_literal_values_are_answers(tiny):
    tiny.edit(tiny.reference, 'letter = "B"', "letter = math.sqrt(2)")
    with pytest.raises(AnswerError, match="neither a function, a class nor a literal"):
        find_answer("reference.tiny:letter")


def test_an_answer_defined_twice_is_told(tiny):
    tiny.edit(tiny.reference, 'letter = "B"', 'letter = "B"\nletter = "C"')
    with pytest.raises(AnswerError, match="defines 2 times 'letter'"):
        find_answer("reference.tiny:letter")


@pytest.mark.parametrize(
    "body", ["def f(x): return x", 'def f(x):\n    """Say."""', 'def f(x):\n    """S."""; return x']
)
def test_a_body_that_cannot_be_taken_out_is_told(tiny, body):
    tiny.edit(tiny.reference, 'letter = "B"', body)
    with pytest.raises(AnswerError, match="needs a body on lines of its own"):
        cut("reference.tiny:f")


def test_given_must_name_methods(tiny):
    with pytest.raises(AnswerError, match="given names __len__"):
        cut("reference.tiny:Pair", given=("__init__", "__len__"))


CHANGES = {
    "signature": ("def unit(p)", "def unit(q)"),
    "default": ("def unit(p)", "def unit(p=1)"),
    "docstring": ("of length 1", "of length 2"),
    "body": ("1 / p.norm", "2 / p.norm"),
    "more": ("    ### END SOLUTION", "    ### END SOLUTION\n\n\nextra = 1"),
}


@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES.keys())
def test_a_cell_that_differs_from_the_reference_is_noticed(tiny, old, new):
    answers = [find_answer("reference.tiny:unit")]
    source = cut("reference.tiny:unit")
    check_faithful(source, answers, (), CLAIMED)
    with pytest.raises(AnswerError, match="differs from the reference by more than blanks"):
        check_faithful(source.replace(old, new), answers, (), CLAIMED)


def test_a_string_over_lines_inside_a_method_is_noticed(tiny):
    tiny.edit(tiny.reference, "squares = self", 'text = """a\n        b"""\n        squares = self')
    answer = find_answer("reference.tiny:Pair.norm")
    with pytest.raises(AnswerError, match="strings over several lines"):
        check_faithful(cut("reference.tiny:Pair.norm"), [answer], (), CLAIMED)


SOURCES = {
    "whole cell": ("x = 1\ny = 2", "code"),
    "a region": ("a = 1\n### BEGIN SOLUTION\nb = 2\n\n### END SOLUTION\nc = 3\n", "code"),
    "indented regions": (
        "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n\n"
        "class A:\n    def f(self):\n\t### BEGIN SOLUTION\n\tpass\n\t### END SOLUTION",
        "code",
    ),
    "essay": ("", "markdown"),
}


@pytest.mark.parametrize(("source", "cell_type"), SOURCES.values(), ids=SOURCES.keys())
def test_a_stub_is_what_nbgrader_leaves(source, cell_type):
    make = new_code_cell if cell_type == "code" else new_markdown_cell
    marks = {"grade_id": "x", "solution": True, "grade": cell_type == "markdown", "locked": False}
    notebook = new_notebook(cells=[make(source, metadata={"nbgrader": marks})])
    cleared, _ = ClearSolutions().preprocess(notebook, {})
    assert stub_of(source, cell_type) == cleared.cells[0].source
