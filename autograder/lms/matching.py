"""Which student of the gradebook is who on the platform."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.lms.roster import Person, Roster, plain


@dataclass(frozen=True)
class Matches:
    """Which students are whom; `doubtful` ones are matched with none of the people they fit."""

    pairs: dict[str, Person]
    unknown: list[str]
    doubtful: dict[str, list[Person]]
    absent: list[Person]

    def of(self, students: set[str]) -> "Matches":
        """Return what concerns these students; the others claim their rows all the same."""
        return Matches(
            {student: person for student, person in self.pairs.items() if student in students},
            [student for student in self.unknown if student in students],
            {student: people for student, people in self.doubtful.items() if student in students},
            self.absent,
        )


def match(students: Iterable[tuple[str, str | None]], roster: Roster) -> Matches:
    """Find each student, told by id and e-mail address, among the platform's people.

    Ids are compared with ids, and addresses with addresses, which people may often change
    themselves; an id that is an address is compared with both. All that whatever the case. Who fits
    several people, or fits one that another student fits as well, is in doubt.
    """
    by_id: dict[str, list[Person]] = defaultdict(list)
    by_email: dict[str, list[Person]] = defaultdict(list)
    for person in roster.people:
        for key in person.ids:
            by_id[key].append(person)
        for key in person.emails:
            by_email[key].append(person)
    fits: dict[str, list[Person]] = {}
    for student, email in students:
        name = plain(student)
        addresses = {plain(email or ""), name if "@" in name else ""} - {""}
        found = [*by_id[name], *(person for key in addresses for person in by_email[key])]
        fits[student] = list({id(person): person for person in found}.values())
    claims = Counter(id(person) for found in fits.values() for person in found)
    pairs = {
        student: found[0]
        for student, found in fits.items()
        if len(found) == 1 and claims[id(found[0])] == 1
    }
    return Matches(
        pairs,
        [student for student, found in fits.items() if not found],
        {student: found for student, found in fits.items() if found and student not in pairs},
        [person for person in roster.people if not claims[id(person)]],
    )
