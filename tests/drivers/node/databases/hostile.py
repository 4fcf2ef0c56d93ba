"""Values that try to leave their place: control signs, quotes, ends of lines, and near misses of what is allowed.

They are drawn from a seed, so that a failure comes again; a hundred thousand take seconds.
"""

import os
import random
from collections.abc import Iterator

QUICK = int(os.environ.get("SERVANDA_HOSTILE_VALUES", "2000"))
SLOW = 100_000
SEED = int(os.environ.get("SERVANDA_HOSTILE_SEED", "20261201"))

SIGNS = "\0\a\b\t\n\r\x1a\x1b\x7f\x85\u2028\u2029'\"`\\;{}()<>$#%&|*?!~^=+-_,.:/@[] aAzZ09æ\u202e\ud7ff\U0001f9a2"
WORDS = (
    "'; DROP DATABASE mysql; -- ", "`", "\\'", "%", "_", "\\_", "localhost", "' OR '1'='1", "/*!50000", "root", "\n", "\r\n", "\0",
    "$INCLUDE /etc/passwd", ") (", "; comment", "*.", "..", "../", "\\000", "\\046", '" "', "@", "IN A 192.0.2.1", "{{", "${x}",
)  # fmt: skip


def draws(count: int) -> Iterator[random.Random]:
    """Give a source of chance for each of so many examples."""
    chance = random.Random(SEED)
    for _ in range(count):
        yield chance


def near(chance: random.Random, *valid: str) -> str:
    """Return a valid value, a valid value with something hostile put into it, or something hostile by itself."""
    base = chance.choice(valid)
    match chance.randrange(6):
        case 0:
            return base
        case 1:
            return _piece(chance)
        case 2:
            place = chance.randint(0, len(base))
            return base[:place] + base[place + 1 :]
        case 3:
            return base + _piece(chance)
        case _:
            place = chance.randint(0, len(base))
            return base[:place] + _piece(chance) + base[place:]


def _piece(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return chance.choice(WORDS)
    return "".join(chance.choice(SIGNS) for _ in range(chance.randint(0, 6)))
