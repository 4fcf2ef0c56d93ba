"""Does the cost of a round follow what is due, or what exists? The same work is due in a large company and in a small one."""

import time
from dataclasses import dataclass

from servanda.business.billing.actions.issuing import issue_due_invoices
from servanda.faces.cli.bench.running import Durability, durability
from servanda.faces.cli.bench.scratch import scratch_database
from servanda.faces.cli.bench.world import PROVIDER, TODAY, make_world
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of

_WARM_UP = 60  # the first round of a process also reads the agreement; neither company shall pay for that


@dataclass(frozen=True, slots=True)
class RoundBench:
    """One company's day: billing, the rest of its round (mostly dunning), and a second round, when nothing is due any more."""

    subscriptions: int
    due_subscriptions: int
    invoices: int
    billing_seconds: float
    rest_seconds: float
    idle_seconds: float

    @property
    def seconds(self) -> float:
        return self.billing_seconds + self.rest_seconds


@dataclass(frozen=True, slots=True)
class RoundsBench:
    """The same work due in a large company and in a small one; the ratios are the large one's cost to the small one's."""

    provider: str
    large: RoundBench
    small: RoundBench
    ratio: float  # of the whole round
    billing_ratio: float
    rest_ratio: float
    idle_ratio: float
    durability: Durability


def bench_rounds(*, subscriptions: int, due_one_in: int) -> RoundsBench:
    """Make a round where one in so many is due, and one in a company of that size where everything is."""
    _bench_round(subscriptions=_WARM_UP, due_one_in=1)
    small, measured = _bench_round(subscriptions=subscriptions // due_one_in, due_one_in=1)
    large, _ = _bench_round(subscriptions=subscriptions, due_one_in=due_one_in)
    return RoundsBench(
        provider=PROVIDER,
        large=large,
        small=small,
        ratio=large.seconds / small.seconds,
        billing_ratio=large.billing_seconds / small.billing_seconds,
        rest_ratio=large.rest_seconds / small.rest_seconds,
        idle_ratio=large.idle_seconds / small.idle_seconds,
        durability=measured,
    )


def _bench_round(*, subscriptions: int, due_one_in: int) -> tuple[RoundBench, Durability]:
    with scratch_database():
        world = make_world(subscriptions=subscriptions, due_one_in=due_one_in)
        company, at = world.company, moment_of(TODAY)
        invoices = 0
        began = time.perf_counter()
        while ids := issue_due_invoices(company, today=TODAY, at=at):
            invoices += len(ids)
        billed = time.perf_counter()
        run_round(company, now=at)
        ended = time.perf_counter()
        run_round(company, now=at)
        return (
            RoundBench(
                subscriptions=world.subscriptions,
                due_subscriptions=world.due,
                invoices=invoices,
                billing_seconds=billed - began,
                rest_seconds=ended - billed,
                idle_seconds=time.perf_counter() - ended,
            ),
            durability(),
        )
