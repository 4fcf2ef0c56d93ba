"""What giving something back would change, told before anything is: how many files and bytes, which is the newest, what goes.

The copy is known by its list, what stands by a fresh one; hashes of what has not changed since the copy are taken over, so that
a large site is looked at in seconds. Nothing is fetched, and nothing that stands is touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from servanda.drivers.node import Plain

Entries = Mapping[str, Mapping[str, Any]]
NAME_LETTERS_MAX = 200


@dataclass(slots=True)
class Preview:
    """What was found so far; sums go over everything that would come back."""

    files: int = 0
    size: int = 0
    missing: int = 0  # they would come back
    changed: int = 0  # they would be as they were in the copy
    extra: int = 0  # they would go, as they were made after the copy
    newest: tuple[str, str] = ("", "")  # its moment and its name
    databases: list[str] = field(default_factory=list)
    tables: int = 0

    def told(self) -> Mapping[str, Plain]:
        moment, name = self.newest
        found: dict[str, Plain] = {
            "files": self.files,
            "bytes": self.size,
            "would_come_back": self.missing,
            "would_change": self.changed,
            "would_go": self.extra,
        }
        if name:
            found |= {"newest_file": name[:NAME_LETTERS_MAX], "newest_at": moment}
        if self.databases:
            found |= {"databases": ",".join(self.databases), "tables_now": self.tables}
        return found


def add_files(preview: Preview, copied: Entries, stands: Entries, *, takes_away: bool) -> None:
    """Add one folder of a copy against what stands there. `takes_away`: what the copy lacks would go."""
    there = {path: one for path, one in copied.items() if one.get("type") == "file"}
    now = {path: one for path, one in stands.items() if one.get("type") == "file"}
    preview.files += len(there)
    preview.size += sum(int(one.get("size", 0)) for one in there.values())
    preview.missing += sum(path not in now for path in there)
    preview.changed += sum(path in now and differs(one, now[path]) for path, one in there.items())
    preview.extra += sum(path not in there for path in now) if takes_away else 0
    preview.newest = max([preview.newest, *((moment_of(one), path) for path, one in there.items())])


def add_database(preview: Preview, name: str, *, size: int, tables: Sequence[str]) -> None:
    preview.databases.append(name)
    preview.size += size
    preview.tables += len(tables)


def differs(copied: Mapping[str, Any], stands: Mapping[str, Any]) -> bool:
    """Tell whether a file is another one than in the copy; by its size alone where the copy's list has no hash."""
    if copied.get("size") != stands.get("size"):
        return True
    return bool(copied.get("sha256")) and copied.get("sha256") != stands.get("sha256")


def moment_of(entry: Mapping[str, Any]) -> str:
    """Return when a file of a copy was last changed, as this node's list or the store's tells it."""
    if "changed" in entry:
        return datetime.fromtimestamp(int(entry["changed"]) / 1e9, UTC).isoformat(timespec="seconds")
    return str(entry.get("mtime", ""))[:19]


def below(entries: Entries, path: str) -> Entries:
    """Return what lies at a path or below it."""
    return {name: one for name, one in entries.items() if name == path or name.startswith(f"{path}/")}


def size_of(entries: Entries, paths: Iterable[str]) -> int:
    return sum(int(entries[path].get("size", 0)) for path in paths if path in entries)
