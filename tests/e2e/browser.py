"""Where the browser of the browser tests is."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "install Chromium (e.g. apt-get install chromium) or set CHROMIUM to its path"


def chromium() -> str | None:
    """Return the path of a Chromium, the one that `CHROMIUM` names first; None without one."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ((named,) if named else NAMES))
    return next(filter(None, found), None)
