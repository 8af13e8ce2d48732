"""The hidden suite of a6_convnets."""
