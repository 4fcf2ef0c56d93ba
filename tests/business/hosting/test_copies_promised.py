"""What is promised of copies stands in the clauses; a plan that was sold with more promises more."""

from datetime import date

import pytest

from servanda.agreements.reading import library_of
from servanda.business.backups.decisions import promised_by
from servanda.terms.clauses import Backup, CustomerKind
from servanda.terms.packages import HostingPackage
from servanda.terms.resolving import ask

DAY = date(2026, 12, 1)


@pytest.mark.clause("compusoft-024", "compusoft-025", "compusoft-060", "safeit-171", "servicepoint-080")
@pytest.mark.parametrize(
    ("provider", "version", "product", "sold", "generations", "clauses"),
    [
        ("compusoft", "11", "hosting", 0, 2, {"12.1", "12.2", "12.3"}),
        ("compusoft", "11", "hosting", 14, 14, {"12.1", "12.2", "12.3"}),
        ("safe-it", "2025-01", "webhosting", 30, 30, {"32.1"}),
        ("servicepoint", "2024-01", "cloudsql", 0, 1, {"11.3"}),
    ],
)
def test_generations_and_rhythm_are_the_clauses(
    provider: str, version: str, product: str, sold: int, generations: int, clauses: set[str]
) -> None:
    answer = ask(library_of(provider).version(version), Backup, on=DAY, product=product, customer=CustomerKind.BUSINESS)
    package = HostingPackage(source="plausible", copies_daily=sold, copies_every_hours=48)
    found = promised_by(answer, package, source=None)
    assert (found.generations, found.every_hours) == (generations, 24)
    assert {one.clause for one in found.because} >= clauses
