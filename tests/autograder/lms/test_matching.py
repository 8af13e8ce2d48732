"""Which student is who on the platform."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autograder.lms.matching import Matches, match
from autograder.lms.roster import Person, Roster


def roster_of(*people: tuple[str, str]) -> Roster:
    """Return a class of people with an id and an address each, named by number."""
    rows = [
        Person({}, frozenset({key} - {""}), frozenset({email} - {""}), str(number))
        for number, (key, email) in enumerate(people)
    ]
    return Roster(Path("roster.csv"), (), ",", tuple(rows), {})


def found(matches: Matches) -> dict[str, str]:
    return {student: person.name for student, person in matches.pairs.items()}


def test_students_are_found_by_id_or_by_address_in_any_case():
    roster = roster_of(("s-1", "ada@x.org"), ("s-2", "ben@x.org"), ("s-3", ""))
    matches = match([("S-1", None), ("benny", " Ben@X.org "), ("eve", "eve@x.org")], roster)
    assert found(matches) == {"S-1": "0", "benny": "1"}
    assert matches.unknown == ["eve"]
    assert matches.doubtful == {}
    assert [person.name for person in matches.absent] == ["2"]


def test_who_fits_two_people_or_shares_one_is_in_doubt():
    roster = roster_of(("s-1", "ada@x.org"), ("s-2", "ben@x.org"), ("s-3", "eve@x.org"))
    students = [("s-1", "ben@x.org"), ("s-3", None), ("eva", "eve@x.org")]
    matches = match(students, roster)
    assert found(matches) == {}
    doubtful = {name: [one.name for one in people] for name, people in matches.doubtful.items()}
    assert doubtful == {"s-1": ["0", "1"], "s-3": ["2"], "eva": ["2"]}
    assert matches.absent == []


def test_an_address_that_says_an_id_is_nobodys():
    matches = match([("bob", None)], roster_of(("bob.smith", "bob@x"), ("mallory9", "BOB")))
    assert (matches.pairs, matches.unknown) == ({}, ["bob"])
    assert [person.name for person in matches.absent] == ["0", "1"]


def test_an_id_that_says_an_address_is_nobodys():
    assert match([("bob", "bob@x")], roster_of(("bob@x", ""))).unknown == ["bob"]


def test_an_id_that_is_an_address_is_found_as_either():
    roster = roster_of(("ada@x", ""), ("s-2", "ben@x"))
    assert found(match([("ada@x", None), ("Ben@x", None)], roster)) == {"ada@x": "0", "Ben@x": "1"}


def test_who_is_not_asked_for_claims_a_row_all_the_same():
    matches = match([("s-3", None), ("eva", "eve@x")], roster_of(("s-3", "eve@x"))).of({"eva"})
    assert (matches.pairs, list(matches.doubtful)) == ({}, ["eva"])


KEYS = st.sampled_from(["a", "b", "c", "a@x", "b@x", "c@x"])


@given(
    st.lists(st.tuples(KEYS, st.none() | KEYS), unique_by=lambda each: each[0]),
    st.lists(st.tuples(KEYS | st.just(""), KEYS | st.just(""))),
)
def test_nobody_is_lost_and_nobody_is_given_to_two(students, people):
    matches = match(students, roster_of(*people))
    assert sorted([*matches.pairs, *matches.unknown, *matches.doubtful]) == sorted(
        student for student, _ in students
    )
    names = list(found(matches).values())
    assert len(names) == len(set(names))
    for student, email in students:
        fitting = [
            str(number)
            for number, (key, address) in enumerate(people)
            if key == student or address in ({student, email} if "@" in student else {email})
        ]
        assert (student in matches.unknown) == (not fitting)
        if student in matches.pairs:
            assert fitting == [matches.pairs[student].name]
