"""The acts that dunning may order. Each carries what it rests on, and a key that names it for ever."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from servanda.ground.citation import Citation
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An act that is due: on which invoice, resting on what, decided by whom, and since when it is allowed.

    `rule_on` is the day that the rule itself gives, before it moved to a bank day.
    """

    what: ClassVar[str] = ""
    is_adverse: ClassVar[bool] = True

    invoice_id: int
    because: tuple[Citation, ...]
    allowed_on: date
    rule_on: date
    decided_by: str = "system"

    @property
    def key(self) -> str:
        return f"{self.what}:{self.invoice_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLate(Order):
    """Note that the due day passed unpaid. The later steps count from here if we look late ourselves."""

    what = "payment.late"
    is_adverse = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptBySilence(Order):
    """Note that no question came in time. A later dispute is taken in all the same, and marked late."""

    what = "invoice.accepted"
    is_adverse = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReminder(Order):
    """Write a reminder with a new deadline; `fee` is announced in it and charged once it is accepted."""

    what = "reminder.sent"

    step: int
    deadline_on: date
    deadline_rule_on: date
    fee: Money | None
    fee_because: tuple[Citation, ...] = ()
    no_fee_because: Citation | None = None
    is_collection_warning: bool = False
    warns_of: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.what}:{self.invoice_id}:{self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFee(Order):
    what = "fee.charged"

    step: int
    amount: Money

    @property
    def key(self) -> str:
        return f"{self.what}:{self.invoice_id}:{self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeInterest(Order):
    """Charge late interest. `reckoning` shows how, line by line; `number` counts the started months of a percent rule."""

    what = "interest.charged"

    amount: Money
    reckoning: tuple[str, ...]
    number: int
    until: date | None = None  # the first day not yet charged, by the Interest Act
    uncovered_from: date | None = None  # from here the rate was not confirmed

    @property
    def key(self) -> str:
        return f"{self.what}:{self.invoice_id}:{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeCompensation(Order):
    what = "compensation.charged"

    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Order):
    """Suspend the services named; nothing is lost, and paying lifts it."""

    what = "hold.placed"

    service_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBreach(Order):
    """Note that the delay has become a material breach by the terms."""

    what = "breach.material"
    is_adverse = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContract(Order):
    """Close for good: the lines end, the services go into quarantine; data stay until a purge is due."""

    what = "contract.ended"

    scope: str
    service_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveCharges(Order):
    """The invoice is paid and only charges keep a service suspended: waive them and reopen? A person decides."""

    what = "charges.waived"
    is_adverse = False

    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPerson(Order):
    """The terms are silent on what comes next: a person decides."""

    what = "not_specified"
    is_adverse = False

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing is due now: until when, for what, and by which clause. No `until` means until the facts change."""

    because: tuple[Citation, ...]
    reason: str
    until: date | None = None
    step: int | None = None
    is_doubt: bool = False  # adverse acts are parked, and a person should look
