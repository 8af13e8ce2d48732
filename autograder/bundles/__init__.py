"""What is handed out: kits for students, an autograder for Gradescope, workflows for GitHub.

Each kind of bundle is made by a module of its own and written as a zip file by `archive`. What
stands in `files` is copied as it is, but for `$names` that are filled in.
"""
