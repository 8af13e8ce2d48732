"""Files that are there whole or not at all, whatever ends this process or the machine."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, drafts: Path | None = None) -> None:
    """Write a file under its name once all of it is on the disk.

    Args:
        path: where it belongs.
        data: its content.
        drafts: a folder on the same file system, for what a killed process leaves half written;
            without, the file's own.

    Raises:
        OSError: it cannot be written; a file that was there is as it was.
    """
    draft = (drafts or path.parent) / f".{path.name}.draft{os.getpid()}"
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else the new name could outlive a power cut, and the text not
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
