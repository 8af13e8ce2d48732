"""Mutants: what is changed, what is not, and what they are called."""

from collections import Counter

import pytest

from autograder.rooms import Rooms
from tests.autograder.suites.rights import parts
from tests.mutation.mutants import definitions, mutants

EXERCISES = [(name, exercise) for name in Rooms().known() for exercise in parts(name)]


@pytest.mark.parametrize(("assignment", "exercise"), EXERCISES)
def test_every_mutant_has_a_name_of_its_own(assignment: str, exercise: str):
    names = Counter(mutant.name for mutant in mutants(assignment, exercise))
    assert names
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_a_mutant_is_one_change():
    found = {mutant.name: mutant for mutant in mutants("a1_graphs", "gates")}
    mutant = found["add_forward:2:11-16:Add to Sub"]
    assert (mutant.was, mutant.becomes) == ("a + b", "a - b")
    assert mutant.line == "return a + b, None"
    names = definitions(mutant.answer, mutant.compiled())
    assert callable(changed := names["add_forward"])
    assert callable(kept := names["multiply_forward"])
    assert changed(5.0, 3.0)[0] == 2.0
    assert kept(5.0, 3.0)[0] == 15.0
    unchanged = definitions(mutant.answer, compile(mutant.answer.source, "gates", "exec"))
    assert callable(right := unchanged["add_forward"])
    assert right(5.0, 3.0)[0] == 8.0


def test_what_is_given_and_what_other_exercises_claim_is_left_alone():
    methods = {mutant.name.split(":")[0] for mutant in mutants("a2_tensors", "elementwise")}
    assert "Tensor.__add__" in methods
    given = {"Tensor.__init__", "Tensor.lift", "Tensor.zero_grad"}
    claimed = {"Tensor.backward", "Tensor.__matmul__", "Tensor.sum"}
    assert not methods & (given | claimed)
    assert all(name.startswith("Tensor.") for name in methods)


def test_a_method_keeps_its_place_in_its_class():
    names = [mutant.name for mutant in mutants("a1_graphs", "backward_push")]
    assert all(name.startswith("Value.backward:") for name in names)
