"""nbgrader's configuration: the course lives in the classroom and is graded behind the wall."""

import os

from autograder.classroom import classroom
from autograder.environment import command_env
from autograder.nbgrader_hooks import configure

c = get_config()
c.CourseDirectory.root = str(classroom())
c.CourseDirectory.course_id = ""
os.environ.update(command_env())  # nbgrader starts alembic from PATH
configure(c)
