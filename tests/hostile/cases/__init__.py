"""The corpus: one file a family."""
