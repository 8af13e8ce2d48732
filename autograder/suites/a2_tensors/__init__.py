"""The hidden suite of a2_tensors."""
