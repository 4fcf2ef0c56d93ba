"""What does the law make of clauses on data: where they lie, how long they can be fetched, and what leaving costs?

The Data Act is for data processing services. Which products are such services is not told here: for classic web hosting
it is in doubt, and a doubt in our own words is ours to bear, so the rights are given for all.
"""

from datetime import date
from decimal import Decimal

from servanda.ground.citation import Citation
from servanda.terms.clauses import (
    CustomerKind,
    DataLocation,
    Deletion,
    ExitCopy,
    FixedPrice,
    Newsletter,
    Notice,
    Rescission,
    Rule,
)
from servanda.terms.rulings import STANDS, Ruling, beside, replaced

DATA_ACT_SINCE = date(2025, 9, 12)
DATA_RETRIEVAL = Citation("Dataforordningen (EU) 2023/2854", "art. 25, stk. 2, litra g")
DATA_RETRIEVAL_DAYS = 30
SWITCHING_NOTICE = Citation("Dataforordningen (EU) 2023/2854", "art. 25, stk. 2, litra d")
SWITCHING_NOTICE_MONTHS = 2
SWITCHING_NOTICE_DAYS = 59  # the shortest two months, January and February
SWITCHING_CHARGES = Citation("Dataforordningen (EU) 2023/2854", "art. 29")
SWITCHING_IS_FREE_SINCE = date(2027, 1, 12)
TRANSFER = Citation("Databeskyttelsesforordningen (EU) 2016/679", "art. 44-46")
TRANSFER_TO_CERTIFIED = Citation("Databeskyttelsesforordningen (EU) 2016/679", "art. 45, jf. afgørelse (EU) 2023/1795")
EASY_OPT_OUT = Citation("Markedsføringsloven", "§ 10")
STATEMENT_OF_REASONS = Citation("Forordningen om digitale tjenester (EU) 2022/2065", "art. 17")
STATEMENT_OF_REASONS_SINCE = date(2024, 2, 17)
_LONGEST_MONTH = 31


def of_deletion(rule: Deletion, _: CustomerKind | None, on: date) -> Ruling:
    """Data can be fetched for thirty days after the end; one month is too short in February only."""
    if on < DATA_ACT_SINCE:
        return STANDS
    said = f"data can be fetched for at least {DATA_RETRIEVAL_DAYS} days"
    if rule.months == 1:
        return replaced(rule, {"months": (None, DATA_RETRIEVAL, said), "days": (_LONGEST_MONTH, DATA_RETRIEVAL, said)})
    if rule.days is None or rule.days >= DATA_RETRIEVAL_DAYS:
        return STANDS
    return replaced(rule, {"days": (DATA_RETRIEVAL_DAYS, DATA_RETRIEVAL, said)})


def switching_beside(rule: Notice | Rescission, on: date) -> tuple[Citation, ...]:
    """Cite the right to switch a cloud service with at most two months' notice, where the terms want more."""
    months = rule.months if isinstance(rule, Notice) else None
    is_longer = (months or 0) > SWITCHING_NOTICE_MONTHS or (rule.days or 0) > SWITCHING_NOTICE_DAYS
    return (SWITCHING_NOTICE,) if is_longer and on >= DATA_ACT_SINCE else ()


def of_exit_copy(rule: ExitCopy, _: CustomerKind | None, on: date) -> Ruling:
    """Taking one's data out when switching costs what it costs the provider, and later nothing."""
    if not rule.small_fee or on < DATA_ACT_SINCE:
        return STANDS
    if on < SWITCHING_IS_FREE_SINCE:
        return beside(SWITCHING_CHARGES)
    return replaced(rule, {"small_fee": (False, SWITCHING_CHARGES, "taking data out is free")})


def of_exit_copy_price(rule: FixedPrice, _: CustomerKind | None, on: date) -> Ruling:
    """The same for the price of such a copy; other fixed prices are no matter of this law."""
    if rule.of != "small exit copy" or not rule.amount or on < DATA_ACT_SINCE:
        return STANDS
    if on < SWITCHING_IS_FREE_SINCE:
        return beside(SWITCHING_CHARGES)
    return replaced(rule, {"amount": (Decimal("0.00"), SWITCHING_CHARGES, "taking data out is free")})


def of_location(rule: DataLocation, _: CustomerKind | None, __: date) -> Ruling:
    """Data lie in the USA only on a stated basis; the adequacy decision covers certified recipients alone."""
    if "USA" not in rule.countries or rule.transfer_basis == "standard clauses":
        return STANDS
    return beside(TRANSFER_TO_CERTIFIED if rule.transfer_basis == "adequacy decision" else TRANSFER)


def of_newsletter(rule: Newsletter, _: CustomerKind | None, __: date) -> Ruling:
    """Leaving a newsletter is easy and free, with an address for it in every mail."""
    return STANDS if "link" in rule.left_by else beside(EASY_OPT_OUT)


def reasons_beside(on: date) -> tuple[Citation, ...]:
    """Cite the duty to give reasons at the latest when content or a service is restricted for its use."""
    return (STATEMENT_OF_REASONS,) if on >= STATEMENT_OF_REASONS_SINCE else ()


def of_restriction(_: Rule, __: CustomerKind | None, on: date) -> Ruling:
    """A restriction because of content or use takes a statement of reasons."""
    return beside(*reasons_beside(on))
