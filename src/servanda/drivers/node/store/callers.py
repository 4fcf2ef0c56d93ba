"""Who may ask the store, and for what. The store keeps hashes of long random words, never the words."""

import hmac
import json
import os
import re
import secrets
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

Role = Literal["add", "keep"]  # a node adds and reads below its own name; the keeper also removes, everywhere
NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone whom the store knows. The name of a node is also the folder below which its repositories lie."""

    name: str
    role: Role

    def may_enter(self, shelf: str) -> bool:
        return self.role == "keep" or shelf == self.name


class Callers:
    """The file of those whom the store knows, read again whenever it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_of: tuple[int, int] = (0, 0)
        self._known: dict[str, tuple[str, Role]] = {}

    def who(self, authorization: str | None) -> Caller | None:
        """Return who asks by HTTP's basic scheme, or None. An unknown name takes as long as a wrong word."""
        name, word = _credentials(authorization)
        digest, role = self._current().get(name, ("0" * 64, "add"))
        is_right = hmac.compare_digest(digest, sha256(word.encode()).hexdigest())
        return Caller(name, role) if is_right else None

    def _current(self) -> dict[str, tuple[str, Role]]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        if (found.st_mtime_ns, found.st_ino) != self._read_of:
            entries = json.loads(self._path.read_bytes())
            self._known = {name: (one["sha256"], one["role"]) for name, one in entries.items()}
            self._read_of = (found.st_mtime_ns, found.st_ino)
        return self._known


def admit(path: Path, *, name: str, role: Role) -> str:
    """Let a node or the keeper in under a new word, and return the word; it is kept nowhere here. Replaces an older one."""
    if not NAME.fullmatch(name) or role not in ("add", "keep"):
        raise ValueError(f"the store knows no caller like this: {name!r} as {role!r}")
    entries = json.loads(path.read_bytes()) if path.exists() else {}
    word = secrets.token_urlsafe(32)
    _replace(path, entries | {name: {"sha256": sha256(word.encode()).hexdigest(), "role": role}})
    return word


def dismiss(path: Path, *, name: str) -> None:
    entries = json.loads(path.read_bytes())
    entries.pop(name, None)
    _replace(path, entries)


def _replace(path: Path, entries: object) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps(entries, indent=1, sort_keys=True))
    draft.chmod(0o640)
    if path.exists():
        stood = path.stat()
        os.chown(draft, stood.st_uid, stood.st_gid)
    draft.replace(path)


def _credentials(authorization: str | None) -> tuple[str, str]:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, word = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, word
