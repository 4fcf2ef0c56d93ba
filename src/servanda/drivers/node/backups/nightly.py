"""The keeper's round: every repository of a store is tidied by its own rule, and one that fails keeps no other waiting.

What the keeper needs lies in a folder of its own, on the store's machine: `keeper.json` (`url`, `name`, `word`, `key`), and
where no control plane tells it, `rules.json`, which names for each repository (`node/plan`) how long its copies are kept. A
repository without a rule is left as it is. A shorter rule waits two weeks (`waiting.py`); what is in force stands in
`kept.json`. What was purged has `ended` in its rule: its copies go as a whole when their time is over. Nodes hear of it from
the store: a copy that is no longer listed there is told as forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import Broken, NotNow, files
from servanda.drivers.node.backups.decisions import ASIDE_DAYS, Ended, Rule, all_are_over
from servanda.drivers.node.backups.keeper import Keeper
from servanda.drivers.node.backups.private_store import NAME, keeper_of
from servanda.drivers.node.backups.waiting import SHORTER_WAITS, Kept, all_in_force
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.store.withdrawing import NotAllowed, aside_since, erase, is_there, set_aside
from servanda.ground.nodes.kinds.backups import BackupPlan, Retention


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the keeper is. `key` opens the sealed keys of repositories, in hexadecimal; `store` is the store's own folder."""

    url: str
    name: str
    word: str
    key: str
    roots: str | None = None
    store: str | None = None


def keep_all(keeper: Keeper, rules: Mapping[str, Rule], *, store: Path | None = None, today: date) -> Mapping[str, str]:
    """Tidy every repository and return what came of each: how many copies were forgotten, or why it was not done.

    `store` is the store's own folder, where it lies on this machine; without it nothing goes as a whole.
    """
    told = {}
    for repository, rule in sorted(rules.items()):
        try:
            told[repository] = (
                f"{len(keeper.keep(repository, rule, today=today))} forgotten"
                if rule.ended is None
                else _withdraw(keeper, repository, rule, rule.ended, store=store, today=today)
            )
        except (NotNow, Broken, NotAllowed) as error:
            told[repository] = f"not done: {error}"
    return told


def _withdraw(keeper: Keeper, repository: str, rule: Rule, ended: Ended, *, store: Path | None, today: date) -> str:
    """Let the copies of what was purged go, once the time of the last one is over: aside first, and erased days later."""
    if store is None:
        raise Broken("the store's folder is not known here, so no repository goes as a whole")
    if not ended.quarantined_under or not ended.purged_under:
        raise Broken("the two warrants are not known here; a person must look")
    since = aside_since(store, repository, warrant=ended.quarantined_under)
    if since is not None:
        if (today - since).days < ASIDE_DAYS:
            return f"lies aside since {since}"
        gone = erase(store, repository, set_aside_under=ended.quarantined_under, warrant=ended.purged_under)
        return f"erased, {gone} bytes"
    if not is_there(store, repository):
        return "erased before"
    if not all_are_over(keeper.generations(repository), rule, today=today):
        return "kept until the time of its last copy is over"
    set_aside(store, repository, warrant=ended.quarantined_under)
    return "set aside"


def keep_private(
    layout: Layout, plans: Iterable[BackupPlan], *, leave_of: Callable[[str, str], str], today: date
) -> Mapping[str, str]:
    """Tidy the store of a private node by the rules of the plans that this node was told.

    `leave_of` returns the warrant under which an act was done to the resource of a key; empty when there was none.
    """
    store = layout.root / "store"
    rules = {f"{NAME}/{one.plan}": _rule(one, leave_of) for one in plans if _has_copies(store, one)}
    return _keep_in_force(keeper_of(layout), rules, store=store, today=today)


def _has_copies(store: Path, plan: BackupPlan) -> bool:
    return plan.state == "purged" or (store / "shelves" / NAME / str(plan.plan) / "config").exists()


def _rule(plan: BackupPlan, leave_of: Callable[[str, str], str]) -> Rule:
    ended = None
    if plan.state == "purged":
        ended = Ended(leave_of(plan.key, "quarantine"), leave_of(plan.key, "purge"))
    return Rule(plan.keep_daily, plan.keep_monthly, plan.keep_databases_daily, ended)


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
    keeper = Keeper(secrets.url, secrets.name, secrets.word, key, folder, roots)
    return _keep_in_force(keeper, rules, store=Path(secrets.store) if secrets.store else None, today=today)


def _rules_of(said: Iterable[Retention]) -> dict[str, Rule]:
    return {f"{one.node}/{one.plan}": Rule(one.keep_daily, one.keep_monthly, one.keep_databases_daily) for one in said}


def _rules_in(folder: Path) -> dict[str, Rule]:
    return msgspec.json.decode((folder / "rules.json").read_bytes(), type=dict[str, Rule])


def _keep_in_force(keeper: Keeper, told: Mapping[str, Rule], *, store: Path | None, today: date) -> Mapping[str, str]:
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
    done = keep_all(keeper, {name: kept[name].rule for name in told}, store=store, today=today)
    return {name: f"{what}{_waits(kept[name])}" for name, what in done.items()}


def _waits(kept: Kept) -> str:
    if kept.waiting is None or kept.since is None:
        return ""
    return f"; a shorter rule waits until {kept.since + SHORTER_WAITS}"
