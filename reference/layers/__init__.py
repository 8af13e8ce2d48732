"""Layers as pairs: a forward step that returns `(out, cache)`, and its backward step."""
