"""nbgrader's configuration: the course lives in the classroom and is graded behind the wall."""

import os
import sys

from autograder.classroom import ClassroomError, classroom
from autograder.commands import command_env
from autograder.configuration import configure

c = get_config()
try:
    c.CourseDirectory.root = str(classroom())
except ClassroomError as error:
    sys.exit(str(error))
c.CourseDirectory.course_id = ""
os.environ.update(command_env())  # nbgrader starts alembic from PATH
configure(c)
