"""`given.py`: what earlier assignments built and this one needs, handed out ready-made.

The header names it, `given: ["reference.scalar:Value"]`; the notebook imports it, `from given
import Value`. The text is the reference's own, with the imports and helpers that it needs, found
by name. It never holds an answer to this assignment or a later one.
"""

import ast
import re
import symtable
from collections.abc import Iterator, Mapping
from importlib.util import resolve_name

from autograder.answers import AnswerError, first_line, last_line, module_source
from autograder.assignment import Assignment, read_assignment
from autograder.cutting import without_annotations
from autograder.quizzes import code_trees

FILE = "given.py"
SPEC = re.compile(r"reference(\.\w+)+:\w+")
ESSAY = (
    '"""Ready-made parts that earlier assignments built: import them, you need not change them."""'
)


def given_source(assignment: Assignment) -> str | None:
    """Write `given.py`; None if the header names nothing.

    Raises:
        DirectiveError: a name is not there, or stands for an answer that is still to be found.
    """
    return _book(assignment).text() if assignment.given else None


def given_definitions(assignment: Assignment) -> set[str]:
    """Return all that `given.py` defines, as `reference.module:name`.

    Raises:
        DirectiveError: as `given_source`.
    """
    return set(_book(assignment).owners.values())


def _book(assignment: Assignment) -> "_Book":
    book = _Book(_barred(assignment))
    for spec in assignment.given:
        try:
            if not SPEC.fullmatch(spec):
                raise AnswerError(f"{spec!r} is not of the form `reference.module:name`")
            book.take(spec)
        except AnswerError as error:
            raise assignment.error(_line(assignment, spec), f"given: {error}") from error
    return book


def given_names(assignment: Assignment) -> set[str]:
    """Return the names that the notebook has from `given.py`.

    Raises:
        DirectiveError: a cell imports what the header does not name.
    """
    offered = {spec.partition(":")[2] for spec in assignment.given}
    names: set[str] = set()
    for cell, tree in code_trees(assignment):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module != "given":
                continue
            for alias in node.names:
                if alias.name not in offered:
                    raise assignment.error(
                        cell.line + node.lineno,
                        f"{alias.name} is imported from given, but the header's `given:` names "
                        f"{', '.join(sorted(offered)) or 'nothing'}",
                    )
                names.add(alias.asname or alias.name)
    return names


class _Book:
    """Definitions of the reference, each after those that it needs."""

    def __init__(self, barred: Mapping[str, str]) -> None:
        self.barred = barred
        self.imports: dict[str, None] = {}
        self.definitions: list[str] = []
        self.owners: dict[str, str] = {}

    def take(self, spec: str) -> None:
        """Take a definition and all that it needs, once.

        Raises:
            AnswerError: it is not there or may not be given.
        """
        module, _, name = spec.partition(":")
        if self.owners.get(name) == spec:
            return
        if spec in self.barred:
            raise AnswerError(f"{spec} is an answer of {self.barred[spec]}, so it cannot be given")
        source = module_source(module)
        node = _bindings(source.tree).get(name)
        if node is None:
            raise AnswerError(f"{module} does not define {name!r}; name what it defines")
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, name, _package(module, source.file.name))
            return
        if name in self.owners:
            raise AnswerError(f"{self.owners[name]} and {spec} have the same name; rename one")
        self.owners[name] = spec
        lines = source.text.splitlines()[first_line(node) - 1 : last_line(node)]
        text = without_annotations("\n".join(lines))
        for needed in sorted(_globals(text) & _bindings(source.tree).keys()):
            self.take(f"{module}:{needed}")
        self.definitions.append(text)

    def _import(self, node: ast.Import | ast.ImportFrom, name: str, package: str) -> None:
        alias = next(a for a in node.names if (a.asname or a.name.partition(".")[0]) == name)
        if isinstance(node, ast.Import):
            source = alias.name
        else:
            source = resolve_name("." * node.level + (node.module or ""), package)
        if source.partition(".")[0] != "reference":
            self.imports[ast.unparse(_with(node, alias))] = None
        elif isinstance(node, ast.Import) or alias.asname:
            raise AnswerError(
                f"`{ast.unparse(node)}` is needed; write `from reference.module import name`, "
                "without `as`, in the reference"
            )
        else:
            self.take(f"{source}:{alias.name}")

    def text(self) -> str:
        """Write the module."""
        straight = sorted(line for line in self.imports if line.startswith("import"))
        others = sorted(self.imports.keys() - set(straight))
        head = [ESSAY, *(["\n".join([*straight, *others])] if self.imports else [])]
        return "\n\n".join(head) + "\n\n\n" + "\n\n\n".join(self.definitions) + "\n"


def _barred(assignment: Assignment) -> dict[str, str]:
    """Return the answers of this assignment and the later ones, and where they are asked for.

    A class is barred with any of its methods.
    """
    barred: dict[str, str] = {}
    known = assignment.rooms.known()
    later = known[known.index(assignment.id) + 1 :] if assignment.id in known else []
    for each in (assignment, *(read_assignment(name, assignment.rooms) for name in later)):
        for exercise in each.exercises:
            for spec in exercise.answers:
                module, _, path = spec.partition(":")
                barred.setdefault(f"{module}:{path.partition('.')[0]}", f"{each.id}/{exercise.id}")
    return barred


def _bindings(tree: ast.Module) -> dict[str, ast.stmt]:
    """Say which statement at the top of a module binds which name."""
    return {name: node for node in tree.body for name in _bound(node)}


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _globals(text: str) -> set[str]:
    """Return the names that a piece of a module reads from outside itself."""
    found: set[str] = set()
    waiting = [symtable.symtable(text, FILE, "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        for symbol in table.get_symbols():
            outside = symbol.is_global() or table.get_type() == "module"
            if symbol.is_referenced() and outside:
                found.add(symbol.get_name())
    return found


def _package(module: str, file: str) -> str:
    return module if file == "__init__.py" else module.rpartition(".")[0]


def _with(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(node.module, [alias], 0)


def _line(assignment: Assignment, spec: str) -> int:
    text = assignment.rooms.text(assignment.id).read_text(encoding="utf-8")
    return next((n for n, line in enumerate(text.splitlines(), 1) if spec in line), 1)
