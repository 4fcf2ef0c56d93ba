"""Was a document handed over under this key before? A folder that remembers, whatever happens to the program.

A key is claimed before anything goes out and settled with the receipt afterwards. A claim without a receipt means that the
program was stopped in between: nobody knows what became of the document.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of a key: the document it stood for, and the receipt once there was one."""

    sha256: str
    receipt: str = ""


def name_of(key: str) -> str:
    """Return a file name for a key, which may hold any signs."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class Receipts:
    """One little file per key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def remembered(self, key: str) -> Remembered | None:
        """Return what is known of the key."""
        try:
            said = json.loads(self._path(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:  # cut short when the machine went down: nothing of it can be trusted but that it was claimed
            return Remembered("")
        return Remembered(str(said["sha256"]), str(said.get("receipt", "")))

    def claim(self, key: str, content: bytes) -> bool:
        """Take the key, before anything goes out; False when somebody else was quicker."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(self._path(key), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"key": key, "sha256": hashlib.sha256(content).hexdigest()}, file)
            file.flush()
            os.fsync(file.fileno())
        return True

    def settle(self, key: str, content: bytes, receipt: str) -> None:
        """Keep the receipt."""
        said = {"key": key, "sha256": hashlib.sha256(content).hexdigest(), "receipt": receipt}
        write_whole(self._path(key), json.dumps(said, ensure_ascii=False).encode())

    def release(self, key: str) -> None:
        """Give the key back: the document was certainly not taken over."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{name_of(key)}.json"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it: beside its place first, and on the disk, then renamed."""
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
