"""For whom has an account paid before? By reference, or by a person's word: whose money it is, then, is known."""

from collections import defaultdict
from collections.abc import Iterable

from servanda.business.billing.models import BankEntry

KNOWING = ("payment reference", "a person's word")


def customers_paid_for(company_id: int, payer_accounts: Iterable[str]) -> dict[str, set[int]]:
    """Return, by account, the customers for whom it has paid by reference or by a person's word."""
    accounts = list(payer_accounts)
    if not accounts:
        return {}
    rows = BankEntry.objects.filter(
        company_id=company_id,
        payer_account__in=accounts,
        state="matched",
        because__in=KNOWING,
        customer_id__isnull=False,
        amount_minor__gt=0,
    )
    known: defaultdict[str, set[int]] = defaultdict(set)
    for account, customer_id in rows.values_list("payer_account", "customer_id").distinct():
        assert customer_id is not None
        known[account].add(customer_id)
    return dict(known)
