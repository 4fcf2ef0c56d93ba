"""The official rules, where they are installed: those that may not come with the program are looked for and else missed.

They are found in the folder of SERVANDA_EINVOICE_RULES, or in `shared/data/einvoice` beside the checkout, which holds the
official examples too.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.rule_sets import RULE_SETS, is_installed

BESIDE = Path(__file__).parents[3].parent / "shared" / "data" / "einvoice"


def official_folder() -> Path:
    """The folder with the official files; it need not exist."""
    return Path(os.environ.get("SERVANDA_EINVOICE_RULES") or BESIDE)


@pytest.fixture(scope="session")
def folders() -> tuple[Path, ...]:
    """The folder with all rule sets; without them the test is skipped, and says what is missed."""
    found = (official_folder(),)
    missing = [rules.name for rules in RULE_SETS if not is_installed(rules, found)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; the official judgement is not tried")
    return found


@pytest.fixture(scope="session")
def gate(folders: tuple[Path, ...]) -> Iterator[OfficialGate]:
    """The gate with all rule sets, one process for the whole run."""
    with OfficialGate(folders) as opened:
        yield opened


@pytest.fixture(scope="session")
def own_gate() -> Iterator[OfficialGate]:
    """The gate with nothing but what comes with the program."""
    with OfficialGate() as opened:
        yield opened
