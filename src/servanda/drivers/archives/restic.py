"""Archives by restic: encrypted, deduplicated, in a folder or with any server that restic speaks to.

The key and the address stand in the environment of the one process, never in its arguments.
"""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.drivers.archives import Added, ArchiveRefused, Kept

HOST = "servanda"  # one row of generations, whichever machine made them
KEY_BYTES = 32
SECONDS_MAX = 6 * 3600
NO_REPOSITORY = ("Is there a repository at the following location", "unable to open config file")


class ResticArchive:
    """A restic repository with its key in a file."""

    def __init__(self, store: str, key: Path) -> None:
        self._store, self._key = store, key

    def ensure(self) -> None:
        if self._exists():
            return
        if not self._key.is_file():
            self._key.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
        self._run("init")

    def keep(self, folder: Path, *, at: datetime) -> Added:
        words = ("backup", "--json", "--host", HOST, "--time", f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", ".")
        for line in reversed(self._run(*words, cwd=folder).splitlines()):
            read: Mapping[str, Any] = json.loads(line)
            if read.get("message_type") == "summary":
                return Added(
                    snapshot=str(read["snapshot_id"]),
                    bytes_read=int(read["total_bytes_processed"]),
                    bytes_added=int(read["data_added"]),
                )
        raise ArchiveRefused("restic ended without saying what it kept. Look at the store, and try again.")

    def kept(self) -> tuple[Kept, ...]:
        found = json.loads(self._run("snapshots", "--json", "--no-lock", "--host", HOST)) or []
        rows = (Kept(snapshot=one["short_id"], made_at=_moment(one["time"])) for one in found)
        return tuple(sorted(rows, key=lambda one: one.made_at))

    def fetch(self, snapshot: str, *, into: Path) -> None:
        if into.exists() and any(into.iterdir()):
            raise ArchiveRefused(f"{into} is not empty, and nothing is overwritten. Name an empty folder.")
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._run("restore", "--no-lock", snapshot, "--target", str(into))

    def check(self, *, part: int, parts: int) -> None:
        self._run("check", f"--read-data-subset={part}/{parts}")

    def _exists(self) -> bool:
        try:
            self._run("cat", "config", "--no-lock")
        except ArchiveRefused as refusal:
            if any(sign in str(refusal) for sign in NO_REPOSITORY):
                return False
            raise
        return True

    def _run(self, *words: str, cwd: Path | None = None) -> str:
        program = shutil.which("restic")
        if program is None:
            raise ArchiveRefused("restic is not installed, and backups are kept by it: `apt-get install restic`.")
        if not self._key.is_file() and words[0] != "cat":
            raise ArchiveRefused(
                f"The key of the backups is not at {self._key}. Put it there: without it nobody can read them."
            )
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": os.environ.get("HOME", "/"),
            "TZ": "UTC",  # restic reads the time that it is given as local
            "RESTIC_REPOSITORY": self._store,
            "RESTIC_PASSWORD": self._key.read_text(encoding="ascii").strip() if self._key.is_file() else "none",
            "RESTIC_CACHE_DIR": str(self._key.parent / "backup.cache"),
            "RESTIC_PROGRESS_FPS": "0.01",
            **{name: value for name, value in os.environ.items() if name.startswith(("AWS_", "B2_", "AZURE_", "OS_"))},
        }
        done = subprocess.run(
            [program, *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=SECONDS_MAX,
        )
        if done.returncode != 0:
            raise ArchiveRefused(f"restic could not {words[0]}: {done.stderr.strip()[-1500:]}")
        return done.stdout


def _moment(text: str) -> datetime:
    """Read restic's time, whose fractions have more figures than Python reads."""
    head, _, rest = text.partition(".")
    zone = rest[rest.find("+") :] if "+" in rest else rest[rest.find("-") :] if "-" in rest else "+00:00"
    return datetime.fromisoformat(head + (zone if rest else "")) if rest else datetime.fromisoformat(text)
