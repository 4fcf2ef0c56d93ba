"""Where did a customer's money come from, so that it can go back there?"""

from django.db.models import Max, Sum

from servanda.business.billing.facts import PayerAccount
from servanda.business.billing.models import BankEntry, CreditUse
from servanda.ground.money import Money

STANDS = "it takes back a payment that cannot be undone"  # then why; a person must see to it


def received_from(customer_id: int) -> tuple[Money, tuple[PayerAccount, ...]]:
    """Return all that a customer has paid and that stands, and the accounts that are known to have sent it, the last first."""
    rows = BankEntry.objects.filter(customer_id=customer_id, state="matched", amount_minor__gt=0)
    grouped = rows.values("payer_account")
    whole = list(grouped.annotate(received=Sum("amount_minor"), last_on=Max("booked_on"), newest=Max("id")))
    found = [row for row in whole if row["payer_account"]]
    newest = [row["newest"] for row in found]
    names = dict(rows.filter(pk__in=newest).values_list("id", "payer_name")) if newest else {}
    accounts = (
        PayerAccount(
            account=row["payer_account"],
            name=names[row["newest"]],
            entry_id=row["newest"],
            received=Money(row["received"]),
            last_on=row["last_on"],
        )
        for row in found
    )
    ordered = sorted(accounts, key=lambda one: (one.last_on, one.entry_id), reverse=True)
    return Money(sum(row["received"] for row in whole)), tuple(ordered)


def is_source_taken_back(key: str) -> bool:
    """Tell whether the bank has taken back a payment whose rest was used under this key."""
    uses = CreditUse.objects.filter(key=key)
    return uses.filter(entry__state="reversed").exists() or any(
        _is_taking_back_parked(whole) for whole in BankEntry.objects.filter(pk__in=uses.values("entry__parent"))
    )


def _is_taking_back_parked(whole: BankEntry) -> bool:
    """Tell whether a taking back of this sum waits for a person, because parts of the divided payment stand."""
    parked = BankEntry.objects.filter(company_id=whole.company_id, account=whole.account, state="suspense")
    return parked.filter(amount_minor=-whole.amount_minor, because__startswith=STANDS).exists()
