"""How long does the audit of each night take in a company of a size? All invariants on the company of `bench reports`.

That company's rows were made by a few statements and not lived, so some invariants find what never happened: evidence of
its invoices is missing. What is measured is the looking; what it found is told beside it.
"""

import time
from dataclasses import dataclass

from servanda.business.audit.queries import run_audit
from servanda.faces.cli.bench.history import make_history
from servanda.faces.cli.bench.reports import keep_books
from servanda.faces.cli.bench.running import Durability, durability
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import LINES_PER_CONTRACT, make_world

SLOWEST = 5


@dataclass(frozen=True, slots=True)
class AuditBench:
    """What was measured: the whole audit in seconds, and the invariants that took longest."""

    customers: int
    invoices: int
    invariants: int
    broken: int
    seconds: float
    slowest: tuple[tuple[int, float], ...]
    durability: Durability


def bench_audit(*, customers: int, invoices: int) -> AuditBench:
    """Audit a company of the size, once."""
    with scratch_database():
        world = make_world(subscriptions=customers * LINES_PER_CONTRACT, due_one_in=1_000_000_007)
        make_history(world, invoices=invoices, customers=customers, issue_days=20)
        keep_books(world)
        began = time.perf_counter()
        report = run_audit(company_id=world.company.company_id)
        seconds = time.perf_counter() - began
        slowest = sorted(report.ran, key=lambda finding: -finding.seconds)[:SLOWEST]
        return AuditBench(
            customers=customers,
            invoices=invoices,
            invariants=len(report.ran),
            broken=len(report.violated),
            seconds=seconds,
            slowest=tuple((finding.number, finding.seconds) for finding in slowest),
            durability=durability(),
        )


def audit_text(found: AuditBench) -> str:
    """Return the figures as text."""
    slowest = ", ".join(f"{number}: {seconds:.1f} s" for number, seconds in found.slowest)
    return (
        f"{found.customers:,} customers, {found.invoices:,} invoices: {found.invariants} invariants in "
        f"{found.seconds:.1f} s; {found.broken} broken, as the rows were made and not lived. Slowest: {slowest}."
    )
