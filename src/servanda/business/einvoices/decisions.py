"""What does an e-document need, may it go out, and what follows from what became of it? Pure.

What the law or the format demands of the customer's details is asked first, in words; the official rules come last, and only a
document that all of them were really asked about goes out.
"""

from dataclasses import dataclass

from servanda.business.customers.facts import CustomerFacts
from servanda.business.einvoices.facts import Code, HandedOver, Judged, Problem, References, State
from servanda.ground.law.companies import is_gln_plausible
from servanda.terms.clauses import CustomerKind

PUBLIC_E_INVOICES = "BEK 206/2011"  # by e-invoice, with a location number and an order number or a person reference
ATTEMPTS_MAX = 20
MAY_HAVE_ARRIVED = frozenset({State.SENDING, State.UNCERTAIN, State.SENT, State.PARKED})


def references_for(to: CustomerFacts, of_contract: References) -> References:
    """Return what the buyer wants named: what was agreed on the contract, or else what stands on the customer."""
    return References(
        order_number=of_contract.order_number or to.details.order_number,
        person_reference=of_contract.person_reference or to.details.person_reference,
    )


def endpoint_of(to: CustomerFacts) -> str:
    """Return where the customer receives e-documents: the EAN location number, or the Danish company number."""
    return to.details.ean or (to.details.cvr if to.details.country == "DK" else "")


def hindrances(to: CustomerFacts, references: References) -> tuple[Problem, ...]:
    """Return what must be known of the customer before an e-document can be made."""
    is_public = to.kind is CustomerKind.PUBLIC
    found = []
    if is_public and not to.details.ean:
        found.append(
            Problem(
                Code.NO_GLN,
                f"{to.name} har intet EAN-nummer.",
                f"{to.name} has no EAN location number.",
                "Spørg kunden om det, og skriv det på kunden.",
                "Ask the customer for it and write it on the customer.",
                rule_set=PUBLIC_E_INVOICES,
            )
        )
    elif to.details.ean and not is_gln_plausible(to.details.ean):
        found.append(
            Problem(
                Code.NO_GLN,
                f"EAN-nummeret {to.details.ean} kan ikke være rigtigt: kontrolcifferet passer ikke.",
                f"The EAN number {to.details.ean} cannot be right: its check digit does not fit.",
                "Spørg kunden om det, og ret det på kunden.",
                "Ask the customer for it and mend it on the customer.",
            )
        )
    elif not endpoint_of(to):
        found.append(
            Problem(
                Code.NO_ENDPOINT,
                f"{to.name} har hverken EAN- eller CVR-nummer at modtage e-fakturaer på.",
                f"{to.name} has neither an EAN nor a CVR number to receive e-invoices by.",
                "Skriv et af dem på kunden, eller send fakturaerne som e-mail.",
                "Write one of them on the customer, or send the invoices by e-mail.",
            )
        )
    if is_public and references.is_empty:
        found.append(
            Problem(
                Code.NO_REFERENCE,
                f"Hvem spørger {to.name} om ordrenummer eller personreference? Uden det må fakturaen ikke sendes.",
                f"Who asks {to.name} for an order number or a person reference? The invoice must not go out without.",
                "Skriv det på kunden eller på kontrakten; så går fakturaen af sted af sig selv.",
                "Write it on the customer or the contract; the invoice then goes out by itself.",
                rule_set=PUBLIC_E_INVOICES,
            )
        )
    return tuple(found)


HEALS = frozenset({Code.NO_GLN, Code.NO_ENDPOINT, Code.NO_REFERENCE})  # by what is written on the customer


def waits_for_details(problems: tuple[Problem, ...]) -> bool:
    """Tell whether nothing else than the customer's details stands in the way."""
    return any(problem.code in HEALS for problem in problems)


@dataclass(frozen=True, slots=True)
class Step:
    """The next state of an e-document, and what is to be told about it."""

    state: State
    problems: tuple[Problem, ...] = ()
    is_tried_again: bool = False


def after_judgement(judged: Judged) -> Step:
    """Only what all official rules for the format were asked about, and found nothing wrong with, may go out."""
    if any(not problem.is_warning for problem in judged.problems):
        return Step(State.PARKED, judged.problems)
    if judged.not_checked or not judged.checked_with:
        return Step(State.PARKED, (no_rules(judged.not_checked), *judged.problems))
    return Step(State.CHECKED, judged.problems)


def no_rules(missing: tuple[str, ...]) -> Problem:
    """Return the problem of rules that are not installed."""
    names = ", ".join(missing)
    return Problem(
        Code.NO_RULES,
        f"De officielle regler er ikke installeret: {names}." if names else "De officielle regler er ikke installeret.",
        f"The official rules are not installed: {names}." if names else "The official rules are not installed.",
        "Kør servanda invoice rules install. Derefter går dokumentet af sted af sig selv.",
        "Run servanda invoice rules install. The document then goes out by itself.",
    )


def is_parked_for_rules(problems: tuple[Problem, ...]) -> bool:
    """Tell whether a document waits for the official rules to be installed."""
    return any(problem.code == Code.NO_RULES for problem in problems)


def after_hand_over(handed: HandedOver, *, attempts: int) -> Step:
    """Return what follows from handing a document over. Trying again is safe: its key is delivered once."""
    if handed.outcome == "taken":
        return Step(State.SENT)
    if handed.outcome == "refused":
        return Step(State.PARKED, (_told(Code.TURNED_AWAY, handed.said),))
    if attempts >= ATTEMPTS_MAX:
        return Step(State.PARKED, (_told(Code.TOO_OFTEN, handed.said),))
    return Step(State.CHECKED if handed.outcome == "later" else State.UNCERTAIN, is_tried_again=True)


def _told(code: Code, said: str) -> Problem:
    if code is Code.TURNED_AWAY:
        return Problem(
            code,
            f"Adgangspunktet tog ikke imod dokumentet: {said}",
            f"The access point did not take the document: {said}",
            "Ret årsagen, og send det igen.",
            "Mend the cause and send it again.",
        )
    return Problem(
        code,
        f"Dokumentet er prøvet afleveret {ATTEMPTS_MAX} gange. Sidste svar: {said}",
        f"The document was handed over {ATTEMPTS_MAX} times without success. The last answer: {said}",
        "Se efter adgangspunktet, og send det igen.",
        "Look after the access point and send it again.",
    )


def after_answer(state: State, verdict: str, *, attempts: int) -> State | None:
    """Return what an answer makes of a document; None: it changes nothing, or says it a second time.

    A refusal counts whenever it comes. A yes never undoes a refusal: the receiver's system may take in what its people refuse.
    """
    is_out = state in {State.ACCEPTED, State.REJECTED} or (state in MAY_HAVE_ARRIVED and attempts > 0)
    if not is_out or verdict == "none":
        return None
    if verdict == "rejected":
        return State.REJECTED if state is not State.REJECTED else None
    return State.ACCEPTED if state in MAY_HAVE_ARRIVED else None


def may_be_sent_again(state: State) -> bool:
    """Tell whether a person may have the document made and sent anew: it was refused, or waits for a person."""
    return state in {State.PARKED, State.REJECTED}
