"""Which invoices has the bank announced money for, that no statement has brought yet?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.models import BankNotice, Statement


def announced_invoices(open_ones: Iterable[InvoiceFacts]) -> frozenset[int]:
    """Return the open invoices whose payment reference stands in advance news of a day that no statement covers yet.

    Nobody is called late for money that the bank says is on its way to us.
    """
    by_reference: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for one in open_ones:
        if one.reference:
            by_reference[one.company_id, one.reference].append(one.invoice_id)
    if not by_reference:
        return frozenset()
    found: set[int] = set()
    for company_id in {company_id for company_id, _ in by_reference}:
        known_until = _covered_until(company_id)
        notices = BankNotice.objects.filter(company_id=company_id, amount_minor__gt=0, booked_on__gt=known_until)
        for parts in notices.values_list("parts", flat=True):
            for part in parts:
                found.update(by_reference.get((company_id, str(part["creditor_reference"])), ()))
    return frozenset(found)


def _covered_until(company_id: int) -> date:
    closings = Statement.objects.filter(company_id=company_id).order_by("-closing_on")
    return closings.values_list("closing_on", flat=True).first() or date.min
