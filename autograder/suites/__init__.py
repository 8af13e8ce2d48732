"""Hidden suites: one folder an assignment, one module an exercise."""
