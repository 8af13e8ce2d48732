"""Build assignments, run submissions behind a wall, and judge them from outside."""
