"""No answer leaks: what a solution says stands nowhere among the things that students are given.

A statement is trivial, and may stand anywhere, if it has fewer than `SUBSTANCE` nodes in its tree
(`return out`, `pass`, `x = y`, a docstring), for such statements give no answer away, unless they
are the literal answer of a quiz. Every other statement of a solution body, nested ones too, is
looked for in its normal form: unparsed, so that comments, parentheses and layout do not count;
names are kept. In files that are no Python the normal form is looked for with all white space
taken out and quotes alike.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.assignment import read_assignment
from autograder.build import build
from autograder.cells import assemble
from autograder.cutting import BEGIN, END
from autograder.exercise import parts_of
from autograder.rooms import Rooms
from tests.autograder.conftest import Classroom

SUBSTANCE = 10


def squeezed(text: str) -> str:
    """Take out what layout changes: white space, parentheses, the kind of quotes, ends in JSON."""
    alike = text.replace("\\n", "\n").replace('\\"', '"').replace('"', "'")
    return re.sub(r"[\s()]", "", alike)


def solution_statements(assignment: str, rooms: Rooms) -> dict[str, str]:
    """Return the telling statements of the assignment's solutions, each with its exercise."""
    read = read_assignment(assignment, rooms)
    literal = {exercise.id for exercise in read.exercises if exercise.is_question}
    found: dict[str, str] = {}
    for cell in assemble(read, parts_of(read)):
        regions: list[range] = []
        for number, line in enumerate(cell.source.split("\n"), 1):
            if BEGIN in line:
                start = number
            if END in line:
                regions.append(range(start, number))
        if not regions:
            continue
        for node in ast.walk(ast.parse(cell.source)):
            inside = isinstance(node, ast.stmt) and any(node.lineno in span for span in regions)
            if inside and (cell.id in literal or telling(node)):
                found[squeezed(ast.unparse(node))] = f"{assignment} / {cell.id}"
    return found


def telling(node: ast.stmt) -> bool:
    document = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not document and sum(1 for _ in ast.walk(node)) >= SUBSTANCE


def readings(file: Path) -> Iterator[str]:
    """Yield what a file says: as text, and as statements where it holds Python."""
    text = file.read_text(encoding="utf-8", errors="replace")
    yield squeezed(text)
    sources = [text] if file.suffix == ".py" else []
    if file.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        yield from (squeezed("".join(cell["source"])) for cell in cells)
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # a magic command; the text itself was read above
            continue
        yield squeezed(ast.unparse(tree))


def leaks(statements: dict[str, str], places: Iterable[Path]) -> list[str]:
    """Name every statement that stands in a file below `places`."""
    files = [
        file
        for place in places
        for file in sorted(place.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    ]
    assert files, "there is nothing to look through"
    return [
        f"{owner}: {statement} stands in {file.name}"
        for file in files
        for said in readings(file)
        for statement, owner in statements.items()
        if statement in said
    ]


PLANTED = {
    "prose": "Write `return Pair(factor*self.a, factor * self.b)`!",
    "a tuple in prose": "Write: total = self.a + other.a, self.b + other.b!",
    "layout": "def f(self, other):\n  total = (  self.a + other.a,self.b + other.b)\n",
    "comment inside": (
        "def f(self, other):\n    total = (\n        self.a + other.a,  # first\n"
        "        self.b + other.b,\n    )\n"
    ),
    "more parentheses": (
        "def f(gap, p, q, power):\n    return ((gap(p.a, q.a) + gap(p.b, q.b)) ** ((1) / power))\n"
    ),
    "inner function": "def f(left, right):\n    return (abs(left - right)) ** power\n",
    "literal": 'letter = "B"  # of course',
    "quotes": "def f(p):\n    raise ValueError('no length: ' + str(p.a))\n",
}


def test_a_planted_leak_is_found_wherever_it_stands(tiny, tmp_path):
    raised = 'raise ValueError("no length: " + str(p.a))'
    tiny.edit(
        tiny.reference,
        "    return p.scale(1",
        f"    if not p.norm:\n        {raised}\n    return p.scale(1",
    )
    room = Classroom(tmp_path / "classroom")
    build(["tiny"], room.root, tiny.rooms)
    room.run("nbgrader", "generate_assignment", "tiny")
    folder = room.root / "release" / "tiny"
    statements = solution_statements("tiny", tiny.rooms)
    assert leaks(statements, [folder]) == []
    assert leaks(statements, [tmp_path / "classroom" / "source"])
    notebook = folder / "tiny.ipynb"
    clean = notebook.read_text()
    for name, text in PLANTED.items():
        content = json.loads(clean)
        content["cells"][0 if name == "prose" else 1]["source"] = text.splitlines(keepends=True)
        notebook.write_text(json.dumps(content))
        assert leaks(statements, [folder]), f"{name}: not found in the notebook"
    notebook.write_text(clean)
    for name, text in PLANTED.items():
        for file in (folder / "given.py", folder / "checks.json"):
            before = file.read_text() if file.exists() else None
            if file.suffix == ".py" and name != "prose":
                file.write_text(text)
            else:
                file.write_text(json.dumps({"hint": PLANTED["prose"]}))
            assert leaks(statements, [folder]), f"{name}: not found in {file.name}"
            file.unlink() if before is None else file.write_text(before)


def test_which_statements_are_trivial():
    def verdicts(*sources: str) -> list[bool]:
        return [telling(ast.parse(source).body[0]) for source in sources]

    assert not any(verdicts("return_value = out", "pass", "'''A docstring.'''", "n += 1", "f(x)"))
    assert all(verdicts("da = dout * b, dout * a", "return_value = 1 / (1 + math.exp(-a))"))
