"""Trials tell a mutant that is seen from one that is not, whatever it does to its process."""

import tomllib

import pytest

from tests.mutation.__main__ import main
from tests.mutation.mutants import mutants
from tests.mutation.record import Known, as_entry
from tests.mutation.trial import Outcome, TrialError, outcomes
from tests.mutation.workers import BATCH, tasks, tried


def tried_alone(assignment: str, exercise: str, *names: str) -> list[Outcome]:
    """The outcomes of some mutants, from a process of their own."""
    [(_, found)] = tried([(assignment, exercise, names)], workers=1)
    return found


def test_seen_and_unseen_mutants():
    found = tried_alone(
        "a1_graphs",
        "gates",
        "add_forward:2:11-16:Add to Sub",
        "max_forward:2:17-23:GtE 0 to Gt",
        "sigmoid_forward:2:21-28:without USub",
    )
    killers = {outcome.mutant: outcome.killer for outcome in found}
    assert killers["add_forward:2:11-16:Add to Sub"] == "test_add"
    assert killers["max_forward:2:17-23:GtE 0 to Gt"] is None
    assert [outcome.seen for outcome in found] == [True, False, True]


def test_a_mutant_that_never_ends_is_seen():
    [outcome] = tried_alone(
        "a1_graphs", "topological_order", "topological_order:10:4-19.25:only once"
    )
    assert outcome.killer


def test_a_wrong_answer_stops_the_trials(monkeypatch: pytest.MonkeyPatch):
    wrong = {"add_forward": lambda a, b: (a - b, None)}
    monkeypatch.setattr("tests.mutation.trial._unchanged", lambda *_: wrong)
    with pytest.raises(TrialError, match="add"):
        outcomes("a1_graphs", "gates", [])


def test_a_wrong_answer_ends_the_command_in_one_sentence(monkeypatch, capsys):
    def fails(*_: object, **__: object):
        raise TrialError("a1_graphs/gates: test_add fails the answer as it is")

    monkeypatch.setattr("tests.mutation.__main__.tried", fails)
    assert main(["gates"]) == 2
    assert "test_add fails the answer as it is; nothing was kept" in capsys.readouterr().err


def test_an_unknown_exercise_is_named_with_those_there_are(capsys):
    assert main(["gate"]) == 2
    assert "There is no exercise gate; known: gates, " in capsys.readouterr().err


@pytest.mark.parametrize("line", ["if x == 'a':", 'return f"{x}"', 'a = "it\'s"'])
def test_what_survives_is_written_as_the_list_wants_it(line: str):
    text = as_entry("gates", line, ["f:1:2-3:a to 'b'", "f:1:2-3:left out"])
    [entry] = tomllib.loads(text)["survivor"]
    assert set(entry) == set(Known.__struct_fields__)
    assert (entry["line"], entry["mutants"][0]) == (line, "f:1:2-3:a to 'b'")


def test_batches_hold_every_mutant_once():
    names = [name for *_, batch in tasks("a1_graphs", "value_ops") for name in batch]
    assert names == [mutant.name for mutant in mutants("a1_graphs", "value_ops")]
    assert all(len(batch) <= BATCH for *_, batch in tasks("a1_graphs", "value_ops"))
