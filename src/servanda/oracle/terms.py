"""The rules of an agreement, read naively from its Danish text: every fenced block, its kind, and what it says."""

import re
import tomllib
from collections import defaultdict
from functools import cache

_BLOCK = re.compile(r"^```toml +([a-z-]+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@cache
def rules_in(text: str) -> dict[str, list[dict[str, object]]]:
    """Return the rules by kind, in the order in which they stand."""
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for kind, block in _BLOCK.findall(text):
        found[kind].append(tomllib.loads(block))
    return dict(found)
