"""What is known of billed time that is given back, and what became of it."""

from dataclasses import dataclass
from datetime import date

from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledTime:
    """Time of a contract line that an invoice billed, and what of it was given back so far. All amounts without VAT.

    `given_from` is the first day that was ever given back of it; the days `again` were billed again on another invoice since.
    `for_until` is the end of the line that the last decision was made for.
    """

    invoice_id: int
    invoice_number: int
    line_key: int  # the row of the invoice's line
    position: int
    line_id: int
    description: str
    period: Period
    net: Money
    otherwise_credited: Money  # credited for other reasons than that the time is not used
    given: Money  # credited because the time is not used
    given_from: date | None
    again: tuple[Period, ...]
    steps: int  # decisions made on it so far
    for_until: date | None

    @property
    def price(self) -> Money:
        """What the whole period costs after what was credited otherwise."""
        return self.net - self.otherwise_credited

    @property
    def left(self) -> Money:
        """What can still be credited."""
        return self.net - self.otherwise_credited - self.given


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """One decision on what to give back of time, or for an outage, and the document that carried it out.

    `amount` is without VAT. `state`: given, billed again, asked, kept, nothing.
    """

    refund_id: int
    kind: str  # unused, outage
    company_id: int
    customer_id: int
    line_id: int
    invoice_id: int
    position: int
    key: str
    state: str
    cause: str
    since: date | None
    until: date | None
    amount: Money
    total: Money  # with VAT, as the document has it
    document_id: int | None
    on_day: date
    reckoning: str
    because: tuple[Citation, ...]
    pay_out_by: date | None  # a consumer's money that goes back to where it came from, by this day
    by: str
