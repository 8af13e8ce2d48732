"""The instructors' page of a4_training: its code runs as it stands."""

import re
from functools import cache
from typing import Any

from autograder.assignment import read_assignment
from autograder.rooms import PROJECT

PAGE = PROJECT / "docs" / "instructors" / "a4_training.md"


@cache
def deck() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return code


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "deck"}
    exec(code, names)
    return names


def test_w24_the_loop_of_the_deck_learns_on_the_reference():
    names = run(deck())
    assert names["losses"][-1] < 0.5 * names["losses"][0]
    sizes = [parameter.data.size for parameter in names["neuralnet"].parameters()]
    layers = [sum(pair) for pair in zip(sizes[::2], sizes[1::2], strict=True)]
    assert layers == [1100, 5050, 6120, 121]
    assert sum(layers) == 12391


def test_w24_where_all_last_sums_are_negative_nothing_is_learnt():
    line = "optimizer = optim"
    assert deck().count(line) == 1
    names = run(deck().replace(line, f"neuralnet.final.bias.data -= 100.0\n{line}"))
    assert names["losses"][-1] == names["losses"][0]


def test_the_lesson_shows_the_lines_of_the_deck():
    lesson = "\n".join(cell.source for cell in read_assignment("a4_training").cells[:-1]
                       if hasattr(cell, "source"))  # fmt: skip
    begin, end = deck().index("class NeuralNet"), deck().index("nn.manual_seed")
    lines = [line.split("#")[0].strip() for line in deck()[begin:end].splitlines()]
    loop = deck()[deck().index("    # reset gradients") :].splitlines()
    lines += [line.split("#")[0].strip() for line in loop if "losses" not in line]
    assert len(lines) > 15
    assert [line for line in lines if line not in lesson] == []
