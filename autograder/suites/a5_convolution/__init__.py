"""The hidden suite of a5_convolution."""
