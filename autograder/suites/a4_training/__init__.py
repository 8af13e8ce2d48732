"""The hidden suite of a4_training."""
