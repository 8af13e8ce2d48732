"""The hidden suite of a3_mlp."""
