import pytest

from autograder.assignment import read_assignment
from autograder.flaws import DirectiveError
from autograder.misconception import mutant, read_misconceptions


def read(tiny):
    return read_misconceptions(read_assignment("tiny", tiny.rooms))


def mutated(tiny, name: str) -> dict[str, object]:
    (found,) = [known for known in read(tiny) if known.entry.name == name]
    return mutant(found)


def test_the_edit_is_made_and_nothing_else(tiny):
    from reference.tiny import Pair, distance

    names = mutated(tiny, "keeps-b")
    assert (names["Pair"](1.0, 2.0) + names["Pair"](3.0, 4.0)).b == 2.0
    assert names["distance"](Pair(0.0, 0.0), Pair(3.0, 4.0)) == distance(
        Pair(0.0, 0.0), Pair(3.0, 4.0)
    )
    assert (Pair(1.0, 2.0) + Pair(3.0, 4.0)).b == 6.0, "the reference itself is as it was"


def test_the_rest_of_the_module_sees_the_edited_definition(tiny):
    names = mutated(tiny, "forgets-the-root")
    there = names["unit"](names["Pair"](3.0, 4.0))
    assert there.a == pytest.approx(3 / 25)


def test_an_assignment_may_have_none(tiny):
    tiny.misconceptions.unlink()
    assert read(tiny) == []


WRONG = {
    "no change": ('new = "self.b"', 'new = "self.b + other.b"', 2, "new is the same as old"),
    "not there": ('old = "self.b + other.b"', 'old = "self.c"', 2, "occurs 0 times"),
    "twice": ('old = "self.b + other.b"', 'old = "other."', 2, "occurs 2 times"),
    "another exercise's method": (
        'old = "self.b + other.b"',
        'old = "math.sqrt(squares)"',
        2,
        "occurs 0 times",
    ),
    "elsewhere in the module": ("math.sqrt(squares)", "1 / p.norm", 11, "occurs 0 times"),
    "empty": ('old = "self.b + other.b"', 'old = ""', 2, "exactly once"),
    "no such exercise": ('exercise = "pair"', 'exercise = "pear"', 2, "no such exercise"),
    "name twice": ('name = "fails"', 'name = "forgets-the-root"', 20, "used already"),
    "not Python": ('new = "squares"', 'new = "(squares"', 11, "is not Python"),
    "no hint": ('hint = "Divided by nothing?"\n', "", 20, "missing required field `hint`"),
    "unknown key": ('name = "fails"', 'name = "fails"\nmore = 1', 20, "unknown field `more`"),
    "no example": ('"W1"', '"section 1"', 2, "is not a worked example"),
    "an example of another notebook": ('"W1"', '"W3"', 2, "'W3' is not a worked example"),
    "no such example": ('"W1"', '"W41"', 2, "names W1, W2"),
    "not TOML": ('name = "fails"', "name = fails", 1, "cannot be read"),
}


@pytest.mark.parametrize(("old", "new", "line", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_entry_is_told_with_file_and_line(tiny, old, new, line, sentence):
    tiny.edit(tiny.misconceptions, old, new)
    with pytest.raises(DirectiveError) as told:
        read(tiny)
    assert str(told.value).startswith(f"autograder/misconceptions/tiny.toml:{line}: ")
    assert sentence in str(told.value)


def test_all_wrong_entries_are_told_at_once(tiny):
    tiny.edit(tiny.misconceptions, '"W1"', '"W3"')
    tiny.edit(tiny.misconceptions, 'new = "squares"', 'new = "(squares"')
    with pytest.raises(DirectiveError) as told:
        read(tiny)
    lines = [sentence.split(":")[1] for sentence in str(told.value).split("\n")]
    assert lines == ["2", "11"]
