"""The keeper's round: every repository of a store is tidied by its own rule, and one that fails keeps no other waiting.

What the keeper needs lies in a folder of its own, on the store's machine: `keeper.json` (`url`, `name`, `word`, `key`), and
where no control plane tells it, `rules.json`, which names for each repository (`node/plan`) how long its copies are kept. A
repository without a rule is left as it is. A shorter rule waits two weeks (`waiting.py`); what is in force stands in
`kept.json`. Nodes hear of it from the store: a copy that is no longer listed there is told as forgotten.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import Broken, NotNow, files
from servanda.drivers.node.backups.decisions import Rule
from servanda.drivers.node.backups.keeper import Keeper
from servanda.drivers.node.backups.private_store import NAME, keeper_of
from servanda.drivers.node.backups.waiting import SHORTER_WAITS, Kept, all_in_force
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.backups import BackupPlan, Retention


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the keeper is. `key` opens the sealed keys of repositories, in hexadecimal."""

    url: str
    name: str
    word: str
    key: str
    roots: str | None = None


def keep_all(keeper: Keeper, rules: Mapping[str, Rule], *, today: date) -> Mapping[str, str]:
    """Tidy every repository and return what came of each: how many copies were forgotten, or why it was not done."""
    told = {}
    for repository, rule in sorted(rules.items()):
        try:
            told[repository] = f"{len(keeper.keep(repository, rule, today=today))} forgotten"
        except (NotNow, Broken) as error:
            told[repository] = f"not done: {error}"
    return told


def keep_private(layout: Layout, plans: Iterable[BackupPlan], *, today: date) -> Mapping[str, str]:
    """Tidy the store of a private node by the rules of the plans that this node was told."""
    rules = {
        f"{NAME}/{one.plan}": Rule(one.keep_daily, one.keep_monthly, one.keep_databases_daily)
        for one in plans
        if (layout.root / "store" / "shelves" / NAME / str(one.plan) / "config").exists()
    }
    return _keep_in_force(keeper_of(layout), rules, today=today)


def keep_folder(folder: Path, said: Iterable[Retention] | None = None, *, today: date) -> Mapping[str, str]:
    """Tidy a store by what the control plane said, or where none does, by `rules.json` in the keeper's folder.

    Raises Broken when a file there cannot be read.
    """
    try:
        secrets = msgspec.json.decode((folder / "keeper.json").read_bytes(), type=Secrets)
        rules = _rules_of(said) if said is not None else _rules_in(folder)
        key = X25519PrivateKey.from_private_bytes(bytes.fromhex(secrets.key))
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise Broken(f"the keeper's keeper.json and rules.json in {folder} cannot be used: {error}") from error
    roots = Path(secrets.roots) if secrets.roots else None
    return _keep_in_force(Keeper(secrets.url, secrets.name, secrets.word, key, folder, roots), rules, today=today)


def _rules_of(said: Iterable[Retention]) -> dict[str, Rule]:
    return {f"{one.node}/{one.plan}": Rule(one.keep_daily, one.keep_monthly, one.keep_databases_daily) for one in said}


def _rules_in(folder: Path) -> dict[str, Rule]:
    return msgspec.json.decode((folder / "rules.json").read_bytes(), type=dict[str, Rule])


def _keep_in_force(keeper: Keeper, told: Mapping[str, Rule], *, today: date) -> Mapping[str, str]:
    """Tidy every repository by the rule that is in force there, after this was written down."""
    file = keeper.folder / "kept.json"
    try:
        before = msgspec.json.decode(file.read_bytes(), type=dict[str, Kept])
    except FileNotFoundError:
        before = {}
    except msgspec.MsgspecError as error:
        raise Broken(f"the keeper's own record {file} cannot be read: {error}; put back the last good one") from error
    kept = all_in_force(told, before, today=today)
    files.write(file, msgspec.json.format(msgspec.json.encode(kept, order="sorted")), mode=0o600)
    done = keep_all(keeper, {name: kept[name].rule for name in told}, today=today)
    return {name: f"{what}{_waits(kept[name])}" for name, what in done.items()}


def _waits(kept: Kept) -> str:
    if kept.waiting is None or kept.since is None:
        return ""
    return f"; a shorter rule waits until {kept.since + SHORTER_WAITS}"
