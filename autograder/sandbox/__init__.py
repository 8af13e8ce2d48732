"""The wall: where submissions run, and how data crosses."""
