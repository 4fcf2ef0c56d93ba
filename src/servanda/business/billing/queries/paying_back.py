"""Where did a customer's money come from, so that it can go back there?"""

from django.db.models import Max, Sum

from servanda.business.billing.facts import PayerAccount
from servanda.business.billing.models import BankEntry, CreditUse
from servanda.ground.money import Money

STANDS = "it takes back a payment that cannot be undone"  # then why; a person must see to it


def payer_accounts(customer_id: int) -> tuple[PayerAccount, ...]:
    """Return the accounts that a customer's money came from, the one used last first. What was taken back does not count."""
    rows = BankEntry.objects.filter(customer_id=customer_id, state="matched", amount_minor__gt=0)
    grouped = rows.exclude(payer_account="").values("payer_account")
    found = list(grouped.annotate(received=Sum("amount_minor"), last_on=Max("booked_on"), newest=Max("id")))
    names = dict(rows.filter(pk__in=[row["newest"] for row in found]).values_list("id", "payer_name"))
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
    return tuple(sorted(accounts, key=lambda one: (one.last_on, one.entry_id), reverse=True))


def received_from(customer_id: int) -> Money:
    """Return all that a customer has paid and that stands."""
    rows = BankEntry.objects.filter(customer_id=customer_id, state="matched", amount_minor__gt=0)
    return Money(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


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
