"""Answers are cut into a solution cell: what is given stays, bodies become solution regions."""

import ast
import builtins
import re
import textwrap
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from autograder.answers import Answer, AnswerError, first_line, last_line, methods_of

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


@dataclass(frozen=True)
class Region:
    """The lines of a body, from 1, and its indentation."""

    first: int
    last: int
    indent: str


def solution_source(
    answers: Sequence[Answer], given: Collection[str], claimed: Collection[str]
) -> str:
    """Write the solution cell of an exercise.

    `given` names the methods that students get whole; `claimed` holds the answers of all
    exercises, as `module:Class.method`, so that a class leaves out what another cell defines.

    Raises:
        AnswerError: an answer cannot be cut, or `given` names what no answer has.
    """
    classes = [answer.node for answer in answers if isinstance(answer.node, ast.ClassDef)]
    strange = set(given).difference(*(methods_of(node) for node in classes))
    if strange:
        raise AnswerError(
            f"given names {', '.join(sorted(strange))}, which no class among the answers defines"
        )
    return without_annotations("\n\n\n".join(_cut(answer, given, claimed) for answer in answers))


def _cut(answer: Answer, given: Collection[str], claimed: Collection[str]) -> str:
    node = answer.node
    if isinstance(node, ast.Assign):
        literal = answer.lines[node.lineno - 1 : last_line(node)]
        return "\n".join([f"{answer.name} = {unfilled(node.value)}", "", BEGIN, *literal, END])
    if isinstance(node, ast.ClassDef):
        return _class(answer, node, given, claimed)
    text = _marked(answer.lines, node, [_region(answer, node)], frozenset())
    if answer.owner is None:
        return text
    return f"{textwrap.dedent(text)}\n\n\n{attachment(answer)}"


def attachment(answer: Answer) -> str:
    """Write what makes a method of a function; `sum` then means Python's own again."""
    attached = f"{answer.owner}.{answer.name} = {answer.name}"
    is_taken = hasattr(builtins, answer.name)
    again = f"from builtins import {answer.name}  # the name is Python's own again"
    return f"{attached}\n{again}" if is_taken else attached


def unfilled(value: ast.expr) -> str:
    """Write what stands where a literal is to be filled in: a table keeps its keys."""
    if not isinstance(value, ast.Dict):
        return "..."
    keys = [ast.unparse(key) for key in value.keys if key is not None]
    return "\n".join(["{", *(f"    {key}: ..." + "," for key in keys), "}"])


def without_annotations(source: str) -> str:
    """Write the code as students know it; types are for the library, and tell of caches."""
    lines = source.split("\n")
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    for node in sorted(statements, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            end = node.annotation.end_lineno or node.lineno
            before = lines[node.lineno - 1].encode()[: node.target.end_col_offset].decode()
            after = lines[end - 1].encode()[node.annotation.end_col_offset :].decode()
            lines[node.lineno - 1 : end] = [before + after]
        elif isinstance(node, ast.FunctionDef):
            end = _header_end(lines, node)
            arguments = ast.unparse(strip_annotations(node).args)
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                written = ast.get_source_segment(source, default) or ""
                arguments = arguments.replace(f"={ast.unparse(default)}", f"={written}")
            header = f"{' ' * node.col_offset}def {node.name}({arguments}):"
            if node.body[0].lineno == end:  # all on one line
                header += " " + lines[end - 1].encode()[node.body[0].col_offset :].decode()
            lines[node.lineno - 1 : end] = [header]
    return "\n".join(lines)


def strip_annotations(node: ast.FunctionDef) -> ast.FunctionDef:
    """Take the types out of a function's signature, in place."""
    node.returns = None
    for part in ast.walk(node.args):
        if isinstance(part, ast.arg):
            part.annotation = None
    return node


def _class(
    answer: Answer, node: ast.ClassDef, given: Collection[str], claimed: Collection[str]
) -> str:
    regions: list[Region] = []
    omitted: set[int] = set()
    for name, method in methods_of(node).items():
        if f"{answer.spec}.{name}" in claimed:
            omitted |= _with_what_belongs_to_it(answer.lines, method)
        elif name not in given:
            regions.append(_region(answer, method))
    return _marked(answer.lines, node, regions, omitted)


def _marked(
    lines: Sequence[str], node: ast.stmt, regions: Iterable[Region], omitted: Collection[int]
) -> str:
    begins = {region.first: region.indent + BEGIN for region in regions}
    ends = {region.last: region.indent + END for region in regions}
    last = max([last_line(node), *ends])
    written: list[str] = []
    for number in range(first_line(node), last + 1):
        if number in omitted:
            continue
        written += [begins[number]] if number in begins else []
        written.append(lines[number - 1])
        written += [ends[number]] if number in ends else []
    return "\n".join(written).rstrip()


def _region(answer: Answer, node: ast.FunctionDef) -> Region:
    """Find a function's body: what follows the docstring, comments included."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    before = last_line(node.body[0]) if body != node.body else _header_end(answer.lines, node)
    if not body or body[0].lineno <= before:
        raise AnswerError(
            f"{answer.spec}: {node.name} (line {node.lineno}) needs a body on lines of its own, "
            "below its signature and docstring"
        )
    lines = answer.lines
    first = before + 1
    while not lines[first - 1].strip():
        first += 1
    return Region(first, _last_comment(lines, node), " " * body[0].col_offset)


def _header_end(lines: Sequence[str], node: ast.FunctionDef) -> int:
    """Return the line where the signature's colon stands."""
    for last in range(node.lineno, node.body[0].lineno):
        header = textwrap.dedent("\n".join(lines[node.lineno - 1 : last]))
        try:
            ast.parse(f"{header}\n        pass")
        except SyntaxError:
            continue
        return last
    return node.body[0].lineno


def _last_comment(lines: Sequence[str], node: ast.FunctionDef) -> int:
    """Return the body's last line; comments below it that are indented like it belong to it."""
    last = number = last_line(node)
    deeper = re.compile(rf"\s{{{node.col_offset + 1},}}#")
    while number < len(lines) and (not lines[number].strip() or deeper.match(lines[number])):
        number += 1
        if lines[number - 1].strip():
            last = number
    return last


def _with_what_belongs_to_it(lines: Sequence[str], method: ast.FunctionDef) -> set[int]:
    """Return the lines of a method, with the comments and the empty lines above it."""
    first = first_line(method)
    while lines[first - 2].lstrip().startswith("#"):
        first -= 1
    while not lines[first - 2].strip():
        first -= 1
    return set(range(first, _last_comment(lines, method) + 1))
