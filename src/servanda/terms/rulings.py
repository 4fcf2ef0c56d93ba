"""What can the law make of a rule: let it stand, replace it, forbid it, demand a warning, or stand beside it?"""

from dataclasses import dataclass
from typing import Final

import msgspec

from servanda.ground.citation import Citation
from servanda.terms.clauses import Rule

UNFAIR_TERM: Final = Citation("Aftaleloven", "§ 36")
UNFAIR_CONSUMER_TERM: Final = Citation("Aftaleloven", "§§ 36 og 38 c")

Change = tuple[object, Citation, str]  # the value that the law puts into a field, its provision, and what it says


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the law makes of a rule.

    `rule` replaces the written one, None if it stands. `said` names the change for people. `needs_warning` cites why a
    written warning with a deadline must have been delivered first. `law_beside` does not change the rule.
    """

    rule: Rule | None = None
    because: tuple[Citation, ...] = ()
    said: str = ""
    forbidden_by: Citation | None = None
    needs_warning: Citation | None = None
    law_beside: tuple[Citation, ...] = ()


STANDS: Final = Ruling()


def replaced(rule: Rule, changes: dict[str, Change]) -> Ruling:
    """Return the ruling that puts other values into the rule's fields, each by its own provision."""
    if not changes:
        return STANDS
    other = msgspec.structs.replace(rule, **{name: value for name, (value, _, _) in changes.items()})
    because = tuple(dict.fromkeys(citation for _, citation, _ in changes.values()))
    said = dict.fromkeys(said for _, _, said in changes.values())
    return Ruling(other, because, "; ".join(said))


def beside(*provisions: Citation) -> Ruling:
    """Return the ruling that leaves the rule as it is, with the customer's rights beside it."""
    return Ruling(law_beside=provisions) if provisions else STANDS
