"""What directives say is said in prose: points, and the exercises that an exercise builds on.

The text says `{points:gates}`, the directive says how many there are. Where a heading writes the
number itself, it must be that of the exercise below it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autograder.directives import Cell, Essay, Exercise, Prose
from autograder.flaws import Flaw

PLACEHOLDER = re.compile(r"\{points:(\w*)\}")
WRITTEN = re.compile(r"#+ .*\((\d+) points?\)")


def with_points(cells: Iterable[Cell]) -> list[Cell]:
    """Put "10 points" where the prose says `{points:gates}`; what `gates` builds on follows."""
    cells = list(cells)
    points = _points(cells)
    said = _what_each_uses(cells)

    def written(match: re.Match[str]) -> str:
        number = points.get(match[1])
        return match[0] if number is None else f"{number} point{'' if number == 1 else 's'}"

    def said_below(source: str) -> str:
        return "".join(said.get(name, "") for name in PLACEHOLDER.findall(source))

    return [
        replace(cell, source=PLACEHOLDER.sub(written, cell.source + said_below(cell.source)))
        if isinstance(cell, Prose)
        else cell
        for cell in cells
    ]


def heading_flaws(cells: Sequence[Cell]) -> Iterator[Flaw]:
    """Yield placeholders without an exercise, and headings that disagree with the directive."""
    known = _points(cells)
    for place, cell in enumerate(cells):
        if not isinstance(cell, Prose):
            continue
        below = next((c for c in cells[place + 1 :] if isinstance(c, Exercise | Essay)), None)
        for line, text in enumerate(cell.source.split("\n"), cell.line + 1):
            for name in PLACEHOLDER.findall(text):
                if name not in known:
                    yield (
                        line,
                        (
                            f"{{points:{name}}} names no exercise or essay; "
                            f"there are {', '.join(known)}"
                        ),
                    )
            written = WRITTEN.match(text)
            if written and (below is None or int(written[1]) != below.points):
                has = "no exercise" if below is None else f"{below.id!r} with {below.points}"
                use = "" if below is None else f"; write ({{points:{below.id}}})"
                yield line, f"the heading says {written[1]} points, but below it stands {has}{use}"


def _what_each_uses(cells: Iterable[Cell]) -> dict[str, str]:
    """Return a paragraph on the exercises that one uses, by its name, where it uses any."""
    return {
        cell.id: f"\n\n*{' '.join(sentences)}*"
        for cell in cells
        if isinstance(cell, Exercise)
        if (sentences := [*_builds_on(cell.builds_on), *_needs(cell.needs)])
    }


def _builds_on(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield (
            f"This builds on {_listed(names)}. What you have wrong there costs nothing here: this "
            "is then judged again with a right one, and the better result counts."
        )


def _needs(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"This uses your {_listed(names)} as written: what is wrong there counts here too."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _points(cells: Iterable[Cell]) -> dict[str, int]:
    return {cell.id: cell.points for cell in cells if isinstance(cell, Exercise | Essay)}
