"""The colours of the pictures, for the browser: Matplotlib's tables, so that both look alike."""

import json

import numpy as np
from matplotlib import colormaps

# Magnitudes, signed values with 0 in the middle, and photographs.
TABLES = {"viridis": "viridis", "signed": "RdBu_r", "grey": "gray"}
_ENTRIES = 256


def colour_tables() -> str:
    """Return JavaScript that defines COLOURS: for each table 256 times three bytes, in base64."""
    steps = np.linspace(0, 1, _ENTRIES)
    tables = {
        name: [int(byte) for byte in np.rint(255 * colormaps[kind](steps)[:, :3]).ravel()]
        for name, kind in TABLES.items()
    }
    return f"const COLOURS = {json.dumps(tables, separators=(',', ':'))};"
