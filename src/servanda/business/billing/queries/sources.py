"""How much has come in on an account that nobody sends balances of, such as one with a payment provider?"""

from django.db.models import Sum

from servanda.business.billing.models import BankEntry
from servanda.ground.money import Money


def moved_on_account(company_id: int, account: str) -> Money:
    """Return what all entries of the account come to, by the account's name as its statements spell it."""
    rows = BankEntry.objects.filter(company_id=company_id, account=account, parent=None)
    return Money(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)
