"""How do the rules that may not come with the program get into an installation?

Whoever runs it fetches the publishers' packages and hands over a folder or a zip file. Known files are looked for by name,
at any depth, and must have the known content. All of what was found is installed, or nothing.
"""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from servanda.drivers.einvoices.rule_sets import RULE_SETS, RuleSet
from servanda.ground.refusal import Refused

FILE_MAX = 20 * 1024 * 1024
MEMBERS_MAX = 20_000


class RulesNotInstalled(Refused):
    """Nothing was installed; the message says what was found, and what to hand over instead."""


@dataclass(frozen=True, slots=True)
class InstalledRules:
    """What an installation did: the sets that are new and those that were there before."""

    new: tuple[RuleSet, ...]
    before: tuple[RuleSet, ...]


@dataclass(frozen=True, slots=True)
class _Changed:
    """A file of the right name with content that is not the known one."""

    path: Path

    def __bool__(self) -> bool:
        return False


def install_rules(source: Path, *, into: Path) -> InstalledRules:
    """Copy the known rule sets of a folder or zip file into the folder; all or nothing."""
    with _contents_of(source) as folder:
        wanted = {sheet.name: sheet for rules in RULE_SETS if not rules.is_shipped for sheet in rules.sheets}
        found = {name: _right_one(folder, name, sheet.sha256) for name, sheet in wanted.items()}
        _refuse_changed(source, found)
        sets = tuple(rules for rules in RULE_SETS if not rules.is_shipped and any(found[s.name] for s in rules.sheets))
        _refuse_partial(source, sets, found)
        before = tuple(rules for rules in sets if _is_there(rules, into))
        new = tuple(rules for rules in sets if rules not in before)
        for rules in new:
            _copy(
                rules,
                {name: path for name, path in found.items() if isinstance(path, Path) and name in _names(rules)},
                into,
            )
    return InstalledRules(new, before)


def _right_one(folder: Path, name: str, content: str) -> Path | _Changed | None:
    others = None
    for path in sorted(folder.rglob(name)):
        if path.is_file() and path.stat().st_size <= FILE_MAX:
            if sha256(path.read_bytes()).hexdigest() == content:
                return path
            others = _Changed(path)
    return others


def _refuse_changed(source: Path, found: dict[str, Path | _Changed | None]) -> None:
    changed = sorted(name for name, one in found.items() if isinstance(one, _Changed))
    if changed:
        raise RulesNotInstalled(
            f"Nothing was installed: {', '.join(changed)} in {source} is another version than this program was tried with, "
            f"or was changed. Hand over one of these packages as it was published: {_packages()}."
        )


def _refuse_partial(source: Path, sets: tuple[RuleSet, ...], found: dict[str, Path | _Changed | None]) -> None:
    if not sets:
        raise RulesNotInstalled(
            f"Nothing was installed: {source} holds none of the known rule files. Hand over one of these packages, "
            f"unpacked or as the zip file that it came in: {_packages()}."
        )
    missing = sorted(sheet.name for rules in sets for sheet in rules.sheets if not found[sheet.name])
    if missing:
        raise RulesNotInstalled(
            f"Nothing was installed: {source} lacks {', '.join(missing)}. Hand over the whole package: {_packages()}."
        )


def _names(rules: RuleSet) -> frozenset[str]:
    return frozenset(sheet.name for sheet in rules.sheets)


def _packages() -> str:
    return "; ".join(rules.package for rules in RULE_SETS if not rules.is_shipped)


def _is_there(rules: RuleSet, into: Path) -> bool:
    files = {sheet.name: into / rules.slug / sheet.name for sheet in rules.sheets}
    return all(
        files[sheet.name].is_file() and sha256(files[sheet.name].read_bytes()).hexdigest() == sheet.sha256
        for sheet in rules.sheets
    )


def _copy(rules: RuleSet, files: dict[str, Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=into, prefix=".new-"))
    try:
        for name, path in files.items():
            shutil.copyfile(path, new / name)
        new.chmod(0o755)
        place = into / rules.slug
        if place.exists():
            shutil.rmtree(place)
        os.replace(new, place)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _contents_of(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    if not zipfile.is_zipfile(source):
        raise RulesNotInstalled(
            f"{source} is neither a folder nor a zip file. Name the package of rules that you fetched."
        )
    with tempfile.TemporaryDirectory() as folder:
        _unpack(source, Path(folder))
        yield Path(folder)


def _unpack(source: Path, folder: Path) -> None:
    """Write the known files of a zip file, each into a folder of its own, whatever paths it claims."""
    known = {sheet.name for rules in RULE_SETS for sheet in rules.sheets}
    with zipfile.ZipFile(source) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_MAX:
            raise RulesNotInstalled(f"{source} holds {len(members):,} files, which no package of rules does.")
        for number, member in enumerate(members):
            name = member.filename.replace("\\", "/").rpartition("/")[2]
            if name in known and member.file_size <= FILE_MAX:
                place = folder / str(number)
                place.mkdir()
                with archive.open(member) as packed:
                    (place / name).write_bytes(packed.read(FILE_MAX))
