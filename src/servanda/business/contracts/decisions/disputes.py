"""Through which stages does a dispute go, and may it go on to the next one?"""

from collections.abc import Iterable

from servanda.business.contracts.decisions.orders import Objection
from servanda.business.contracts.facts import Negotiation
from servanda.terms.clauses import Dispute
from servanda.terms.ruled import Ruled


def stage_objection(
    dispute: Ruled[Dispute], *, stage: str, wanted: str, negotiations: Iterable[Negotiation]
) -> Objection | None:
    """Return why a dispute cannot go to the wanted stage: stages come one by one, and talks come before a court."""
    stages: tuple[str, ...] = dispute.rule.stages
    if wanted not in stages:
        return Objection(
            message=f"There is no stage {wanted!r}. Choose one of: {', '.join(stages)}.", because=dispute.because
        )
    if stages.index(wanted) != stages.index(stage) + 1:
        return Objection(
            message=f"A dispute in {stage} cannot go to {wanted}; the stages come in the order {', '.join(stages)}.",
            because=dispute.because,
        )
    held = len({entry.on for entry in negotiations if entry.text.strip()})
    if wanted == "court" and held < dispute.rule.negotiations:
        return Objection(
            message=f"A court comes after {dispute.rule.negotiations} dated talks; {held} are noted. Note what was"
            " talked about and when, or talk again.",
            because=dispute.because,
        )
    return None
