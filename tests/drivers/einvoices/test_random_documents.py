"""What our own checks let pass, the official rules let pass too: tried on random documents in both formats."""

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from servanda.drivers.einvoices import Renderer
from servanda.drivers.einvoices.checks import is_sendable, objections_to
from servanda.drivers.einvoices.gate import OfficialGate
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from tests.drivers.einvoices.randomly import random_document

FEW, MANY, WORKERS = 150, 20_000, 2
RENDERERS: tuple[Renderer, ...] = (PeppolRenderer(), OioublRenderer())


@dataclass(slots=True)
class Tally:
    """How many documents were written and judged, and what was wrong with which of them."""

    judged: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def judge_all(seeds: Iterable[int], gate: OfficialGate) -> Tally:
    """Write each document in each format that our checks allow, and have it judged."""
    tally = Tally()
    for seed in seeds:
        document = random_document(seed)
        for renderer in RENDERERS:
            if not is_sendable(objections_to(document, format=renderer.format)):
                tally.refused[renderer.format] += 1
                continue
            verdict = gate.judge(renderer.render(document))
            tally.judged[renderer.format] += 1
            if not verdict.is_valid or verdict.findings:
                said = [f"{one.severity} {one.rule_id} {one.message}" for one in verdict.findings]
                tally.wrong.append(f"seed {seed} {renderer.format}: {said or verdict}")
    return tally


def test_what_our_checks_let_pass_the_official_rules_let_pass(gate: OfficialGate) -> None:
    tally = judge_all(range(FEW), gate)
    assert tally.wrong == []
    assert min(tally.judged["peppol bis 3"], tally.judged["oioubl 2.1"]) > FEW * 0.7


@pytest.mark.slow
def test_twenty_thousand_documents(folders: tuple[Path, ...]) -> None:
    def judge_share(first: int) -> Tally:
        with OfficialGate(folders) as own:
            return judge_all(range(first, MANY, WORKERS), own)

    began = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        tallies = list(pool.map(judge_share, range(WORKERS)))
    seconds = time.perf_counter() - began
    judged = sum((tally.judged for tally in tallies), Counter[str]())
    refused = sum((tally.refused for tally in tallies), Counter[str]())
    print(f"\n{MANY:,} random documents; judged {dict(judged)}, not written {dict(refused)}; {seconds:,.0f} s")
    assert [one for tally in tallies for one in tally.wrong] == []
    assert sum(judged.values()) > MANY * 1.5
