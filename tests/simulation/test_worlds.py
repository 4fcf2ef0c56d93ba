"""Years of business, with all faults, by the product's own decisions: no invariant is broken, whoever's terms they are.

What is run here is what one core lives in about a minute; `servanda simulate --seeds` and the slow suite live more.
"""

import pytest

from servanda.agreements import PROVIDERS
from servanda.simulation.faults import KINDS
from servanda.simulation.house.state import House
from servanda.simulation.running import lived, world

CUSTOMERS = {"simsoft": 400, "servicepoint": 80, "safe-it": 150, "compusoft": 300, "vicevaert": 250}


def told(house: House) -> list[str]:
    return [" | ".join(map(str, one)) for one in house.violations]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_invariant_is_broken_in_two_years_with_all_faults(provider: str) -> None:
    found = lived(world(2026, provider=provider, customers=CUSTOMERS[provider], years=2))
    assert told(found.house) == []
    assert found.house.acts > CUSTOMERS[provider] / 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_invariant_is_broken_in_many_seeds(provider: str, seed: int) -> None:
    found = lived(world(seed, provider=provider, customers=1000, years=3))
    assert told(found.house) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_fault_happens_and_breaks_nothing(kind: str) -> None:
    found = lived(world(7, provider="safe-it", customers=25, years=2, faults=frozenset({kind})))
    assert told(found.house) == []
    without = lived(world(7, provider="safe-it", customers=25, years=2, faults=frozenset()))
    if kind == "F03":
        assert found.lines == without.lines, "what comes twice changes nothing"
    else:
        assert found.lines != without.lines


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("F13", ("letter.rejected", "letter.uncertain")),
        ("F14", ("payment.reversed",)),
        ("F16", ("proposal.declined",)),
        ("F17", ("|price:0",)),
        ("F18", ("dispute until", "payment plan until", "legal hold until")),
    ],
)
def test_the_log_shows_what_went_wrong(kind: str, shown: tuple[str, ...]) -> None:
    provider = "compusoft" if kind == "F16" else "safe-it"
    found = lived(world(11, provider=provider, customers=50, years=2, faults=frozenset({kind})))
    text = "\n".join(found.lines)
    assert [word for word in shown if word not in text] == []


def test_the_scheduler_is_away_for_up_to_45_days_and_no_step_comes_in_a_burst() -> None:
    found = lived(world(5, provider="safe-it", customers=25, years=3, faults=frozenset({"F08"})))
    lengths = {(one.until - one.since).days for seed in range(9) for one in _away(seed)}
    assert {1, 45} <= lengths
    assert told(found.house) == []


def _away(seed: int):  # type: ignore[no-untyped-def]
    return world(seed, provider="safe-it", customers=1, years=3, faults=frozenset({"F08"})).away


def test_every_act_of_a_ladder_is_lived_through() -> None:
    whats = set()
    for provider in PROVIDERS:
        found = lived(world(3, provider=provider, customers=70, years=2))
        whats |= {line.split("|")[2] for line in found.lines}
    assert {
        "invoice.issued",
        "invoice.accepted",
        "invoice.credited",
        "payment.received",
        "payment.explained",
        "payment.in_suspense",
        "payment.reversed",
        "credit.used",
        "payment.late",
        "reminder.written",
        "fee.charged",
        "interest.charged",
        "compensation.charged",
        "hold.placed",
        "hold.lifted",
        "breach.material",
        "contract.ended",
        "service.purged",
        "charges.waived",
        "not_specified",
        "proposal.made",
        "proposal.approved",
        "proposal.declined",
        "claim.paused",
        "claim.resumed",
        "notice.received",
        "time.asked",
    } <= whats
