"""What does a customer's credit pay? What they owe, the oldest first, before anybody reminds them of it.

Money that a customer has with us and money that they owe us are set off against each other. The debtor who says nothing pays what
fell due first, and on it costs, then interest, then the principal. No invoice is left out but those that the customer disputes
or has a payment plan for: on these nothing is taken without being asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from servanda.business.billing.decisions.matching import Part, after, part_of
from servanda.business.billing.facts import CustomerCredit, OpenItem
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of

NOTHING = Money(0)
SET_OFF = Citation("Dansk rets almindelige regler", "om modregning")


@dataclass(frozen=True, slots=True)
class UseCredit:
    """So much of a credit pays so much of an invoice."""

    credit: CustomerCredit
    part: Part
    value_on: date  # we have had the money since the credit's day, and the invoice was not there before its own
    because: tuple[Citation, ...] = (SET_OFF,)


def credit_to_use(
    credits: Iterable[CustomerCredit], items: Sequence[OpenItem], *, kept: Money = NOTHING
) -> tuple[UseCredit, ...]:
    """Return what one customer's credits pay, the oldest credit and the oldest due day first.

    So much as is kept for the customer stays: the newest of their credit.
    """
    credits = tuple(credits)
    usable = total_of(credit.amount for credit in credits) - max(kept, NOTHING)
    owed = sorted(items, key=lambda item: (item.due_on or item.issued_on or date.max, item.number))
    uses: list[UseCredit] = []
    for credit in sorted(credits, key=lambda one: (one.value_on, one.entry_id or 0, one.credit_note_id or 0)):
        left = min(credit.amount, max(usable, NOTHING))
        usable = usable - left
        for place, item in enumerate(owed):
            if not left:
                break
            if not item.open_total:
                continue
            part = part_of(item, min(left, item.open_total))
            uses.append(UseCredit(credit, part, max(credit.value_on, item.issued_on or credit.value_on)))
            owed[place] = after(item, part, None)
            left = left - part.amount
    return tuple(uses)
