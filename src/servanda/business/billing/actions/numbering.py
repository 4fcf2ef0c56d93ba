"""Gapless numbers: one row per company, locked and raised in the transaction that issues."""

from servanda.business.billing.models import NumberSeries

FIRST_NUMBER = 1001


def take_numbers(company_id: int, count: int) -> int:
    """Return the first of `count` following numbers. The row stays locked until the transaction ends."""
    row = _locked(company_id)
    first = row.next_number
    row.next_number = first + count
    row.save(update_fields=["next_number"])
    return first


def lock_numbers(company_id: int) -> None:
    """Take the company's turn to issue: two workers never decide on the same lines."""
    _locked(company_id)


def _locked(company_id: int) -> NumberSeries:
    rows = NumberSeries.objects.select_for_update().filter(company_id=company_id, name="invoice")
    row = rows.first()
    if row is None:
        NumberSeries.objects.get_or_create(
            company_id=company_id, name="invoice", defaults={"next_number": FIRST_NUMBER}
        )
        row = rows.get()
    return row
