"""May the technical operation of services be handed to somebody else? Only on terms that are worse for no customer.

The operator's offer is a document in the agreement format; it is held against each version that binds a customer, rule by
rule. Only what runs a service is compared: prices, payment and ending stay between the company and its customers.
"""

from dataclasses import dataclass

from servanda.ground.citation import Citation
from servanda.terms.clauses import Delegation
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.weighing import PROMISES, Weighed, weighed

NEW_SUB_SUPPLIER = Citation("Databeskyttelsesforordningen (EU) 2016/679", "art. 28, stk. 2")
_OUR_OWN = frozenset(
    {"refund", "export", "meeting", "report", "ownership", "support-channel", "support-hours", "reopening"}
)
OPERATED = PROMISES - _OUR_OWN  # the promises that whoever runs the machines has to keep


@dataclass(frozen=True, slots=True)
class TransferVerdict:
    """What handing over means under one version. With `worse` it cannot be approved.

    `because` cites the clause that allows it and the law that wants the customers told of a new processor beforehand.
    """

    version: str
    worse: tuple[Weighed, ...]
    better: tuple[Weighed, ...]
    because: tuple[Citation, ...]
    is_allowed: bool


def weigh_transfer(ours: Agreement, offered: Agreement) -> TransferVerdict:
    """Return whether the operator's terms keep every operating promise of ours.

    A rule that the offer leaves out is a promise it does not make. What the offer adds, and what is not about running
    the service, counts for nothing here.
    """
    differences = [one for one in weighed(ours, offered) if one.kind in OPERATED]
    because = _clauses_on_delegation(ours)
    return TransferVerdict(
        version=ours.version,
        worse=tuple(one for one in differences if one.verdict == "worse"),
        better=tuple(one for one in differences if one.verdict == "better"),
        because=(*because, NEW_SUB_SUPPLIER),
        is_allowed=bool(because) and all(one.verdict != "worse" for one in differences),
    )


def _clauses_on_delegation(ours: Agreement) -> tuple[Citation, ...]:
    answer = ask(ours, Delegation, on=ours.effective_on, selector=(("of", "technical operation"),))
    return answer.because if answer.rule is not None else ()
