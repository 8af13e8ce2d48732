"""Where the parts of an assignment stand in the project."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Rooms:
    """The folders that the build reads, below one root."""

    root: Path = PROJECT

    def folder(self, assignment: str) -> Path:
        """The assignment as text, and the files that go with it to the students."""
        return self.root / "source_notebooks" / assignment

    def text(self, assignment: str) -> Path:
        """The text notebook, the only file with directives."""
        return self.folder(assignment) / f"{assignment}.py"

    def suite(self, assignment: str, exercise: str) -> Path:
        """The hidden tests of one exercise, and its public programs."""
        return self.root / "autograder" / "suites" / assignment / f"test_{exercise}.py"

    def misconceptions(self, assignment: str) -> Path:
        """The misconceptions of one assignment, as data."""
        return self.root / "autograder" / "misconceptions" / f"{assignment}.toml"

    def shown(self, path: Path) -> str:
        """Write `path` as it is told to people: from the root where it lies below it."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)

    def known(self) -> list[str]:
        """Name the assignments that have a text notebook, in the course's order."""
        folder = self.root / "source_notebooks"
        return sorted(path.stem for path in folder.glob("*/*.py") if path.stem == path.parent.name)
