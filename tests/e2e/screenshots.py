"""Pictures for people: kept where the variable `SCREENSHOTS` names a folder."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

COLOURS = 128


def keep(shown: Page | Locator, name: str) -> None:
    """Write what is shown to `$SCREENSHOTS/<name>.png`, with few colours: it stays small."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB").quantize(COLOURS)
        picture.save(Path(folder, f"{name}.png"), optimize=True)
