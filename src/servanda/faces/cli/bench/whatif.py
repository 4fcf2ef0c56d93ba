"""How long does it take to say whom a draft of the terms hits, and how does that grow with the company?

A quarter of the company, half of it and all of it, each in a database of its own; reading and comparing are timed apart.
"""

import json
import time
from dataclasses import dataclass, replace

import msgspec

from servanda.agreements.reading import library_of
from servanda.business.dunning.decisions.whatif.company import who_is_hit
from servanda.business.dunning.queries.whatif import collector_paused, company_case
from servanda.faces.cli.bench.history import make_history
from servanda.faces.cli.bench.running import Durability, durability, peak_memory_bytes
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import BEGAN_ON, LINES_PER_CONTRACT, PROVIDER, TODAY, make_world
from servanda.terms.clauses import PaymentTerm, Reminder, Rule
from servanda.terms.document import Agreement

SHARES = (4, 2, 1)  # a quarter, half, all
WARM_UP = 30  # customers: the first question of a process also reads the agreement


@dataclass(frozen=True, slots=True)
class WhatIfRun:
    """One company: what was looked through, and how long reading and comparing took."""

    customers: int
    invoices: int
    invoices_coming: int
    hit: int
    load_seconds: float
    compare_seconds: float
    cpu_seconds: float  # of this process, for both; what else the machine does is not in it
    json_bytes: int

    @property
    def seconds(self) -> float:
        return self.load_seconds + self.compare_seconds


@dataclass(frozen=True, slots=True)
class WhatIfBench:
    """What was measured, the smallest company first."""

    provider: str
    draft: str
    issue_days: int
    runs: tuple[WhatIfRun, ...]
    peak_memory_bytes: int
    durability: Durability


def bench_whatif(*, customers: int, invoices: int, issue_days: int) -> WhatIfBench:
    """Try a draft out on a company of the size, and on smaller ones of the same kind."""
    _run(WARM_UP, WARM_UP, issue_days=1)
    runs = tuple(_run(customers // share, invoices // share, issue_days=issue_days) for share in SHARES)
    return WhatIfBench(
        provider=PROVIDER,
        draft="payment term a week longer, first reminder two days later",
        issue_days=issue_days,
        runs=runs,
        peak_memory_bytes=peak_memory_bytes(),
        durability=durability(),
    )


def whatif_text(found: WhatIfBench) -> str:
    """Return the figures as a table."""
    heads = ("customers", "invoices", "to come", "hit", "read s", "compare s", "all s", "cpu s", "ms/1000")
    head = "".join(f"{name:>11}" for name in heads)
    rows = [
        f"{one.customers:>11,}{one.invoices:>11,}{one.invoices_coming:>11,}{one.hit:>11,}{one.load_seconds:>11.2f}"
        f"{one.compare_seconds:>11.2f}{one.seconds:>11.2f}{one.cpu_seconds:>11.2f}"
        f"{one.seconds * 1_000_000 / one.invoices:>11.1f}"
        for one in found.runs
    ]
    memory = f"Draft: {found.draft}. Memory: {found.peak_memory_bytes / 2**20:,.0f} MiB at most, this process."
    return "\n".join((head, *rows, memory))


def _run(customers: int, invoices: int, *, issue_days: int) -> WhatIfRun:
    with scratch_database():
        world = make_world(subscriptions=customers * LINES_PER_CONTRACT, due_one_in=1_000_000_007)
        make_history(world, invoices=invoices, customers=customers, issue_days=issue_days)
        draft = _draft()
        with collector_paused():  # as the question itself does
            began, cpu = time.perf_counter(), time.process_time()
            case = company_case(world.company, today=TODAY)
            loaded = time.perf_counter()
            found = who_is_hit(case, draft)
            compared, cpu_seconds = time.perf_counter(), time.process_time() - cpu
        return WhatIfRun(
            customers=found.customers,
            invoices=found.invoices_past,
            invoices_coming=found.invoices_coming,
            hit=found.hit,
            load_seconds=loaded - began,
            compare_seconds=compared - loaded,
            cpu_seconds=cpu_seconds,
            json_bytes=len(json.dumps(found.as_json())),
        )


def _draft() -> Agreement:
    """Return the provider's terms with a longer payment term and a later first reminder: every late invoice moves."""
    terms = library_of(PROVIDER).version_on(BEGAN_ON)
    clauses = tuple(
        replace(clause, rules=tuple(replace(placed, rule=_moved(placed.rule)) for placed in clause.rules))
        for clause in terms.clauses
    )
    return replace(terms, clauses=clauses, version=f"{terms.version}-bench", sha256="bench")


def _moved(rule: Rule) -> Rule:
    if isinstance(rule, PaymentTerm):
        return msgspec.structs.replace(rule, days=rule.days + 7)
    if isinstance(rule, Reminder) and rule.step == 1:
        return msgspec.structs.replace(rule, wait_days=rule.wait_days + 2)
    return rule
