"""The hidden suite of a1_graphs."""
