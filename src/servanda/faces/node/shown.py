"""How a node stands, as plain values: for `servanda node status` and `servanda node show`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from servanda.drivers.node import NotNow, mark_of_sealing_key
from servanda.faces.node import installed, private
from servanda.faces.node.installed import Installation
from servanda.faces.node.reporting import finding
from servanda.faces.node.state import State
from servanda.faces.node.supervisor import STATUS, Status
from servanda.ground.nodes.wanted import encode
from servanda.ground.refusal import Refused

KEYS_SHOWN = 50


class NotTold(Refused):
    """No document names this resource."""


def status(root: Path) -> dict[str, Any]:
    """Return how the node below a folder stands. `is_well` is false when something of it does not do what it should."""
    installation = installed.read(root)
    is_running = private.is_running(root) if installation.layout.is_private else None
    parts = _parts(root) if is_running else []
    told = _told(installation)
    troubled = told["failed"] + told["parked"] + told["differs"]
    is_well = is_running is not False and all(one["state"] == "serving" for one in parts) and not troubled
    enrolled = installation.enrolled
    return {
        "node": installation.name,
        "root": str(root),
        "enrolled": enrolled is not None,
        "incarnation": enrolled.incarnation if enrolled else 0,
        "control_plane": installation.url,
        "sealing_key": mark_of_sealing_key(installation.layout),
        "is_private": installation.layout.is_private,
        "is_running": is_running,
        "is_well": is_well,
        "parts": parts,
        **told,
    }


def show(root: Path, key: str) -> dict[str, Any]:
    """Return the latest statement on a resource, and how it stands."""
    state = _state(installed.read(root))
    wanted, outcome = state.known.get(key), state.outcome(key)
    if wanted is None or outcome is None:
        raise NotTold(f"No document that this node took names {key}. `servanda node status` counts what it knows.")
    return {
        "key": key,
        "wanted": msgspec.json.decode(encode(wanted)),
        "outcome": outcome.outcome,
        "is_settled": outcome.settled == outcome.fingerprint,
        "error": outcome.error,
        "tries": outcome.tries,
        "finding": msgspec.to_builtins(finding(outcome)),
    }


def _parts(root: Path) -> list[dict[str, Any]]:
    try:
        found = msgspec.json.decode((root / "run" / STATUS).read_bytes(), type=Status)
    except (OSError, msgspec.MsgspecError):
        return []
    return [msgspec.structs.asdict(one) for one in found.parts]


def _told(installation: Installation) -> dict[str, Any]:
    try:
        state = _state(installation)
    except Refused:
        return {"accepted": 0, "resources": 0, "counts": {}, "failed": [], "parked": [], "differs": [], "clock": ""}
    try:
        counts: Mapping[str, int] = state.counts()
        return {
            "accepted": state.position.seq,
            "resources": sum(counts.values()),
            "counts": dict(counts),
            **{name: list(state.keys(name)[:KEYS_SHOWN]) for name in ("failed", "parked", "differs")},
            "clock": str(state.kept("clock_doubt", "")),
        }
    finally:
        state.close()


def _state(installation: Installation) -> State:
    try:
        return State(installation.agent_folder / "state.db", may_write=False)
    except NotNow as error:
        raise NotTold(
            f"The agent of {installation.name} has taken no document yet, or this account may not read its state: {error}"
        ) from error
