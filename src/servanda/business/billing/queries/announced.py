"""Which invoices has the bank announced money for, that no statement has brought yet?"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef

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
    companies = {company_id for company_id, _ in by_reference}
    covered = Statement.objects.filter(
        company_id=OuterRef("company_id"), account=OuterRef("account"), closing_on__gte=OuterRef("booked_on")
    )
    notices = BankNotice.objects.filter(~Exists(covered), company_id__in=companies, amount_minor__gt=0)
    for company_id, parts in notices.values_list("company_id", "parts"):
        for part in parts:
            found.update(by_reference.get((company_id, str(part["creditor_reference"])), ()))
    return frozenset(found)
