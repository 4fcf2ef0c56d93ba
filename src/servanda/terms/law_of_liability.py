"""What does the law make of limits of liability, of complaints about defects, and of an agreed court?

Nobody is freed of what was done by intent or gross negligence, and towards consumers little else is excluded (Contracts
Act §§ 36 and 38 c). Only exclusions of what the provider can itself have caused are met: that one does not answer for
the customer's own code needs no law to limit it.
"""

from datetime import date

from servanda.ground.citation import Citation
from servanda.terms.clauses import (
    CustomerKind,
    DefectRemedy,
    DelayRemedy,
    Exclusion,
    GoverningLaw,
    Inspection,
    LiabilityCap,
    RefundCeiling,
    Warranty,
)
from servanda.terms.rulings import STANDS, UNFAIR_CONSUMER_TERM, UNFAIR_TERM, Change, Ruling, beside, replaced

CONSUMER_COMPLAINT = Citation("Købeloven", "§ 81")
CONSUMER_TWO_YEARS = Citation("Købeloven", "§ 83")
CONSUMER_COURT = Citation("Retsplejeloven", "§ 245, stk. 2")
CONSUMER_WARRANTY_MONTHS = 24

# What the customer or somebody else brought about, or what no provider promises; all else can be our own fault.
NOT_OWN_FAULT = frozenset(
    {
        "admitted third parties",
        "customer's admin account",
        "customer's changes",
        "customer's code",
        "customer's site",
        "customer's software",
        "dns at others",
        "faults after delivery",
        "information found",
        "lasting cure",
        "licence account",
        "new problems",
        "no two-factor login",
        "opened access",
        "outside outages",
        "outside suppliers",
        "own use",
        "sent information",
        "subscription use",
        "unmonitored accounts",
    }
)


def of_exclusion(rule: Exclusion, customer: CustomerKind | None, __: date) -> Ruling:
    """Excluding the consequences of gross negligence has no effect; towards consumers there is more that has none."""
    if rule.except_gross_negligence or NOT_OWN_FAULT.issuperset(rule.of):
        return STANDS
    return beside(_unfair_to(customer))


def of_cap(_: LiabilityCap, customer: CustomerKind | None, __: date) -> Ruling:
    """A cap does not hold against gross negligence; the kind has no way to except it."""
    return beside(_unfair_to(customer))


def of_refund_ceiling(rule: RefundCeiling, customer: CustomerKind | None, __: date) -> Ruling:
    """A consumer pays less for what was not delivered, whether or not the fault can be proven to be ours alone."""
    return beside(UNFAIR_CONSUMER_TERM) if rule.sole_fault_required and customer is CustomerKind.CONSUMER else STANDS


def of_remedy(rule: DelayRemedy | DefectRemedy, customer: CustomerKind | None, __: date) -> Ruling:
    """A consumer keeps the right to damages; towards others it is kept for gross negligence."""
    if not rule.no_damages:
        return STANDS
    if customer is not CustomerKind.CONSUMER:
        return beside(UNFAIR_TERM)
    return replaced(rule, {"no_damages": (False, UNFAIR_CONSUMER_TERM, "a consumer keeps the right to damages")})


def of_inspection(rule: Inspection, customer: CustomerKind | None, __: date) -> Ruling:
    """A consumer complains within a reasonable time after finding the defect; two months are always in time."""
    if customer is not CustomerKind.CONSUMER or (rule.claim_days is None and not rule.late_claim_is_lost):
        return STANDS
    said = "a consumer complains within two months after finding the defect, or later within reason"
    wanted: dict[str, object] = {"claim_days": None, "at_once": False, "late_claim_is_lost": False}
    changes: dict[str, Change] = {
        name: (value, CONSUMER_COMPLAINT, said) for name, value in wanted.items() if getattr(rule, name) != value
    }
    return replaced(rule, changes)


def of_warranty(rule: Warranty, customer: CustomerKind | None, __: date) -> Ruling:
    """A consumer can complain to the seller for two years, whatever the warranty says and whoever gives it.

    A promise of satisfaction is no warranty, and one that is told for each solution may well be long enough.
    """
    if customer is not CustomerKind.CONSUMER or rule.of == "satisfaction":
        return STANDS
    is_left_to_others = rule.given in ("by the maker", "on the maker's conditions", "none")
    is_short = rule.months is not None and rule.months < CONSUMER_WARRANTY_MONTHS
    return beside(CONSUMER_TWO_YEARS) if is_short or is_left_to_others else STANDS


def of_court(rule: GoverningLaw, customer: CustomerKind | None, __: date) -> Ruling:
    """A court agreed before the dispute does not bind a consumer."""
    if customer is not CustomerKind.CONSUMER or not rule.court:
        return STANDS
    return replaced(rule, {"court": ("", CONSUMER_COURT, "a consumer uses the court at home")})


def _unfair_to(customer: CustomerKind | None) -> Citation:
    return UNFAIR_CONSUMER_TERM if customer is CustomerKind.CONSUMER else UNFAIR_TERM
