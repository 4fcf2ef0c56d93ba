"""How contracts say no."""

from servanda.business.contracts.decisions.orders import Objection
from servanda.ground.refusal import Refused


class ContractRefused(Refused):
    """What was asked for does not fit the terms, or what is stored."""


def refuse_on(*objections: Objection | None) -> None:
    """Raise everything that hinders, citing the first clause; do nothing if nothing does."""
    found = [objection for objection in objections if objection is not None]
    if found:
        because = next((objection.because[0] for objection in found if objection.because), None)
        raise ContractRefused("\n".join(objection.message for objection in found), because=because)
